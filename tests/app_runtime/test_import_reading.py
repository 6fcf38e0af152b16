"""Files as they come, and hostile ones: what is read, and what is refused as a whole."""

from __future__ import annotations

import io
import json

import pytest

from app_runtime.imports.errors import UnreadableFile
from app_runtime.imports.reading import MOST_COLUMNS, MOST_LINES, read_table
from app_runtime.imports.staging import stage_lines, staged_lines
from lumbung.errors import TooLarge
from tests.app_runtime.import_files import feature, geojson, read


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
