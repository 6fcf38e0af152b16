"""`lumbung app`: check, pack, sign and publish packages from the command line."""

from __future__ import annotations

import os
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click

from app_catalog.client import Answer, HubUnreachableError, send_change, send_package
from app_catalog.definitions.canonical import canonicalise, digest
from app_catalog.definitions.check import check_package
from app_catalog.definitions.problems import Report
from app_catalog.definitions.signing import Signature, key_id, new_private_key, public_key_of, sign_digest
from app_catalog.definitions.source import Source, load_archive, load_folder, pack_source
from app_catalog.diff_command import diff_command
from app_catalog.publiccode_command import publiccode_group
from app_catalog.releases.archives import unwrap_folder
from app_catalog.scenario_command import test_command
from lumbung.i18n import t, use_language

_PACKAGE = click.Path(exists=True, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--lang", type=click.Choice(["id", "en"]), default="id", show_default=True, help="Bahasa / language.")
@click.pass_context
def app(context: click.Context, lang: str) -> None:
    """Paket aplikasi: periksa, kemas, terbitkan. / App packages: check, pack, publish."""
    context.obj = use_language(lang)


app.add_command(test_command)
app.add_command(diff_command)
app.add_command(publiccode_group)


@app.command()
@click.argument("package", type=_PACKAGE)
@click.pass_obj
def check(lang: str, package: Path) -> None:
    """Periksa folder atau zip. / Check a folder or a zip; exit 1 when there is an error."""
    report = check_package(_load(package))
    _print_report(report, lang)
    if not report.ok:
        sys.exit(1)
    click.echo(t("Paket ini siap diterbitkan.", "The package is ready to be published."))


@app.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="X.zip")
@click.pass_obj
def pack(lang: str, folder: Path, output: Path) -> None:
    """Kemas folder menjadi zip. / Pack a folder into a zip: same files, same bytes."""
    source = _sound(folder, lang)
    output.write_bytes(pack_source(source))
    click.echo(f"{output}  {digest(canonicalise(source))}")


@app.command()
@click.option(
    "-o",
    "--output",
    default="lumbung-key",
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Berkas kunci rahasia. / File for the private key.",
)
def keygen(output: Path) -> None:
    """Buat kunci tanda tangan. / Make a signing key; the private half stays in the file."""
    private = new_private_key()
    try:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        _fail(t("{file} sudah ada; tidak ditimpa.", "{file} exists; it is not overwritten.", file=output))
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(b64encode(private).decode() + "\n")
    public = public_key_of(private)
    click.echo(
        t(
            "Kunci rahasia: {file} (jangan dibagikan)\nDaftarkan kunci publik ini di halaman kunci penerbit:",
            "Private key: {file} (never share it)\nAdd this public key on the publisher's keys page:",
            file=output,
        )
    )
    click.echo(b64encode(public).decode())
    click.echo(key_id(public))


_HUB = click.option(
    "--to", "hub", required=True, help="https://HUB/publish/PENERBIT / The publisher's page on the hub."
)
_PUBLISHER = click.option(
    "--publisher", help="Alamat singkat penerbit, bila --to hanya hub. / Its short address, when --to is the hub."
)
_TOKEN = click.option(
    "--token", required=True, envvar="LUMBUNG_TOKEN", help="Token penerbit. / Publisher's token (LUMBUNG_TOKEN)."
)


@app.command()
@click.argument("package", type=_PACKAGE)
@_HUB
@_PUBLISHER
@_TOKEN
@click.option(
    "--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Kunci rahasia. / Private key."
)
@click.option(
    "--channel",
    type=click.Choice(["stable", "beta"]),
    default="stable",
    show_default=True,
    help="Kanal. / Channel; beta is for municipalities that chose trial versions.",
)
@click.pass_obj
def publish(
    lang: str, package: Path, hub: str, publisher: str | None, token: str, key: Path | None, channel: str
) -> None:
    """Periksa lalu terbitkan. / Check, then publish on a hub."""
    hub, publisher = _address(hub, publisher)
    source = _sound(package, lang)
    signature = _sign(source, key) if key else None
    with _telling_failures():
        answer = send_package(
            hub, publisher, token, pack_source(source), signature=signature, channel=channel, language=lang
        )
    _print_answer(answer, lang)


@app.command()
@click.argument("app_id", metavar="APP")
@click.argument("version")
@_HUB
@_PUBLISHER
@_TOKEN
@click.option("--reason", required=True, help="Dibaca daerah yang memakainya. / Read by municipalities that run it.")
@click.pass_obj
def yank(lang: str, app_id: str, version: str, hub: str, publisher: str | None, token: str, reason: str) -> None:
    """Tarik sebuah versi. / Yank a version: nobody new gets it, who runs it is told why. For good."""
    hub, publisher = _address(hub, publisher)
    with _telling_failures():
        answer = send_change(
            hub, publisher, token, app=app_id, version=version, change="yank", body={"reason": reason}, language=lang
        )
    _print_answer(answer, lang)


@app.command()
@click.argument("app_id", metavar="APP")
@click.argument("version")
@_HUB
@_PUBLISHER
@_TOKEN
@click.pass_obj
def promote(lang: str, app_id: str, version: str, hub: str, publisher: str | None, token: str) -> None:
    """Jadikan beta stabil. / Offer a beta to everybody, the very same content."""
    hub, publisher = _address(hub, publisher)
    with _telling_failures():
        answer = send_change(
            hub, publisher, token, app=app_id, version=version, change="promote", body={}, language=lang
        )
    _print_answer(answer, lang)


@contextmanager
def _telling_failures() -> Iterator[None]:
    """End the command with a plain sentence when the hub cannot be reached."""
    try:
        yield
    except HubUnreachableError as error:
        _fail(t("Hub tidak dapat dihubungi: {error}", "The hub cannot be reached: {error}", error=error))


def _load(package: Path) -> Source:
    if package.is_dir():
        return load_folder(package)
    return load_archive(unwrap_folder(package.read_bytes()))


def _sound(package: Path, lang: str) -> Source:
    """The package when it has no errors; otherwise its problems are printed and the command ends."""
    source = _load(package)
    report = check_package(source)
    _print_report(report, lang)
    if not report.ok:
        sys.exit(1)
    return source


def _address(hub: str, publisher: str | None) -> tuple[str, str]:
    """Hub and publisher, from the address of the publisher's page or from both of them."""
    start, _, named = hub.rstrip("/").partition("/publish/")
    slug = publisher or named
    if not slug:
        _fail(
            t(
                "Sebutkan penerbitnya: --to https://HUB/publish/PENERBIT",
                "Name the publisher: --to https://HUB/publish/PUBLISHER",
            )
        )
    return start, slug


def _sign(source: Source, key: Path) -> Signature:
    try:
        return sign_digest(digest(canonicalise(source)), b64decode(key.read_text("ascii").strip(), validate=True))
    except ValueError:
        _fail(
            t(
                "{file} bukan kunci dari `lumbung app keygen`.",
                "{file} is no key made by `lumbung app keygen`.",
                file=key,
            )
        )


def _print_report(report: Report, lang: str) -> None:
    for problem in report.problems:
        click.echo(problem.format(lang), err=True)
    if report.problems:
        counts = {"errors": len(report.errors), "warnings": len(report.warnings)}
        click.echo(
            t("{errors} kesalahan, {warnings} peringatan", "{errors} errors, {warnings} warnings", **counts), err=True
        )


def _print_answer(answer: Answer, lang: str) -> None:
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
    name = f"{document.get('app')} {document.get('version')}"
    if document.get("status") == "submitted":
        return t(
            "{name} menunggu kurator; Anda mendapat surel begitu diputuskan.",
            "{name} waits for a curator; you get an e-mail once it is decided.",
            name=name,
        )
    if document.get("status") == "yanked":
        return t("{name} ditarik.", "{name} was yanked.", name=name)
    if not document.get("created", True):
        return t("{name} sudah ada dengan isi yang sama.", "{name} is there already, with the same content.", name=name)
    if document.get("channel") == "beta":
        return t("{name} terbit sebagai beta.", "{name} is published as a beta.", name=name)
    return t("{name} terbit.", "{name} is published.", name=name)


def _fail(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(1)
