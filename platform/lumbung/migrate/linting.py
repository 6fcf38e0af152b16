"""Looks for dangers in migrations: locks that stop everybody, rewrites, columns that filled tables cannot get."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from lumbung.migrate.runner import alembic_config

FIRST = "0001"
"""The first migration fills an empty database, where no lock stops anybody."""

_EXCLUDED = ("prefer-robust-stmts", "require-timeout-settings", "prefer-text-field", "prefer-identity")
"""Migrations run in a transaction each and `migrations/env.py` sets the timeouts; types are decided by the models."""


def upgrade_sql(after: str = FIRST, to: str = "head") -> str:
    """The SQL of the migrations after revision `after` up to `to`; empty when there are none."""
    output = io.StringIO()
    config = alembic_config("postgresql+psycopg://", output)
    command.upgrade(config, f"{after}:{to}", sql=True)
    return output.getvalue()


def lint_sql(sql: str) -> str:
    """What squawk finds dangerous in this SQL, one finding a line; empty when nothing is.

    Raises FileNotFoundError when squawk is not installed (it belongs to the extra `dev`).
    """
    if not sql.strip():
        return ""
    squawk = Path(sys.executable).with_name("squawk")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "migrations.sql"
        file.write_text(sql, "utf-8")
        result = subprocess.run(  # noqa: S603 - our own tool on our own SQL.
            [squawk, "--pg-version=18.0", "--reporter=gcc", f"--exclude={','.join(_EXCLUDED)}", file],
            capture_output=True,
            text=True,
            check=False,
        )
    return "" if result.returncode == 0 else result.stdout.replace(f"{file}:", "").strip() or result.stderr.strip()
