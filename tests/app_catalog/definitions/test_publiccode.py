"""Reading publiccode.yml, version by version."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from app_catalog.cli import app
from app_catalog.definitions.publiccode.vocabulary import CATEGORIES, COUNTRIES
from tests.app_catalog.definitions.publiccode_files import NEWEST_KEYS, codes, full, minimal, read

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


@pytest.mark.parametrize("version", VERSIONS)
def test_the_smallest_file_of_each_version_has_no_problem(version: str) -> None:
    found = read(minimal(version))
    assert found.report.problems == ()
    assert found.minor == (7 if version == "0" else int(version.split(".")[1]))


@pytest.mark.parametrize("version", ["0.2", "0.3", "0.4", "0.5", "0.6", "0.7"])
def test_every_key_that_was_there_from_the_start_is_still_read(version: str) -> None:
    found = read(full(version).replace("  type: contract", "  type: contract"))
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
    found = {path for code, path in codes(read(full(version))) if code == "publiccode-deprecated"}
    assert deprecated <= found
    before = {"0.2": "0.2", "0.3": "0.2", "0.4": "0.3", "0.5": "0.4", "0.6": "0.5", "0.7": "0.6"}[version]
    earlier = {path for code, path in codes(read(full(before))) if code == "publiccode-deprecated"}
    assert earlier <= found
    if version not in ("0.2", "0.6"):
        assert deprecated - {"it"} <= found - earlier


@pytest.mark.parametrize("version", ["0.2", "0.4", "0.5", "0.6", "0.7"])
def test_what_a_later_version_brought_is_read_with_a_word(version: str) -> None:
    found = read(minimal(version) + NEWEST_KEYS)
    assert found.report.ok
    late = {path for code, path in codes(found) if code == "publiccode-too-new"}
    minor = found.minor
    expected = ({"organisation", "fundedBy"} if minor < 5 else set()) | ({"supports"} if minor < 7 else set())
    assert late == expected
    assert found.document["organisation"]["name"] == "Kota Padi"


def test_a_version_may_use_only_the_categories_of_its_time() -> None:
    for category, since in CATEGORIES.items():
        found = read(minimal("0.2").replace("feedback-and-reviews-management", category))
        assert ("publiccode-too-new", "categories.0") in codes(found) if since > 2 else not found.report.problems


def test_contractors_may_stand_beside_contacts_until_the_standard_forbade_it() -> None:
    text = minimal("0.4").replace("  contacts:", "  contractors: [{name: PT Sawah, until: 2028-01-01}]\n  contacts:")
    assert read(text).report.problems == ()


def test_all_countries_of_iso_3166_are_known() -> None:
    assert len(COUNTRIES) == 249


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
