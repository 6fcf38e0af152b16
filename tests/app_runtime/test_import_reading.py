"""Files as they come, and hostile ones: what is read, and what is refused as a whole."""

from __future__ import annotations

import io
import json
import resource
import signal
import subprocess
import zipfile
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from app_runtime.imports.errors import UnreadableFile
from app_runtime.imports.moments import parse_moment
from app_runtime.imports.places import place_of, place_of_two
from app_runtime.imports.reading import MOST_COLUMNS, MOST_LINES, Line, in_child, read_table, xlsx_lines
from app_runtime.imports.reporting import harmless
from app_runtime.imports.staging import stage_lines, staged_lines
from app_runtime.imports.values import truncated, whole_number
from lumbung.errors import TooLarge, Unavailable
from tests.app_runtime.import_files import feature, geojson, workbook
from tests.processor_time import at_most

JAKARTA = ZoneInfo("Asia/Jakarta")


def read(data: bytes, name: str = "a.csv") -> tuple[list[str], list[Line]]:
    _, table = read_table(data, name)
    return list(table.columns), list(table.lines)


@pytest.mark.parametrize(
    "data",
    [
        b"judul,isi\nLampu mati,Gelap\n",
        b"judul;isi\r\nLampu mati;Gelap\r\n",
        "\ufeffjudul\tisi\nLampu mati\tGelap".encode(),
        "judul,isi\nLampu mati,Gelap\n".encode("utf-16"),
        b"sep=;\njudul;isi\nLampu mati;Gelap\n",
        b'\n\n"judul","isi"\n"Lampu mati","Gelap"\n\n',
    ],
    ids=["comma", "semicolon", "tab-and-mark", "utf-16", "sep-line", "quoted-after-blank-lines"],
)
def test_every_way_of_writing_csv_is_the_same_table(data: bytes) -> None:
    columns, lines = read(data)
    assert columns == ["judul", "isi"]
    assert [line.values for line in lines] == [{"judul": "Lampu mati", "isi": "Gelap"}]


def test_what_excel_writes_on_windows_is_read_as_such() -> None:
    assert read("judul;biaya\nCafé – “Élan”;€5\n".encode("cp1252"))[1][0].values == {
        "judul": "Café – “Élan”",
        "biaya": "€5",
    }


def test_a_broken_line_spoils_no_other() -> None:
    text = 'judul,isi\nSatu,"dua baris\ndalam satu"\nDua,"tidak ditutup\nTiga,ya\nEmpat,ini,lebih\nLima\nPipa 5",enam\n'
    lines = read(text.encode())[1]
    assert [(line.number, line.fault) for line in lines] == [
        (2, None),
        (4, "open-quote"),
        (5, None),
        (6, "too-many-cells"),
        (7, None),
        (8, None),
    ]
    assert lines[0].values["isi"] == "dua baris\ndalam satu"
    assert lines[4].values == {"judul": "Lima"}
    assert lines[5].values == {"judul": 'Pipa 5"', "isi": "enam"}


def test_columns_without_a_name_or_with_the_same_are_told_apart() -> None:
    assert read(b"nama,,nama,\n1,2,3,\n")[0] == ["nama", "Kolom 2", "nama (2)"]


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


def test_names_of_columns_hold_nothing_that_cannot_be_stored_or_read() -> None:
    torn = {"ju\ud800dul": "a", "isi\u0000": "b", "\u202ekunci": "c"}
    written = json.dumps([{**feature(None, **torn), "geometry": {"type": "a\ud800\u0000"}}]).encode()
    columns, lines = read(written, "a.geojson")
    assert columns == ["ju dul", "isi", "kunci", "geometry"]
    assert [line.values for line in lines] == [{"ju dul": "a", "isi": "b", "kunci": "c", "geometry": "a"}]
    assert read("ju\u0000dul,\u202eisi\nx,y\n".encode("utf-16"), "a.csv")[0] == ["ju dul", "isi"]


def test_features_are_lines_with_nested_properties_in_columns_of_their_own() -> None:
    features = [
        feature((106.7, -6.3, 12.5), title=None, report_data={"flood_depth": 77}, tags=["a", "b"]),
        feature(None, report_data=None, jauh={"a": {"b": {"c": {"d": {"e": 1}}}}}),
        {"type": "Feature", "id": 9, "geometry": {"type": "Polygon", "coordinates": []}, "properties": None},
        "rusak",
    ]
    columns, lines = read(geojson(features), "a.geojson")
    assert {"title", "report_data.flood_depth", "tags", "geometry", "id"} <= set(columns)
    assert lines[0].values == {"report_data.flood_depth": 77, "tags": "a, b", "geometry": [106.7, -6.3]}
    assert lines[1].values == {"jauh.a.b.c.d": '{"e": 1}'}
    assert lines[2].values == {"id": 9, "geometry": "Polygon"}
    assert lines[3].fault == "not-a-feature"


def test_one_feature_a_line_is_read_too_and_torn_ones_are_said() -> None:
    data = json.dumps(feature((1, 2), a=1)).encode() + b'\n{"type": "Feat\n' + json.dumps(feature((1, 2), a=2)).encode()
    assert [line.fault for line in read(data, "a.geojsonl")[1]] == [None, "not-a-feature", None]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.csv"),
        (b"\x00\x01\x02", "a.csv"),
        (b"%PDF-1.7", "a.csv"),
        (b"\xd0\xcf\x11\xe0", "a.xls"),
        (b"[" * 100_000, "a.geojson"),
        (b'{"type": "FeatureCollection", "features": 5}', "a.geojson"),
        (",".join(f"k{n}" for n in range(MOST_COLUMNS + 1)).encode() + b"\n1\n", "a.csv"),
        (geojson([feature(None, **{f"k{n}": 1 for n in range(MOST_COLUMNS)})]), "a.geojson"),
        (b"a\n" + b"1\n" * (MOST_LINES + 1), "a.csv"),
        (b"a\n1" + b"\n" * (20 * MOST_LINES), "a.csv"),
        (b"[" + b"{}," * (20 * MOST_LINES) + b"{}]", "a.geojson"),
    ],
    ids=[
        "empty",
        "binary",
        "pdf",
        "xls",
        "deep",
        "no-features",
        "wide",
        "wide-features",
        "long",
        "line-ends",
        "brackets",
    ],
)
def test_what_is_no_table_or_too_large_a_one_is_refused(data: bytes, name: str) -> None:
    with pytest.raises(UnreadableFile):
        read(data, name)


def test_a_file_beyond_the_limit_is_not_even_looked_at() -> None:
    with pytest.raises(TooLarge):
        read_table(b"a" * 40_000_001, "a.csv")


def test_staged_lines_go_on_at_any_byte_and_equal_ones_are_numbered() -> None:
    _, table = read_table("judul\nSatu\nSatu\nTiga é\n".encode(), "a.csv")
    staged = io.BytesIO()
    total, columns = stage_lines(table, staged)
    assert total == 3
    assert columns == [
        {"name": "judul", "filled": 3, "samples": ["Satu", "Tiga é"], "choices": {"Satu": 2, "Tiga é": 1}}
    ]
    whole = list(staged_lines(staged, start=0, most=9))
    assert whole[1].fingerprint == f"{whole[0].fingerprint}#2"
    assert list(staged_lines(staged, start=whole[0].ends, most=9)) == whole[1:]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2017-02-20T07:58:22.262", "2017-02-20T00:58:22.262"),
        ("2017-02-20 07:58:22+00:00", "2017-02-20T07:58:22"),
        ("2017-02-20T07:58:22Z", "2017-02-20T07:58:22"),
        ("2017-02-20", "2017-02-19T17:00:00"),
        ("20/02/2017 07.58", "2017-02-20T00:58:00"),
        ("20-2-2017 7:58 WITA", "2017-02-19T23:58:00"),
        ("02/20/2017 7:58 PM", "2017-02-20T12:58:00"),
        ("Senin, 20 Februari 2017 07:58 WIB", "2017-02-20T00:58:00"),
        ("February 20, 2017", "2017-02-19T17:00:00"),
        (42786.33224537, "2017-02-20T00:58:26"),
        ("42786.33224537", "2017-02-20T00:58:26"),
        (1487577502, "2017-02-20T07:58:22"),
        ("1487577502000", "2017-02-20T07:58:22"),
    ],
)
def test_times_are_read_as_people_and_programs_write_them(written: Any, expected: str) -> None:
    assert parse_moment(written, JAKARTA) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["", "kemarin", "31/02/2017", "20/02/17x", "0001-01-01", "9999-99-99", 12, True, None, [1], "1" * 500]
)
def test_what_is_no_time_is_none(written: Any) -> None:
    assert parse_moment(written, JAKARTA) is None


@pytest.mark.parametrize(
    ("written", "point"),
    [
        ([106.7, -6.3], (106.7, -6.3)),
        ([-6.3, 106.7], (106.7, -6.3)),
        ("-6.3, 106.7", (106.7, -6.3)),
        ("-6,3; 106,7", (106.7, -6.3)),
        ("(-6.3 106.7)", (106.7, -6.3)),
        ("POINT(106.7 -6.3)", (106.7, -6.3)),
        ("SRID=4326;POINT Z (106.7 -6.3 5)", (106.7, -6.3)),
        ([0, 0], None),
        ("Polygon", None),
        ([None, 5], None),
        ("di depan pasar", None),
        (["1e400", "2"], None),
    ],
)
def test_places_are_read_as_they_are_written(written: Any, point: tuple[float, float] | None) -> None:
    assert place_of(written).point == point


def test_a_place_in_two_columns_may_have_commas_and_be_the_wrong_way_round() -> None:
    assert place_of_two("-6,3", "106,7").point == (106.7, -6.3)
    assert [note.code for note in place_of_two("-6,3", "106,7").notes] == ["swapped"]
    assert place_of_two(None, None).notes == ()


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("Rp 1.500.000,00", "1500000"),
        ("1,500,000", "1500000"),
        ("1500", "1500"),
        (12.0, 12),
        ("2,5", "2"),
        ("x", "x"),
        (f"{'9' * 400},5", f"{'9' * 400},5"),
    ],
)
def test_amounts_are_read_as_they_are_written(written: Any, number: Any) -> None:
    assert whole_number(written) == number


def test_a_long_text_is_cut_between_words_and_never_longer_than_allowed() -> None:
    text = "air masuk rumah " * 20
    assert len(truncated(text, 120)) <= 120
    assert truncated(text, 120).endswith("masuk rumah…") or truncated(text, 120).endswith("…")
    assert truncated("a" * 200, 120) == "a" * 119 + "…"
    assert truncated("pendek", 120) == "pendek"


@pytest.mark.parametrize("cell", ["=1+1", "+62", "-1", "@x", "\tx", "\rx"])
def test_no_cell_of_a_report_is_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


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
