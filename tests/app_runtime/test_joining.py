"""Me too: joining what somebody else has reported, once each, without anybody learning who."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import select

from app_runtime.joining.models import RecordJoin
from app_runtime.records.erasure import erase_person
from app_runtime.records.models import Record
from lumbung.db import db, use_tenant
from lumbung.messages.models import Message
from lumbung.outbox import drain
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions
from tests.app_runtime.work_desk import Desk, open_changed_desk, page_of
from tests.browsing import browse, csrf_token
from tests.world import World

JOINED = {"records/report.yaml": [("duplicates: {", "duplicates: {join: true, ")]}


@pytest.fixture
def desk(app: LumbungFlask, session: Sessions, world: World) -> Desk:
    """SIARAN with "me too"."""
    return open_changed_desk(app, session, world, JOINED)


def address(record_id: UUID) -> str:
    return f"/siaran/report/{record_id}"


def joins(desk: Desk) -> list[RecordJoin]:
    use_tenant(db.session, desk.place.id)
    return list(db.session.scalars(select(RecordJoin)))


def test_somebody_joins_once_and_leaves_again(desk: Desk) -> None:
    record_id = desk.report()
    first, second = browse(desk.app, desk.place.host), browse(desk.app, desk.place.host)
    for browser in (first, first, second):
        answer = browser.post_form(address(record_id), {}, to=address(record_id) + "/join")
        assert answer.status_code == 303
    assert "2 orang juga mengalami ini." in first.get(address(record_id)).text
    assert "Tidak jadi ikut" in first.get(address(record_id)).text
    assert "2 orang juga" in first.get("/siaran/public-reports").text
    assert "2 orang lain ikut" in desk.browser("dispatcher").get(page_of(record_id)).text
    first.post_form(address(record_id), {}, to=address(record_id) + "/leave")
    assert "1 orang juga mengalami ini." in first.get(address(record_id)).text
    # Nothing tells that two rows are of one person.
    other = desk.report("Yang lain")
    second.post_form(address(other), {}, to=address(other) + "/join")
    assert len({row.person for row in joins(desk)}) == 2


def test_who_leaves_an_address_is_told_and_leaves_by_the_letter(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app_runtime.joining.views.channel_available", lambda channel: True)
    record_id = desk.report(reporter={"name": "Sari", "email": "sari@example.org"})
    browser = browse(desk.app, desk.place.host)
    wrong = browser.post_form(address(record_id), {"email": "bukan"}, to=address(record_id) + "/join")
    assert wrong.status_code == 422
    assert "bukan" in wrong.text
    browser.post_form(address(record_id), {"email": "budi@example.org"}, to=address(record_id) + "/join")
    assert "budi" not in str([row.sealed for row in joins(desk)])
    db.session.remove()
    desk.act(desk.browser("dispatcher"), record_id, "reject", reason="Milik provinsi")
    drain(desk.app)
    use_tenant(db.session, desk.place.id)
    (letter,) = db.session.scalars(select(Message).where(Message.recipient == "budi@example.org")).all()
    (row,) = joins(desk)
    assert row.leave_digest is not None
    assert letter is not None
    db.session.remove()


def test_what_is_closed_or_cannot_be_joined_is_not(desk: Desk, app: LumbungFlask) -> None:
    record_id = desk.report()
    desk.act(desk.browser("dispatcher"), record_id, "reject", reason="Milik provinsi")
    browser = browse(desk.app, desk.place.host)
    answer = browser.post_form(address(desk.report("Yang lain")), {}, to=address(record_id) + "/join")
    assert answer.status_code == 409
    assert browser.get(f"/joined/{'A' * 13}").status_code == 404


def test_erasing_forgets_who_joined_and_keeps_the_number(desk: Desk) -> None:
    record_id = desk.report()
    browser = browse(desk.app, desk.place.host)
    browser.post_form(address(record_id), {"email": "budi@example.org"}, to=address(record_id) + "/join")
    use_tenant(db.session, desk.place.id)
    erase_person(db.session, db.session.get_one(Record, (desk.place.id, record_id)))
    db.session.commit()
    (row,) = joins(desk)
    assert (row.person, row.sealed, row.leave_digest) == (None, None, None)
    db.session.remove()


def test_a_first_tap_that_is_sent_twice_counts_once(desk: Desk) -> None:
    record_id = desk.report()
    first, again = browse(desk.app, desk.place.host), browse(desk.app, desk.place.host)
    sent = {"csrf_token": csrf_token(first.get(address(record_id)).text)}
    # Both go out before either is answered: with the cookies of the page.
    again.client._cookies = deepcopy(first.client._cookies)
    for browser in (first, again):
        assert browser.post(address(record_id) + "/join", sent).status_code == 303
    assert len(joins(desk)) == 1
    db.session.remove()


def test_many_taps_at_once_count_once(desk: Desk, app: LumbungFlask) -> None:
    from app_runtime.joining.services import join_record
    from app_runtime.records.running_app import app_of_record

    record_id, gate = desk.report(), Barrier(8)

    def tap(_: int) -> bool:
        with app.app_context():
            use_tenant(db.session, desk.place.id)
            record = db.session.get_one(Record, (desk.place.id, record_id))
            gate.wait(20)
            fresh = join_record(db.session, app_of_record(db.session, record), record, who="device:x")
            db.session.commit()
            db.session.remove()
            return fresh

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(tap, range(8))) == 1
