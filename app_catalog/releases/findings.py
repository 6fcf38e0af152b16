"""What is found when a package meets what is published already, and the platform that shall run it.

Errors keep it out, `review` has a curator look at it before it is published, warnings are told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import semver

from app_catalog.definitions.problems import Problem
from app_catalog.releases.changelogs import languages_of, section_of
from app_catalog.releases.noting import about_app, note
from app_catalog.releases.platform import range_missed
from app_catalog.releases.reading import Package
from app_catalog.releases.rises import Earlier, canonical_of, too_small
from lumbung.version import VERSION

_MOST_TWINS = 3
"""How many entries that look the same are named."""


def find_errors(package: Package, known: Sequence[str]) -> list[Problem]:
    """Why the package cannot be taken beside the versions that are `known` (published or yanked)."""
    missed = range_missed(package.definition)
    found = []
    if missed is not None:
        found.append(
            about_app(
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
            about_app(
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
        about_app(
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
        found += too_small(package, stable_before)
    if before is not None and _personal_data(before.canonical) != _personal_data(canonical_of(package)):
        found.append(
            about_app(
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
            note(
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
            note(
                "review",
                "every-release",
                ("Di sini setiap rilis dilihat kurator.", "Here a curator looks at every release."),
                ("Tunggu keputusannya.", "Wait for the decision."),
            )
        )
    if handed_over:
        found.append(
            note(
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
            note(
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
    names = ", ".join(f"{slug} ({score:.0%})" for slug, score in alike[:_MOST_TWINS])
    return [
        note(
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
        return [note("warning", "changelog-silent", message, remedy, file="CHANGELOG.md")]
    missing = [name for name in (("id", "Bahasa Indonesia"), ("en", "English")) if name[0] not in languages_of(section)]
    names = ", ".join(name for _, name in missing)
    message = (
        f"CHANGELOG.md belum menjelaskan versi {version} dalam: {names}.",
        f"CHANGELOG.md does not describe version {version} in: {names}.",
    )
    return [note("warning", "changelog-language", message, remedy, file="CHANGELOG.md")] if missing else []


def _personal_data(canonical: Mapping[str, Any]) -> Any:
    return canonical.get("app", {}).get("personal_data")


def _line(version: semver.Version) -> tuple[int, int]:
    return version.major, version.minor
