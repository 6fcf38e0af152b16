"""Workbooks as they come, and hostile ones, read in a process of their own."""

from __future__ import annotations

import io
import resource
import signal
import subprocess
import zipfile
from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook

from app_runtime.imports.errors import UnreadableFile
from app_runtime.imports.reading import in_child, read_table, xlsx_lines
from lumbung.errors import Unavailable
from tests.app_runtime.import_files import read, workbook
from tests.processor_time import at_most


def test_a_workbook_is_read_below_its_merged_title_with_dates_and_results() -> None:
    when = datetime(2017, 2, 20, 7, 58, 22)  # noqa: DTZ001 - spreadsheets know no zone.
    rows: list[list[Any]] = [
        ["Nomor", "Judul", "Waktu", "Telepon", "Rumus", "Galat"],
        [1.0, "Lampu mati", when, "0812345678", "=1+1", "#REF!"],
        [None, None, None, None, None, None],
        [2, "Sampah", "kemarin", 8123, None, None],
    ]
    columns, lines = read(workbook(rows, title="Laporan tahun 2017"), "laporan.xlsx")
    assert columns == ["Nomor", "Judul", "Waktu", "Telepon", "Rumus", "Galat"]
    # Nobody has opened the file since, so the formula has no result; it is never run.
    assert lines[0].values == {
        "Nomor": 1,
        "Judul": "Lampu mati",
        "Waktu": "2017-02-20T07:58:22",
        "Telepon": "0812345678",
    }
    assert (lines[1].number, lines[1].values["Telepon"]) == (6, 8123)


def test_a_sheet_that_reaches_to_the_end_of_the_world_costs_nothing() -> None:
    book = Workbook()
    sheet = book.active
    sheet["A1"], sheet["B1"], sheet["A2"] = "judul", "isi", "Satu"
    sheet["A1048576"] = "jauh di bawah"
    sheet["XFD2"] = "jauh di kanan"
    out = io.BytesIO()
    book.save(out)
    with at_most(5):
        table = xlsx_lines.read_xlsx(out.getvalue())
        columns, lines = table.columns, list(table.lines)
    assert columns == ["judul", "isi"]
    assert [line.values for line in lines] == [{"judul": "Satu"}]


def _workbook_with(member: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([["a"], ["b"]]))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            if name != member:
                target.writestr(name, source.read(name))
        target.writestr(member, data)
    return out.getvalue()


_ENTITIES = b'--><!DOCTYPE workbook [<!ENTITY a "b">]><workbook>&a;</workbook>'


@pytest.mark.parametrize(
    "data",
    [
        _workbook_with("xl/worksheets/sheet1.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'),
        _workbook_with("xl/workbook.xml", b"<!--" + b" " * 3_000_000 + _ENTITIES),
        _workbook_with("xl/workbook.xml", (b"<!--" + _ENTITIES).decode().encode("utf-16")),
        _workbook_with("xl/media/picture.png", b" \n" + b"<!---->" + b" " * (2**20 - 14) + _ENTITIES[3:]),
        _workbook_with("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row></sheetData>"),
        _workbook_with("xl/workbook.xml", b"<workbook/>"),
        b"PK\x03\x04" + b"\x00" * 100,
    ],
    ids=["entities", "late-entities", "hidden-entities", "cut-entities", "torn", "no-sheets", "no-archive"],
)
def test_a_hostile_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read(data, "a.xlsx")


@pytest.mark.parametrize(
    ("member", "cap"),
    [
        ("sheet1.xml", "MOST_INFLATED"),
        ("sharedStrings.xml", "MOST_SHARED_TEXT"),
        ("under-another-name.xml", "MOST_SHARED_TEXT"),
    ],
)
def test_a_workbook_that_would_inflate_is_refused_before_it_does(
    monkeypatch: pytest.MonkeyPatch, member: str, cap: str
) -> None:
    folder = "xl/worksheets/" if member == "sheet1.xml" else "xl/"
    bomb = _workbook_with(folder + member, b"<x>" + b" " * 5_000_000)
    assert len(bomb) < 50_000
    monkeypatch.setattr(xlsx_lines, cap, 4_000_000)
    monkeypatch.setattr(xlsx_lines, "load_workbook", lambda *args, **options: pytest.fail("It was opened."))
    with pytest.raises(UnreadableFile):
        xlsx_lines.read_xlsx(bomb)


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/media/picture.png"])
def test_a_small_workbook_of_countless_marks_is_refused_before_it_fills_the_memory(
    monkeypatch: pytest.MonkeyPatch, member: str
) -> None:
    bomb = _workbook_with(member, b"<x>" + b"<c/>" * xlsx_lines.MOST_MARKS)
    assert len(bomb) < 50_000
    monkeypatch.setattr(xlsx_lines, "load_workbook", lambda *args, **options: pytest.fail("It was opened."))
    with pytest.raises(UnreadableFile, match="CSV"):
        xlsx_lines.read_xlsx(bomb)


def _large() -> bytes:
    return workbook([["judul", "isi"], *([f"Lampu nomor {number} mati", number] for number in range(20_000))])


def test_a_workbook_costs_the_web_no_memory_and_its_child_some() -> None:
    data = _large()
    read(workbook([["a"], ["b"]]), "a.xlsx")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in read_table(data, "a.xlsx")[1].lines) == 20_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8 * 1024
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 30 * 1024


@pytest.mark.parametrize(("limit", "most"), [("MOST_MEMORY", 30 * 1024**2), ("MOST_SECONDS", 0.05)])
def test_a_workbook_that_takes_too_much_is_refused(monkeypatch: pytest.MonkeyPatch, limit: str, most: float) -> None:
    monkeypatch.setattr(in_child, limit, most)
    with pytest.raises(UnreadableFile, match="CSV"):
        read(_large(), "a.xlsx")


def test_a_child_that_dies_is_a_refusal_and_the_next_workbook_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def remember(*given: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(start(*given, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", remember)
    lines = read_table(_large(), "a.xlsx")[1].lines
    next(lines)
    started[0].send_signal(signal.SIGKILL)
    with pytest.raises(UnreadableFile, match="CSV"):
        list(lines)
    columns, _ = read(workbook([["judul"], ["Lampu"]]), "a.xlsx")
    assert columns == ["judul"]


def test_whoever_stops_reading_ends_the_child_and_leaves_the_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_child, "_WAIT_SECONDS", 0.1)
    _, table = read_table(_large(), "a.xlsx")
    with pytest.raises(Unavailable):
        read_table(_large(), "b.xlsx")
    del table
    assert len(read(workbook([["judul"], ["Lampu"]]), "a.xlsx")[1]) == 1
