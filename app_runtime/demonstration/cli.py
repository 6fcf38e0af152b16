"""`lumbung demo …`."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

if TYPE_CHECKING:
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
    from app_runtime.demonstration.progress import is_loaded
    from lumbung.settings import Settings

    settings = Settings.from_environment()
    if is_loaded(settings.database_url):
        click.echo("Data peragaan sudah dimuat. / The demonstration is loaded already.")
        return
    if not yes and not _looks_local(settings.base_url, settings.database_url):
        click.echo(
            "Ini tampaknya bukan komputer percobaan; pakai `--yes` bila data peragaan memang diinginkan. / "
            "This does not look like a trial machine; say `--yes` if you do want the demonstration here.",
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


@demo.command("accounts")
def accounts_command() -> None:
    """Cetak alamat dan akun peragaan. / Print addresses and sign-ins of the demonstration."""
    from app_runtime.demonstration.sign_ins import demonstration_lines

    for line in demonstration_lines(os.environ.get("BASE_URL", "http://localhost:8000").rstrip("/")):
        click.echo(line)


def _looks_local(base_url: str, database_url: str) -> bool:
    """Whether this is somebody's own machine: the hub at localhost, or the database reached by a socket's folder."""
    host = urlsplit(base_url).hostname or ""
    return host == "localhost" or host.endswith(".localhost") or "host=" in urlsplit(database_url).query
