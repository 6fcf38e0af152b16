"""Files become records: each with its own times, in bulk, once, and without waking anybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app_runtime.imports.models import Import, ImportLine, LineOutcome
from app_runtime.imports.running import LEFT, run_batch
from app_runtime.imports.schemas import read_mapping
from app_runtime.imports.services import (
    begin_import,
    forget_import_files,
    list_lines,
    pause_import,
    resume_import,
    start_import,
)
from app_runtime.records.links import links_of
from app_runtime.records.models import Counter, Record, RecordClock, RecordHistory
from lumbung.db import now, set_clock
from lumbung.errors import Conflict, Invalid
from lumbung.messages.models import Message
from lumbung.outbox import Effect, Wakeup, drain
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.import_files import feature, flood_features, flooded, geojson, workbook
from tests.app_runtime.stage import Stage, set_stage
from tests.world import World

Sessions = scoped_session[Session]

FLOOD: dict[str, Any] = {
    "fields": {
        "title": {"column": "title", "derived": "{text}", "default": "Laporan banjir"},
        "description": "text",
        "category": {"constant": "flood"},
        "place": "geometry",
        "photos": "image_url",
    },
    "created_at": "created_at",
    "checked": True,
}


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    """SIARAN in Tangsel."""
    return set_stage(session, world)


def bring_in(
    stage: Stage, data: bytes, mapping: dict[str, Any] | None = None, *, name: str = "data.geojson", **options: Any
) -> Import:
    """The whole way of an import; committed."""
    found = begin_import(stage.session, stage.installation, "report", data=data, name=name)
    start_import(stage.session, found.id, mapping=read_mapping(mapping or FLOOD), by_worker=False, **options)
    stage.session.commit()
    while found.status == "running":
        found = run_batch(stage.session, found.id)
        stage.session.commit()
    return found


def records(stage: Stage) -> list[Record]:
    return list(stage.session.scalars(select(Record).order_by(Record.created_at, Record.number)))


def count(stage: Stage, model: Any) -> int:
    return stage.session.scalar(select(func.count()).select_from(model)) or 0


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


def test_states_are_mapped_and_what_is_unknown_becomes_what_was_chosen(stage: Stage) -> None:
    lines = [
        flooded((106.7, -6.3), text=f"Laporan {word}", status=word, created_at="2017-02-20T07:00:00")
        for word in ("Diterima", "beres", "fixed", "entah")
    ]
    mapping = {
        **FLOOD,
        "state": {"column": "status", "values": {"beres": "rejected"}},
        "history": "as_is",
        "unmapped": "initial",
    }
    bring_in(stage, geojson(lines), mapping)
    by_title = {record.title: record for record in records(stage)}
    states = {word: by_title[f"Laporan {word}"].state for word in ("Diterima", "beres", "fixed", "entah")}
    assert states == {"Diterima": "received", "beres": "rejected", "fixed": "fixed", "entah": "received"}
    assert by_title["Laporan Diterima"].closed_at is None
    assert by_title["Laporan Diterima"].open
    assert count(stage, RecordClock) == 0


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


def test_a_worker_brings_it_in_step_by_step(app: LumbungFlask, stage: Stage) -> None:
    found = begin_import(stage.session, stage.installation, "report", data=geojson(flood_features(450)), name="a.json")
    start_import(stage.session, found.id, mapping=read_mapping(FLOOD))
    stage.session.commit()
    assert drain(app) == 3
    stage.session.expire_all()
    found = stage.session.scalars(select(Import)).one()
    assert (found.status, found.imported, found.done) == ("done", 450, 450)
    assert count(stage, Effect) <= 1


def test_a_batch_that_was_rolled_back_comes_again_whole(stage: Stage) -> None:
    found = begin_import(stage.session, stage.installation, "report", data=geojson(flood_features(90)), name="a.json")
    start_import(stage.session, found.id, mapping=read_mapping(FLOOD), by_worker=False)
    stage.session.commit()
    run_batch(stage.session, found.id, most=40)
    stage.session.commit()
    run_batch(stage.session, found.id, most=40)
    stage.session.rollback()
    assert count(stage, Record) == 40
    while found.status == "running":
        found = run_batch(stage.session, found.id, most=40)
        stage.session.commit()
    assert sorted(str(record.number) for record in records(stage)) == [f"SR/2017/{n:05}" for n in range(1, 91)]
    assert count(stage, ImportLine) == 90


def test_a_held_import_stands_still_until_it_goes_on(app: LumbungFlask, stage: Stage) -> None:
    found = begin_import(stage.session, stage.installation, "report", data=geojson(flood_features(250)), name="a.json")
    start_import(stage.session, found.id, mapping=read_mapping(FLOOD))
    pause_import(stage.session, found.id)
    stage.session.commit()
    drain(app)
    assert count(stage, Record) == 0
    resume_import(stage.session, found.id)
    stage.session.commit()
    drain(app)
    assert count(stage, Record) == 250
    with pytest.raises(Conflict):
        resume_import(stage.session, found.id)


def test_a_mapping_that_does_not_fit_is_refused_with_every_mistake(stage: Stage) -> None:
    found = begin_import(stage.session, stage.installation, "report", data=geojson(flood_features(2)), name="a.json")
    wrong = {"fields": {"title": "judul", "nothing": "text"}, "zone": "Asia/Depok", "closed_state": "received"}
    with pytest.raises(Invalid) as refused:
        start_import(stage.session, found.id, mapping=read_mapping(wrong))
    assert set(refused.value.fields) == {"title", "nothing", "zone", "closed_state"}
    with pytest.raises(Invalid):
        read_mapping({"fields": {"title": {"colum": "title"}}})


def test_a_columns_name_says_what_it_is_beside_what_the_whole_file_is_about(stage: Stage) -> None:
    rows: list[list[Any]] = [
        ["Judul Laporan", "Isi Aduan", "Jenis Masalah", "Foto Kejadian", "Tgl Masuk", "Status Pengaduan"],
        ["Lampu mati", "Gelap", "PJU", None, "2022-07-01 05:00:00", "Selesai"],
    ]
    found = begin_import(stage.session, stage.installation, "report", data=workbook(rows, title="2022"), name="a.xlsx")
    guessed = read_mapping(found.mapping)
    assert {name: source.column for name, source in guessed.fields.items()} == {
        "title": "Judul Laporan",
        "description": "Isi Aduan",
        "category": "Jenis Masalah",
        "photos": "Foto Kejadian",
    }
    assert guessed.state is not None
    assert guessed.state.column == "Status Pengaduan"
    assert guessed.created_at is not None
    assert guessed.created_at.column == "Tgl Masuk"


def test_a_workbook_comes_in_by_a_guessed_mapping_with_its_dates(stage: Stage) -> None:
    when = datetime(2018, 3, 4, 7, 15)  # noqa: DTZ001 - spreadsheets know no zone.
    rows: list[list[Any]] = [
        [
            "No Tiket",
            "Judul",
            "Isi Laporan",
            "Kategori",
            "Tanggal Laporan",
            "Lintang",
            "Bujur",
            "Nama Pelapor",
            "No HP",
        ],
        ["T/1", "Lampu mati", "Gelap", "Penerangan jalan umum", when, -6.29, 106.71, "Bu Sari", 81234567890],
        ["T/2", None, "Sampah menumpuk di depan pasar", "sampah", "05/03/2018", "-6,30", "106,72", None, "bukan nomor"],
    ]
    found = begin_import(
        stage.session, stage.installation, "report", data=workbook(rows, title="Laporan 2018"), name="laporan.xlsx"
    )
    start_import(stage.session, found.id, mapping=read_mapping(found.mapping), by_worker=False)
    done = run_batch(stage.session, found.id)
    stage.session.commit()
    assert (done.status, done.imported) == ("done", 2)
    one, two = records(stage)
    assert (one.title, one.data["category"], one.created_at) == (
        "Lampu mati",
        "street-light",
        datetime(2018, 3, 4, 0, 15, tzinfo=UTC),
    )
    assert one.private["reporter"] == {"name": "Bu Sari", "phone": "+6281234567890"}
    assert (two.title, two.data["category"]) == ("Sampah menumpuk di depan pasar", "rubbish")
    assert "Bu Sari" not in one.search_text
    assert stage.history(one)[0].changes["number"] == "T/1"
    # The number that cannot be one is left out; the line comes in all the same.
    assert "dropped" in [note["code"] for note in list_lines(stage.session, done)[1].notes]


def test_a_strict_import_refuses_what_the_form_would(stage: Stage) -> None:
    lines = [flooded((106.7, -6.3), text="x"), flooded((106.7, -6.3)), flooded((106.7, -6.3), text="Banjir besar")]
    fields = {**FLOOD["fields"], "title": {"column": "title", "derived": "{text}"}}
    done = bring_in(stage, geojson(lines), {**FLOOD, "fields": fields, "lenient": False})
    assert (done.imported, done.refused) == (1, 2)
    codes = [line.notes[0]["code"] for line in list_lines(stage.session, done, outcome=LineOutcome.REFUSED)]
    assert codes == ["wrong", "required"]


def test_files_and_refused_lines_are_thrown_away_after_thirty_days(stage: Stage) -> None:
    lines = [flooded((106.7, -6.3), text="Banjir"), flooded((106.7, -6.3), text="Rusak", created_at="entah")]
    done = bring_in(stage, geojson(lines))
    begin_import(stage.session, stage.installation, "report", data=geojson(lines), name="b.geojson")
    stage.session.commit()
    forget_import_files(stage.session)
    assert done.staged_id is not None
    with set_clock(now() + timedelta(days=31)):
        forget_import_files(stage.session)
    stage.session.commit()
    stage.session.expire_all()
    left = stage.session.scalars(select(Import)).one()
    assert (left.id, left.file_id, left.staged_id) == (done.id, None, None)
    refused = list_lines(stage.session, left, outcome=LineOutcome.REFUSED)
    assert [line.original for line in refused] == [None]
    # What came in is still known, so that the file does no harm when it is found again.
    assert bring_in(stage, geojson(lines)).skipped == 1


def test_an_import_that_was_stopped_and_left_keeps_no_file(app: LumbungFlask, stage: Stage) -> None:
    found = begin_import(stage.session, stage.installation, "report", data=geojson(flood_features(5)), name="a.json")
    start_import(stage.session, found.id, mapping=read_mapping(FLOOD))
    pause_import(stage.session, found.id)
    stage.session.commit()
    with set_clock(now() + timedelta(days=29)):
        forget_import_files(stage.session)
    assert found.staged_id is not None
    with set_clock(now() + timedelta(days=31)):
        forget_import_files(stage.session)
    left: tuple[Any, ...] = (found.status, found.problem, found.staged_id, found.file_id)
    assert left == ("failed", LEFT, None, None)
    with pytest.raises(Conflict):
        resume_import(stage.session, found.id)


def test_a_mapping_that_the_app_outgrew_stops_the_import_with_its_reason(app: LumbungFlask, stage: Stage) -> None:
    found = begin_import(stage.session, stage.installation, "report", data=geojson(flood_features(5)), name="a.json")
    start_import(stage.session, found.id, mapping=read_mapping(FLOOD))
    found.mapping = {"fields": {"gone": "text"}}
    stage.session.commit()
    drain(app)
    stage.session.expire_all()
    found = stage.session.scalars(select(Import)).one()
    assert (found.status, found.done) == ("failed", 0)
    assert "mapping" in str(found.problem)
