"""What the commands that talk to a hub share: where it is, who asks, and what it answered."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click

from app_catalog.client import Answer, HubUnreachableError
from lumbung.i18n import t

HUB = click.option("--to", "hub", required=True, help="https://HUB/publish/PENERBIT / The publisher's page on the hub.")
PUBLISHER = click.option(
    "--publisher", help="Alamat singkat penerbit, bila --to hanya hub. / Its short address, when --to is the hub."
)
TOKEN = click.option(
    "--token", required=True, envvar="LUMBUNG_TOKEN", help="Token penerbit. / Publisher's token (LUMBUNG_TOKEN)."
)


@contextmanager
def telling_failures() -> Iterator[None]:
    """End the command with a plain sentence when the hub cannot be reached."""
    try:
        yield
    except HubUnreachableError as error:
        fail(t("Hub tidak dapat dihubungi: {error}", "The hub cannot be reached: {error}", error=error))


def address(hub: str, publisher: str | None) -> tuple[str, str]:
    """Hub and publisher, from the address of the publisher's page or from both of them."""
    start, _, named = hub.rstrip("/").partition("/publish/")
    slug = publisher or named
    if not slug:
        fail(
            t(
                "Sebutkan penerbitnya: --to https://HUB/publish/PENERBIT",
                "Name the publisher: --to https://HUB/publish/PUBLISHER",
            )
        )
    return start, slug


def print_answer(answer: Answer, lang: str) -> None:
    """Say what the hub answered; the command ends with 1 when it refused."""
    document = answer.document
    if answer.ok:
        lines = [_outcome(document), document.get("digest", ""), document.get("url", "")]
        click.echo("\n".join(line for line in lines if line))
        for finding in document.get("findings", []):
            click.echo(f"- {finding['message'].get(lang, '')} {finding['remedy'].get(lang, '')}")
        return
    click.echo(f"{document.get('title', answer.status)}: {document.get('detail', '')}", err=True)
    for problem in document.get("problems", []):
        place = f"{problem['file']}:{problem['line']}:{problem['column']}"
        click.echo(f"{place}: {problem['message'].get(lang, '')} {problem['remedy'].get(lang, '')}", err=True)
    for scenario in document.get("scenarios", []):
        for failure in scenario["failures"]:
            click.echo(f"scenarios/{scenario['id']}.yaml: {failure.get(lang, '')}", err=True)
    for messages in document.get("errors", {}).values():
        for message in messages:
            click.echo(message, err=True)
    sys.exit(1)


def _outcome(document: dict[str, Any]) -> str:
    name = f"{document.get('app')} {document.get('version', '')}".strip()
    if document.get("status") == "submitted":
        return t(
            "{name} menunggu kurator; Anda mendapat surel begitu diputuskan.",
            "{name} waits for a curator; you get an e-mail once it is decided.",
            name=name,
        )
    if document.get("status") == "deprecated":
        until = document.get("until", "")
        return t("{name} didukung sampai {day}.", "{name} is supported until {day}.", name=name, day=until)
    if document.get("status") == "supported":
        return t("{name} didukung seperti sebelumnya.", "{name} is supported as before.", name=name)
    if document.get("status") == "yanked":
        return t("{name} ditarik.", "{name} was yanked.", name=name)
    if not document.get("created", True):
        return t("{name} sudah ada dengan isi yang sama.", "{name} is there already, with the same content.", name=name)
    if document.get("channel") == "beta":
        return t("{name} terbit sebagai beta.", "{name} is published as a beta.", name=name)
    return t("{name} terbit.", "{name} is published.", name=name)


def fail(message: str) -> NoReturn:
    """Say why and end the command with 1."""
    click.echo(message, err=True)
    sys.exit(1)
