"""An index of fields is whole while it is built under writers, after going back, and reads a page at any size."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, select

from app_catalog.definitions.archive import write_members
from app_catalog.installations.indexes import InstalledIndex, list_indexes
from app_catalog.installations.models import Installation
from app_catalog.installations.versions import switch_version
from app_catalog.releases.models import Release
from app_runtime.indexing.building import build_indexes, mind_indexes
from app_runtime.indexing.models import IndexEntry
from app_runtime.indexing.views import index_section
from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from app_runtime.records.listing import list_records
from app_runtime.records.models import Record
from app_runtime.records.updating import update_record
from lumbung.db import as_tenant, db, now, set_clock, use_tenant
from lumbung.outbox import drain
from lumbung.postgres.roles import DatabaseUrls
from lumbung.web.sites import LumbungFlask
from tests.browsing import browse
from tests.next_siaran import publish_archive
from tests.small_app import Sessions, enable_small
from tests.stalls import ASKED, enable_market, fill, kiosk_files, names
from tests.world import World


@pytest.fixture
def market(session: Sessions, world: World) -> Installation:
    """Stalls in Tangsel; the session belongs to the municipality."""
    return enable_market(session, world)


def _old_market(session: Sessions, world: World) -> tuple[Installation, Release]:
    """The market by a version without indexes, and the next one that has them."""
    enable_small(session, world, kiosk_files(indexed=False))
    release = publish_archive(session, world, write_members(kiosk_files(version="1.1.0")))
    use_tenant(session, world.tangsel.id)
    installation = session.scalars(select(Installation)).one()
    fill(session, installation)
    return installation, release


def _states(session: Sessions, installation: Installation) -> set[str]:
    return {row.status for row in list_indexes(session, installation)}


def _drain(app: LumbungFlask, session: Sessions) -> None:
    session.commit()
    session.remove()
    drain(app)
    with set_clock(now() + timedelta(seconds=6)):
        drain(app)


def test_a_version_with_an_index_finds_old_records_and_going_back_clears_it(
    app: LumbungFlask, session: Sessions, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation, release = _old_market(session, world)
    before = installation.release_id
    switch_version(session, installation, release)
    assert _states(session, installation) == {"building"}
    assert names(session, installation, filters={"kind": "food"}) == "eca"
    monkeypatch.setattr("app_runtime.indexing.views.render_template", lambda page, **told: f"{page} {told}")
    assert "'done': 0" in index_section(session, installation)
    _drain(app, session)
    use_tenant(session, world.tangsel.id)
    installation = session.scalars(select(Installation)).one()
    assert _states(session, installation) == {"ready"}
    for asked, wanted in ASKED:
        assert names(session, installation, **asked) == wanted, asked
    # Records of the version before count as well when they change.
    record = session.scalars(select(Record).where(Record.title == "b")).one()
    update_record(session, record, SYSTEM, {"kind": "food"})
    session.commit()
    assert names(session, installation, filters={"kind": "food"}) == "ecba"
    switch_version(session, installation, session.get_one(Release, before))
    assert _states(session, installation) == {"leaving"}
    update_record(session, record, SYSTEM, {"kind": "fish"})
    assert names(session, installation, filters={"kind": "fish"}) == "b"
    _drain(app, session)
    use_tenant(session, world.tangsel.id)
    assert session.scalars(select(InstalledIndex)).all() == []
    assert session.scalars(select(IndexEntry)).all() == []


def test_going_forward_again_before_it_is_cleared_builds_it_anew(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    installation, release = _old_market(session, world)
    before = session.get_one(Release, installation.release_id)
    switch_version(session, installation, release)
    _drain(app, session)
    use_tenant(session, world.tangsel.id)
    installation = session.scalars(select(Installation)).one()
    switch_version(session, installation, before)
    record = session.scalars(select(Record).where(Record.title == "a")).one()
    update_record(session, record, SYSTEM, {"kind": "fish"})
    switch_version(session, installation, release)
    assert _states(session, installation) == {"building"}
    _drain(app, session)
    use_tenant(session, world.tangsel.id)
    installation = session.scalars(select(Installation)).one()
    assert _states(session, installation) == {"ready"}
    assert names(session, installation, filters={"kind": "food"}) == "ec"


def test_what_was_there_before_indexes_were_gets_them(
    app: LumbungFlask, session: Sessions, market: Installation
) -> None:
    tenant_id = market.tenant_id
    for table in (IndexEntry, InstalledIndex):
        session.execute(table.__table__.delete().where(table.tenant_id == tenant_id))  # type: ignore[attr-defined]
    mind_indexes(session)
    _drain(app, session)
    use_tenant(session, tenant_id)
    installation = session.scalars(select(Installation)).one()
    assert _states(session, installation) == {"ready"}
    assert names(session, installation, filters={"kind": "food"}) == "eca"


def test_an_index_waits_for_whoever_may_write_without_it_and_then_holds_what_others_wrote_meanwhile(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    installation, release = _old_market(session, world)
    record_id = session.scalars(select(Record.id).where(Record.title == "a")).one()
    session.commit()
    read, switched = Event(), Event()

    def late() -> None:
        """Reads the version before the switch, and writes after it."""
        with app.app_context():
            use_tenant(db.session, world.tangsel.id)
            record = db.session.get_one(Record, (world.tangsel.id, record_id))
            db.session.scalars(select(Installation)).one()
            read.set()
            assert switched.wait(20)
            update_record(db.session, record, SYSTEM, {"kind": "fish"})
            db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(late)
        assert read.wait(20)
        switch_version(session, installation, release)
        session.commit()
        for _ in range(6):
            build_indexes(session)
            session.commit()
        assert _states(session, installation) == {"building"}
        session.commit()
        switched.set()
        writer.result(30)
    for _ in range(2):
        build_indexes(session)
        session.commit()
    assert _states(session, installation) == {"ready"}
    assert names(session, installation, filters={"kind": "fish"}) == "a"


def test_records_that_change_while_the_index_is_built_are_in_it(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    installation, release = _old_market(session, world)
    for number in range(60):
        create_record(session, installation, SYSTEM, "kiosk", {"name": f"{number}", "kind": "food"}, channel="api")
    switch_version(session, installation, release)
    session.commit()
    session.remove()
    over = Event()

    def write(which: int) -> None:
        kinds = ("fish", "cloth", "food")
        with app.app_context():
            for turn in range(15):
                use_tenant(db.session, world.tangsel.id)
                ids = db.session.scalars(select(Record.id).order_by(Record.id)).all()
                record = db.session.get_one(Record, (world.tangsel.id, ids[(which * 7 + turn * 5) % len(ids)]))
                update_record(db.session, record, SYSTEM, {"kind": kinds[(which + turn) % 3]})
                mine = db.session.scalars(select(Installation)).one()
                create_record(db.session, mine, SYSTEM, "kiosk", {"name": "x", "kind": kinds[turn % 3]}, channel="api")
                db.session.commit()
                db.session.remove()

    def build() -> None:
        with app.app_context():
            while not over.is_set():
                use_tenant(db.session, world.tangsel.id)
                build_indexes(db.session, most=7)
                db.session.commit()
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        builder = pool.submit(build)
        for writer in [pool.submit(write, which) for which in range(3)]:
            writer.result(60)
        over.set()
        builder.result(60)
    use_tenant(session, world.tangsel.id)
    installation = session.scalars(select(Installation)).one()
    for _ in range(60):
        build_indexes(session, most=50)
        session.commit()
    assert _states(session, installation) == {"ready"}
    held = dict(
        session.execute(select(IndexEntry.record_id, IndexEntry.text).where(IndexEntry.name == "kiosk.kind")).all()
    )
    assert held == {record.id: record.data.get("kind", "") for record in session.scalars(select(Record))}


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from _nodes(inner)


_TWIN = "md5({}::text || n)::uuid"
_EARLIER = "{} - n * interval '1 minute'"


def _touched(session: Sessions, market: Installation, statement: str, parameters: Any) -> int:
    """The rows that PostgreSQL reads for a statement."""
    with as_tenant(session, market.tenant_id):
        found = session.connection().exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
        plans = found.scalar_one()
        session.rollback()
    plan = (json.loads(plans) if isinstance(plans, str) else plans)[0]["Plan"]
    return sum(int(node["Actual Rows"]) for node in _nodes(plan) if node.get("Relation Name") or node.get("Index Name"))


def test_a_page_of_twenty_thousand_reads_a_page(
    app: LumbungFlask, session: Sessions, market: Installation, world: World, database: DatabaseUrls
) -> None:
    session.remove()
    with psycopg.connect(database.migration.replace("+psycopg", "", 1), autocommit=True) as migrator:
        for model, own in ((Record, {"id": _TWIN, "tracking_digest": "NULL"}), (IndexEntry, {"record_id": _TWIN})):
            names = [column.name for column in model.__table__.columns if column.computed is None]
            special = {"id": "gen_random_uuid()", "created_at": _EARLIER, "made_at": _EARLIER, **own}
            values = ", ".join(special.get(one, one).format(one) for one in names)
            table = model.__tablename__
            migrator.execute(
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table}, generate_series(1, 4000) AS n "
                "".encode()
            )
            migrator.execute(f"SET ROLE lumbung_owner; ANALYZE {table}; RESET ROLE".encode())
    heard: list[tuple[str, Any]] = []

    def listen(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        if "FROM records" in statement and "ORDER BY" in statement and "EXPLAIN" not in statement:
            heard.append((statement, parameters))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", listen)
    try:
        for asked, _ in ASKED:
            if len({key.descending for key in asked.get("sort", ())}) > 1:
                continue
            heard.clear()
            with as_tenant(session, market.tenant_id):
                installation = session.scalars(select(Installation)).one()
                list_records(session, installation, SYSTEM, "kiosk", **asked)
                session.rollback()
            ((statement, parameters),) = heard
            assert _touched(session, market, statement, parameters) < 500, asked
        browser = browse(app, world.tangsel.host)
        for path, most in (("/pasar/days?month=2026-02", 1_500), ("/pasar/racks", 1_500)):
            heard.clear()
            assert browser.get(path).status_code == 200
            assert heard, path
            for statement, parameters in heard:
                assert _touched(session, market, statement, parameters) < most, (path, statement)
    finally:
        event.remove(engine, "before_cursor_execute", listen)
