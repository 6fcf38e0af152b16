"""One row in one round trip: the wall, lost connections, forgotten statements."""

from __future__ import annotations

import pytest
from sqlalchemy import Uuid, bindparam, func, select, text
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import db
from lumbung.db.direct import compile_read, read_row, run_alone, statement_alone
from lumbung.db.prepared import ByValues, PlannedOnce
from lumbung.ids import new_id
from tenants.agencies.models import Agency
from tests.world import World

Sessions = scoped_session[Session]
COUNT = compile_read(select(func.count()).select_from(Agency).where(Agency.tenant_id == bindparam("t", type_=Uuid)))
ALL = statement_alone("SELECT count(*) FROM agencies")


def count(tenant: object, wanted: object) -> int:
    """How many agencies of `wanted` are seen inside `tenant`."""
    row = read_row(tenant, COUNT, {"t": wanted})  # type: ignore[arg-type]
    assert row is not None
    return int(row[0] or 0)


def test_a_reading_sees_its_own_municipality_alone(session: Sessions, world: World) -> None:
    here, there = world.tangsel.id, world.surabaya.id
    assert (count(here, here), count(there, there)) == (3, 3)
    assert (count(here, there), count(new_id(), here)) == (0, 0)


def test_nothing_is_left_of_the_municipality_on_the_connection(session: Sessions, world: World) -> None:
    for _ in range(5):
        assert count(world.tangsel.id, world.tangsel.id) == 3
        assert run_alone(ALL, {}) == [b"0"]
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM agencies")) == 0


def test_a_reading_changes_nothing(session: Sessions, world: World) -> None:
    changing = statement_alone("DELETE FROM agencies RETURNING id")
    with pytest.raises(Exception, match="read-only"):
        read_row(world.tangsel.id, changing, {})
    assert count(world.tangsel.id, world.tangsel.id) == 3


def test_statements_that_the_driver_forgot_are_prepared_again(session: Sessions, world: World) -> None:
    assert count(world.tangsel.id, world.tangsel.id) == 3
    with db.engine.connect() as connection:
        connection.exec_driver_sql("DEALLOCATE ALL")
        connection.commit()
    for _ in range(10):
        assert count(world.tangsel.id, world.tangsel.id) == 3
    # The driver itself does not know of it.
    session.remove()
    db.engine.dispose()


def test_a_connection_keeps_no_endless_statements(session: Sessions, world: World) -> None:
    session.remove()
    db.engine.dispose()
    for number in range(450):
        assert run_alone(statement_alone(f"SELECT {number}"), {}) == [str(number).encode()]
    kept = run_alone(statement_alone("SELECT count(*) FROM pg_prepared_statements"), {})
    assert kept is not None
    assert int(kept[0] or 0) < 250
    assert count(world.tangsel.id, world.tangsel.id) == 3


def test_connections_that_died_are_replaced(session: Sessions, world: World) -> None:
    assert count(world.tangsel.id, world.tangsel.id) == 3
    session.rollback()
    session.remove()
    with db.engine.connect() as one, db.engine.connect() as other, db.engine.connect() as third:
        assert {connection.scalar(text("SELECT 1")) for connection in (one, other, third)} == {1}
    others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND usename = user AND datname = current_database()"
    )
    with db.engine.connect() as connection:
        connection.execute(text(others))
    for _ in range(10):
        assert count(world.tangsel.id, world.tangsel.id) == 3


@pytest.mark.parametrize(("planned", "plans"), [(ByValues, None), (bytes, (b"0", b"3")), (PlannedOnce, (b"3", b"0"))])
def test_how_a_statement_is_planned(
    session: Sessions, world: World, planned: type[bytes], plans: tuple[bytes, bytes] | None
) -> None:
    """By its values each time, never prepared; as PostgreSQL judges, which tries values first; or once for all."""
    named = (
        select(func.count().label("of_these")).select_from(Agency).where(Agency.tenant_id == bindparam("t", type_=Uuid))
    )
    session.remove()
    db.engine.dispose()
    read = compile_read(named, planned)
    for _ in range(3):
        assert read_row(world.tangsel.id, read, {"t": world.tangsel.id}) == [b"3"]
    looked = statement_alone(
        "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%AS of_' || 'these%'"
    )
    found = run_alone(looked, {})
    assert (found and tuple(found)) == plans


def test_only_the_transaction_is_planned_once(session: Sessions, world: World) -> None:
    session.remove()
    db.engine.dispose()
    read = compile_read(select(func.count()).select_from(Agency), PlannedOnce)
    assert read_row(world.tangsel.id, read, {}) == [b"3"]
    assert run_alone(statement_alone("SELECT current_setting('plan_cache_mode')"), {}) == [b"auto"]
