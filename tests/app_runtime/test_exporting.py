"""Lists as files: what is filtered, with the reader's rights, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import gc
import io

import pytest
from openpyxl import load_workbook

from app_runtime.exporting import reading
from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from lumbung.db import use_tenant
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.work_desk import open_desk, page_of
from tests.browsing import browse
from tests.small_app import Sessions, enable_small, small_files
from tests.world import World

STALL = """
name: {id: Kios, en: Stall}
title: record.name
fields:
  name: {type: text, required: true, label: {id: Nama}}
  kind: {type: choice, options: {food: {id: Makanan}, cloth: {id: Kain}}, indexed: true, label: {id: Jenis}}
  rent: {type: money, indexed: true, label: {id: Sewa}}
  since: {type: date, label: {id: Sejak}}
  place: {type: point}
  owner: {type: text, private: true, label: {id: Pemilik}}
  secret: {type: text, label: {id: Rahasia}}
published: "true"
access:
  public: {read: {rows: published, fields: [name, kind, rent, since, place, created_at]}}
  clerk: {read: {rows: all}}
"""
LIST = """
kind: list
for: public
record: stall
title: {id: Kios}
columns: [name, kind, rent]
filters: [kind]
"""


@pytest.fixture
def market(app: LumbungFlask, session: Sessions, world: World) -> None:
    """A few stalls, one named like a formula."""
    files = small_files({"stall": STALL}, app_id="pasar", pages={"stalls": LIST})
    installation = enable_small(session, world, files)
    use_tenant(session, world.tangsel.id)
    for name, kind, rent in (("=1+1", "food", 900), ("Batik", "cloth", 10_000), ("Bakso", "food", 1_000)):
        values = {"name": name, "kind": kind, "rent": rent, "since": "2026-02-01", "place": [106.7, -6.3]}
        create_record(session, installation, SYSTEM, "stall", {**values, "owner": "Sari", "secret": "x"}, channel="api")
    session.commit()
    session.remove()


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_a_list_is_had_as_csv_as_it_is_filtered_and_sorted(app: LumbungFlask, world: World, market: None) -> None:
    browser = browse(app, world.tangsel.host)
    page = browser.get("/pasar/stalls?kind=food&sort=-rent").text
    assert page.index("Bakso") < page.index("=1+1")
    assert "Batik" not in page
    assert "/pasar/stalls/export.csv?kind=food&amp;sort=-rent" in page
    answer = browser.get("/pasar/stalls/export.csv?kind=food&sort=-rent")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="pasar-stalls.csv"'
    header, *rows = rows_of(answer.data)
    assert header == ["Judul", "Dibuat", "Nama", "Jenis", "Sewa", "Sejak", "Bujur", "Lintang"]
    assert [row[2:] for row in rows] == [
        ["Bakso", "Makanan", "1000", "2026-02-01", "106.7", "-6.3"],
        ["'=1+1", "Makanan", "900", "2026-02-01", "106.7", "-6.3"],
    ]
    assert b"Sari" not in answer.data


def test_a_workbook_holds_numbers_and_no_formula(app: LumbungFlask, world: World, market: None) -> None:
    answer = browse(app, world.tangsel.host).get("/pasar/stalls/export.xlsx?sort=rent")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows())
    assert [(row[2].value, row[2].data_type, row[4].value) for row in rows[1:]] == [
        ("=1+1", "s", 900),
        ("Bakso", "s", 1_000),
        ("Batik", "s", 10_000),
    ]
    assert rows[1][5].is_date


@pytest.mark.parametrize("kind", ["csv", "xlsx", "geojson"])
def test_a_question_that_cannot_be_answered_leaves_no_file(
    app: LumbungFlask, world: World, market: None, kind: str
) -> None:
    assert browse(app, world.tangsel.host).get(f"/pasar/stalls/export.{kind}?q=%00").status_code == 400
    # A file that nobody closed warns when it is thrown away, and a workbook that nobody saved fails.
    gc.collect()


def test_geojson_has_the_places(app: LumbungFlask, world: World, market: None) -> None:
    found = browse(app, world.tangsel.host).get("/pasar/stalls/export.geojson?kind=cloth").get_json(force=True)
    (feature,) = found["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [106.7, -6.3]}
    assert feature["properties"]["rent"] == 10_000
    assert "secret" not in feature["properties"]
    assert browse(app, world.tangsel.host).get("/pasar/stalls/export.pdf").status_code == 404


def test_a_file_is_bounded_and_read_in_batches(
    app: LumbungFlask, world: World, market: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BATCH", 2)
    browser = browse(app, world.tangsel.host)
    assert len(rows_of(browser.get("/pasar/stalls/export.csv").data)) == 4
    monkeypatch.setattr(reading.exported_rows, "__kwdefaults__", {"most": 1})
    assert len(rows_of(browser.get("/pasar/stalls/export.csv").data)) == 2


def test_programs_get_the_same_files(app: LumbungFlask, world: World, market: None) -> None:
    browser = browse(app, world.tangsel.host)
    answer = browser.get("/api/v1/pasar/stall/export.csv?kind=food,cloth&state=")
    assert [row[2] for row in rows_of(answer.data)[1:]] == ["Bakso", "Batik", "'=1+1"]
    assert len(browser.get("/api/v1/pasar/stall/export.geojson?kind=cloth").get_json(force=True)["features"]) == 1
    assert browser.get("/api/v1/pasar/stall/export.csv?owner=Sari").status_code == 422
    assert browser.get("/api/v1/pasar/stall/export.csv?secret=x").status_code == 422
    assert browser.get("/api/v1/pasar/stall/export.exe").status_code == 404


def test_the_inbox_is_narrowed_sorted_and_had_as_a_file(app: LumbungFlask, session: Sessions, world: World) -> None:
    desk = open_desk(app, session, world)
    lamp, waste = desk.report("Lampu jalan mati"), desk.report("Sampah menumpuk", category="rubbish")
    official = desk.browser("dispatcher")
    page = official.get("/work?app=siaran&tab=all&f.category=rubbish&order=oldest").text
    assert "Sampah menumpuk" in page
    assert "Lampu jalan mati" not in page
    assert page_of(waste) in page
    both = official.get("/work?app=siaran&tab=all&order=oldest").text
    assert both.index(page_of(lamp)) < both.index(page_of(waste))
    answer = official.get("/work/export.csv?app=siaran&tab=all&f.category=rubbish")
    header, row = rows_of(answer.data)
    assert row[1] == "Sampah menumpuk"
    assert "Nama" not in header
    every = rows_of(official.get("/work/export.csv?tab=all&order=oldest").data)
    assert [row[0] for row in every[1:]] == ["siaran", "siaran"]
    # Of another agency's work nobody has a file either.
    assert len(rows_of(desk.browser("handler").get("/work/export.csv?app=siaran&tab=all").data)) <= 3
    assert browse(app, world.tangsel.host).get("/work/export.csv").status_code in (302, 303, 401, 403)
