"""The command `lumbung`. Features add theirs through the entry point group `lumbung.commands`."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points

import click

from lumbung.errors import LumbungError
from lumbung.settings import SettingsError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def lumbung() -> None:
    """Lumbung: aplikasi pemerintah daerah yang dipakai bersama. / E-government apps that municipalities share."""


def main() -> None:
    """Run the command; a mistake of the caller is one clear line and exit code 1, never a traceback."""
    for entry in entry_points(group="lumbung.commands"):
        lumbung.add_command(entry.load(), entry.name)
    try:
        lumbung()
    except (LumbungError, SettingsError) as error:
        text = getattr(error, "message", None)
        click.echo(f"{text.id} / {text.en}" if text else str(error), err=True)
        sys.exit(1)
