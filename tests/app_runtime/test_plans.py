"""No page that many people open reads a whole table: PostgreSQL's own plans are held to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.models import Installation
from app_catalog.installations.versions import switch_version
from app_runtime.figures.months import list_figures, reckon_months
from app_runtime.records.models import Record
from app_runtime.upgrades.report import make_report
from lumbung.db import as_tenant, db, now, set_clock
from lumbung.db.direct import read_row
from lumbung.db.prepared import PlannedOnce
from lumbung.postgres.roles import DatabaseUrls
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.work_desk import Desk, open_desk, page_of
from tests.browsing import Browser, browse
from tests.next_siaran import SWAPPED, changed_siaran, publish_archive, publish_next
from tests.world import World

Sessions = scoped_session[Session]
MANY = 10_000
BIG = {"records", "record_history", "record_clocks"}

COPIES = """
INSERT INTO records ({columns}) SELECT {values} FROM records, generate_series(1, {many}) AS n
"""
HISTORY = """
INSERT INTO record_history (tenant_id, id, created_at, record_id, sequence, kind, name, actor_kind, actor_name, changes,
                            public, definition_digest)
SELECT tenant_id, uuidv7(created_at - now()), created_at, id, 1, 'created', '', 'visitor', '', '{}', true,
       definition_digest
FROM records WHERE number LIKE 'C/%'
"""
CLOCKS = """
INSERT INTO record_clocks (tenant_id, id, created_at, record_id, clock, round, state, span, started_at, due_at, pauses,
                           rungs_done, next_at)
SELECT tenant_id, gen_random_uuid(), created_at, id, 'response', 1, 'running', 'PT48H', created_at,
       created_at + interval '20 years', '[]', '[]', created_at + interval '20 years'
FROM records WHERE number LIKE 'C/%'
"""


@pytest.fixture
def desk(app: LumbungFlask, session: Sessions, world: World, database: DatabaseUrls) -> Desk:
    """Thousands of reports in a municipality, and the planner knows it."""
    desk = open_desk(app, session, world, publish="at_once")
    desk.report("Lampu jalan mati", photos=1)
    session.remove()
    columns = [
        column.name
        for column in Record.__table__.columns
        if column.computed is None and column.name != "tracking_digest"
    ]
    special = {
        "id": "gen_random_uuid()",
        "number": "'C/' || n",
        "created_at": "created_at - n * interval '1 minute'",
        "agency_id": "CASE WHEN n % 40 = 0 THEN agency_id END",
        "open": "n % 10 = 0",
        "closed_at": "CASE WHEN n % 10 <> 0 THEN created_at END",
        "due_at": "CASE WHEN n % 10 = 0 THEN due_at END",
        "place_lat": "place_lat + n * 0.0001",
    }
    values = [special.get(name, name) for name in columns]
    with psycopg.connect(database.migration.replace("+psycopg", "", 1), autocommit=True) as migrator:
        migrator.execute("SET ROLE lumbung_owner")
        for table in sorted(BIG):
            # What the tests before this one have deleted is still in the indexes, and makes them look dear.
            migrator.execute(f"VACUUM FULL {table}".encode())
        migrator.execute("RESET ROLE")
        copies = COPIES.format(columns=", ".join(columns), values=", ".join(values), many=MANY)
        migrator.execute(copies.encode())
        migrator.execute(HISTORY)
        migrator.execute(CLOCKS)
        for table in sorted(BIG):
            migrator.execute(f"SET ROLE lumbung_owner; ANALYZE {table}; RESET ROLE".encode())
    return desk


@contextmanager
def _heard(app: LumbungFlask) -> Iterator[list[tuple[str, Any]]]:
    heard: list[tuple[str, Any]] = []

    def listen(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")) and "set_tenant" not in statement:
            heard.append((statement, parameters))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", listen)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from _nodes(inner)


def _whole_tables(desk: Desk, heard: list[tuple[str, Any]]) -> list[str]:
    found = []
    with as_tenant(desk.session, desk.place.id):
        connection = desk.session.connection()
        for statement, parameters in heard:
            rows = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
            plans = json.loads(rows) if isinstance(rows, str) else rows
            found += [
                f"{node['Relation Name']}: {statement}"
                for node in _nodes(plans[0]["Plan"])
                if node["Node Type"] == "Seq Scan" and node.get("Relation Name") in BIG
            ]
        desk.session.rollback()
    return found


def _visit(desk: Desk, browser: Browser, path: str) -> list[str]:
    with _heard(desk.app) as heard:
        answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    assert heard, path
    return [f"{path}: {one}" for one in _whole_tables(desk, heard)]


def test_what_many_people_open_reads_no_whole_table(desk: Desk) -> None:
    citizen, official = browse(desk.app, desk.place.host), desk.browser("dispatcher")
    newest = desk.report("Yang terbaru")
    found = []
    for path in (
        "/",
        "/siaran",
        "/siaran/public-reports",
        "/siaran/map",
        "/siaran/map/points.geojson",
        f"/siaran/report/{newest}",
    ):
        found += _visit(desk, citizen, path)
    for path in ("/work", "/work/list", "/work?tab=all", page_of(newest)):
        found += _visit(desk, official, path)
    assert not found, "\n\n".join(found)


def _plan_of_api(desk: Desk, asked: tuple[Any, Any, Any]) -> list[dict[str, Any]]:
    """The plan of a statement that the API sends past the session: with its values, or the one for all."""
    tenant_id, read, values = asked
    given = [values[name] if name in values else read.fixed[name] for name in read.takes]
    with as_tenant(desk.session, tenant_id):
        driver = desk.session.connection().connection.driver_connection
        cursor = psycopg.RawCursor(driver)  # type: ignore[arg-type]
        texts = [one.decode() if isinstance(one, bytes) else str(one) if one is not None else None for one in given]
        if isinstance(read.sql, PlannedOnce):
            cursor.execute(b"EXPLAIN (GENERIC_PLAN, FORMAT JSON) " + read.sql)
        else:
            cursor.execute(b"EXPLAIN (FORMAT JSON) " + read.sql, texts)
        (plans,) = cursor.fetchone() or ([],)
        desk.session.rollback()
    return list(_nodes(plans[0]["Plan"]))


def test_no_list_of_the_api_reads_a_whole_table(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[Any, Any, Any]] = []

    def listen(*asked: Any) -> Any:
        sent.append(asked)
        return read_row(*asked)

    monkeypatch.setattr("app_runtime.api.reading.read_row", listen)
    program, newest = browse(desk.app, desk.place.host), desk.report("Yang terbaru")
    first = program.get("/api/v1/siaran/report").json
    assert first is not None
    followed = first["next"].split("?", 1)[1]
    for question in ("", f"?{followed}", "?bbox=106.6,-6.3,106.61,-6.29", "?format=geojson&limit=100", f"/{newest}"):
        sent.clear()
        answer = program.get(f"/api/v1/siaran/report{question}")
        assert answer.status_code == 200, question
        assert sent, question
        nodes = [node for asked in sent for node in _plan_of_api(desk, asked)]
        read = [node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan" and "Relation Name" in node]
        assert not BIG & set(read), (question, read)
        # The page comes out of its index in order: nothing sorts what the whole table holds.
        sorted_rows = [node["Plan Rows"] for node in nodes if node["Node Type"] == "Sort"]
        assert all(rows < 1_000 for rows in sorted_rows), (question, sorted_rows)


def test_what_is_asked_most_is_not_planned_for_each_answer(desk: Desk) -> None:
    """A list and what follows, and a record. In a large database planning costs twice the answer."""
    program, newest = browse(desk.app, desk.place.host), desk.report("Yang terbaru")
    first = program.get("/api/v1/siaran/report").json
    assert first is not None
    with desk.app.app_context():
        db.engine.dispose()
    for question in ("", f"?{first['next'].split('?', 1)[1]}", f"/{newest}") * 2:
        assert program.get(f"/api/v1/siaran/report{question}").status_code == 200, question
    looked = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%definition_digest%'"
    with desk.app.app_context(), db.engine.connect() as connection:
        assert connection.execute(text(looked)).all() == [(2, 0)] * 3


def test_records_of_two_versions_are_read_by_the_same_indexes(
    desk: Desk, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = publish_archive(desk.session, world, changed_siaran(SWAPPED))
    with as_tenant(desk.session, desk.place.id):
        switch_version(desk.session, desk.session.scalars(select(Installation)).one(), release)
        desk.session.commit()
        desk.installation = desk.session.scalars(select(Installation)).one()
    newest = desk.report("Yang terbaru")
    citizen, official, found = browse(desk.app, desk.place.host), desk.browser("dispatcher"), []
    for path in ("/", "/siaran/map", "/siaran/map/points.geojson", f"/siaran/report/{newest}"):
        found += _visit(desk, citizen, path)
    for path in ("/work", "/work?tab=all", page_of(newest)):
        found += _visit(desk, official, path)
    assert not found, "\n\n".join(found)
    sent: list[tuple[Any, Any, Any]] = []

    def listen(*asked: Any) -> Any:
        sent.append(asked)
        return read_row(*asked)

    monkeypatch.setattr("app_runtime.api.reading.read_row", listen)
    for question in ("", "?state=received", "?category=street-light", "?bbox=106.6,-6.3,106.61,-6.29"):
        assert citizen.get(f"/api/v1/siaran/report{question}").status_code == 200, question
        nodes = [node for asked in sent for node in _plan_of_api(desk, asked)]
        assert not [node for node in nodes if node["Node Type"] == "Seq Scan" and node.get("Relation Name") in BIG]
        sent.clear()


def test_the_months_that_are_open_are_counted_without_those_that_are_not(app: LumbungFlask, desk: Desk) -> None:
    with as_tenant(desk.session, desk.place.id), set_clock(now() + timedelta(days=45)):
        installation = desk.session.scalars(select(Installation)).one()
        reckon_months(desk.session, installation, under_way=-timedelta(milliseconds=1))
        desk.session.commit()
        with _heard(app) as heard:
            assert list_figures(desk.session, installation)
    counting = [one for one in heard if "record_history" in one[0] or "satisfaction_answers" in one[0]]
    assert len(counting) == 3
    assert not _whole_tables(desk, counting)


def test_the_guard_sees_a_whole_table_read(desk: Desk) -> None:
    """The same guard is red for a query that no index serves."""
    with as_tenant(desk.session, desk.place.id):
        statement = "SELECT id FROM records WHERE tenant_id = %(tenant)s AND hidden_reason = 'x'"
        assert _whole_tables(desk, [(statement, {"tenant": str(desk.place.id)})]) != []


def test_the_report_of_an_upgrade_reads_the_running_records_alone(desk: Desk, world: World) -> None:
    release = publish_next(desk.session, world)
    with as_tenant(desk.session, desk.place.id):
        installation = desk.session.scalars(select(Installation)).one()
        with _heard(desk.app) as heard:
            report = make_report(desk.session, installation, release)
    assert sum(one.count for one in report.open_records) > MANY // 20
    # Where a tenth of all clocks run, one pass over them costs less than a search for each record.
    found = [one for one in _whole_tables(desk, heard) if not one.startswith("record_clocks:")]
    assert not found, "\n\n".join(found)
