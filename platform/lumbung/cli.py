"""The command `lumbung`. Features add theirs through the entry point group `lumbung.commands`."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points

import click

from lumbung.errors import LumbungError
from lumbung.postgres.errors import PostgresError
from lumbung.settings import SettingsError
from lumbung.starting import without_collecting
from lumbung.supervisor import SupervisorError


class Commands(click.Group):
    """Imports a command only when it is called or described, so that each starts fast."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted(entry.name for entry in entry_points(group="lumbung.commands"))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        for entry in entry_points(group="lumbung.commands", name=name):
            with without_collecting():
                command: click.Command = entry.load()
            return command
        return None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def lumbung() -> None:
    """Lumbung: aplikasi pemerintah daerah yang dipakai bersama. / E-government apps that municipalities share."""


def main() -> None:
    """Run the command; a mistake of the caller is one clear line and exit code 1, never a traceback."""
    try:
        lumbung()
    except LumbungError as error:
        click.echo(f"{error.message.id} / {error.message.en}", err=True)
        sys.exit(1)
    except (SettingsError, SupervisorError, PostgresError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
