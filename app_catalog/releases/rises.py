"""Whether a version rose by as much as what has changed asks for (SemVer 2.0)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import semver

from app_catalog.definitions.differences import Bump, Difference, bump_between, compare, least_bump
from app_catalog.definitions.model import Text
from app_catalog.definitions.problems import Problem
from app_catalog.releases.noting import about_app
from app_catalog.releases.reading import Package

_BUMPS: tuple[Bump, ...] = ("patch", "minor", "major")
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Earlier:
    """A version that is or was published, with its canonical form."""

    version: str
    canonical: Mapping[str, Any]


def too_small(package: Package, before: Earlier) -> list[Problem]:
    """A problem where the version rose by less than what has changed since `before` asks for."""
    differences = compare(before.canonical, canonical_of(package))
    asked, given = least_bump(differences), bump_between(before.version, package.definition.version)
    if _BUMPS.index(given) >= _BUMPS.index(asked):
        return []
    least, why = _raised(before.version, asked), _named(differences, asked)
    return [
        about_app(
            package,
            "review",
            "version-too-small",
            "version",
            (
                f"Versi naik terlalu sedikit sejak {before.version} untuk perubahan ini: {why.text('id')}.",
                f"The version rose by too little since {before.version} for what has changed: {why.text('en')}.",
            ),
            (
                f"Pakai {least} atau lebih tinggi. Daerah yang memperbarui dengan sendirinya mengandalkan nomornya.",
                f"Use {least} or higher. Municipalities that update by themselves rely on the number.",
            ),
        )
    ]


def _named(differences: Sequence[Difference], asked: Bump) -> Text:
    """The first few differences that ask for that much."""
    causes = [one for one in differences if least_bump([one]) == asked]
    more = len(causes) - _NAMED
    return Text(
        {
            language: ", ".join(one.name.text(language) for one in causes[:_NAMED])
            + (f" (+{more})" if more > 0 else "")
            for language in ("id", "en")
        }
    )


def _raised(version: str, bump: Bump) -> semver.Version:
    """The lowest version that rises by `bump`; below 1.0.0 one step counts for the next one (SemVer 2.0, section 4)."""
    old = semver.Version.parse(version)
    if bump == "major":
        return old.bump_major() if old.major else old.bump_minor()
    return old.bump_minor() if bump == "minor" and old.major else old.bump_patch()


def canonical_of(package: Package) -> Mapping[str, Any]:
    """The canonical form of a package as data."""
    form: Mapping[str, Any] = json.loads(package.canonical)
    return form
