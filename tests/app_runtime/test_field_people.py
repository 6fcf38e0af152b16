"""Fields about people: who works in the municipality, and numbers of the population register; and lines on the map."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError
from sqlalchemy import select, text
from sqlalchemy.orm import Session, scoped_session

from app_catalog.definitions.model import Field, Text
from app_catalog.definitions.schemas.niks import Nik, check_nik
from app_catalog.definitions.schemas.paths import check_path, length_km
from app_runtime.records.erasure import erase_person
from app_runtime.records.models import Record
from app_runtime.records.niks import NIK_DIGEST, SEALED_NIK, open_sealed
from lumbung.audit.models import AuditEntry
from lumbung.db import as_tenant, use_tenant
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.definitions.test_field_words import problems
from tests.browsing import words_of
from tests.field_app import FORM, LIST, FieldApp, enable_fields, page_of
from tests.world import World

Sessions = scoped_session[Session]
DIGITS, OTHER = "3674010203040005", "3674016203040009"
MASKED = "3674************"
FIELDS: dict[str, Any] = {
    "nik": {"type": "nik", "label": {"id": "NIK pemohon", "en": "Applicant"}},
    "child": {
        "type": "group",
        "private": True,
        "fields": {"name": {"type": "text"}, "nik": {"type": "nik", "label": {"id": "NIK anak", "en": "Child"}}},
    },
    "checker": {"type": "person", "label": {"id": "Pemeriksa", "en": "Checker"}},
    "team": {"type": "persons", "max": 2, "label": {"id": "Tim", "en": "Team"}},
    "route": {"type": "path", "label": {"id": "Rute", "en": "Route"}},
}
LINE = "-6.29, 106.71\n-6.30, 106.72\n"


@pytest.fixture
def ragam(app: LumbungFlask, session: Sessions, world: World, tmp_path: Path) -> FieldApp:
    """An app with such fields."""
    return enable_fields(app, session, world, tmp_path, FIELDS)


def send(ragam: FieldApp, **typed: Any) -> Any:
    """Fill in the form and send it."""
    return ragam.visitor.post_form(FORM, {"about": "Surat", "nik": "3674 0102 0304 0005", **typed})


def everything_stored(session: Sessions) -> str:
    """All that the database holds of records and of what happened, as text."""
    tables = ("records", "record_history", "record_history_private", "audit_entries")
    return "".join(
        str(row) for table in tables for row in session.scalars(text(f"SELECT to_jsonb(t)::text FROM {table} t")).all()
    )


def test_a_number_is_stored_sealed_and_shown_masked(ragam: FieldApp, session: Sessions, world: World) -> None:
    assert send(ragam, **{"child.name": "Budi", "child.nik": OTHER}).status_code == 303
    record = ragam.record()
    assert record.private["nik"] == MASKED
    assert record.private["child"] == {"name": "Budi", "nik": MASKED}
    with ragam.app.app_context():
        assert open_sealed(record, "nik") == DIGITS
        assert open_sealed(record, "child.nik") == OTHER
    assert record.private[NIK_DIGEST + "nik"] != record.private[NIK_DIGEST + "child.nik"]
    with as_tenant(session, world.tangsel.id):
        stored = everything_stored(session)
    session.commit()
    assert MASKED in stored
    assert DIGITS not in stored
    assert OTHER not in stored
    page = ragam.browser().get(page_of(record.id))
    assert MASKED in page.text
    assert DIGITS not in page.text
    assert "3674" not in ragam.visitor.get(f"/ragam/entry/{record.id}").text
    assert "nik" not in ragam.visitor.get(LIST).get_json()["items"][0]["fields"]


def test_a_number_is_told_once_to_who_says_why_and_the_log_keeps_it(
    ragam: FieldApp, session: Sessions, world: World
) -> None:
    send(ragam)
    address = page_of(ragam.record().id)
    keeper = ragam.browser()
    silent = keeper.post_form(address, {"field": "nik", "reason": " "}, to=f"{address}/reveal")
    assert silent.status_code == 422
    assert "Tulis alasan melihat NIK ini" in words_of(silent)
    assert DIGITS not in silent.text
    told = keeper.post_form(address, {"field": "nik", "reason": "Mencocokkan KTP"}, to=f"{address}/reveal")
    assert (told.status_code, told.headers["Cache-Control"]) == (200, "no-store")
    assert DIGITS in told.text
    assert DIGITS not in keeper.get(address).text
    with as_tenant(session, world.tangsel.id):
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "record.nik_revealed")).all()
        (kept,) = [entry.after for entry in entries]
    session.commit()
    assert kept == {"record": str(ragam.record().id), "field": "nik", "reason": "Mencocokkan KTP"}
    for field in ("about", "child.nik", "nik.x", ""):
        assert (
            keeper.post_form(address, {"field": field, "reason": "Mencoba"}, to=f"{address}/reveal").status_code == 404
        )


def test_editing_keeps_a_number_that_was_not_typed_anew(ragam: FieldApp) -> None:
    send(ragam, **{"child.name": "Budi", "child.nik": OTHER})
    keeper, address = ragam.browser(), page_of(ragam.record().id)
    assert keeper.post_form(f"{address}/edit", {"edit.child.name": "Budiman"}).status_code == 303
    record = ragam.record()
    assert record.private["child"] == {"name": "Budiman", "nik": MASKED}
    with ragam.app.app_context():
        assert open_sealed(record, "child.nik") == OTHER
        assert open_sealed(record, "nik") == DIGITS
    version = record.version
    # Another number with the same first digits looks the same and is another.
    assert keeper.post_form(f"{address}/edit", {"edit.nik": OTHER}).status_code == 303
    record = ragam.record()
    assert record.version > version
    with ragam.app.app_context():
        assert open_sealed(record, "nik") == OTHER
    assert keeper.post_form(f"{address}/edit", {"edit.nik": ""}).status_code == 303
    assert not [key for key in ragam.record().private if key in (SEALED_NIK + "nik", NIK_DIGEST + "nik", "nik")]


def test_a_form_does_not_take_a_masked_number_for_a_number(ragam: FieldApp) -> None:
    for wrong in (MASKED, "36740102", "3674013502040005", "3674011399040005"):
        answer = send(ragam, nik=wrong)
        assert answer.status_code == 422, wrong
        assert "NIK" in words_of(answer)


def test_numbers_go_when_a_person_is_forgotten(ragam: FieldApp, session: Sessions, world: World) -> None:
    send(ragam)
    use_tenant(session, world.tangsel.id)
    record = session.scalars(select(Record)).one()
    erase_person(session, record)
    session.commit()
    assert ragam.record().private == {}


@given(st.text("0123456789*. -", max_size=24))
def test_a_number_never_shows_more_than_its_region(written: str) -> None:
    field = Field("nik", "nik", Text({"id": "NIK"}))
    try:
        found = check_nik(written, field, "id")
    except ValidationError:
        return
    assert isinstance(found, Nik)
    assert json.dumps(found) == f'"{found.digits[:4]}************"' == json.dumps(str(found))


def test_officials_choose_people_who_work_here_and_citizens_are_not_asked(
    ragam: FieldApp, session: Sessions, world: World
) -> None:
    with as_tenant(session, world.surabaya.id):
        stranger = world.surabaya.members["admin"].id
    with as_tenant(session, world.tangsel.id):
        members = [world.tangsel.members[name] for name in ("dispatcher", "handler")]
        names, (dispatcher, handler) = [one.name for one in members], [str(one.id) for one in members]
    session.commit()
    send(ragam)
    keeper, address = ragam.browser(), page_of(ragam.record().id)
    refused = keeper.post_form(f"{address}/edit", {"edit.checker": str(stranger)})
    assert (refused.status_code, "Pilih pegawai yang aktif." in words_of(refused)) == (422, True)
    chosen = {"edit.checker": dispatcher, "edit.team": [dispatcher, handler]}
    assert keeper.post_form(f"{address}/edit", chosen).status_code == 303
    assert ragam.record().data["team"] == sorted([dispatcher, handler])
    words = words_of(keeper.get(address))
    assert names[0] in words
    assert names[1] in words
    sent = json.dumps({"about": "x", "checker": dispatcher})
    answer = ragam.visitor.open("POST", LIST, data=sent, content_type="application/json")
    assert list(answer.get_json()["errors"]) == ["checker"]


def test_a_line_is_pasted_measured_and_read_back(ragam: FieldApp) -> None:
    assert send(ragam, route=LINE).status_code == 303
    record = ragam.record()
    assert record.data["route"] == [[106.71, -6.29], [106.72, -6.3]]
    assert "1,57 km, 2 titik" in words_of(ragam.visitor.get(f"/ragam/entry/{record.id}"))
    keeper, address = ragam.browser(), page_of(record.id)
    assert "-6.29, 106.71\n-6.3, 106.72" in keeper.get(f"{address}/edit").text
    version = record.version
    assert keeper.post_form(f"{address}/edit", {}).status_code == 303
    assert ragam.record().version == version
    assert send(ragam, route="bukan garis").status_code == 422


def test_a_line_comes_as_text_as_geojson_or_as_a_list() -> None:
    field = Field("route", "path", Text({"id": "Rute"}))
    wanted = [[106.71, -6.29], [106.72, -6.3]]
    line = {"type": "LineString", "coordinates": [[106.71, -6.29, 12.5], [106.72, -6.3]]}
    feature = {"type": "Feature", "properties": {}, "geometry": line}
    for given_as in (wanted, line, feature, json.dumps(line), json.dumps(feature), LINE, "-6.29 106.71\n-6.3\t106.72"):
        assert check_path(given_as, field, "id") == wanted
    point = {"type": "Point", "coordinates": [1, 2]}
    bad: tuple[Any, ...] = (
        [],
        [[1, 2]],
        [[1, 91], [1, 2]],
        point,
        "{",
        [[1, "2"], [3, 4]],
        [[True, 2], [3, 4]],
        [[1, 2]] * 2001,
        5,
    )
    for wrong in bad:
        with pytest.raises(ValidationError):
            check_path(wrong, field, "id")
    assert length_km([[106.7, -6.2], [107.7, -6.2]]) == pytest.approx(110.54, abs=0.01)


def test_a_package_cannot_ask_citizens_for_officials_or_leave_a_number_open() -> None:
    form = {"kind": "form", "for": "public", "record": "entry", "steps": {"one": {"fields": ["who"]}}}
    assert ("people-for-officials", ("steps", "one", "fields", "who")) in problems(
        {"who": {"type": "person"}}, **{"pages/isi.yaml": form}
    )
    open_group = {"who": {"type": "group", "fields": {"nik": {"type": "nik"}}}}
    assert ("nik-not-private", ("fields", "who")) in problems(open_group)
    asks = {"nik": {"type": "nik"}, "helper": {"type": "person"}}
    action = {"from": "received", "by": "resident", "asks": asks}
    workflow = {"start": "received", "states": {"received": {"label": "Diterima"}}, "actions": {"reply": action}}
    found = problems({}, record={"workflow": workflow})
    assert ("nik-in-history", ("workflow", "actions", "reply", "asks", "nik")) in found
    assert ("people-for-officials", ("workflow", "actions", "reply", "asks", "helper")) in found
    public = {"public": {"read": {"rows": "published", "fields": ["about", "nik"]}}}
    assert ("private-field-public", ("access", "public", "read", "fields", "nik")) in problems(
        {"nik": {"type": "nik"}}, record={"access": public}
    )
