"""Rows fetched by compiled statements are the session's own; what is made of an answer is kept for equal ones only."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import String, bindparam, func, inspect, select, text
from sqlalchemy.orm import Session, scoped_session
from sqlalchemy.orm.exc import DetachedInstanceError

from app_catalog.releases.models import Release
from app_runtime.records.agency_tree import load_agencies
from lumbung.db import now, use_tenant
from lumbung.db.fetching import Kept, compile_fetch, compile_rows, fetch_one
from lumbung.db.inside import run_inside
from lumbung.ids import new_id
from tenants.agencies.models import Agency
from tenants.calendars.models import CalendarDay
from tenants.calendars.services import load_calendar
from tenants.municipalities.models import Municipality
from tests.siaran import publish_siaran
from tests.world import World

Sessions = scoped_session[Session]
BY_SLUG = compile_fetch(Municipality, Municipality.slug == bindparam("slug"))


def test_a_fetched_row_is_what_a_query_gives(session: Sessions, world: World) -> None:
    session.remove()
    fetched = fetch_one(session, BY_SLUG, {"slug": "tangsel"})
    assert fetched is not None
    assert inspect(fetched).persistent
    values = {name: getattr(fetched, name) for name in (prop.key for prop in inspect(Municipality).column_attrs)}
    session.remove()
    queried = session.scalars(select(Municipality).where(Municipality.slug == "tangsel")).one()
    assert values == {name: getattr(queried, name) for name in values}
    assert fetch_one(session, BY_SLUG, {"slug": "tangsel"}) is queried
    assert fetch_one(session, BY_SLUG, {"slug": "nowhere"}) is None


def test_a_fetched_row_can_be_changed_and_is_read_again_when_it_has_expired(session: Sessions, world: World) -> None:
    session.remove()
    fetched = fetch_one(session, BY_SLUG, {"slug": "tangsel"})
    assert fetched is not None
    fetched.name = "Kota Lain"
    session.flush()
    assert session.scalar(text("SELECT name FROM municipalities WHERE slug = 'tangsel'")) == "Kota Lain"
    session.rollback()
    again = fetch_one(session, BY_SLUG, {"slug": "tangsel"})
    assert again is not None
    assert again.name == "Kota Tangerang Selatan"


def test_agencies_are_those_of_this_moment_and_this_municipality(session: Sessions, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    before = load_agencies(session)
    assert load_agencies(session) is before
    agency = session.get_one(Agency, (world.tangsel.id, world.tangsel.agencies["dishub"].id))
    agency.closed_at, agency.name = now(), "Dinas yang Tutup"
    after = load_agencies(session)
    assert after.by_key["dishub"].name == "Dinas yang Tutup"
    assert after.find_open("dishub") is None
    assert before.find_open("dishub") is not None
    session.rollback()
    assert load_agencies(session).find_open("dishub") is not None
    use_tenant(session, world.surabaya.id)
    assert not set(load_agencies(session).by_id) & set(before.by_id)


def test_a_calendar_is_the_one_of_this_moment(session: Sessions, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    before = load_calendar(session)
    assert load_calendar(session) is before
    day = date(2026, 11, 26)
    session.add(CalendarDay(tenant_id=world.tangsel.id, day=day, name="HUT", kind="local", source=""))
    assert day in load_calendar(session).days_off
    assert day not in before.days_off
    session.rollback()
    assert day not in load_calendar(session).days_off


@pytest.mark.parametrize("same", [True, False])
def test_what_was_made_is_kept_for_an_equal_answer_of_the_same_municipality(same: bool) -> None:
    kept: Kept[list[int]] = Kept()
    here = new_id()
    first = kept.of(here, [(b"1",)], lambda: [1])
    assert (kept.of(here, [(b"1",)] if same else [(b"2",)], lambda: [1]) is first) is same
    assert kept.of(new_id(), [(b"1",)], lambda: [1]) is not first


def test_rows_are_read_as_the_session_reads_them(session: Sessions, world: World) -> None:
    asked = select(Municipality, Agency, func.count().over()).outerjoin(Agency, Agency.tenant_id == Municipality.id)
    wanted = asked.where(Municipality.slug == bindparam("slug", type_=String())).order_by(Agency.key)
    rows = compile_rows(wanted)
    use_tenant(session, world.tangsel.id)
    for slug in ("tangsel", "surabaya"):
        (written,) = run_inside(session, (rows.asked, {"slug": slug}))
        read, found = rows.read(written), session.execute(wanted, {"slug": slug}).all()
        assert [(one.name, agency and agency.name, number) for one, agency, number in read] == [
            (one.name, agency and agency.name, number) for one, agency, number in found
        ]
        assert read
        assert all(one not in session for one, _, _ in read)


def test_what_was_not_read_of_a_row_is_not_taken_for_nothing(session: Sessions, world: World) -> None:
    _, release = publish_siaran(session, world)
    rows = compile_rows(select(Release))
    (written,) = run_inside(session, (rows.asked, {}))
    ((read,),) = rows.read(written)
    assert read.version == release.version
    with pytest.raises(DetachedInstanceError):
        _ = read.canonical
