"""`lumbung worker`."""

from __future__ import annotations

import click
from flask import Flask
from werkzeug.utils import import_string

from lumbung.outbox.sweep import drain
from lumbung.outbox.worker import run_worker


@click.command("worker")
@click.option("--once", is_flag=True, help="Sekali saja, lalu berhenti. / Do what is due now, then stop.")
def worker(once: bool) -> None:
    """Kirim pesan dan kerjakan yang jatuh tempo. / Send messages and do what is due.

    Until it is told to stop (SIGTERM or Ctrl-C).
    """
    # By name, because the host must not import the one place that knows every feature.
    app: Flask = import_string("wsgi:create_app")()
    if once:
        click.echo(drain(app))
    else:
        run_worker(app)
