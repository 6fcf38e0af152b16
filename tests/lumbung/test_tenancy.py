"""The wall between municipalities."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import as_tenant, current_tenant, use_tenant
from tenants.agencies.models import Agency
from tests.world import World


def test_without_a_municipality_nothing_is_seen(session: scoped_session[Session], world: World) -> None:
    use_tenant(session, None)
    assert session.execute(text("SELECT count(*) FROM agencies")).scalar_one() == 0


def test_each_municipality_sees_its_own_rows_only(session: scoped_session[Session], world: World) -> None:
    for place in (world.tangsel, world.surabaya):
        with as_tenant(session, place.id):
            owners = session.execute(text("SELECT DISTINCT tenant_id FROM agencies")).scalars().all()
            assert owners == [place.id]
            assert session.scalar(select(func.count()).select_from(Agency)) == 3


def test_a_row_of_another_municipality_cannot_be_written(session: scoped_session[Session], world: World) -> None:
    use_tenant(session, world.tangsel.id)
    session.add(Agency(tenant_id=world.surabaya.id, key="x", name="x", short_name="x"))
    with pytest.raises(ProgrammingError, match="row-level security"):
        session.flush()
    session.rollback()


def test_the_municipality_ends_with_the_transaction(session: scoped_session[Session], world: World) -> None:
    use_tenant(session, world.tangsel.id)
    assert session.execute(text("SELECT count(*) FROM agencies")).scalar_one() == 3
    connection: Any = session.connection().connection.dbapi_connection
    session.commit()
    assert connection is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lumbung.tenant_id', true), (SELECT count(*) FROM agencies)")
        assert cursor.fetchone() == ("", 0)
    connection.rollback()


def test_leaving_a_block_restores_the_former_municipality(session: scoped_session[Session], world: World) -> None:
    use_tenant(session, world.tangsel.id)
    with as_tenant(session, world.surabaya.id):
        assert current_tenant(session) == world.surabaya.id
    assert current_tenant(session) == world.tangsel.id
    assert session.execute(text("SELECT DISTINCT tenant_id FROM agencies")).scalars().all() == [world.tangsel.id]
