"""Whose rows a transaction may touch: set per transaction, by one function, closed when nothing is set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from uuid import UUID

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, event, text
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, scoped_session, with_loader_criteria
from sqlalchemy.sql.base import ExecutableOption

from lumbung.db.base import TenantTable
from lumbung.db.conversing import BEGIN, SET_TENANT_HEARD, Said, say_later
from lumbung.db.prepared import SET_TENANT_SQL

TENANT_SETTING = "lumbung.tenant_id"
POLICY = f"tenant_id = ANY (ARRAY[(NULLIF(current_setting('{TENANT_SETTING}'::text, true), ''::text))::uuid])"
SET_TENANT_DDL = f"""
CREATE FUNCTION set_tenant(t uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN EXECUTE format('SET LOCAL {TENANT_SETTING} = %L', coalesce(t::text, '')); END $$
"""
SET_TENANT = text("SELECT set_tenant(CAST(:tenant AS uuid))")
_INFO, _CONNECTION = "tenant_id", "connection"

AnySession = Session | scoped_session[Any]


def current_tenant(session: AnySession) -> UUID | None:
    """The municipality whose rows this session sees; None sees none."""
    found: UUID | None = session.info.get(_INFO)
    return found


def use_tenant(session: AnySession, tenant_id: UUID | None) -> None:
    """From now on the session's transactions belong to this municipality; None closes the door.

    Holds for the running transaction too. Pending changes of the former municipality are flushed first.
    """
    if current_tenant(session) == tenant_id:
        return
    session = _plain(session)
    running = session.in_transaction()
    if running:
        session.flush()
    session.info[_INFO] = tenant_id
    if running:
        session.execute(SET_TENANT, {"tenant": tenant_id})


@contextmanager
def as_tenant(session: AnySession, tenant_id: UUID) -> Iterator[None]:
    """Inside the block the session belongs to `tenant_id`, afterwards to whom it belonged before."""
    before = current_tenant(session)
    use_tenant(session, tenant_id)
    try:
        yield
        session.flush()
    finally:
        _restore(session, before)


def _plain(session: AnySession) -> Session:
    return session() if isinstance(session, scoped_session) else session


def _restore(session: AnySession, tenant_id: UUID | None) -> None:
    session = _plain(session)
    session.info[_INFO] = tenant_id
    if session.in_transaction() and session.is_active:
        session.execute(SET_TENANT, {"tenant": tenant_id})


def connection_of(session: Session) -> Connection:
    """The connection of the session's transaction, which begins when there is none."""
    # The session's own search for it costs as much as a short statement. A savepoint that has not begun on the
    # connection yet begins by that search, so that what is known holds for the very transaction only.
    transaction, connection = session.info.get(_CONNECTION, (None, None))
    innermost = session.get_nested_transaction() or session.get_transaction()
    if transaction is not None and transaction is innermost and session.is_active and connection.in_transaction():
        found: Connection = connection
        return found
    return session.connection()


def install_tenancy(session_class: type[Session]) -> None:
    """Set the municipality at the start of every transaction and add it to every ORM statement.

    The explicit filter is for routing (citus.md rule 15); the wall is row-level security.
    """

    @event.listens_for(session_class, "after_begin")
    def _begin(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
        # A savepoint begins inside a transaction whose municipality was set.
        if not transaction.nested:
            _begin_for(connection, session.info.get(_INFO))
        session.info[_CONNECTION] = (transaction, connection)

    @event.listens_for(session_class, "do_orm_execute")
    def _filter(state: ORMExecuteState) -> None:
        tenant_id = state.session.info.get(_INFO)
        if tenant_id is None or not (state.is_select or state.is_update or state.is_delete):
            return
        state.statement = state.statement.options(_rows_of(tenant_id))


def _begin_for(connection: Connection, tenant_id: UUID | None) -> None:
    """Begin the transaction for a municipality: on the server with whatever is sent first, in one round trip."""
    driver: Any = connection.connection.driver_connection
    plain = driver.isolation_level is None and driver.read_only is None and driver.deferrable is None
    if driver.autocommit or not plain or driver.pgconn.transaction_status != TransactionStatus.IDLE:
        connection.execute(SET_TENANT, {"tenant": tenant_id})
        return
    given = [None if tenant_id is None else str(tenant_id).encode()]
    # The driver will find the transaction open, and end it as one that it began itself. What would get to the server
    # past the engine would see nothing: nobody's rows are there until a municipality is set.
    say_later(connection, [BEGIN, Said((SET_TENANT_SQL, given), SET_TENANT_HEARD, {"tenant": tenant_id})])


@lru_cache(maxsize=1_024)
def _rows_of(tenant_id: UUID) -> ExecutableOption:
    """The filter by municipality for every table in a statement; made once, because making it is not cheap."""
    return with_loader_criteria(
        TenantTable, lambda cls: cls.tenant_id == tenant_id, include_aliases=True, track_closure_variables=True
    )
