"""What a field says about its value: computed, required or shown under a condition, checked when it is written."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.models import Installation
from app_runtime.records.actors import Actor
from app_runtime.records.creating import create_record
from lumbung.db import db, use_tenant
from lumbung.errors import Conflict
from lumbung.web.sites import LumbungFlask
from tests.browsing import words_of
from tests.field_app import FORM, LIST, FieldApp, enable_fields, page_of
from tests.world import World

Sessions = scoped_session[Session]
FIELDS: dict[str, Any] = {
    "starts": {"type": "date", "required": True},
    "ends": {
        "type": "date",
        "check": {
            "check": "record.ends >= record.starts",
            "message": {"id": "Selesai setelah mulai.", "en": "It ends after it starts."},
        },
    },
    "price": {"type": "money"},
    "code": {"type": "text", "unique": True},
    "count": {"type": "integer", "check": "record.count % 2 == 0"},
    "total": {"type": "money", "computed": "record.price * record.count"},
    "large": {"type": "boolean", "computed": "record.total > 1000000"},
    "mean": {"type": "decimal", "computed": "double(record.total) / 8.0"},
    "until": {"type": "date", "computed": "record.starts + duration('72h')"},
    "offices": {"type": "agencies", "computed": "record.large ? ['dishub', 'dlh'] : []"},
    "place": {"type": "choice", "options": {"a": "A", "b": "B"}, "computed": "record.about"},
    "reason": {"type": "text", "visible_when": "record.price > 100", "required_when": "record.large"},
    "who": {
        "type": "group",
        "fields": {
            "kind": {"type": "choice", "options": {"shop": "Toko", "person": "Orang"}},
            "shop": {"type": "text", "visible_when": "record.who.kind == 'shop'", "required_when": "true"},
            "age": {"type": "integer", "check": {"check": "record.who.age >= 17", "message": "Usia 17 ke atas."}},
        },
    },
}
GOOD = {"about": "Tenda", "starts": "2026-03-01", "ends": "2026-03-02", "price": "5000", "count": "2"}


@pytest.fixture
def ragam(app: LumbungFlask, session: Sessions, world: World, tmp_path: Path) -> FieldApp:
    """An app whose fields have rules."""
    return enable_fields(app, session, world, tmp_path, FIELDS)


def send(ragam: FieldApp, **typed: Any) -> Any:
    """Fill in the form and send it."""
    return ragam.visitor.post_form(FORM, {**GOOD, **typed})


def test_computed_fields_are_stored_with_the_record_and_follow_its_changes(ragam: FieldApp) -> None:
    assert send(ragam).status_code == 303
    data = ragam.record().data
    assert (data["total"], data["large"], data["mean"], data["until"]) == (10_000, False, 1250, "2026-03-04")
    assert "offices" not in data
    # The text is no option of the choice: the field stays empty, and an official learns why.
    assert "place" not in data
    keeper, address = ragam.browser(), page_of(ragam.record().id)
    assert 'name="edit.total"' not in keeper.get(f"{address}/edit").text
    changed = keeper.post_form(f"{address}/edit", {"edit.price": "900000", "edit.reason": "Besar"})
    assert changed.status_code == 303, words_of(changed)
    data = ragam.record().data
    assert (data["total"], data["large"], data["offices"]) == (1_800_000, True, ["dishub", "dlh"])
    assert "Aturan aplikasi gagal dihitung" in words_of(keeper.get(address))


def test_nobody_sends_a_value_for_a_computed_field(ragam: FieldApp) -> None:
    assert send(ragam, total="5").status_code == 303
    assert ragam.record().data["total"] == 10_000
    sent = json.dumps({"about": "x", "starts": "2026-03-01", "total": 5})
    answer = ragam.visitor.open("POST", LIST, data=sent, content_type="application/json")
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["total"])
    document = ragam.visitor.get("/api/v1/openapi.json").get_json()["components"]["schemas"]
    assert "total" not in document["ragam.entry.sent"]["properties"]
    assert "total" in document["ragam.entry"]["properties"]["fields"]["properties"]


def test_a_value_that_its_condition_refuses_is_told_with_the_apps_own_words(ragam: FieldApp) -> None:
    answer = send(ragam, ends="2026-02-01", count="3")
    assert answer.status_code == 422
    assert "Selesai setelah mulai." in words_of(answer)
    assert "Nilai ini tidak memenuhi syaratnya." in words_of(answer)
    assert send(ragam, ends="").status_code == 303
    keeper, address = ragam.browser(), page_of(ragam.record().id)
    refused = keeper.post_form(f"{address}/edit", {"edit.ends": "2026-02-01"})
    assert (refused.status_code, "Selesai setelah mulai." in words_of(refused)) == (422, True)


def test_a_field_is_required_and_shown_by_what_else_was_answered(ragam: FieldApp) -> None:
    refused = send(ragam, price="900000")
    assert refused.status_code == 422
    assert "Alasan: Wajib diisi." in words_of(refused)
    assert send(ragam, price="50", reason="Tidak dilihat").status_code == 303
    assert "reason" not in ragam.record().data


def test_members_of_a_group_have_conditions_of_their_own(ragam: FieldApp) -> None:
    refused = send(ragam, **{"who.kind": "shop", "who.age": "16"})
    assert refused.status_code == 422
    assert 'href="#f-who.shop"' in refused.text
    assert "Usia 17 ke atas." in words_of(refused)
    assert send(ragam, **{"who.kind": "person", "who.shop": "Makmur", "who.age": "17"}).status_code == 303
    assert ragam.record().data["who"] == {"kind": "person", "age": 17}


def test_a_unique_value_is_taken_once_however_many_come_at_the_same_instant(
    app: LumbungFlask, ragam: FieldApp, world: World
) -> None:
    gate = Barrier(8)

    def make(number: int) -> str:
        with app.app_context():
            gate.wait(20)
            use_tenant(db.session, world.tangsel.id)
            installation = db.session.scalars(select(Installation)).one()
            values = {"about": f"Ke-{number}", "starts": "2026-03-01", "code": "K-1"}
            try:
                create_record(db.session, installation, Actor(kind="visitor"), "entry", values)
                db.session.commit()
            except Conflict as error:
                return str(error.details["because"])
            finally:
                db.session.remove()
            return "made"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(make, range(8))) == ["duplicate"] * 7 + ["made"]
    refused = send(ragam, code="K-1")
    assert refused.status_code == 409
    assert "Sudah ada data dengan Code yang sama." in words_of(refused)
    assert send(ragam, code="K-2").status_code == 303
