"""Builds indexes over records that are there already, while others write, and clears away those that nobody keeps.

A build begins once every transaction is over that may still write by the version before, as PostgreSQL itself does when
it makes an index concurrently. Then the records are gone through in the order of their ids, each batch locked against
writers and in a transaction of its own, so that a worker that was killed goes on where the last one stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, insert, literal_column, select, text

from app_catalog.definitions.model.indexes import looked_up
from app_catalog.installations.definitions import definitions_in_use
from app_catalog.installations.indexes import WAKEUP, InstalledIndex, follow_indexes, list_indexes
from app_catalog.installations.models import Installation
from app_catalog.installations.services import list_installations
from app_runtime.indexing.entries import entry_row, values_of
from app_runtime.indexing.models import IndexEntry
from app_runtime.records.models import Record
from app_runtime.records.running_app import running_app
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.outbox import periodic, register_wakeup_handler, schedule_wakeup

BATCH = 1_000
PATIENCE = timedelta(seconds=5)
"""How long is waited before looking again whether older transactions are over."""
_HOURLY = 3_600
_OLDER = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND xact_start < :began"
)


def build_indexes(session: AnySession, *, most: int = BATCH) -> bool:
    """Go on with every index of the session's municipality that is not whole, by at most so many records each; whether
    there is more to do at once. Waits for older transactions by coming back later."""
    more = False
    for installation in list_installations(session, with_disabled=True):
        for index in list_indexes(session, installation):
            if index.status == "building":
                more |= _build(session, installation, _locked(session, index), most)
            elif index.status == "leaving":
                more |= _clear(session, _locked(session, index), most)
    session.flush()
    return more


def mind_indexes(session: AnySession) -> None:
    """Begin the indexes that an installation of the session's municipality should keep and does not."""
    for installation in list_installations(session, with_disabled=True):
        locked = session.scalars(
            select(Installation)
            .where(Installation.tenant_id == installation.tenant_id, Installation.id == installation.id)
            .with_for_update(key_share=True)
        ).one()
        follow_indexes(session, locked, running_app(session, locked).definition)


def _build(session: AnySession, installation: Installation, index: InstalledIndex, most: int) -> bool:
    if index.status != "building":
        return False
    mine = (
        Record.tenant_id == index.tenant_id,
        Record.installation_id == index.installation_id,
        Record.record_type == index.name.split(".", 1)[0],
    )
    if index.began_at is None:
        index.began_at = session.scalar(select(func.clock_timestamp()))
        index.total = session.scalar(select(func.count()).select_from(Record).where(*mine)) or 0
        # Those that begin from now on know of the index only once this row is there to be seen.
        schedule_wakeup(session, WAKEUP, now())
        return False
    if index.cursor is None and (session.scalar(_OLDER, {"began": index.began_at}) or 0):
        schedule_wakeup(session, WAKEUP, now() + PATIENCE)
        return False
    query = select(Record.id, Record.created_at, Record.definition_digest, Record.data).where(*mine)
    if index.cursor is not None:
        query = query.where(Record.id > index.cursor)
    rows = session.execute(query.order_by(Record.id).limit(most).with_for_update(read=True)).all()
    _replace(session, installation, index, rows)
    index.done += len(rows)
    index.cursor = rows[-1].id if rows else index.cursor
    if len(rows) < most:
        index.status, index.done = "ready", max(index.done, index.total)
        return False
    return True


def _replace(session: AnySession, installation: Installation, index: InstalledIndex, rows: Sequence[Any]) -> None:
    record_type, name = index.name.split(".", 1)
    definitions = {one.digest: one for one in definitions_in_use(session, installation)}
    present = definitions[installation.definition_digest]
    fields = [field for field in looked_up(present, record_type) if field.id == name]
    found = []
    for record_id, made_at, digest, data in rows:
        kind = definitions[digest].records.get(record_type) if digest in definitions else None
        for value in values_of(record_type, fields, kind, data):
            found.append(entry_row(index.tenant_id, index.installation_id, record_id, made_at, value))
    ids = [row.id for row in rows]
    session.execute(
        delete(IndexEntry).where(
            IndexEntry.tenant_id == index.tenant_id, IndexEntry.record_id.in_(ids), IndexEntry.name == index.name
        )
    )
    if found:
        session.execute(insert(IndexEntry), found, execution_options={"render_nulls": True})


def _clear(session: AnySession, index: InstalledIndex, most: int) -> bool:
    if index.status != "leaving":
        return False
    mine = (
        IndexEntry.tenant_id == index.tenant_id,
        IndexEntry.installation_id == index.installation_id,
        IndexEntry.name == index.name,
    )
    some = select(IndexEntry.id).where(*mine).limit(most)
    session.execute(
        delete(IndexEntry)
        .where(IndexEntry.tenant_id == index.tenant_id, IndexEntry.id.in_(some))
        .execution_options(synchronize_session=False)
    )
    if session.scalar(select(exists(select(literal_column("1")).select_from(IndexEntry).where(*mine)))):
        return True
    session.delete(index)
    return False


def _locked(session: AnySession, index: InstalledIndex) -> InstalledIndex:
    """The index as it is now, locked: one worker at a time, and nobody who switches the version meanwhile."""
    return session.scalars(
        select(InstalledIndex)
        .where(InstalledIndex.tenant_id == index.tenant_id, InstalledIndex.id == index.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _answer(session: AnySession, tenant_id: UUID) -> None:
    if build_indexes(session):
        schedule_wakeup(session, WAKEUP, now())


register_wakeup_handler(WAKEUP, _answer)


@periodic(_HOURLY, name="mind-indexes")
def _look(session: AnySession) -> None:
    mind_indexes(session)
