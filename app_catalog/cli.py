"""`lumbung app`: check, pack, sign and publish packages from the command line."""

from __future__ import annotations

import os
import sys
from base64 import b64decode, b64encode
from pathlib import Path

import click

from app_catalog.change_commands import deprecate, promote, support, yank
from app_catalog.client import send_package
from app_catalog.definitions.canonical import canonicalise, digest
from app_catalog.definitions.check import check_package
from app_catalog.definitions.problems import Report
from app_catalog.definitions.signing import Signature, key_id, new_private_key, public_key_of, sign_digest
from app_catalog.definitions.source import Source, load_archive, load_folder, pack_source
from app_catalog.diff_command import diff_command
from app_catalog.hub_answers import HUB, PUBLISHER, TOKEN, address, fail, print_answer, telling_failures
from app_catalog.new_command import new_command
from app_catalog.preview_command import preview_command
from app_catalog.publiccode_command import publiccode_group
from app_catalog.releases.archives import unwrap_folder
from app_catalog.scenario_command import test_command
from app_catalog.schema_command import schema_command
from lumbung.i18n import t, use_language

_PACKAGE = click.Path(exists=True, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--lang", type=click.Choice(["id", "en"]), default="id", show_default=True, help="Bahasa / language.")
@click.pass_context
def app(context: click.Context, lang: str) -> None:
    """Paket aplikasi: periksa, kemas, terbitkan. / App packages: check, pack, publish."""
    context.obj = use_language(lang)


app.add_command(new_command)
app.add_command(test_command)
app.add_command(preview_command)
app.add_command(schema_command)
app.add_command(diff_command)
app.add_command(publiccode_group)
for _command in (yank, promote, deprecate, support):
    app.add_command(_command)


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
        fail(t("{file} sudah ada; tidak ditimpa.", "{file} exists; it is not overwritten.", file=output))
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


@app.command()
@click.argument("package", type=_PACKAGE)
@HUB
@PUBLISHER
@TOKEN
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
    hub, publisher = address(hub, publisher)
    source = _sound(package, lang)
    signature = _sign(source, key) if key else None
    with telling_failures():
        answer = send_package(
            hub, publisher, token, pack_source(source), signature=signature, channel=channel, language=lang
        )
    print_answer(answer, lang)


def _load(package: Path) -> Source:
    if package.is_dir():
        if not (package / "app.yaml").is_file():
            raise click.ClickException(_without_app(package))
        return load_folder(package)
    return load_archive(unwrap_folder(package.read_bytes()))


def _without_app(folder: Path) -> str:
    """That a folder is no package, and the package in it that may be meant."""
    inside = sorted(found.parent for found in folder.glob("*/app.yaml"))
    if inside:
        return t(
            "Tidak ada app.yaml di sini; apakah maksud Anda {folder}?",
            "There is no app.yaml here; did you mean {folder}?",
            folder=inside[0],
        )
    return t("Tidak ada app.yaml di sini, jadi ini bukan paket.", "There is no app.yaml here, so this is no package.")


def _sound(package: Path, lang: str) -> Source:
    """The package when it has no errors; otherwise its problems are printed and the command ends."""
    source = _load(package)
    report = check_package(source)
    _print_report(report, lang)
    if not report.ok:
        sys.exit(1)
    return source


def _sign(source: Source, key: Path) -> Signature:
    try:
        return sign_digest(digest(canonicalise(source)), b64decode(key.read_text("ascii").strip(), validate=True))
    except ValueError:
        fail(
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
