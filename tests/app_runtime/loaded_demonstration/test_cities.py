"""The cities whose month is written: their reports, clocks, messages and pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app_runtime.clocks.firing import fire_due_clocks
from app_runtime.demonstration.cities import CITIES
from app_runtime.demonstration.script import ADMIN, APP, EVALUATOR, HANDLER, PASSWORD
from app_runtime.notifications.sending import NOTIFY
from app_runtime.records.models import RecordClock, RecordFile, RecordHistory
from lumbung.db import db, set_clock, use_tenant
from lumbung.messages.models import Message, PlatformMessage
from lumbung.outbox.models import Effect
from tenants.accounts.models import Account
from tenants.accounts.services import authenticate
from tenants.municipalities.models import Municipality
from tests.app_runtime.loaded_demonstration.loaded import SLUGS, UNTIL, Loaded, records
from tests.browsing import browse


@pytest.fixture(params=SLUGS)
def city(loaded: Loaded, request: pytest.FixtureRequest) -> Iterator[Municipality]:
    """Each city in turn; the session belongs to it."""
    with loaded.app.app_context():
        use_tenant(db.session, None)
        found = db.session.scalars(select(Municipality).where(Municipality.slug == request.param)).one()
        use_tenant(db.session, found.id)
        yield found
        db.session.rollback()
        use_tenant(db.session, None)
        db.session.remove()


def test_about_thirty_reports_stand_in_every_state(city: Municipality) -> None:
    found = records(city)
    assert 28 <= len(found) <= 34
    assert {record.state for record in found} == {"received", "assigned", "waiting", "fixed", "rejected"}
    assert len({record.title for record in found}) == len(found)
    assert any(record.hidden_at is not None for record in found)
    assert any(record.overdue and record.open for record in found)
    assert all(record.created_at <= UNTIL for record in found)
    assert all(record.created_at > UNTIL - timedelta(days=31) for record in found)
    assert sorted(record.number or "" for record in found)[0].endswith("/00001")


def test_clocks_were_met_missed_and_met_late_and_the_ladder_was_climbed(city: Municipality) -> None:
    clocks = list(db.session.scalars(select(RecordClock).where(RecordClock.tenant_id == city.id)))
    assert {"running", "met", "breached", "met_late"} <= {clock.state for clock in clocks}
    rungs = [clock.rungs_done for clock in clocks if clock.clock == "respond" and clock.state == "breached"]
    assert ["head", "city"] in rungs
    late = select(func.count()).where(RecordHistory.tenant_id == city.id, RecordHistory.changes.has_key("done_at"))
    assert db.session.scalar(late) == 0
    with set_clock(UNTIL):
        assert fire_due_clocks(db.session, city.id) == 0


def test_reports_are_unchecked_reopened_and_beside_each_other(city: Municipality) -> None:
    found = records(city)
    reopened = select(RecordHistory.record_id).where(
        RecordHistory.tenant_id == city.id, RecordHistory.kind == "action", RecordHistory.name == "reopen"
    )
    again = set(db.session.scalars(reopened))
    assert {record.state for record in found if record.id in again} == {"received", "fixed"}
    near = [
        (one, other)
        for one in found
        for other in found
        if one.created_at < other.created_at
        and one.data["category"] == other.data["category"]
        and abs(float(one.place_lon or 0) - float(other.place_lon or 0)) < 0.0003
        and abs(float(one.place_lat or 0) - float(other.place_lat or 0)) < 0.0003
    ]
    assert near
    if city.slug != "surabaya":
        assert any(not record.published and record.open for record in found)
    else:
        assert all(record.published for record in found)


def test_every_fixed_report_shows_a_photo_afterwards(city: Municipality) -> None:
    fixed = {record.id for record in records(city) if record.state == "fixed"}
    shown = set(
        db.session.scalars(
            select(RecordFile.record_id).where(RecordFile.tenant_id == city.id, RecordFile.field == "after")
        )
    )
    assert fixed
    assert fixed <= shown


def test_no_message_can_reach_anybody(city: Municipality) -> None:
    assert set(db.session.scalars(select(Message.status).where(Message.tenant_id == city.id))) == {"no_channel"}
    # Other effects, such as PDFs and schedules, are the worker's.
    letters = select(Effect.status).where(Effect.tenant_id == city.id, Effect.kind == NOTIFY)
    assert set(db.session.scalars(letters)) == {"done"}
    use_tenant(db.session, None)
    assert set(db.session.scalars(select(PlatformMessage.status))) <= {"no_channel"}
    addresses = db.session.scalars(select(Account.email)).all()
    assert all(address.endswith(".example.org") or address.endswith("@example.org") for address in addresses)


def test_the_ribbon_is_on_every_page_that_answers(loaded: Loaded, city: Municipality) -> None:
    portal = browse(loaded.app, f"{city.slug}.lumbung.test")
    for path in ("/", f"/{APP}", "/track"):
        answer = portal.follow(portal.get(path))
        assert answer.status_code == 200, path
        assert "Data peragaan" in answer.text
    assert "Data peragaan" in portal.get("/tidak-ada").text


def test_people_at_work_find_their_pages(loaded: Loaded, city: Municipality) -> None:
    script = next(found for found in CITIES if found.slug == city.slug)
    people = ((ADMIN, "/manage"), (HANDLER, "/work"), (EVALUATOR, "/manage/evaluations"))
    use_tenant(db.session, None)
    for role, path in people:
        account = authenticate(db.session, script.address(script.with_role(role)), PASSWORD)
        portal = browse(loaded.app, f"{city.slug}.lumbung.test", account)
        answer = portal.follow(portal.get(path))
        assert answer.status_code == 200, (role, path)
        assert "Data peragaan" in answer.text
