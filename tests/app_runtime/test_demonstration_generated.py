"""Generated municipalities: the same again from a seed, each different from the others, all of them believable."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from sqlalchemy import func, select

from app_catalog.installations.models import Installation, SettingsVersion
from app_catalog.installations.services import access_installation
from app_runtime.demonstration.cities import CITIES
from app_runtime.demonstration.founding import found_city
from app_runtime.demonstration.generated.founding import load_municipality
from app_runtime.demonstration.generated.profile import Profile
from app_runtime.demonstration.generated.profiles import PROFILES
from app_runtime.demonstration.publishing import publish_app
from app_runtime.demonstration.script import APP
from app_runtime.demonstration.seed import SEED
from app_runtime.records.models import Record, RecordClock, RecordFile, RecordHistory
from lumbung.db import as_tenant, db, set_clock, use_tenant
from lumbung.files import get_file, open_file
from lumbung.postgres.testing import SuiteServer, clone_database, drop_database
from lumbung.settings import Settings
from lumbung.web.sites import LumbungFlask
from tenants.agencies.models import Agency, AgencyHead
from tenants.calendars.models import CalendarDay, OfficeHours
from tenants.municipalities.checklist import checklist
from tenants.municipalities.models import Municipality
from tenants.people.models import Membership
from tests.browsing import browse
from tests.conftest import EMPTY_ALL
from wsgi import create_app

UNTIL = datetime.now(UTC).replace(microsecond=0)
BY_SLUG = {profile.slug: profile for profile in PROFILES}
LONG = "kepulauan-siau-tagulandang-biaro"
SOME = ("belitung-timur", "kupang", LONG, "bandar-lampung", "lebak", "gowa")


def load(app: LumbungFlask, slugs: tuple[str, ...], *, seed: int = SEED, publish: bool = True) -> None:
    with app.app_context():
        use_tenant(db.session, None)
        if publish:
            with set_clock(UNTIL - timedelta(days=400)):
                publish_app(db.session, found_city(db.session, CITIES[0]))
        for slug in slugs:
            use_tenant(db.session, None)
            load_municipality(db.session, BY_SLUG[slug], until=UNTIL, seed=seed)
            db.session.commit()
        db.session.remove()


@pytest.fixture(scope="module")
def towns(
    _application: LumbungFlask, suite_server: SuiteServer, worker_id: str, only_here: Callable[[str], None]
) -> Iterator[LumbungFlask]:
    """Some of them, in a database that is emptied after the module."""
    only_here("towns")
    load(_application, SOME)
    yield _application
    with _application.app_context():
        db.session.remove()
    conninfo = psycopg.conninfo.make_conninfo(suite_server.admin_conninfo, dbname=f"test_{worker_id}")
    with psycopg.connect(conninfo, autocommit=True) as admin:
        admin.execute(EMPTY_ALL)


@dataclass
class Town:
    """One of them; the session belongs to it."""

    profile: Profile
    municipality: Municipality

    def all(self, model: Any) -> list[Any]:
        return list(db.session.scalars(select(model).where(model.tenant_id == self.municipality.id)))


@pytest.fixture
def inside(towns: LumbungFlask) -> Iterator[Any]:
    with towns.app_context():

        def enter(slug: str) -> Town:
            use_tenant(db.session, None)
            found = db.session.scalars(select(Municipality).where(Municipality.slug == slug)).one()
            use_tenant(db.session, found.id)
            return Town(BY_SLUG[slug], found)

        yield enter
        db.session.rollback()
        use_tenant(db.session, None)
        db.session.remove()


def checksum(app: LumbungFlask, slug: str) -> str:
    """A digest of everything that a municipality holds, ids and secrets excepted."""
    digest = hashlib.sha256()
    with app.app_context():
        use_tenant(db.session, None)
        place = db.session.scalars(select(Municipality).where(Municipality.slug == slug)).one()
        with as_tenant(db.session, place.id):
            numbers = dict(
                db.session.execute(select(Record.id, Record.number).where(Record.tenant_id == place.id)).all()
            )
            for model, left_out in _CONTENT:
                rows = db.session.scalars(select(model).where(model.tenant_id == place.id)).all()
                for line in sorted(_line(row, left_out, numbers) for row in rows):
                    digest.update(line.encode())
        db.session.remove()
    return digest.hexdigest()


_IDS = frozenset({"id", "tenant_id"})
_CONTENT: tuple[tuple[Any, frozenset[str]], ...] = (
    (Agency, frozenset({"parent_id"})),
    (Membership, frozenset({"account_id", "agency_id"})),
    (OfficeHours, frozenset()),
    (CalendarDay, frozenset()),
    (SettingsVersion, frozenset({"installation_id", "changed_by"})),
    (Record, frozenset({"installation_id", "agency_id", "private", "tracking_digest", "search"})),
    (RecordHistory, frozenset({"actor_id"})),
    (RecordClock, frozenset()),
)
_FILES = ("photos", "after")


def _line(row: Any, left_out: frozenset[str], numbers: dict[Any, Any]) -> str:
    values = {
        column.name: getattr(row, column.name) for column in row.__table__.columns if column.name not in _IDS | left_out
    }
    if "record_id" in values:
        values["record_id"] = numbers[values["record_id"]]
    if "data" in values:
        values["data"] = {name: value for name, value in values["data"].items() if name not in _FILES}
    if values.get("name") == "fix":
        values["changes"] = sorted(values["changes"]["fields"])
    return f"{row.__tablename__} {sorted(values.items())!r}\n"


def test_two_databases_get_the_same_from_one_seed_and_another_from_another(
    towns: LumbungFlask, settings: Settings, suite_server: SuiteServer, template: str, worker_id: str
) -> None:
    name = f"again_{worker_id}"
    urls = clone_database(suite_server, template, name)
    other = create_app(replace(settings, database_url=urls.application, migration_database_url=urls.migration))
    try:
        load(other, ("kupang",))
        load(other, (LONG,), seed=SEED + 1, publish=False)
        assert checksum(other, "kupang") == checksum(towns, "kupang")
        assert checksum(other, LONG) != checksum(towns, LONG)
    finally:
        with other.app_context():
            db.session.remove()
            db.engine.dispose()
        drop_database(suite_server, name)


@pytest.mark.parametrize("slug", ["belitung-timur", "kupang", LONG])
def test_reports_lie_inside_the_year_and_near_the_centre_and_end_with_a_photo(inside: Any, slug: str) -> None:
    town: Town = inside(slug)
    found: list[Record] = town.all(Record)
    assert len(found) == town.profile.reports
    lon, lat = town.profile.centre
    far = town.profile.radius + 0.01
    for record in found:
        assert UNTIL - timedelta(days=366) < record.created_at < UNTIL
        assert abs((record.place_lon or 0) - lon) < far
        assert abs((record.place_lat or 0) - lat) < far
        assert 5 <= len(record.title) <= 120
        assert "{" not in record.title + record.data["description"]
    pictured = {row.record_id: row for row in town.all(RecordFile) if row.field == "after"}
    fixed = {record.id for record in found if record.state == "fixed"}
    assert fixed
    assert fixed <= set(pictured)
    for row in pictured.values():
        with open_file(get_file(db.session, row.file_id)) as data:
            assert data.read(3) == b"\xff\xd8\xff"


def test_each_clock_agrees_with_the_history_of_its_report(inside: Any) -> None:
    town: Town = inside("kupang")
    ended = {record.id: record for record in town.all(Record)}
    noted: dict[Any, list[tuple[str, datetime]]] = {}
    for row in town.all(RecordHistory):
        noted.setdefault(row.record_id, []).append((row.name, row.created_at))
    states = set()
    for clock in town.all(RecordClock):
        states.add(clock.state)
        late = clock.state in ("breached", "met_late")
        assert late == ((f"{clock.clock}.breached", clock.due_at) in noted[clock.record_id]), clock.state
        if clock.state in ("met", "met_late"):
            assert (clock.met_at > clock.due_at) == (clock.state == "met_late")
        else:
            assert ended[clock.record_id].open
            assert clock.next_at is None or clock.next_at > UNTIL
    assert {"met", "met_late", "breached"} <= states


def test_nobody_heads_an_agency_where_there_are_no_heads(inside: Any) -> None:
    town: Town = inside("kupang")
    assert town.all(AgencyHead) == []
    escalated = [row.changes["reached"] for row in town.all(RecordHistory) if row.kind == "escalation"]
    assert [] in escalated
    assert any(escalated)


def test_one_has_just_been_approved_and_has_everything_before_it(inside: Any, towns: LumbungFlask) -> None:
    town: Town = inside("lebak")
    assert town.municipality.status == "preparing"
    assert town.all(Agency) == town.all(Installation) == []
    steps = {item.id: item.done for item in checklist(db.session, town.municipality)}
    assert list(steps.values()).count(False) > list(steps.values()).count(True)
    assert browse(towns, "lebak.lumbung.test").get("/").status_code == 503


def test_one_is_suspended_and_one_has_switched_the_app_off_and_says_why(inside: Any, towns: LumbungFlask) -> None:
    assert inside("gowa").municipality.status == "suspended"
    inside("bandar-lampung")
    installation = access_installation(db.session, APP)
    assert (installation.status, len(installation.disabled_reason) > 40) == ("disabled", True)
    assert browse(towns, "gowa.lumbung.test").get(f"/{APP}/reports").status_code >= 400


def test_long_names_stand_on_every_page_that_answers(inside: Any, towns: LumbungFlask) -> None:
    town: Town = inside(LONG)
    assert max(len(agency.name) for agency in town.all(Agency)) > 100
    assert max(len(member.name) for member in town.all(Membership)) > 60
    portal = browse(towns, f"{LONG}.lumbung.test")
    for path in ("/", f"/{APP}", "/track"):
        answer = portal.follow(portal.get(path))
        assert answer.status_code == 200, path
        assert "Kepulauan Siau Tagulandang Biaro" in answer.text


def test_history_is_in_order_and_nothing_happens_after_the_present(inside: Any) -> None:
    for slug in ("kupang", LONG, "belitung-timur"):
        town: Town = inside(slug)
        latest = db.session.scalar(
            select(func.max(RecordHistory.created_at)).where(RecordHistory.tenant_id == town.municipality.id)
        )
        assert latest is not None
        assert latest <= UNTIL
        rows = sorted(town.all(RecordHistory), key=lambda row: (row.record_id, row.sequence))
        for before, after in pairwise(rows):
            if before.record_id == after.record_id:
                assert after.sequence == before.sequence + 1
                assert after.created_at >= before.created_at
