"""`lumbung app new`: what a new app begins with is whole, passes its own scenarios and overwrites nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app_catalog.cli import app as command
from app_catalog.definitions.canonical import canonicalise, compile_definition
from app_catalog.definitions.check import check_package
from app_catalog.definitions.source import Source, load_files, load_folder
from app_catalog.starters.files import starter_files
from app_runtime.scenarios.runner import EngineRunner
from lumbung.db import set_clock
from tests.app_runtime.stage import Sessions


def _new(*words: str) -> Result:
    return CliRunner().invoke(command, ["--lang", "en", "new", *words])


def _starter() -> Source:
    return load_files(starter_files("surat", name="Surat", name_en="Letters", day=date(2026, 1, 5)))


def test_a_new_app_has_no_error_and_no_warning() -> None:
    assert [problem.format("en") for problem in check_package(_starter()).problems] == []


def test_a_new_app_passes_its_scenarios(session: Sessions) -> None:
    report = EngineRunner().run(session, compile_definition(canonicalise(_starter())))
    assert len(report.results) == 3
    assert {result.id: result.failures for result in report.results if not result.passed} == {}


def test_the_folder_is_written_under_the_names_that_were_given(tmp_path: Path) -> None:
    folder = tmp_path / "here"
    done = _new("surat-x", "--name", 'Surat "X" & <Y>', "--name-en", "Letters: 'X'", "--folder", str(folder))
    assert done.exit_code == 0, done.output
    assert f"lumbung app check {folder}" in done.output
    source = load_folder(folder)
    assert [problem.format("en") for problem in check_package(source).problems] == []
    definition = compile_definition(canonicalise(source))
    assert (definition.id, definition.name["id"], definition.name["en"]) == (
        "surat-x", 'Surat "X" & <Y>', "Letters: 'X'",
    )  # fmt: skip
    written = b"".join(source.files.values())
    assert b"my-app" not in written
    assert b"Aplikasi Saya" not in written


def test_a_new_app_can_be_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert _new("surat").exit_code == 0
    packed = [CliRunner().invoke(command, ["pack", "surat", "-o", name]).exit_code for name in ("a.zip", "b.zip")]
    assert packed == [0, 0]
    assert Path("a.zip").read_bytes() == Path("b.zip").read_bytes()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    done = _new("surat", "--folder", str(tmp_path))
    assert done.exit_code == 1
    assert "not empty" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    "words", [["Surat Domisili"], ["surat", "--name", "Surat\u202eX"], ["surat", "--name", "x" * 500]]
)
def test_an_id_or_a_name_that_is_unfit_writes_nothing(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = _new(*words)
    assert done.exit_code == 1, done.output
    assert list(tmp_path.iterdir()) == []


def test_the_changelog_begins_with_the_day_of_making(tmp_path: Path) -> None:
    with set_clock(datetime(2026, 3, 4, 5, tzinfo=UTC)):
        _new("surat", "--folder", str(tmp_path / "s"))
    assert "## 0.1.0 (2026-03-04)" in (tmp_path / "s/CHANGELOG.md").read_text()
