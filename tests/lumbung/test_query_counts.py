"""Pages that list things ask the database as often for many rows as for few."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import as_tenant, db
from lumbung.web.sites import LumbungFlask
from tenants.accounts.models import Account
from tenants.agencies.models import Agency
from tenants.people.models import Membership, RoleGrant
from tests.app_runtime.work_desk import Desk, open_desk
from tests.browsing import Browser, browse
from tests.siaran import enable_siaran
from tests.statements import MOST_REPEATS, RepeatGuard, statements_of
from tests.world import World

Sessions = scoped_session[Session]
FEW, MANY = 2, 9

BOUNDS = {
    "/": 20,
    "/siaran": 12,
    "/siaran/public-reports": 20,
    "/siaran/map": 20,
    "/siaran/map/points.geojson": 16,
    "/work": 30,
    "/work/list": 30,
    "/manage/people": 30,
    "/manage/agencies": 16,
}
"""The most statements that a page of a portal may send."""


@pytest.fixture
def desk(app: LumbungFlask, session: Sessions, world: World) -> Desk:
    """SIARAN at once in public, so that citizens' pages list what there is."""
    return open_desk(app, session, world, publish="at_once")


def _fill(desk: Desk, count: int) -> None:
    kinds = ("street-light", "rubbish", "road")
    for number in range(count):
        desk.report(f"Laporan {number}", photos=1, category=kinds[number % 3], place=[106.6 + number / 50, -6.3])


def _hire(desk: Desk, count: int) -> None:
    """More people, each with a role, and an agency each."""
    session, place = desk.session, desk.place
    with as_tenant(session, place.id):
        for number in range(count):
            account = Account(email=f"baru{number}@{place.slug}.test", name=f"Baru {number}")
            agency = Agency(
                tenant_id=place.id, key=f"baru-{number}", name=f"Dinas Baru {number}", short_name=f"B{number}"
            )
            session.add_all([account, agency])
            session.flush()
            member = Membership(tenant_id=place.id, account_id=account.id, name=account.name, agency_id=agency.id)
            session.add(member)
            session.flush()
            session.add(RoleGrant(tenant_id=place.id, membership_id=member.id, app_id="siaran", role="handler"))
        session.commit()


def _count(app: LumbungFlask, browser: Browser, path: str) -> int:
    """The least of two times, after a first one: what is looked up once a minute is nobody's row."""
    counts = []
    for _ in range(3):
        with statements_of(app) as heard:
            assert browser.get(path).status_code == 200, path
        counts.append(len(heard))
    return min(counts[1:])


def test_pages_of_a_portal_ask_no_more_for_more_reports(desk: Desk) -> None:
    dispatcher, admin = desk.browser("dispatcher"), desk.browser("admin")
    citizen = browse(desk.app, desk.place.host)

    def counts() -> dict[str, int]:
        chosen = {path: admin if "manage" in path else dispatcher if "work" in path else citizen for path in BOUNDS}
        return {path: _count(desk.app, browser, path) for path, browser in chosen.items()}

    _fill(desk, FEW)
    few = counts()
    _fill(desk, MANY)
    _hire(desk, MANY)
    many = counts()
    assert many == few
    assert {path: count for path, count in many.items() if count > BOUNDS[path]} == {}


def test_pages_of_the_hub_ask_no_more_for_more_municipalities(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    hub = browse(app, "lumbung.test")
    paths = ("/", "/apps", "/apps/siaran", "/regions")
    enable_siaran(session, world)
    few = {path: _count(app, hub, path) for path in paths}
    enable_siaran(session, world, world.surabaya)
    many = {path: _count(app, hub, path) for path in paths}
    assert many == few
    assert max(many.values()) <= 14


def test_the_guard_of_all_tests_notices_a_query_per_row(app: LumbungFlask) -> None:
    """What every test listens to (`RepeatGuard`) is red for a page that asks again for each row, and for no other."""
    guard = RepeatGuard()
    asked: dict[str, int] = {"/few": MOST_REPEATS, "/many": MOST_REPEATS + 1}
    for path, times in asked.items():
        with app.test_request_context(path, base_url="https://lumbung.test"), guard.listening():
            for number in range(times):
                db.session.execute(text("SELECT :number"), {"number": number})
    assert list(guard.found) == ["GET None"]
