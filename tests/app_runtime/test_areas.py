"""A field of type `area` from forms, programs and old files: chosen among the municipality's districts and villages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from app_runtime.imports.mapping import Mapping, Source
from app_runtime.imports.notes import note_text
from app_runtime.imports.values import FieldReader
from app_runtime.imports.words import unknown_words
from app_runtime.records.models import Record
from app_runtime.records.running_app import running_app
from lumbung.db import as_tenant, use_tenant
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.models import Municipality
from tests.browsing import words_of
from tests.field_app import FORM, LIST, FieldApp, enable_fields, page_of
from tests.world import World

Sessions = scoped_session[Session]
FIELDS: dict[str, Any] = {
    "area": {"type": "area", "indexed": True, "label": {"id": "Wilayah", "en": "Area"}},
    "ward": {"type": "area", "of": "village", "label": {"id": "Kelurahan", "en": "Village"}},
    "home": {
        "type": "group",
        "label": {"id": "Rumah", "en": "Home"},
        "fields": {"district": {"type": "area", "of": "district", "label": {"id": "Kecamatan", "en": "District"}}},
    },
    "stops": {"type": "list", "label": {"id": "Titik", "en": "Stops"}, "fields": {"where": {"type": "area"}}},
}


@pytest.fixture
def ragam(app: LumbungFlask, session: Sessions, world: World, tmp_path: Path) -> FieldApp:
    """An app with areas of each kind."""
    return enable_fields(app, session, world, tmp_path, FIELDS)


def post(ragam: FieldApp, **values: Any) -> Any:
    return ragam.visitor.open(
        "POST", LIST, data=json.dumps({"about": "Genangan", **values}), content_type="application/json"
    )


def test_a_form_offers_the_municipalitys_districts_and_villages(ragam: FieldApp) -> None:
    form = ragam.visitor.get(FORM).text
    assert '<select class="form-select" id="f-area"' in form
    assert form.count('<optgroup label="Kecamatan Serpong">') == 4
    assert '<option value="Serpong">Serpong (seluruh kecamatan)</option>' in form
    assert '<option value="Buaran, Serpong">Buaran, Serpong</option>' in form
    english = ragam.visitor.get(f"{FORM}?lang=en").text
    assert '<optgroup label="Serpong district">' in english
    typed = {
        "about": "Genangan",
        "area": "Serpong",
        "ward": "Buaran, Serpong",
        "home.district": "Setu",
        "stops.0.where": "Pondok Aren",
    }
    assert ragam.visitor.post_form(FORM, typed).status_code == 303
    stored = ragam.record().data
    assert {name: stored[name] for name in FIELDS} == {
        "area": "Serpong",
        "ward": "Buaran, Serpong",
        "home": {"district": "Setu"},
        "stops": [{"where": "Pondok Aren"}],
    }
    refused = ragam.visitor.post_form(FORM, {**typed, "area": "Kebayoran", "stops.0.where": "Menteng"})
    assert refused.status_code == 422
    words = words_of(refused)
    assert "“Kebayoran” bukan kecamatan, kelurahan, atau desa di daerah ini" in words
    assert 'href="#f-area"' in refused.text
    assert 'href="#f-stops.0.where"' in refused.text
    # What was chosen stays chosen.
    assert '<option value="Buaran, Serpong" selected>' in refused.text


def test_a_program_is_forgiven_spelling_and_told_the_nearest_names(ragam: FieldApp) -> None:
    made = post(ragam, area="KEC. SERPONG UTARA", ward="kel. rawa buntu", home={"district": "setu"})
    assert made.status_code == 201, made.text
    stored = ragam.record().data
    assert (stored["area"], stored["ward"]) == ("Serpong Utara", "Rawabuntu, Serpong")
    assert stored["home"] == {"district": "Setu"}
    assert ragam.visitor.get(f"{LIST}?ward=Rawabuntu").get_json()["items"] == []
    assert ragam.visitor.get(f"{LIST}?ward=%1f").status_code == 422
    (item,) = ragam.visitor.get(f"{LIST}?ward=Rawabuntu%2C+Serpong&ward=Setu&area=Serpong+Utara").get_json()["items"]
    assert item["fields"]["ward"] == "Rawabuntu, Serpong"
    refused = post(
        ragam, area="Serpon Utra", ward="Serpong Utara", home={"district": "Rawa Buntu"}, stops=[{"where": "X"}]
    )
    assert refused.status_code == 422
    errors = refused.get_json()["errors"]
    assert set(errors) == {"area", "ward", "home.district", "stops.0.where"}
    assert "“Serpong Utara”" in errors["area"][0]


def test_a_text_that_stood_there_before_stays_until_another_is_written(
    ragam: FieldApp, session: Sessions, world: World
) -> None:
    assert post(ragam, area="Serpong", stops=[{"where": "Setu"}]).status_code == 201
    record = ragam.record()
    with as_tenant(session, world.tangsel.id):
        stored = session.get_one(Record, (world.tangsel.id, record.id))
        stored.data = {**stored.data, "area": "Dusun Lama", "stops": [{"where": "Kampung Lama"}]}
        session.commit()
    keeper, address = ragam.browser(), f"{page_of(record.id)}/edit"
    form = keeper.get(address).text
    assert '<option value="Dusun Lama" selected>Dusun Lama (tidak ada di daftar)</option>' in form
    kept = {"edit.area": "Dusun Lama", "edit.about": "Lain", "edit.stops.0.where": "Kampung Lama"}
    assert keeper.post_form(address, kept).status_code == 303
    assert ragam.record().data["area"] == "Dusun Lama"
    assert ragam.record().data["about"] == "Lain"
    assert keeper.post_form(address, {**kept, "edit.area": "Dusun Baru"}).status_code == 422
    moved = keeper.post_form(address, {**kept, "edit.area": "Jombang, Ciputat", "edit.stops.0.where": "Pamulang"})
    assert moved.status_code == 303, words_of(moved)
    assert ragam.record().data["area"] == "Jombang, Ciputat"
    assert ragam.record().data["stops"] == [{"where": "Pamulang"}]


def test_the_interface_lists_the_areas_and_says_which_are_allowed(ragam: FieldApp) -> None:
    program = ragam.visitor
    answer = program.get("/api/v1/areas")
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    found = answer.get_json()
    assert found["region_code"] == "36.74"
    assert [one["text"] for one in found["districts"]][:2] == ["Serpong", "Serpong Utara"]
    assert {"code": "36.74.01.1006", "name": "Buaran", "text": "Buaran, Serpong"} in found["districts"][0]["villages"]
    again = program.open("GET", "/api/v1/areas", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert program.get("/api/v1").get_json()["areas"].endswith("/api/v1/areas")
    document = program.get("/api/v1/openapi.json").get_json()
    assert "/api/v1/areas" in document["paths"]
    sent = document["components"]["schemas"]["ragam.entry.sent"]["properties"]
    assert "Buaran, Serpong" in sent["area"]["enum"]
    assert sent["area"]["enum"][-1] is None
    assert sent["home"]["properties"]["district"]["enum"][:-1] == [one["text"] for one in found["districts"]]


def test_a_municipality_of_many_areas_names_the_list_instead(ragam: FieldApp, session: Sessions, world: World) -> None:
    session.get_one(Municipality, world.tangsel.id).region_code = "11.08"
    session.commit()
    document = ragam.visitor.get("/api/v1/openapi.json").get_json()
    sent = document["components"]["schemas"]["ragam.entry.sent"]["properties"]
    assert "enum" not in sent["area"]
    assert "/api/v1/areas" in sent["area"]["description"]
    assert len(sent["home"]["properties"]["district"]["enum"]) == 28


def test_where_no_areas_are_known_any_word_is_typed(ragam: FieldApp, session: Sessions, world: World) -> None:
    session.get_one(Municipality, world.tangsel.id).region_code = "coba"
    session.commit()
    assert '<input class="form-control" id="f-area" name="area" type="text"' in ragam.visitor.get(FORM).text
    assert post(ragam, area="Mana saja").status_code == 201
    assert ragam.record().data["area"] == "Mana saja"
    assert ragam.visitor.get("/api/v1/areas").get_json() == {"region_code": "coba", "districts": []}


def test_old_files_name_areas_as_people_wrote_them(ragam: FieldApp, session: Sessions, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    app = running_app(session, ragam.installation)
    source = Source(column="wilayah", values={"Pusat kota": "Serpong"})
    reader = FieldReader(app, app.record_type("entry").fields["area"], source, app.zone, lenient=False)
    for written, text in (("kec. SETU", "Setu"), ("Kel. Rawa Buntu", "Rawabuntu, Serpong"), ("Pusat kota", "Serpong")):
        assert (reader.read(written).value, reader.read(written).notes) == (text, [])
    wrong = reader.read("Serpon Utra")
    assert wrong.value is None
    assert wrong.refused
    told = note_text(wrong.notes[0].as_json())
    assert "“Serpong Utara”" in told.id
    assert "“Serpon Utra” is no area here" in told.en
    # What is known under another spelling is not asked about.
    columns = [{"name": "wilayah", "choices": {"kec. SETU": 2, "Antah": 3, "Pusat kota": 1}}]
    (table,) = (
        one
        for one in unknown_words(app, app.record_type("entry"), Mapping(fields={"area": source}), columns)
        if one.name == "area"
    )
    assert [word for word, _, _ in table.words] == ["Antah", "Pusat kota"]
    assert len(table.options) == 61


def test_lists_are_filtered_by_the_municipalitys_areas(ragam: FieldApp, session: Sessions, world: World) -> None:
    assert post(ragam, area="Buaran, Serpong").status_code == 201
    assert post(ragam, about="Lubang", area="Setu").status_code == 201
    page = ragam.visitor.get("/ragam/daftar?area=Buaran%2C+Serpong")
    assert '<option value="Buaran, Serpong" selected>Buaran, Serpong</option>' in page.text
    assert "Genangan" in page.text
    assert "Lubang" not in page.text
    inbox = ragam.browser().get("/work?app=ragam").text
    assert '<option value="Pondok Aren">' in inbox
