"""Records that programs send through `/api/v1` of a portal."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, func, select

from app_runtime.records.models import Record
from lumbung.db import as_tenant, db, use_tenant
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.api_calls import LAMP, LIST, send
from tests.app_runtime.stage import Sessions, Stage, set_stage
from tests.browsing import Browser, browse
from tests.world import World


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    """SIARAN in Tangsel that publishes at once."""
    return set_stage(session, world, publish="at_once")


@pytest.fixture
def program(app: LumbungFlask, world: World) -> Browser:
    """A program that asks Tangsel's portal."""
    return browse(app, world.tangsel.host)


def test_a_sent_record_has_number_code_and_link(stage: Stage, program: Browser) -> None:
    answer = send(program, {**LAMP, "reporter": {"name": "Bu Siti", "phone": "0812 3456 7890"}})
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    assert answer.headers["Cache-Control"] == "no-store"
    assert program.get(answer.headers["Location"]).status_code == 200
    assert answer.json["tracking_code"] in answer.json["track_url"]
    assert answer.json["number"] in program.get(answer.json["track_url"]).text
    use_tenant(stage.session, stage.place.id)
    record = stage.session.scalars(select(Record)).one()
    assert stage.kinds(record)[0] == ("created", "")
    assert record.private["reporter"]["phone"] == "+6281234567890"


def test_a_warm_record_is_few_statements_and_reads_nothing_of_its_own(
    app: LumbungFlask, stage: Stage, program: Browser
) -> None:
    """Each statement more is another wait for every citizen: what was stored is known, and is not asked for again."""
    for _ in range(3):
        assert send(program).status_code == 201
    stage.session.remove()
    heard: list[str] = []

    def listen(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        heard.append(" ".join(statement.split()))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", listen)
    try:
        assert send(program).status_code == 201
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    assert [one for one in heard if one.startswith("SELECT records.")] == []
    # One of them reads settings, which are still young here.
    assert len([one for one in heard if "set_tenant" not in one]) <= 13, heard


def test_a_repeat_with_the_same_key_makes_no_second_record(stage: Stage, program: Browser) -> None:
    first, again = (send(program, **{"Idempotency-Key": "laporan-0001"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    other = send(program, {**LAMP, "title": "Lampu lain mati"}, **{"Idempotency-Key": "laporan-0001"})
    assert other.status_code == 409
    assert send(program, **{"Idempotency-Key": "x"}).status_code == 400
    with as_tenant(stage.session, stage.place.id):
        assert stage.session.scalar(select(func.count()).select_from(Record)) == 1


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, {"title", "category"}),
        ({**LAMP, "category": "nothing"}, {"category"}),
        ({**LAMP, "cost": 5}, {"cost"}),
        ({**LAMP, "answer": "Sudah"}, {"answer"}),
        ({**LAMP, "photos": ["x"]}, {"photos"}),
        ({**LAMP, "state": "fixed"}, {"state"}),
        ({**LAMP, "category": "emergency"}, {"category"}),
        ({**LAMP, "reporter": {"email": "x"}}, {"reporter.email"}),
    ],
)
def test_a_record_that_does_not_fit_is_told_where(
    stage: Stage, program: Browser, values: dict[str, Any], wrong: set[str]
) -> None:
    answer = send(program, values)
    assert answer.status_code == 422
    assert answer.json is not None
    assert set(answer.json["errors"]) == wrong
    with as_tenant(stage.session, stage.place.id):
        assert stage.session.scalar(select(func.count()).select_from(Record)) == 0


@pytest.mark.parametrize("body", ["[]", "1", "{", '"x"', ""])
def test_what_is_no_object_is_refused(stage: Stage, program: Browser, body: str) -> None:
    assert program.open("POST", LIST, data=body, content_type="application/json").status_code == 400


def test_records_from_one_address_are_limited_as_with_the_form(stage: Stage, program: Browser) -> None:
    statuses = [send(program).status_code for _ in range(21)]
    assert statuses == [201] * 20 + [429]
    assert int(send(program).headers["Retry-After"]) > 0


def test_json_that_is_too_deep_is_refused_as_none(stage: Stage, program: Browser) -> None:
    for deep in (b"[" * 100_000, b'{"title":' * 100_000):
        answer = program.open("POST", LIST, data=deep, content_type="application/json")
        assert answer.status_code == 400
