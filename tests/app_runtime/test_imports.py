"""Files become records: each with its own times, in bulk, once, and without waking anybody."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app_runtime.imports.models import LineOutcome
from app_runtime.imports.services import list_lines
from app_runtime.records.links import links_of
from app_runtime.records.models import Counter, Record, RecordClock, RecordHistory
from lumbung.messages.models import Message
from lumbung.outbox import Effect, Wakeup
from tests.app_runtime.import_files import feature, flood_features, flooded, geojson
from tests.app_runtime.importing import FLOOD, Sessions, bring_in, count, records
from tests.app_runtime.stage import Stage, set_stage
from tests.world import World


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    """SIARAN in Tangsel."""
    return set_stage(session, world)


def test_reports_of_a_flood_come_in_with_their_own_times_and_bother_nobody(stage: Stage) -> None:
    done = bring_in(stage, geojson(flood_features(300)))
    assert (done.status, done.imported, done.refused) == ("done", 300, 0)
    found = records(stage)
    assert len(found) == 300
    first = found[0]
    assert first.created_at == datetime(2017, 2, 19, 22, 0, tzinfo=UTC)
    assert first.number == "SR/2017/00001"
    assert {record.number for record in found} == {f"SR/2017/{n:05}" for n in range(1, 301)}
    assert all(record.state == "fixed" and not record.open and record.closed_at for record in found)
    assert all(record.published and record.place_lon and record.title and len(record.title) <= 120 for record in found)
    assert count(stage, RecordClock) == count(stage, Effect) == count(stage, Message) == count(stage, Wakeup) == 0
    assert done.warned > 0


def test_a_record_that_came_in_is_like_one_that_was_made(stage: Stage) -> None:
    values = {"title": "Lampu jalan mati", "description": "Gelap sekali", "category": "street-light"}
    data = geojson([feature((106.71, -6.29), **values)])
    mapping = {
        "fields": {**{name: name for name in values}, "place": "geometry"},
        "history": "as_is",
        "unmapped": "initial",
    }
    bring_in(stage, data, mapping)
    imported = records(stage)[0]
    made = stage.report({**values, "place": [106.71, -6.29]}).record
    stage.session.commit()
    stage.session.refresh(imported)
    for name in ("title", "state", "open", "agency_id", "place_lon", "place_lat", "published", "data", "record_type"):
        assert getattr(imported, name) == getattr(made, name), name
    assert imported.definition_digest == made.definition_digest
    assert imported.search_text.replace("00001", "00002") == made.search_text
    assert imported.number == "SR/2026/00001"
    assert imported.number < str(made.number)


def test_the_same_file_again_changes_nothing(stage: Stage) -> None:
    data = geojson(flood_features(60))
    bring_in(stage, data)
    again = bring_in(stage, data, name="salinan.geojson")
    assert (again.imported, again.skipped, again.refused) == (0, 60, 0)
    assert count(stage, Record) == 60
    assert stage.session.scalars(select(Counter.value)).all() == [60]


def test_an_equal_source_id_never_comes_in_twice(stage: Stage) -> None:
    mapping = {**FLOOD, "source_id": "kode"}
    one, two = flooded((106.7, -6.3), kode="A-1", text="Banjir"), flooded((106.8, -6.2), kode="A-1", text="Lain")
    assert bring_in(stage, geojson([one, two]), mapping).imported == 1
    later = bring_in(stage, geojson([two, flooded((106.7, -6.3), kode="A-2", text="Baru")]), mapping)
    assert (later.imported, later.skipped) == (1, 1)
    row = stage.session.scalars(select(RecordHistory).order_by(RecordHistory.created_at)).first()
    assert row is not None
    assert row.changes["source"] == "A-1"


def test_equal_lines_of_one_file_are_two_records_when_nothing_names_them(stage: Stage) -> None:
    twice = geojson([flooded((106.7, -6.3), text="Banjir", created_at="2017-02-20T07:00:00")] * 2)
    done = bring_in(stage, twice)
    assert (done.imported, done.skipped) == (2, 0)
    assert [note["code"] for note in list_lines(stage.session, done)[1].notes] == ["duplicate"]
    assert bring_in(stage, twice).skipped == 2


def test_likely_duplicates_are_marked_or_left_out_as_chosen(stage: Stage) -> None:
    near = [
        flooded((106.7, -6.3), text="Banjir", created_at="2017-02-20T07:00:00"),
        flooded((106.7003, -6.3), text="Banjir lagi", created_at="2017-02-20T09:00:00"),
        flooded((106.7003, -6.3), text="Jauh kemudian", created_at="2017-02-27T09:00:00"),
        flooded((106.71, -6.3), text="Lebih jauh", created_at="2017-02-20T09:00:00"),
    ]
    done = bring_in(stage, geojson(near), {**FLOOD, "duplicates": "skip"})
    assert (done.imported, done.refused) == (3, 1)
    refused = list_lines(stage.session, done, outcome=LineOutcome.REFUSED)
    assert [line.line for line in refused] == [2]
    repeated = flooded((106.7001, -6.3), text="Dari berkas lain", created_at="2017-02-20T08:00:00")
    other = bring_in(stage, geojson([repeated]))
    assert list_lines(stage.session, other)[0].notes[-1]["values"]["other"] == "SR/2017/00001"


def test_its_history_says_where_it_came_from_at_its_own_times(stage: Stage) -> None:
    line = flooded(
        (106.7, -6.3), text="Banjir", kode="X/9", masuk="20/02/2017 07.58", selesai="21 Februari 2017 10:00 WITA"
    )
    mapping = {**FLOOD, "created_at": "masuk", "closed_at": "selesai", "number": "kode"}
    bring_in(stage, geojson([line]), mapping)
    record = records(stage)[0]
    came, closed = datetime(2017, 2, 20, 0, 58, tzinfo=UTC), datetime(2017, 2, 21, 2, 0, tzinfo=UTC)
    assert (record.created_at, record.closed_at, record.updated_at) == (came, closed, closed)
    rows = stage.history(record)
    assert [(row.kind, row.created_at, row.to_state) for row in rows] == [
        ("imported", came, "received"),
        ("imported", closed, "fixed"),
    ]
    assert rows[0].changes["number"] == "X/9"
    assert record.version == 2


def test_addresses_of_photos_stay_links(stage: Stage) -> None:
    lines = [
        flooded((106.7, -6.3), text="Satu", image_url="https://foto.example/a.jpg https://foto.example/b.jpg"),
        flooded((106.7, -6.3), text="Dua", image_url="javascript:alert(1)"),
    ]
    done = bring_in(stage, geojson(lines))
    one, two = records(stage)
    assert links_of(one, "photos") == ("https://foto.example/a.jpg", "https://foto.example/b.jpg")
    assert links_of(two, "photos") == ()
    assert "link" in [note["code"] for note in list_lines(stage.session, done)[1].notes]


def test_strange_places_are_put_right_or_said(stage: Stage) -> None:
    places = [(-6.3, 106.7), (0, 0), (112.7, -7.2), (106.7, -6.3, 12.0), None, (1000, 2)]
    lines = [flooded(place, text=f"Banjir {n}") for n, place in enumerate(places)]
    done = bring_in(stage, geojson(lines))
    codes = [{note["code"] for note in line.notes} for line in list_lines(stage.session, done)]
    expected = ["swapped", "zero-place", "far", "", "no-place", "bad-place"]
    for found, code in zip(codes, expected, strict=True):
        assert (code in found) if code else not found & {*expected}
    by_title = {record.title: (record.place_lon, record.place_lat) for record in records(stage)}
    assert by_title["Banjir 0"] == by_title["Banjir 3"] == (106.7, -6.3)
    assert by_title["Banjir 1"] == (None, None)


def test_clocks_and_messages_come_only_when_each_was_asked_for(stage: Stage) -> None:
    def lines(text: str) -> bytes:
        return geojson([flooded((106.7, -6.3), text=text, mail="sari@warga.example", created_at="2017-02-20T07:00")])

    mapping = {
        **FLOOD,
        "fields": {**FLOOD["fields"], "reporter.email": "mail"},
        "history": "as_is",
        "unmapped": "initial",
    }
    bring_in(stage, lines("Satu"), mapping)
    assert (count(stage, RecordClock), count(stage, Effect)) == (0, 0)
    bring_in(stage, lines("Dua"), mapping, start_clocks=True)
    assert (count(stage, RecordClock), count(stage, Effect)) == (2, 0)
    assert all(clock.started_at.year == 2026 for clock in stage.session.scalars(select(RecordClock)))
    bring_in(stage, lines("Tiga"), mapping, send_messages=True)
    assert (count(stage, RecordClock), count(stage, Effect)) == (2, 1)
