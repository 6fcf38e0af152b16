"""Which column becomes what: chosen, guessed, refused, and outgrown by the app."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from app_runtime.imports.models import Import, LineOutcome
from app_runtime.imports.running import run_batch
from app_runtime.imports.schemas import read_mapping
from app_runtime.imports.services import begin_import, list_lines, start_import
from app_runtime.records.models import RecordClock
from lumbung.errors import Invalid
from lumbung.outbox import drain
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.import_files import flood_features, flooded, geojson, workbook
from tests.app_runtime.importing import FLOOD, Sessions, bring_in, count, records
from tests.app_runtime.stage import Stage, set_stage
from tests.world import World


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    """SIARAN in Tangsel."""
    return set_stage(session, world)


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
