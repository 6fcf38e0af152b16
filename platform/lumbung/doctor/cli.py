"""`lumbung doctor`."""

from __future__ import annotations

import sys
from importlib import import_module

import click
import psycopg

from lumbung.doctor.examination import Finding, examine
from lumbung.settings import Settings


@click.command()
def doctor() -> None:
    """Prove from the catalog that no municipality can see another's data; exit 1 when it can."""
    findings = examine_url(Settings.from_environment().database_url)
    for finding in findings:
        click.echo(("! " if finding.warning else "✗ ") + str(finding), err=True)
    if any(not finding.warning for finding in findings):
        sys.exit(1)
    click.echo("Dinding antardaerah utuh. / The wall between municipalities stands.")


def examine_url(url: str) -> list[Finding]:
    """Examine the database at an SQLAlchemy URL, with all models known."""
    import_module("wsgi")
    with psycopg.connect(url.replace("+psycopg", "", 1), connect_timeout=5) as connection:
        return examine(connection)
