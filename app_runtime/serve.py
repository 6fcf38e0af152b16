"""`lumbung run`: everything on one machine, with the demonstration loaded."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

import click

from app_runtime.demonstration.sign_ins import demonstration_lines
from lumbung.supervisor import Step, SupervisorSettings
from lumbung.supervisor import run as run_supervisor
from lumbung.supervisor.settings import cli_command


@click.command()
@click.option("--demo/--no-demo", default=True, show_default=True, help="Load the demonstration on an empty database.")
def run(demo: bool) -> None:
    """Jalankan semuanya dengan data peragaan. / Start database, web and worker, with the demonstration.

    On port 8000, or PORT. Ctrl-C stops all of it.
    """
    prepare = [Step("Memutakhirkan skema", "Bringing the schema up to date", cli_command("db", "upgrade"))]
    # A database that somebody gave us may be a real one; nobody's demonstration belongs there unasked.
    with_demo = demo and not os.environ.get("DATABASE_URL")
    if with_demo:
        prepare.append(Step("Memuat data peragaan", "Loading the demonstration", cli_command("demo", "load", "--yes")))
    settings = SupervisorSettings.from_environment(
        prepare=prepare, announce=_sign_ins(with_demo), stripe_double=with_demo
    )
    sys.exit(run_supervisor(settings))


def _sign_ins(with_demo: bool) -> Callable[[str], Sequence[str]] | None:
    return demonstration_lines if with_demo else None
