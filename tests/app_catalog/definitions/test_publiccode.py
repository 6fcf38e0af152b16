"""Reading, checking and writing publiccode.yml, version by version."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from app_catalog.cli import app
from app_catalog.definitions.problems import Problem
from app_catalog.definitions.publiccode.reading import PubliccodeFile, read_publiccode
from app_catalog.definitions.publiccode.vocabulary import CATEGORIES, COUNTRIES
from app_catalog.definitions.publiccode.writing import newest_form, write_yaml
from tests.app_catalog.definitions.publiccode_files import FULL, LONG, NEWEST_KEYS, full, minimal
from tests.processor_time import at_most

VERSIONS = (
    "0.2",
    "0.2.0",
    "0.2.1",
    "0.2.2",
    "0.3",
    "0.3.0",
    "0.4",
    "0.4.0",
    "0.5",
    "0.5.0",
    "0.6",
    "0.7",
    "0.7.0",
    "0",
)


def _read(text: str) -> PubliccodeFile:
    return read_publiccode(text.encode())


def _codes(found: PubliccodeFile) -> set[tuple[str, str]]:
    return {(problem.code, problem.path) for problem in found.report.problems}


def _only(found: PubliccodeFile) -> Problem:
    (problem,) = found.report.problems
    return problem


@pytest.mark.parametrize("version", VERSIONS)
def test_the_smallest_file_of_each_version_has_no_problem(version: str) -> None:
    found = _read(minimal(version))
    assert found.report.problems == ()
    assert found.minor == (7 if version == "0" else int(version.split(".")[1]))


@pytest.mark.parametrize("version", ["0.2", "0.3", "0.4", "0.5", "0.6", "0.7"])
def test_every_key_that_was_there_from_the_start_is_still_read(version: str) -> None:
    found = _read(full(version).replace("  type: contract", "  type: contract"))
    assert found.report.ok, [problem.format("en") for problem in found.report.errors]
    assert found.document["isBasedOn"] == ["https://git.padi.example/tua.git"]
    assert found.document["platforms"] == ["web"]
    assert found.document["intendedAudience"]["countries"] == ["ID"]
    assert found.document["legal"]["license"] == "MIT OR EUPL-1.2"
    assert found.document["localisation"]["localisationReady"] is True
    assert found.document["IT"]["riuso"] == {"codiceIPA": "c_h501"}


@pytest.mark.parametrize(
    ("version", "deprecated"),
    [
        ("0.2", set()),
        ("0.3", {"monochromeLogo", "inputTypes", "outputTypes", "description.id.genericName"}),
        ("0.4", {"legal.authorsFile"}),
        ("0.5", {"legal.repoOwner", "it", "it.conforme", "it.riuso.codiceIPA", "intendedAudience.countries.0"}),
        ("0.6", set()),
        ("0.7", {"it"}),
    ],
)
def test_a_key_is_told_to_be_deprecated_from_the_version_that_says_so(version: str, deprecated: set[str]) -> None:
    found = {path for code, path in _codes(_read(full(version))) if code == "publiccode-deprecated"}
    assert deprecated <= found
    before = {"0.2": "0.2", "0.3": "0.2", "0.4": "0.3", "0.5": "0.4", "0.6": "0.5", "0.7": "0.6"}[version]
    earlier = {path for code, path in _codes(_read(full(before))) if code == "publiccode-deprecated"}
    assert earlier <= found
    if version not in ("0.2", "0.6"):
        assert deprecated - {"it"} <= found - earlier


@pytest.mark.parametrize("version", ["0.2", "0.4", "0.5", "0.6", "0.7"])
def test_what_a_later_version_brought_is_read_with_a_word(version: str) -> None:
    found = _read(minimal(version) + NEWEST_KEYS)
    assert found.report.ok
    late = {path for code, path in _codes(found) if code == "publiccode-too-new"}
    minor = found.minor
    expected = ({"organisation", "fundedBy"} if minor < 5 else set()) | ({"supports"} if minor < 7 else set())
    assert late == expected
    assert found.document["organisation"]["name"] == "Kota Padi"


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
    found = _read(change(minimal(version)))
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
    problem = _only(_read(change(minimal())))
    assert (problem.severity, problem.code, problem.path) == ("warning", code, path)


def test_a_version_may_use_only_the_categories_of_its_time() -> None:
    for category, since in CATEGORIES.items():
        found = _read(minimal("0.2").replace("feedback-and-reviews-management", category))
        assert ("publiccode-too-new", "categories.0") in _codes(found) if since > 2 else not found.report.problems


def test_contractors_may_stand_beside_contacts_until_the_standard_forbade_it() -> None:
    text = minimal("0.4").replace("  contacts:", "  contractors: [{name: PT Sawah, until: 2028-01-01}]\n  contacts:")
    assert _read(text).report.problems == ()


def test_all_countries_of_iso_3166_are_known() -> None:
    assert len(COUNTRIES) == 249


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"- a\n- b\n", b"sawah", b"{", b"a: &b c\n", b"\x00", b"%YAML 1.1\n---\na: 1\n"]
)
def test_what_is_no_publiccode_file_is_refused_with_a_reason(data: bytes) -> None:
    found = read_publiccode(data)
    assert found.report.errors
    assert found.document == {}


@pytest.mark.parametrize("version", ["0.2", "0.3", "0.4", "0.5", "0.6", "0.7"])
def test_what_was_read_is_written_as_a_sound_file_of_the_newest_version(version: str) -> None:
    extra = NEWEST_KEYS if version == "0.7" else ""
    before = _read(full(version) + extra)
    text = write_yaml(newest_form(before.document, used_by=["Kota Tangerang Selatan", 'Kota "Aneh": #1']))
    after = _read(text)
    assert after.report.problems == ()
    assert after.minor == 7
    assert after.document["usedBy"] == ["Kota Tangerang Selatan", 'Kota "Aneh": #1']
    assert after.document["description"]["id"]["longDescription"] == LONG
    assert after.document["maintenance"] == before.document["maintenance"]
    assert "IT" not in after.document
    again = write_yaml(newest_form(after.document, used_by=after.document["usedBy"]))
    assert again == text


def test_nobody_is_named_as_using_it_unless_the_platform_knows() -> None:
    assert "usedBy" not in newest_form(_read(full()).document, used_by=[])


_SCALARS = st.one_of(
    st.text(max_size=40),
    st.booleans(),
    st.integers(-1000, 1000),
    st.sampled_from(["yes", "null", "~", "1e3", "- a", "#"]),
)


@given(
    st.dictionaries(st.text(min_size=1, max_size=20), st.one_of(_SCALARS, st.lists(_SCALARS, max_size=4)), max_size=5)
)
@settings(max_examples=60, deadline=None)
def test_any_text_survives_being_written_and_read(values: dict[str, Any]) -> None:
    text = write_yaml({"name": "x", "usedBy": [str(value) for value in values.values()]})
    found = _read(text)
    assert not any(problem.code.startswith("yaml-") for problem in found.report.problems)


def _pieces() -> list[str]:
    return [*FULL.splitlines(keepends=True), *NEWEST_KEYS.splitlines(keepends=True)]


@given(
    st.lists(
        st.one_of(
            st.sampled_from(_pieces()), st.text(max_size=30), st.sampled_from(["  " * 30 + "- {[", "? : ", "\t", "'"])
        ),
        max_size=60,
    )
)
@settings(max_examples=150, deadline=None)
def test_no_file_makes_the_reader_crash(pieces: list[str]) -> None:
    found = read_publiccode("".join(pieces).encode("utf-8", "surrogatepass"))
    assert found.report.problems or found.document


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_no_bytes_make_the_reader_crash(data: bytes) -> None:
    assert not read_publiccode(data).report.ok


@pytest.mark.parametrize(
    "text",
    [
        "legal:\n  license: " + "(" * 90 + "MIT" + ")" * 90,
        "legal:\n  license: " + " OR ".join(["MIT"] * 40_000),
        "".join(f"kunci{n}: {n}\n" for n in range(4_000)),
        "usedBy:\n" + "  - Kota Padi\n" * 9_000,
        "description:\n" + "".join(f"  a{n}:\n    x: y\n" for n in range(1_500)),
        "supports:\n" + "".join("  - id: alias:" + "a" * 200 + "\n" for _ in range(800)),
        "url: https://" + "a" * 200_000,
        "name: " + "[" * 50_000,
        "categories:\n" + "  - whistelblowing\n" * 290,
    ],
)
def test_a_hostile_file_costs_little_time(text: str) -> None:
    with at_most(5):
        found = _read(text)
    assert not found.report.ok


def test_a_hostile_file_costs_little_memory() -> None:
    tracemalloc.start()
    found = _read("url: https://" + "a" * 200_000 + "\n" + "".join(f"kunci{n}: {n}\n" for n in range(2_000)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert not found.report.ok
    assert peak < 32 * 1024 * 1024


def test_the_command_says_every_problem_and_ends_with_one(tmp_path: Path) -> None:
    good, bad = tmp_path / "publiccode.yml", tmp_path / "bad.yml"
    good.write_text(minimal())
    bad.write_text(minimal().replace("AGPL-3.0-or-later", "Bebas"))
    run = CliRunner()
    said = run.invoke(app, ["publiccode", "check", str(good)])
    assert (said.exit_code, said.output.strip()) == (0, "Berkas ini sesuai standar publiccode.yml 0.7.")
    said = run.invoke(app, ["--lang", "en", "publiccode", "check", str(bad)])
    assert said.exit_code == 1
    assert "bad.yml:19:12: error [legal.license]" in said.output
    as_json = run.invoke(app, ["publiccode", "check", str(bad), "--json"])
    assert as_json.exit_code == 1
    assert '"code": "publiccode-licence"' in as_json.output
