"""`lumbung app yank`, `promote`, `deprecate` and `support`: what becomes of versions that are published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from app_catalog.client import send_change
from app_catalog.hub_answers import HUB, PUBLISHER, TOKEN, address, fail, print_answer, telling_failures
from lumbung.i18n import t


@click.command()
@click.argument("app_id", metavar="APP")
@click.argument("version")
@HUB
@PUBLISHER
@TOKEN
@click.option("--reason", required=True, help="Dibaca daerah yang memakainya. / Read by municipalities that run it.")
@click.pass_obj
def yank(lang: str, app_id: str, version: str, hub: str, publisher: str | None, token: str, reason: str) -> None:
    """Tarik sebuah versi. / Yank a version: nobody new gets it, who runs it is told why. For good."""
    hub, publisher = address(hub, publisher)
    with telling_failures():
        answer = send_change(
            hub, publisher, token, app=app_id, version=version, change="yank", body={"reason": reason}, language=lang
        )
    print_answer(answer, lang)


@click.command()
@click.argument("app_id", metavar="APP")
@click.argument("version")
@HUB
@PUBLISHER
@TOKEN
@click.pass_obj
def promote(lang: str, app_id: str, version: str, hub: str, publisher: str | None, token: str) -> None:
    """Jadikan beta stabil. / Offer a beta to everybody, the very same content."""
    hub, publisher = address(hub, publisher)
    with telling_failures():
        answer = send_change(
            hub, publisher, token, app=app_id, version=version, change="promote", body={}, language=lang
        )
    print_answer(answer, lang)


@click.command()
@click.argument("app_id", metavar="APP")
@click.argument("version", required=False)
@HUB
@PUBLISHER
@TOKEN
@click.option("--reason", required=True, help="Dibaca daerah yang memakainya. / Read by municipalities that run it.")
@click.option("--until", required=True, metavar="YYYY-MM-DD", help="Hari terakhir (WIB). / Last day, Jakarta time.")
@click.option(
    "--successor", default="", metavar="VERSION", help="Versi penggantinya. / The version that comes instead."
)
@click.option("--successor-app", default="", metavar="APP", help="Atau aplikasi lain. / Or another app.")
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON: status dan isian yang menggantikan. / JSON: states and fields that take their place.",
)
@click.pass_obj
def deprecate(
    lang: str,
    app_id: str,
    version: str | None,
    hub: str,
    publisher: str | None,
    token: str,
    reason: str,
    until: str,
    successor: str,
    successor_app: str,
    mapping: Path | None,
) -> None:
    """Akhiri dukungan sebuah versi atau aplikasi. / Say until when a version, or the whole app, is supported."""
    hub, publisher = address(hub, publisher)
    body: dict[str, Any] = {"reason": reason, "until": until}
    body |= {"successor_version": successor, "successor_app": successor_app}
    if mapping is not None:
        body["mapping"] = _read(mapping)
    with telling_failures():
        answer = send_change(
            hub, publisher, token, app=app_id, version=version, change="deprecate", body=body, language=lang
        )
    print_answer(answer, lang)


@click.command()
@click.argument("app_id", metavar="APP")
@click.argument("version", required=False)
@HUB
@PUBLISHER
@TOKEN
@click.pass_obj
def support(lang: str, app_id: str, version: str | None, hub: str, publisher: str | None, token: str) -> None:
    """Cabut akhir dukungan. / Take the end of support back."""
    hub, publisher = address(hub, publisher)
    with telling_failures():
        answer = send_change(
            hub, publisher, token, app=app_id, version=version, change="support", body={}, language=lang
        )
    print_answer(answer, lang)


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text("utf-8"))
    except ValueError:
        fail(t("{file} bukan JSON.", "{file} is no JSON.", file=file))
