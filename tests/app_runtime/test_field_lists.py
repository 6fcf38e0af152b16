"""Lists of groups: rows in a form without a script, at work, through the interface, and on every page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from lumbung.web.sites import LumbungFlask
from tests.app_catalog.definitions.test_field_words import problems
from tests.browsing import words_of
from tests.field_app import FORM, LIST, FieldApp, enable_fields, page_of
from tests.world import World

Sessions = scoped_session[Session]
FIELDS: dict[str, Any] = {
    "goods": {
        "type": "list",
        "min": 2,
        "max": 3,
        "label": {"id": "Barang", "en": "Goods"},
        "fields": {
            "what": {"type": "text", "required": True, "label": {"id": "Nama barang", "en": "What"}},
            "count": {"type": "integer", "min": 1, "label": {"id": "Jumlah", "en": "Count"}},
            "kind": {"type": "choices", "options": {"a": {"id": "Alat"}, "b": {"id": "Bahan"}}},
            "office": {"type": "agency"},
            "lasts": {"type": "duration"},
        },
    },
    "many": {"type": "integer", "computed": "size(record.goods)"},
}
ROWS = {
    "goods.0.what": "Meja",
    "goods.0.count": "2",
    "goods.0.kind": ["a", "b"],
    "goods.4.what": "Kursi",
    "goods.4.lasts": "3",
    "goods.4.lasts.unit": "days",
}
STORED = [{"what": "Meja", "count": 2, "kind": ["a", "b"]}, {"what": "Kursi", "lasts": "P3D"}]


@pytest.fixture
def ragam(app: LumbungFlask, session: Sessions, world: World, tmp_path: Path) -> FieldApp:
    """An app with a list."""
    return enable_fields(app, session, world, tmp_path, FIELDS)


def send(ragam: FieldApp, **typed: Any) -> Any:
    """Fill in the form and send it."""
    return ragam.visitor.post_form(FORM, {"about": "Pinjam", **ROWS, **typed})


def test_rows_of_a_form_are_stored_in_their_order_and_empty_ones_left_out(ragam: FieldApp) -> None:
    assert send(ragam, **{"goods.2.what": " "}).status_code == 303
    assert ragam.record().data["goods"] == STORED
    assert ragam.record().data["many"] == 2
    words = words_of(ragam.visitor.get(f"/ragam/entry/{ragam.record().id}"))
    for told in ("Barang", "Nama barang Meja", "Alat, Bahan", "3 hari"):
        assert told in words, told


def test_a_row_that_is_wrong_is_told_at_its_place_and_every_row_stays(ragam: FieldApp) -> None:
    answer = send(ragam, **{"goods.4.what": "", "goods.4.count": "0", "goods.4.office": "bukan"})
    assert answer.status_code == 422
    # The rows are numbered anew, so that what is wrong stands in the second.
    for name in ("goods.1.what", "goods.1.count"):
        assert f'href="#f-{name}"' in answer.text
        assert f'id="f-{name}"' in answer.text
    assert 'value="Meja"' in answer.text
    assert 'name="goods.2.what"' in answer.text
    assert 'name="goods.4.what"' not in answer.text
    office = send(ragam, **{"goods.4.office": "bukan"})
    assert 'href="#f-goods.1.office"' in office.text


def test_there_are_neither_too_few_rows_nor_too_many(ragam: FieldApp) -> None:
    few = send(ragam, **{"goods.4._remove": "1"})
    assert (few.status_code, "Sedikitnya 2 baris." in words_of(few)) == (422, True)
    many = send(ragam, **{"goods.5.what": "Lampu", "goods.6.what": "Tenda"})
    assert (many.status_code, "Paling banyak 3 baris." in words_of(many)) == (422, True)
    none = ragam.visitor.post_form(FORM, {"about": "Tanpa barang"})
    assert none.status_code == 303
    assert "goods" not in ragam.record().data


def test_a_row_is_added_without_a_script(ragam: FieldApp) -> None:
    page = send(ragam, **{"goods.2.what": "Lampu", "_more": "goods", "goods.0._remove": "1"})
    assert page.status_code == 200
    assert ragam.records() == []
    assert "Meja" not in page.text
    assert 'value="Lampu"' in page.text
    assert 'name="goods.2.what"' in page.text
    assert "lb-field-error" not in page.text


def test_an_official_changes_rows(ragam: FieldApp) -> None:
    send(ragam)
    keeper, address = ragam.browser(), page_of(ragam.record().id)
    version = ragam.record().version
    assert keeper.post_form(f"{address}/edit", {}).status_code == 303
    assert ragam.record().version == version
    changed = {"edit.goods.0._remove": "1", "edit.goods.2.what": "Tikar", "edit.goods.2.count": "5"}
    assert keeper.post_form(f"{address}/edit", changed).status_code == 303
    assert ragam.record().data["goods"] == [{"what": "Kursi", "lasts": "P3D"}, {"what": "Tikar", "count": 5}]
    assert "Tikar" in words_of(keeper.get(address))
    refused = keeper.post_form(f"{address}/edit", {"edit.goods.0.count": "0"})
    assert (refused.status_code, "Sedikitnya 1." in words_of(refused)) == (422, True)


def test_a_program_sends_rows_and_reads_them(ragam: FieldApp) -> None:
    program = ragam.visitor
    sent = program.open("POST", LIST, data=json.dumps({"about": "x", "goods": STORED}), content_type="application/json")
    assert sent.status_code == 201, sent.text
    assert program.get(LIST).get_json()["items"][0]["fields"]["goods"] == STORED
    for wrong in ("Meja", ["Meja"], [{"what": "Meja"}, {"count": 1}], [{"nama": "x"}, {"what": "y"}]):
        body = json.dumps({"about": "x", "goods": wrong})
        answer = program.open("POST", LIST, data=body, content_type="application/json")
        assert answer.status_code == 422, wrong
        assert next(iter(answer.get_json()["errors"])).startswith("goods")
    shape = program.get("/api/v1/openapi.json").get_json()["components"]["schemas"]["ragam.entry.sent"]
    assert shape["properties"]["goods"]["items"]["properties"]["count"]["type"] == ["integer", "null"]


def test_what_cannot_stand_in_a_row_is_refused() -> None:
    for member, code in (
        ({"type": "files"}, "unknown-value"),
        ({"type": "nik"}, "unknown-value"),
        ({"type": "text", "visible_when": "true"}, "unknown-key"),
        ({"type": "text", "private": True}, "unknown-key"),
        ({"type": "integer", "min": 3, "max": 1}, "min-above-max"),
    ):
        found = problems({"goods": {"type": "list", "fields": {"what": member}}})
        assert code in [one for one, _ in found], member
    assert problems({"goods": {"type": "list", "fields": {}}})[0][0] == "wrong-count"
    assert problems(FIELDS, record={"title": "record.goods.what"})[0][0] == "expression-unknown-name"
