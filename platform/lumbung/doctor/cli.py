"""`lumbung doctor`."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

import click

from lumbung.doctor.examination import Finding, examine_url
from lumbung.settings import Settings
from lumbung.supervisor import open_environment


@click.command()
def doctor() -> None:
    """Buktikan dinding antardaerah. / Prove that no municipality can see another's data; exit 1 when it can."""
    instance = Path(os.environ.get("LUMBUNG_INSTANCE", "instance"))
    # The models are what the database is held against.
    import_module("wsgi")
    with open_environment(instance, os.environ) as environment:
        refuse_findings(examine_url(Settings.from_environment(environment).database_url))
    click.echo("Dinding antardaerah utuh. / The wall between municipalities stands.")


def refuse_findings(findings: list[Finding]) -> None:
    """Print the findings and leave with exit code 1 when one of them is more than a warning."""
    for finding in findings:
        click.echo(("! " if finding.warning else "✗ ") + str(finding), err=True)
    if any(not finding.warning for finding in findings):
        sys.exit(1)
