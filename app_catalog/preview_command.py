"""`lumbung app preview`: one package with its examples, served on this machine and again on every save."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from werkzeug.utils import import_string

from app_catalog.hub_answers import fail
from lumbung.i18n import t


@click.command("preview")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--port", default=8100, show_default=True, type=click.IntRange(1024, 65535), help="Port.")
def preview_command(folder: Path, port: int) -> None:
    """Sajikan paket dengan contohnya di mesin ini. / Serve the package with its examples on this machine."""
    # By name, because the catalog must not import the runtime.
    serve: Callable[..., None] = import_string("app_runtime.previewing.serving:serve_preview")
    try:
        serve(folder, port=port)
    except OSError as error:
        fail(
            t(
                "Pratinjau tidak dapat dimulai: {error}. Coba --port lain.",
                "The preview cannot start: {error}. Try another --port.",
                error=error.strerror or error,
            )
        )
