"""What is found when a package meets what is published already, and the platform that shall run it.

Errors keep it out, `review` has a curator look at it before it is published, warnings are told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import semver

from app_catalog.definitions.differences import Bump, Difference, bump_between, compare, least_bump
from app_catalog.definitions.model import Text
from app_catalog.definitions.problems import Problem, Severity
from app_catalog.releases.changelogs import languages_of, section_of
from app_catalog.releases.platform import range_missed
from app_catalog.releases.reading import Package
from lumbung.version import VERSION

_BUMPS: tuple[Bump, ...] = ("patch", "minor", "major")
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Earlier:
    """A version that is or was published, with its canonical form."""

    version: str
    canonical: Mapping[str, Any]


def find_errors(package: Package, known: Sequence[str]) -> list[Problem]:
    """Why the package cannot be taken beside the versions that are `known` (published or yanked)."""
    missed = range_missed(package.definition)
    found = []
    if missed is not None:
        found.append(
            _about_app(
                package,
                "error",
                "platform-out-of-range",
                "requires",
                (
                    f"Paket ini membutuhkan Lumbung {missed}; di sini berjalan {VERSION}.",
                    f"The package needs Lumbung {missed}; {VERSION} runs here.",
                ),
                (
                    f"Tulis rentang `requires.lumbung` yang memuat {VERSION}, bila paketnya memang berjalan di sana.",
                    f"Give `requires.lumbung` a range that {VERSION} is in, if the package does run on it.",
                ),
            )
        )
    new = semver.Version.parse(package.definition.version)
    ahead = [one for one in map(semver.Version.parse, known) if _line(one) == _line(new) and one >= new]
    if ahead:
        newest = max(ahead)
        free = newest.bump_prerelease() if newest.prerelease else newest.bump_patch()
        found.append(
            _about_app(
                package,
                "error",
                "version-behind",
                "version",
                (
                    f"Versi {new} tidak lebih tinggi daripada {newest}, yang sudah terbit.",
                    f"Version {new} is not higher than {newest}, which is published.",
                ),
                (f"Pakai {free} atau lebih tinggi.", f"Use {free} or higher."),
            )
        )
    return found


def find_reserved(package: Package, reserved: Collection[str]) -> list[Problem]:
    """Why a new app cannot have its id: a page of the platform would stand before it."""
    own = package.definition.id
    if own not in reserved:
        return []
    return [
        _about_app(
            package,
            "error",
            "id-reserved",
            "id",
            (
                f"Id “{own}” dipakai oleh alamat Lumbung sendiri, jadi halaman aplikasinya tidak akan terbuka.",
                f"Lumbung itself uses “{own}” in its addresses, so the app’s pages would not open.",
            ),
            (
                "Pilih id lain, misalnya dengan nama daerah Anda.",
                "Choose another id, for example with your city’s name.",
            ),
        )
    ]


def find_notes(package: Package, *, before: Earlier | None, stable_before: Earlier | None) -> list[Problem]:
    """What a curator or the publisher should know.

    `before` is the highest published version below this one, `stable_before` the highest that is no pre-release.
    """
    found = []
    if stable_before is not None:
        found += _too_small(package, stable_before)
    if before is not None and _personal_data(before.canonical) != _personal_data(_canonical(package)):
        found.append(
            _about_app(
                package,
                "review",
                "personal-data-changed",
                "personal_data",
                (
                    f"Tujuan, dasar hukum atau masa simpan data pribadi berubah sejak {before.version}.",
                    f"Purpose, legal basis or retention of personal data has changed since {before.version}.",
                ),
                (
                    "Seorang kurator memeriksanya; jelaskan alasannya di CHANGELOG.md.",
                    "A curator looks at it; say why in CHANGELOG.md.",
                ),
            )
        )
    return found + _silent_changelog(package)


def find_reasons(*, first: bool, every: bool, alike: Sequence[str], handed_over: bool) -> list[Problem]:
    """Why a curator looks whatever the package says."""
    found = []
    if first:
        found.append(
            _note(
                "review",
                "first-release",
                ("Ini terbitan pertama aplikasi ini.", "This is the first release of the app."),
                (
                    "Kurator melihat terbitan pertama setiap aplikasi; berikutnya langsung terbit bila tanpa temuan.",
                    "A curator looks at each app's first release; later ones without findings are published at once.",
                ),
            )
        )
    elif every:
        found.append(
            _note(
                "review",
                "every-release",
                ("Di sini setiap rilis dilihat kurator.", "Here a curator looks at every release."),
                ("Tunggu keputusannya.", "Wait for the decision."),
            )
        )
    if handed_over:
        found.append(
            _note(
                "review",
                "new-publisher",
                ("Aplikasi ini baru saja berganti penerbit.", "The app has a new publisher."),
                (
                    "Kurator melihat terbitan pertama penerbit baru; berikutnya langsung terbit bila tanpa temuan.",
                    "A curator looks at a new publisher's first release; later ones without findings go out at once.",
                ),
            )
        )
    if alike:
        names = ", ".join(alike)
        found.append(
            _note(
                "review",
                "look-alike",
                (f"Namanya mirip aplikasi lain: {names}.", f"Its name is like another app's: {names}."),
                (
                    "Kurator menilai apakah orang akan keliru; nama lain mempercepatnya.",
                    "A curator judges whether people would take one for the other; another name makes it quicker.",
                ),
            )
        )
    return found


def find_twins(alike: Sequence[tuple[str, float]]) -> list[Problem]:
    """A hint that the catalog has apps that do the same: ids with their scores (0 to 1), the closest first."""
    if not alike:
        return []
    names = ", ".join(f"{slug} ({score:.0%})" for slug, score in alike[:_NAMED])
    return [
        _note(
            "warning",
            "overlap",
            (
                f"Katalog sudah mempunyai aplikasi yang mengerjakan hal yang sama: {names}.",
                f"The catalog has apps already that do the same: {names}.",
            ),
            (
                "Bandingkan dahulu: mungkin lebih cepat memperbaikinya bersama penerbitnya. Bila memang berbeda, "
                "jelaskan bedanya di README.md.",
                "Compare them first: it may be quicker to improve one together with its publisher. If yours is "
                "different, say in README.md how.",
            ),
        )
    ]


def _too_small(package: Package, before: Earlier) -> list[Problem]:
    differences = compare(before.canonical, _canonical(package))
    asked, given = least_bump(differences), bump_between(before.version, package.definition.version)
    if _BUMPS.index(given) >= _BUMPS.index(asked):
        return []
    least, why = _raised(before.version, asked), _named(differences, asked)
    return [
        _about_app(
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


def _silent_changelog(package: Package) -> list[Problem]:
    version = package.definition.version
    section = section_of(package.definition.changelog, version)
    remedy = (
        f"Tulis di bawah `## {version}` apa yang berubah, di bawah `### Bahasa Indonesia` dan `### English`.",
        f"Say what has changed below `## {version}`, below `### Bahasa Indonesia` and `### English`.",
    )
    if section is None:
        message = (
            f"CHANGELOG.md tidak menyebut versi {version}.",
            f"CHANGELOG.md says nothing about version {version}.",
        )
        return [_note("warning", "changelog-silent", message, remedy, file="CHANGELOG.md")]
    missing = [name for name in (("id", "Bahasa Indonesia"), ("en", "English")) if name[0] not in languages_of(section)]
    names = ", ".join(name for _, name in missing)
    message = (
        f"CHANGELOG.md belum menjelaskan versi {version} dalam: {names}.",
        f"CHANGELOG.md does not describe version {version} in: {names}.",
    )
    return [_note("warning", "changelog-language", message, remedy, file="CHANGELOG.md")] if missing else []


def _canonical(package: Package) -> Mapping[str, Any]:
    form: Mapping[str, Any] = json.loads(package.canonical)
    return form


def _personal_data(canonical: Mapping[str, Any]) -> Any:
    return canonical.get("app", {}).get("personal_data")


def _line(version: semver.Version) -> tuple[int, int]:
    return version.major, version.minor


def _about_app(
    package: Package, severity: Severity, code: str, key: str, message: tuple[str, str], remedy: tuple[str, str]
) -> Problem:
    """A problem at a key of app.yaml."""
    lines = package.source.files.get("app.yaml", b"").decode("utf-8", "replace").splitlines()
    line = next((number for number, text in enumerate(lines, 1) if re.match(rf"{key}\s*:", text)), 0)
    return _note(severity, code, message, remedy, line=line, path=key)


def _note(
    severity: Severity,
    code: str,
    message: tuple[str, str],
    remedy: tuple[str, str],
    *,
    file: str = "app.yaml",
    line: int = 0,
    path: str = "",
) -> Problem:
    return Problem(
        severity,
        code,
        file,
        line,
        1 if line else 0,
        path,
        Text({"id": message[0], "en": message[1]}),
        Text({"id": remedy[0], "en": remedy[1]}),
    )
