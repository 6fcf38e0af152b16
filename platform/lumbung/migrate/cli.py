"""`lumbung db …`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import psycopg

from lumbung.doctor.cli import refuse_findings
from lumbung.doctor.examination import examine_url
from lumbung.migrate.linting import lint_sql, upgrade_sql
from lumbung.migrate.runner import differences, is_current, migrations_folder, upgrade, write_revision
from lumbung.postgres.roles import ensure_database, roles_sql
from lumbung.postgres.testing import start_suite_server, stop_suite_server
from lumbung.settings import SettingsError


@click.group()
def db() -> None:
    """Basis data: peran, migrasi, pemeriksaan. / The database: roles, migrations, checks."""


@db.command("upgrade")
def upgrade_command() -> None:
    """Mutakhirkan skema, lalu buktikan dinding. / Bring the schema up to date, then prove the wall.

    It works as the migrator (MIGRATION_DATABASE_URL). A schema that is up to date already is left alone.
    """
    url = migration_url()
    if is_current(url):
        return
    upgrade(url)
    refuse_findings(examine_url(url))


@db.command("roles")
@click.option("--database", default="lumbung", show_default=True)
def roles_command(database: str) -> None:
    """Cetak SQL untuk tiga peran dan basis data. / Print the SQL that makes roles and database on your server."""
    click.echo(roles_sql(database=database))


@db.command("check")
def check_command() -> None:
    """Bandingkan model dan migrasi. / Compare models and migrations; exit 1 when they differ."""
    with_scratch(_check)


@db.command("lint")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def lint_command(file: Path | None) -> None:
    """Cari bahaya dalam migrasi. / Look for dangers in the migrations after the first, or in an SQL FILE.

    Exit 1 when there are some.
    """
    found = lint_sql(file.read_text("utf-8") if file else upgrade_sql())
    if found:
        click.echo(found, err=True)
        raise SystemExit(1)


@db.command("revision")
@click.argument("number")
@click.argument("slug")
def revision_command(number: str, slug: str) -> None:
    """Tulis migrasi baru. / Write the migration NUMBER_SLUG: what the models have and the migrations have not."""

    def write(url: str) -> None:
        upgrade(url)
        write_revision(url, number=number, slug=slug)

    with_scratch(write)
    _format()


@db.command("initial", hidden=True)
def initial_command() -> None:
    """Write the first migration anew from the models; only until the first release."""
    versions = migrations_folder() / "versions"
    target = versions / "0001_first_schema.py"
    aside = target.read_text("utf-8") if target.exists() else None
    target.unlink(missing_ok=True)
    try:
        with_scratch(lambda url: write_revision(url, number="0001", slug="first_schema"))
    except BaseException:
        if aside is not None:
            target.write_text(aside, "utf-8")
        raise
    text = target.read_text("utf-8")
    text = re.sub(r'("""Apply\."""\n)', r"\1    prepare_database()\n    install_queue()\n", text)
    text = text.replace("import prepare_database, protect", "import install_queue, prepare_database, protect")
    target.write_text(text, "utf-8")
    _format()


def migration_url() -> str:
    """The migrator's address of the database; raises SettingsError when it is not set."""
    url = os.environ.get("MIGRATION_DATABASE_URL", "")
    if not url:
        raise SettingsError(
            "Variabel MIGRATION_DATABASE_URL belum diisi; lihat `lumbung db roles`. / "
            "MIGRATION_DATABASE_URL is not set; see `lumbung db roles`."
        )
    return url


def with_scratch(work: Callable[[str], None]) -> None:
    """Call `work(migration url)` with a fresh, empty database on a throw-away server."""
    cluster, server = start_suite_server()
    try:
        with server.admin_connection() as admin:
            ensure_database(admin, "scratch")
        work(server.urls("scratch").migration)
    finally:
        stop_suite_server(cluster)


def _check(url: str) -> None:
    upgrade(url)
    found = differences(url)
    for difference in found:
        click.echo(f"Model dan migrasi berbeda / models and migrations differ: {difference}", err=True)
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        count = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    click.echo(f"{count[0] if count else 0} tabel, {len(found)} perbedaan / tables, differences")
    if found:
        raise SystemExit(1)


def _format() -> None:
    ruff = Path(sys.executable).with_name("ruff")
    if ruff.exists():
        folder = str(migrations_folder() / "versions")
        subprocess.run([ruff, "check", "--fix", "--quiet", folder], check=False)  # noqa: S603 - our own tool.
        subprocess.run([ruff, "format", "--quiet", folder], check=False)  # noqa: S603 - our own tool.
