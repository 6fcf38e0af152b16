"""`lumbung demo …`."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lumbung.settings import Settings
    from lumbung.web.sites import LumbungFlask

_TITLES = {
    "tangsel": "Kota Tangerang Selatan",
    "surabaya": "Kota Surabaya",
    "tangerang": "Kota Tangerang",
    "judgements": "penilaian dan klaim / judgements and a claim",
}


@click.group()
def demo() -> None:
    """Data peragaan: tiga kota, orang dan laporannya. / The demonstration: three cities, people and reports."""


@demo.command("load")
@click.option("--yes", is_flag=True, help="Muat juga di basis data dari luar. / Load into a database of your own too.")
def load_command(yes: bool) -> None:
    """Muat data peragaan bila belum ada. / Load the demonstration unless it is there."""
    # Imported here, and the application below only when there is something to load: most starts find it loaded.
    from lumbung.settings import Settings
    from lumbung.supervisor.environment import open_environment

    given = bool(os.environ.get("DATABASE_URL"))
    with open_environment(Path(os.environ.get("LUMBUNG_INSTANCE") or "instance"), os.environ) as environment:
        _load(Settings.from_environment(environment), allowed=yes or not given)


@demo.command("accounts")
def accounts_command() -> None:
    """Cetak alamat dan akun peragaan. / Print addresses and sign-ins of the demonstration."""
    from app_runtime.demonstration.sign_ins import demonstration_lines

    for line in demonstration_lines(os.environ.get("BASE_URL", "http://localhost:8000").rstrip("/")):
        click.echo(line)


def _load(settings: Settings, *, allowed: bool) -> None:
    from app_runtime.demonstration.progress import is_loaded

    if is_loaded(settings.database_url):
        click.echo("Data peragaan sudah dimuat. / The demonstration is loaded already.")
        return
    if not allowed:
        click.echo(
            "DATABASE_URL menunjuk basis data Anda sendiri; pakai `--yes` bila data peragaan memang diinginkan. / "
            "DATABASE_URL names a database of your own; say `--yes` if you do want the demonstration there.",
            err=True,
        )
        sys.exit(1)
    from werkzeug.utils import import_string

    from app_runtime.demonstration.loading import load_demonstration
    from lumbung.db import db

    # By name, because this layer must not import the one place that knows every feature. People here are invented: no
    # letter of theirs may reach a mail server.
    app: LumbungFlask = import_string("wsgi:create_app")(replace(settings, smtp_url=None))
    with app.app_context():
        load_demonstration(db.session, tell=lambda step: click.echo(f"  {_TITLES[step]} …"))
