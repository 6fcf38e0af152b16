"""Each type of field from a form or a program to the record, and back to every page that shows it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from app_runtime.imports.running import run_batch
from app_runtime.imports.schemas import read_mapping
from app_runtime.imports.services import begin_import, start_import
from lumbung.db import use_tenant
from lumbung.web.sites import LumbungFlask
from tests.browsing import words_of
from tests.field_app import FORM, LIST, FieldApp, enable_fields, page_of
from tests.world import World

Sessions = scoped_session[Session]
_TAGS = {"basah": {"id": "Basah", "en": "Wet"}, "gelap": {"id": "Gelap", "en": "Dark"}, "ramai": {"id": "Ramai"}}
FIELDS: dict[str, Any] = {
    "notes": {"type": "markdown", "label": {"id": "Catatan", "en": "Notes"}},
    "depth": {"type": "decimal", "min": 0.5, "max": 1500, "label": {"id": "Kedalaman", "en": "Depth"}},
    "opens": {"type": "time", "min": "06:00", "max": "21:30", "label": {"id": "Buka", "en": "Opens"}},
    "lasts": {"type": "duration", "min": "PT1H", "max": "P30D", "label": {"id": "Lamanya", "en": "Lasts"}},
    "tags": {"type": "choices", "options": _TAGS, "max": 2, "label": {"id": "Tanda", "en": "Tags"}},
    "site": {"type": "url", "label": {"id": "Situs", "en": "Site"}},
    "camera": {"type": "stream", "label": {"id": "Kamera", "en": "Camera"}},
    "offices": {"type": "agencies", "label": {"id": "Dinas terkait", "en": "Agencies"}},
    "day": {"type": "date", "min": "2026-01-01", "label": {"id": "Hari", "en": "Day"}},
}
TYPED = {
    "about": "Genangan",
    "notes": "**Dalam** sekali\n\n- satu\n- dua <script>alert(1)</script>",
    "depth": "1.250,75",
    "opens": "07:30",
    "lasts": "3",
    "lasts.unit": "working_days",
    "tags": ["gelap", "basah"],
    "site": "https://contoh.example/a?b=1",
    "camera": "https://kamera.example/1.m3u8",
    "offices": ["dishub", "dlh"],
    "day": "2026-03-01",
}
STORED = {
    "about": "Genangan",
    "notes": "**Dalam** sekali\n\n- satu\n- dua <script>alert(1)</script>",
    "depth": 1250.75,
    "opens": "07:30",
    "lasts": "P3WD",
    "tags": ["basah", "gelap"],
    "site": "https://contoh.example/a?b=1",
    "camera": "https://kamera.example/1.m3u8",
    "offices": ["dishub", "dlh"],
    "day": "2026-03-01",
}


@pytest.fixture
def ragam(app: LumbungFlask, session: Sessions, world: World, tmp_path: Path) -> FieldApp:
    """An app with a field of each type."""
    return enable_fields(app, session, world, tmp_path, FIELDS)


def send(ragam: FieldApp, **typed: Any) -> Any:
    """Fill in the form and send it."""
    return ragam.visitor.post_form(FORM, {**TYPED, **typed})


def test_what_was_typed_in_a_form_is_stored_by_its_type(ragam: FieldApp) -> None:
    assert send(ragam).status_code == 303
    assert ragam.record().data == STORED


def test_the_public_page_shows_each_value_in_the_readers_words(ragam: FieldApp) -> None:
    send(ragam)
    page = ragam.visitor.get(f"/ragam/entry/{ragam.record().id}")
    words = words_of(page)
    for told in ("1.250,75", "07.30", "3 hari kerja", "Basah, Gelap", "Dinas Perhubungan", "1 Maret 2026"):
        assert told in words, told
    assert "<strong>Dalam</strong>" in page.text
    assert "<li>satu</li>" in page.text
    assert "<script>alert(1)" not in page.text
    assert 'href="https://contoh.example/a?b=1" rel="noopener noreferrer nofollow"' in page.text
    english = words_of(ragam.visitor.get(f"/ragam/entry/{ragam.record().id}?lang=en"))
    for told in ("1,250.75", "07:30", "3 working days", "Wet, Dark", "March 1, 2026"):
        assert told in english, told


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("depth", "1.250", "dua cara"),
        ("depth", "banyak", "bilangan"),
        ("depth", "0,4", "Sedikitnya 0,5."),
        ("depth", "1500,01", "Paling banyak 1500."),
        ("opens", "25:00", "07:30"),
        ("opens", "05:59", "Paling awal 06:00."),
        ("lasts", "tiga", "lama waktu"),
        ("tags", ["kering"], "Pilih dari yang tersedia."),
        ("tags", ["basah", "gelap", "ramai"], "Pilih paling banyak 2."),
        ("site", "javascript:alert(1)", "https://"),
        ("site", "https://orang:sandi@contoh.example/", "https://"),
        ("camera", "http://kamera.example/1", "https://"),
        ("offices", ["bukan-dinas"], "Pilih dinas yang aktif saja."),
        ("day", "2025-12-31", "Paling awal 2026-01-01."),
    ],
)
def test_a_wrong_value_is_told_at_its_field_and_stays_in_the_form(
    ragam: FieldApp, name: str, value: Any, told: str
) -> None:
    answer = send(ragam, **{name: value})
    assert answer.status_code == 422
    assert told in words_of(answer)
    assert f'href="#f-{name}"' in answer.text
    # What was right is still there.
    assert 'value="https://contoh.example' in answer.text or name == "site"
    assert ragam.records() == []


def test_choices_that_were_made_stay_chosen_when_another_answer_is_refused(ragam: FieldApp) -> None:
    page = send(ragam, depth="x").text
    assert page.count(" checked") >= 4
    assert 'value="07:30"' in page
    assert '<option value="working_days" selected>' in page


def test_a_program_sends_the_same_values_and_reads_them_back(ragam: FieldApp) -> None:
    program = ragam.visitor
    answer = program.open("POST", LIST, data=json.dumps(STORED), content_type="application/json")
    assert answer.status_code == 201, answer.text
    (item,) = program.get(LIST).get_json()["items"]
    assert item["fields"] == STORED
    assert program.get(f"{LIST}?tags=basah").get_json()["items"] == [item]
    assert program.get(f"{LIST}?tags=ramai,basah").get_json()["items"] == [item]
    assert program.get(f"{LIST}?tags=ramai").get_json()["items"] == []
    assert program.get(f"{LIST}?offices=dlh").get_json()["items"] == [item]
    refused = program.open(
        "POST", LIST, data=json.dumps({**STORED, "tags": "kering", "depth": True}), content_type="application/json"
    )
    assert set(refused.get_json()["errors"]) == {"tags", "depth"}


def test_the_interface_says_what_each_field_takes(ragam: FieldApp) -> None:
    document = ragam.visitor.get("/api/v1/openapi.json").get_json()
    sent = document["components"]["schemas"]["ragam.entry.sent"]["properties"]
    assert sent["depth"]["type"] == ["number", "null"]
    assert (sent["depth"]["minimum"], sent["depth"]["maximum"]) == (0.5, 1500)
    assert sent["tags"]["items"]["enum"] == ["basah", "gelap", "ramai"]
    assert sent["tags"]["maxItems"] == 2
    assert sent["site"]["format"] == "uri"
    read = document["components"]["schemas"]["ragam.entry"]["properties"]["fields"]["properties"]
    assert read["offices"]["type"] == ["array", "null"]


def test_an_official_changes_each_value_and_the_history_tells_it(ragam: FieldApp) -> None:
    send(ragam)
    address = page_of(ragam.record().id)
    keeper = ragam.browser()
    form = keeper.get(f"{address}/edit").text
    assert 'value="1250,75"' in form
    unchanged = keeper.post_form(f"{address}/edit", {})
    assert unchanged.status_code == 303
    assert ragam.record().version == 1
    changed = keeper.post_form(
        f"{address}/edit",
        {
            "edit.depth": "2,5",
            "edit.tags": ["ramai"],
            "edit.lasts": "2",
            "edit.lasts.unit": "hours",
            "edit.offices": [""],
        },
    )
    assert changed.status_code == 303, words_of(changed)
    stored = ragam.record().data
    assert (stored["depth"], stored["tags"], stored["lasts"]) == (2.5, ["ramai"], "PT2H")
    assert "offices" not in stored
    words = words_of(keeper.get(address))
    for told in ("1.250,75", "2,5", "Ramai", "2 jam"):
        assert told in words, told


def test_old_files_bring_values_as_people_wrote_them(ragam: FieldApp, session: Sessions, world: World) -> None:
    head = "tentang;kedalaman;buka;lama;tanda;situs;dinas"
    lines = f"{head}\nA lama;2,5;7.30;3 hari kerja;Gelap, basah;https://a.example;Dinas Perhubungan\n"
    columns = ("about", "depth", "opens", "lasts", "tags", "site", "offices")
    fields = dict(zip(columns, head.split(";"), strict=True))
    use_tenant(session, world.tangsel.id)
    found = begin_import(session, ragam.installation, "entry", data=lines.encode(), name="lama.csv")
    start_import(session, found.id, mapping=read_mapping({"fields": fields}), by_worker=False)
    session.commit()
    while found.status == "running":
        found = run_batch(session, found.id)
        session.commit()
    assert ragam.record().data == {
        "about": "A lama",
        "depth": 2.5,
        "opens": "07:30",
        "lasts": "P3WD",
        "tags": ["basah", "gelap"],
        "site": "https://a.example",
        "offices": ["dishub"],
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("at", "0001-01-01T00:00:00+14:00"),
        ("at", "9999-12-31T23:59:59-12:00"),
        ("at", "9999-12-31T23:59:59+00:00"),
        ("at", "2026-01-01T00:00:00+23:00"),
        ("at", "2026-01-01T00:00:00+07:00:00.5"),
        ("lots", -(10**40)),
        ("lots", 10**15 + 1),
    ],
)
def test_a_value_that_no_page_could_show_is_refused(
    app: LumbungFlask, session: Sessions, world: World, tmp_path: Path, name: str, value: Any
) -> None:
    fields = {"at": {"type": "datetime"}, "lots": {"type": "integer"}}
    ragam = enable_fields(app, session, world, tmp_path, fields)
    answer = ragam.visitor.open(
        "POST", LIST, data=json.dumps({"about": "Genangan", name: value}), content_type="application/json"
    )
    assert answer.status_code == 422, answer.text
    assert list(answer.get_json()["errors"]) == [name]
