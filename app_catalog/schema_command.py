"""`lumbung app schema`: the JSON Schema of a file of a package, for editors."""

from __future__ import annotations

import json

import click

from app_catalog.definitions.json_schema import SCHEMA_NAMES, schema_name, schema_of
from app_catalog.hub_answers import fail
from lumbung.i18n import t


@click.command("schema")
@click.argument("file")
def schema_command(file: str) -> None:
    """Skema JSON sebuah berkas. / The JSON Schema of a file, such as app.yaml or records/report.yaml."""
    name = schema_name(file)
    if name is None:
        fail(
            t(
                "“{file}” tidak punya skema. Yang ada: {names}.",
                "“{file}” has no schema. There are: {names}.",
                file=file,
                names=", ".join(SCHEMA_NAMES),
            )
        )
    click.echo(json.dumps(schema_of(name), ensure_ascii=False, indent=2))
