"""Each mistake in a publiccode.yml is told where it stands, and with a remedy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app_catalog.definitions.problems import Problem
from app_catalog.definitions.publiccode.reading import PubliccodeFile
from tests.app_catalog.definitions.publiccode_files import LONG, minimal, read


def _only(found: PubliccodeFile) -> Problem:
    (problem,) = found.report.problems
    return problem


Change = Callable[[str], str]


def _swap(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text, old
        return text.replace(old, new, 1)

    return change


WRONG: list[tuple[str, Change, str, str, int]] = [
    ("0.7", _swap('publiccodeYmlVersion: "0.7"\n', ""), "missing-key", "publiccodeYmlVersion", 1),
    ("0.7", _swap('"0.7"', '"0.1"'), "publiccode-version", "publiccodeYmlVersion", 1),
    ("0.7", _swap('"0.7"', '"1.0"'), "publiccode-version", "publiccodeYmlVersion", 1),
    ("0.7", _swap('"0.7"', "[0.7]"), "wrong-kind", "publiccodeYmlVersion", 1),
    ("0.7", _swap("name: Lapor Padi", "name:"), "wrong-kind", "name", 2),
    ("0.7", _swap("name: Lapor Padi", "name: [Lapor]"), "wrong-kind", "name", 2),
    ("0.7", _swap("name: Lapor Padi", "nama: Lapor Padi"), "unknown-key", "nama", 2),
    ("0.7", _swap("https://git.padi.example/lapor.git", "git.padi.example"), "wrong-kind", "url", 3),
    ("0.7", _swap("https://git.padi.example/lapor.git", "https://"), "wrong-kind", "url", 3),
    ("0.7", _swap("https://git.padi.example/lapor.git", "https://[::1/x"), "wrong-kind", "url", 3),
    ("0.7", _swap("https://git.padi.example/lapor.git", "https://padi.example:99999/"), "wrong-kind", "url", 3),
    ("0.7", _swap("https://git.padi.example/lapor.git", "javascript:alert(1)"), "wrong-kind", "url", 3),
    ("0.7", _swap('"2026-03-01"', '"2026-02-30"'), "wrong-kind", "releaseDate", 4),
    ("0.7", _swap('"2026-03-01"', '"1 Maret 2026"'), "wrong-kind", "releaseDate", 4),
    ("0.2", _swap('releaseDate: "2026-03-01"\n', ""), "missing-key", "releaseDate", 1),
    ("0.3", _swap('releaseDate: "2026-03-01"\n', ""), "missing-key", "releaseDate", 1),
    ("0.7", _swap("  - web\n", "  []\n"), "empty-list", "platforms", 6),
    ("0.4", _swap("categories:\n  - feedback-and-reviews-management\n", ""), "missing-key", "categories", 1),
    ("0.7", _swap("feedback-and-reviews-management", "feedbak"), "unknown-value", "categories.0", 8),
    ("0.7", _swap("developmentStatus: stable", "developmentStatus: jadi"), "unknown-value", "developmentStatus", 9),
    ("0.7", _swap("standalone/web", "standalone"), "unknown-value", "softwareType", 10),
    ("0.7", _swap("  id:\n", "  bahasa indonesia:\n"), "publiccode-language", "description.bahasa indonesia", 12),
    (
        "0.7",
        _swap("    shortDescription: Warga", "    short: Warga"),
        "missing-key",
        "description.id.shortDescription",
        13,
    ),
    ("0.7", _swap("Warga lapor, dinas jawab.", "a" * 151), "wrong-length", "description.id.shortDescription", 13),
    ("0.7", _swap(LONG, LONG[:100]), "wrong-length", "description.id.longDescription", 14),
    ("0.2", _swap(LONG, LONG[:400]), "wrong-length", "description.id.longDescription", 15),
    ("0.2", _swap("    genericName: Pelaporan warga\n", ""), "missing-key", "description.id.genericName", 13),
    ("0.2", _swap("Pelaporan warga", "P" * 36), "wrong-length", "description.id.genericName", 13),
    ("0.2", _swap("Lapor dengan foto", "L" * 101), "wrong-length", "description.id.features.0", 18),
    (
        "0.7",
        _swap("    features:\n      - Lapor dengan foto\n", ""),
        "publiccode-one-language",
        "description.features",
        11,
    ),
    ("0.7", _swap("AGPL-3.0-or-later", "Bebas sekali"), "publiccode-licence", "legal.license", 19),
    ("0.7", _swap("AGPL-3.0-or-later", "(MIT"), "publiccode-licence", "legal.license", 19),
    ("0.7", _swap("type: internal", "type: sendiri"), "unknown-value", "maintenance.type", 21),
    (
        "0.7",
        _swap("  contacts:\n    - name: Siti Rahma\n", ""),
        "publiccode-needed-for",
        "maintenance.contacts",
        21,
    ),
    ("0.7", _swap("type: internal", "type: contract"), "publiccode-needed-for", "maintenance.contractors", 21),
    (
        "0.7",
        _swap("    - name: Siti Rahma", "    - email: siti@padi.example"),
        "missing-key",
        "maintenance.contacts.0.name",
        23,
    ),
    (
        "0.7",
        _swap("    - name: Siti Rahma", "    - {name: Siti, email: siti}"),
        "wrong-kind",
        "maintenance.contacts.0.email",
        23,
    ),
    (
        "0.7",
        _swap("  contacts:", "  contractors: [{name: PT Sawah, until: 2028-01-01}]\n  contacts:"),
        "publiccode-contractors",
        "maintenance.contractors",
        22,
    ),
    (
        "0.7",
        _swap("localisationReady: true", "localisationReady: mungkin"),
        "wrong-kind",
        "localisation.localisationReady",
        25,
    ),
    ("0.7", _swap("    - id\n", "    - 12\n"), "wrong-kind", "localisation.availableLanguages.0", 27),
    ("0.7", _swap("    - id\n", "    []\n"), "empty-list", "localisation.availableLanguages", 27),
    (
        "0.7",
        lambda text: text + "intendedAudience: {countries: [ZZ]}\n",
        "wrong-kind",
        "intendedAudience.countries.0",
        28,
    ),
    (
        "0.7",
        lambda text: text + "intendedAudience: {countries: [Id]}\n",
        "wrong-kind",
        "intendedAudience.countries.0",
        28,
    ),
    (
        "0.7",
        lambda text: text + "intendedAudience: {scope: [sawah]}\n",
        "unknown-value",
        "intendedAudience.scope.0",
        28,
    ),
    ("0.7", lambda text: text + "supports: [{id: 'alias:sawah'}]\n", "unknown-value", "supports.0.id", 28),
    ("0.7", lambda text: text + "supports: [{id: sawah}]\n", "wrong-kind", "supports.0.id", 28),
    ("0.7", lambda text: text + "organisation: {name: Kota Padi}\n", "missing-key", "organisation.uri", 28),
    ("0.7", lambda text: text + "fundedBy: [{uri: 'https://a.example'}]\n", "missing-key", "fundedBy.0.name", 28),
    ("0.7", lambda text: text + "logo: gambar/logo.gif\n", "wrong-kind", "logo", 28),
    ("0.7", lambda text: text + "logo: /etc/logo.png\n", "wrong-kind", "logo", 28),
    ("0.7", lambda text: text + "logo: ../logo.png\n", "wrong-kind", "logo", 28),
    ("0.7", lambda text: text + "inputTypes: [teks]\n", "wrong-kind", "inputTypes.0", 28),
    ("0.7", lambda text: text + "dependsOn: {open: [{versi: 1}]}\n", "missing-key", "dependsOn.open.0.name", 28),
    ("0.7", lambda text: text + "IT: satu\n", "wrong-kind", "IT", 28),
    ("0.7", lambda text: text + "IT: {a: 1}\nit: {a: 1}\n", "publiccode-country-twice", "it", 29),
    ("0.7", lambda text: text + "name: Lagi\n", "yaml-duplicate-key", "name", 28),
    ("0.7", lambda text: text + "usedBy: &x [Kota Padi]\n", "yaml-anchor", "", 28),
]


@pytest.mark.parametrize(("version", "change", "code", "path", "line"), WRONG)
def test_each_mistake_is_told_with_its_line_its_key_and_a_remedy(
    version: str, change: Change, code: str, path: str, line: int
) -> None:
    found = read(change(minimal(version)))
    problem = next((one for one in found.report.errors if (one.code, one.path) == (code, path)), None)
    assert problem is not None, [one.format("en") for one in found.report.problems]
    assert problem.line == line
    for language in ("id", "en"):
        assert problem.message.text(language)
        assert problem.remedy.text(language)
        assert "{" not in problem.remedy.text(language)


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        (
            _swap('publiccodeYmlVersion: "0.7"', "publiccodeYmlVersion: 0.7"),
            "publiccode-quotes",
            "publiccodeYmlVersion",
        ),
        (_swap("Ready: true", "Ready: yes"), "publiccode-yaml-1-1", "localisation.localisationReady"),
        (lambda text: text + "softwareVersion: 1.4\n", "publiccode-quotes", "softwareVersion"),
        (
            lambda text: text + "intendedAudience: {countries: [id]}\n",
            "publiccode-deprecated",
            "intendedAudience.countries.0",
        ),
    ],
)
def test_what_is_merely_unwise_is_a_warning(change: Change, code: str, path: str) -> None:
    problem = _only(read(change(minimal())))
    assert (problem.severity, problem.code, problem.path) == ("warning", code, path)
