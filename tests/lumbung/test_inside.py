"""Statements in the session's own transaction: the wall, what is pending, failures, and what the driver forgets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import DateTime, Uuid, bindparam, column, create_engine, func, select, table, text
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session, scoped_session

from lumbung.audit.models import AuditEntry
from lumbung.db import db, now, set_clock, use_tenant, violated_constraint
from lumbung.db.engine import LumbungSession
from lumbung.db.insertions import insertion, insertions, keep_stored
from lumbung.db.inside import compile_inside, run_inside, run_later
from lumbung.ids import new_id
from lumbung.postgres.testing import SuiteServer
from lumbung.web.sites import LumbungFlask
from tenants.agencies.models import Agency
from tests.statements import statements_of
from tests.world import World

Sessions = scoped_session[Session]
COUNT = compile_inside(select(func.count()).select_from(Agency).where(Agency.tenant_id == bindparam("t", type_=Uuid)))


def counted(session: Sessions, tenant: object) -> int:
    """How many agencies of `tenant` the session sees."""
    ((row,),) = run_inside(session, (COUNT, {"t": tenant}))
    return int(row[0] or 0)


def agency(tenant: Any, key: str = "baru", **values: Any) -> Agency:
    """A new agency."""
    return Agency(tenant_id=tenant, key=key, name="Dinas Baru", short_name="DB", **values)


def test_it_sees_the_sessions_municipality_alone(session: Sessions, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    assert (counted(session, world.tangsel.id), counted(session, world.surabaya.id)) == (3, 0)
    use_tenant(session, world.surabaya.id)
    assert (counted(session, world.tangsel.id), counted(session, world.surabaya.id)) == (0, 3)
    use_tenant(session, None)
    assert counted(session, world.surabaya.id) == 0


def test_a_row_for_another_municipality_is_refused(session: Sessions, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    with pytest.raises(Exception, match="row-level security"):
        run_inside(session, insertion(agency(world.surabaya.id)))


def test_what_is_pending_is_sent_before(session: Sessions, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    session.add(agency(world.tangsel.id))
    assert counted(session, world.tangsel.id) == 4


def test_a_row_that_was_stored_belongs_to_the_session_and_its_transaction(session: Sessions, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    made = agency(world.tangsel.id)
    run_inside(session, insertion(made))
    keep_stored(session, made)
    assert session.get(Agency, (world.tangsel.id, made.id)) is made
    assert "email" in made.__dict__, "what was not given is null, and is not asked for"
    assert (made.order, made.email) == (0, None)
    made.name = "Dinas Lain"
    session.flush()
    assert session.scalar(text("SELECT name FROM agencies WHERE key = 'baru'")) == "Dinas Lain"
    session.rollback()
    assert counted(session, world.tangsel.id) == 3


@pytest.mark.parametrize("after", [None, {"a": [1, "é"], "b": None}])
def test_a_row_is_stored_as_the_session_stores_it(session: Sessions, world: World, after: Any) -> None:
    use_tenant(session, world.tangsel.id)
    values = {"actor": "system", "action": "probe", "subject_type": "x", "subject_id": "1", "request_id": "r"}
    here, there = (AuditEntry(tenant_id=world.tangsel.id, after=after, **values) for _ in range(2))
    run_inside(session, insertion(here))
    session.add(there)
    session.flush()
    rows = session.execute(text("SELECT to_jsonb(a) - 'id' - 'created_at' FROM audit_entries a WHERE action = 'probe'"))
    first, second = rows.scalars()
    assert first == second


def test_a_failure_is_the_sessions_own_and_names_the_constraint(session: Sessions, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    with pytest.raises(IntegrityError) as raised:
        run_inside(session, insertion(agency(world.tangsel.id)), insertion(agency(world.tangsel.id, "dishub")))
    assert "dishub" not in str(raised.value)
    assert (violated_constraint(raised.value) or "").startswith("uq_agencies")
    session.rollback()
    assert counted(session, world.tangsel.id) == 3


def test_a_text_with_a_nul_is_wrong_data(session: Sessions, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    with pytest.raises(DataError):
        run_inside(session, insertion(agency(world.tangsel.id, "a\0b")))
    assert counted(session, world.tangsel.id) == 3


def test_what_the_driver_forgets_with_a_rollback_is_prepared_again(session: Sessions, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    for _ in range(3):
        # The driver prepares what it has sent often enough, and forgets all when a savepoint is rolled back.
        for _ in range(8):
            session.execute(text("SELECT 1"))
        assert counted(session, world.tangsel.id) == 3
        with session.begin_nested() as point:
            assert counted(session, world.tangsel.id) == 3
            point.rollback()
        assert counted(session, world.tangsel.id) == 3
        session.rollback()
        assert counted(session, world.tangsel.id) == 3
        session.commit()


def test_rollbacks_leave_no_statements_behind_on_the_server(session: Sessions, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    for _ in range(5):
        session.rollback()
        assert counted(session, world.tangsel.id) == 3
    named = text("SELECT count(*) FROM pg_prepared_statements WHERE statement = :sql")
    assert session.scalar(named, {"sql": COUNT.sent.sql.decode()}) == 1


def test_a_statement_that_cannot_be_prepared_says_why(session: Sessions, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    nowhere = compile_inside(select(column("nothing", Uuid)).select_from(table("nowhere")))
    with pytest.raises(ProgrammingError, match="nowhere"):
        run_inside(session, (nowhere, {}))
    session.rollback()
    assert counted(session, world.tangsel.id) == 3


def test_a_lost_connection_is_an_operational_error_and_the_next_one_works(
    session: Sessions, suite_server: SuiteServer, world: World
) -> None:
    use_tenant(session, world.tangsel.id)
    pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with suite_server.admin_connection() as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    with pytest.raises(OperationalError) as raised:
        counted(session, world.tangsel.id)
    assert raised.value.connection_invalidated
    session.rollback()
    assert counted(session, world.tangsel.id) == 3


def test_who_listens_to_statements_hears_it(app: LumbungFlask, session: Sessions, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    session.execute(text("SELECT 1"))
    with statements_of(app) as heard:
        counted(session, world.tangsel.id)
        run_inside(session, insertion(agency(world.tangsel.id, id=new_id())))
    assert "agencies.tenant_id = %(t)s" in heard[0]
    assert heard[1].startswith("INSERT INTO agencies")


def test_nothing_is_sent_outside_of_a_transaction(app: LumbungFlask, world: World) -> None:
    with app.app_context():
        loose = Session(db.engine.execution_options(isolation_level="AUTOCOMMIT"))
        with pytest.raises(RuntimeError, match="transaction"):
            run_inside(loose, (COUNT, {"t": world.tangsel.id}))
        loose.close()


def _noted(session: Sessions) -> int:
    return int(session.execute(text("SELECT count(*) FROM audit_entries WHERE action = 'later'")).scalar_one())


def _note(tenant: Any) -> AuditEntry:
    values = {"actor": "system", "action": "later", "subject_type": "x", "subject_id": "1", "request_id": "r"}
    return AuditEntry(tenant_id=tenant, **values)


def test_what_is_run_later_is_there_for_every_later_statement(session: Sessions, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    run_later(session, insertion(agency(world.tangsel.id)))
    assert counted(session, world.tangsel.id) == 4
    run_later(session, insertion(_note(world.tangsel.id)))
    assert _noted(session) == 1
    with session.begin_nested() as point:
        run_later(session, insertion(_note(world.tangsel.id)))
        point.rollback()
    assert _noted(session) == 1
    run_later(session, insertion(_note(world.tangsel.id)))
    session.rollback()
    assert (_noted(session), counted(session, world.tangsel.id)) == (0, 3)


def test_what_is_run_later_goes_with_the_commit_alone(session: Sessions, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    run_later(session, insertion(_note(world.tangsel.id)))
    session.remove()
    use_tenant(session, world.tangsel.id)
    assert _noted(session) == 0
    session.commit()
    run_later(session, insertion(_note(world.tangsel.id)))
    session.add(agency(world.tangsel.id))
    session.commit()
    assert (_noted(session), counted(session, world.tangsel.id)) == (1, 4)
    session.commit()
    run_later(session, insertion(_note(world.tangsel.id)))
    session.commit()
    assert _noted(session) == 2


def test_a_commit_commits_nothing_when_what_goes_with_it_fails(session: Sessions, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    session.add(agency(world.tangsel.id))
    run_later(session, insertion(_note(world.surabaya.id)))
    with pytest.raises(ProgrammingError, match="row-level security") as raised:
        session.commit()
    assert "INSERT INTO audit_entries" in str(raised.value)
    session.rollback()
    assert counted(session, world.tangsel.id) == 3


def test_what_fails_later_fails_the_next_statement(session: Sessions, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    run_later(session, insertion(_note(world.surabaya.id)))
    with pytest.raises(ProgrammingError, match="row-level security"):
        _noted(session)
    session.rollback()
    run_later(session, insertion(_note(world.surabaya.id)))
    with pytest.raises(ProgrammingError, match="row-level security"):
        counted(session, world.tangsel.id)
    session.rollback()
    assert counted(session, world.tangsel.id) == 3


def test_a_connection_that_is_lost_with_the_commit_is_told(
    session: Sessions, suite_server: SuiteServer, world: World
) -> None:
    use_tenant(session, world.tangsel.id)
    pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    run_later(session, insertion(_note(world.tangsel.id)))
    with suite_server.admin_connection() as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    with pytest.raises(OperationalError):
        session.commit()
    session.rollback()
    assert _noted(session) == 0


def _one_connection(session: Sessions) -> None:
    """Leave one in the pool that was used before: on a new one the driver asks the server a thing or two by itself."""
    session.remove()
    db.engine.dispose()
    session.execute(text("SELECT 1"))
    session.commit()


def test_a_transaction_in_which_nothing_was_done_costs_nothing(session: Sessions, world: World) -> None:
    _one_connection(session)
    use_tenant(session, world.tangsel.id)
    driver: Any = session.connection().connection.driver_connection
    assert driver.pgconn.transaction_status == TransactionStatus.IDLE
    session.commit()
    assert driver.pgconn.transaction_status == TransactionStatus.IDLE
    assert counted(session, world.tangsel.id) == 3
    driver = session.connection().connection.driver_connection
    assert driver.pgconn.transaction_status == TransactionStatus.INTRANS


def test_past_the_engine_nobodys_rows_are_there(session: Sessions, world: World) -> None:
    _one_connection(session)
    use_tenant(session, world.tangsel.id)
    driver: Any = session.connection().connection.driver_connection
    assert driver.execute("SELECT count(*) FROM agencies").fetchone() == (0,)
    driver.rollback()


def test_nothing_waits_where_no_commit_listens(session: Sessions, world: World) -> None:
    deaf = create_engine(db.engine.url)
    with LumbungSession(db, bind=deaf) as other:
        use_tenant(other, world.tangsel.id)
        run_later(other, insertion(_note(world.tangsel.id)))
        other.commit()
    deaf.dispose()
    use_tenant(session, world.tangsel.id)
    assert _noted(session) == 1


def test_a_transaction_begins_although_the_driver_forgot_by_itself(session: Sessions, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    for _ in range(8):
        session.execute(text("SELECT 1"))
    driver: Any = session.connection().connection.dbapi_connection
    session.commit()
    driver.execute("SELECT 1")
    driver.rollback()
    assert counted(session, world.tangsel.id) == 3
    session.rollback()
    use_tenant(session, world.surabaya.id)
    assert counted(session, world.surabaya.id) == 3


def test_rows_of_one_model_are_stored_together(app: LumbungFlask, session: Sessions, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    made = [agency(world.tangsel.id, f"baru-{number}", order=number) for number in range(6)]
    asked = insertions([*made, _note(world.tangsel.id)])
    assert len(asked) == 3
    with statements_of(app) as heard:
        run_inside(session, *asked)
    assert [line.split(" (")[0] for line in heard[-3:]] == [*["INSERT INTO agencies"] * 2, "INSERT INTO audit_entries"]
    stored = text("SELECT key, \"order\", email FROM agencies WHERE key LIKE 'baru%' ORDER BY key")
    assert [tuple(row) for row in session.execute(stored)] == [(f"baru-{number}", number, None) for number in range(6)]


def test_a_value_that_is_asked_for_is_that_of_each_time(session: Sessions, world: World) -> None:
    moment = compile_inside(select(bindparam("moment", callable_=now, type_=DateTime(timezone=True), unique=True)))
    told = []
    for hours in (1, 2):
        with set_clock(datetime(2026, 11, 23, hours, tzinfo=UTC)):
            (((written,),),) = run_inside(session, (moment, {}))
        assert written is not None
        told.append(datetime.fromisoformat(written.decode()))
    assert told[1] - told[0] == timedelta(hours=1)
