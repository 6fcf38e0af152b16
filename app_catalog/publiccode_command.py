"""`lumbung app publiccode`: check a publiccode.yml by the standard, as the hub does."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from app_catalog.definitions.publiccode.reading import PubliccodeFile, read_publiccode
from app_catalog.definitions.publiccode.versions import shown
from app_catalog.definitions.yaml_reading import MAX_BYTES
from lumbung.i18n import t


@click.group("publiccode")
def publiccode_group() -> None:
    """publiccode.yml: periksa. / publiccode.yml: check."""


@publiccode_group.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Untuk program. / For programs.")
@click.pass_obj
def check_publiccode(lang: str, file: Path, *, as_json: bool) -> None:
    """Periksa publiccode.yml versi 0.2–0.7. / Check a publiccode.yml of version 0.2 to 0.7; exit 1 on an error."""
    with file.open("rb") as opened:
        # One byte more than is read at all: the file's size is judged without taking all of it.
        found = read_publiccode(opened.read(MAX_BYTES + 1), file=str(file))
    if as_json:
        click.echo(json.dumps(publiccode_as_json(found), ensure_ascii=False, indent=2))
    else:
        for problem in found.report.problems:
            click.echo(problem.format(lang), err=True)
        _print_outcome(found)
    if not found.report.ok:
        sys.exit(1)


def publiccode_as_json(found: PubliccodeFile) -> dict[str, object]:
    """What a check says, for programs: version, `ok`, and each problem with place, message and remedy."""
    return {
        "version": shown(found.minor),
        "ok": found.report.ok,
        "problems": [
            {
                "severity": problem.severity,
                "code": problem.code,
                "line": problem.line,
                "column": problem.column,
                "path": problem.path,
                "message": {lang: problem.message.text(lang) for lang in ("id", "en")},
                "remedy": {lang: problem.remedy.text(lang) for lang in ("id", "en")},
            }
            for problem in found.report.problems
        ],
    }


def _print_outcome(found: PubliccodeFile) -> None:
    counts = {"errors": len(found.report.errors), "warnings": len(found.report.warnings)}
    if found.report.problems:
        click.echo(
            t("{errors} kesalahan, {warnings} peringatan", "{errors} errors, {warnings} warnings", **counts), err=True
        )
    if found.report.ok:
        click.echo(
            t(
                "Berkas ini sesuai standar publiccode.yml {version}.",
                "The file follows the standard publiccode.yml {version}.",
                version=shown(found.minor),
            )
        )
