"""`lumbung app diff`: what differs between two versions of a package, before anybody publishes one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from app_catalog.catalog.changes import difference_as_json, difference_line
from app_catalog.catalog.difference_words import area_name
from app_catalog.definitions.canonical import canonicalise, compile_definition
from app_catalog.definitions.differences import Bump, bump_between, compare, heaviest, least_bump
from app_catalog.definitions.problems import PackageError
from app_catalog.definitions.source import load_archive, load_folder
from app_catalog.releases.archives import unwrap_folder
from lumbung.i18n import t

_PACKAGE = click.Path(exists=True, path_type=Path)
_RISING: tuple[Bump, ...] = ("patch", "minor", "major")


@click.command("diff")
@click.argument("old", type=_PACKAGE)
@click.argument("new", type=_PACKAGE)
@click.option("--json", "as_json", is_flag=True, help="Untuk program. / For programs.")
def diff_command(old: Path, new: Path, *, as_json: bool) -> None:
    """Bandingkan dua versi paket. / Compare two versions of a package (folders or zips); exit 1 when one has errors."""
    before, after = _canonical(old), _canonical(new)
    differences = compare(before, after)
    from_version, to_version = compile_definition(before).version, compile_definition(after).version
    least, bump = least_bump(differences), bump_between(from_version, to_version)
    if as_json:
        document = {
            "from": from_version,
            "to": to_version,
            "bump": bump,
            "least_bump": least,
            "weight": heaviest(differences),
            "differences": [difference_as_json(one) for one in differences],
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    shown = ""
    for one in differences:
        if one.area != shown:
            shown = one.area
            click.echo(area_name(shown))
        click.echo(f"  {difference_line(one)}")
    if not differences:
        click.echo(t("Tidak ada yang berbeda.", "Nothing differs."))
    elif _RISING.index(bump) < _RISING.index(least):
        click.echo(
            t(
                "Versi naik terlalu sedikit: {before} → {after} adalah “{bump}”, sedikitnya “{least}”.",
                "The version rises too little: {before} → {after} is “{bump}”, at least “{least}” is due.",
                before=from_version,
                after=to_version,
                bump=bump,
                least=least,
            )
        )


def _canonical(package: Path) -> dict[str, Any]:
    source = load_folder(package) if package.is_dir() else load_archive(unwrap_folder(package.read_bytes()))
    try:
        return dict(canonicalise(source))
    except PackageError as error:
        click.echo(
            t("{package} belum benar: {error}", "{package} is not right yet: {error}", package=package, error=error),
            err=True,
        )
        sys.exit(1)
