"""Collecting files that nobody attached, and bytes whose row never committed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, delete, select, text

from lumbung.db.clock import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.files.models import StoredFile
from lumbung.files.services import file_disk
from lumbung.outbox import periodic

KEPT_UNATTACHED = timedelta(days=1)

# Any number serves; it only has to be the same for all processes of one database.
_HELD = 7_305_502
_FREE = text("SELECT pg_try_advisory_xact_lock(:held) AND pg_try_advisory_xact_lock(:held, hashtext(:tenant))")


def hold_garbage(connection: Connection, tenant_id: UUID | None = None) -> None:
    """Until the transaction ends, nobody collects files of this municipality, or of any: a backup copies what its
    snapshot knows."""
    if tenant_id is None:
        connection.execute(text("SELECT pg_advisory_xact_lock_shared(:held)"), {"held": _HELD})
    else:
        connection.execute(
            text("SELECT pg_advisory_xact_lock_shared(:held, hashtext(:tenant))"),
            {"held": _HELD, "tenant": str(tenant_id)},
        )


def collect_garbage(session: AnySession) -> int:
    """Delete what belongs to nothing in the session's municipality and is older than a day; return how many.

    Rows go now; their bytes go in the next round, once it is certain that the rows are gone. Bytes without
    a row (a request that was rolled back, a process that was killed) go now. Nothing goes while a backup of
    everything or of this municipality runs (`hold_garbage`): the next round is soon enough. Raises ValueError without
    a municipality.
    """
    tenant_id = current_tenant(session)
    if tenant_id is None:
        raise ValueError("Files are collected in one municipality at a time.")
    session.flush()
    if not session.scalar(_FREE, {"held": _HELD, "tenant": str(tenant_id)}):
        return 0
    return _delete_bytes(session) + _delete_rows(session)


@periodic(6 * 3600, name="collect-files")
def _collect(session: AnySession) -> None:
    collect_garbage(session)


def _delete_bytes(session: AnySession) -> int:
    tenant_id = current_tenant(session)
    assert tenant_id is not None
    disk = file_disk()
    # What is younger may belong to a transaction that has not committed yet.
    oldest = (now() - KEPT_UNATTACHED).timestamp()
    kept = [file for file in disk.list_keys(tenant_id) if file.changed_at < oldest]
    known = set(session.scalars(select(StoredFile.key)))
    lost = [file.key for file in kept if file.key not in known]
    for key in lost:
        disk.delete(key)
    return len(lost) + disk.delete_unfinished(tenant_id, before=oldest)


def _delete_rows(session: AnySession) -> int:
    unattached = (
        StoredFile.subject_type.is_(None),
        StoredFile.created_at < now() - KEPT_UNATTACHED,
    )
    in_use = select(StoredFile.thumbnail_id).where(StoredFile.thumbnail_id.is_not(None))
    photos = delete(StoredFile).where(*unattached, StoredFile.thumbnail_id.is_not(None)).returning(StoredFile.id)
    others = delete(StoredFile).where(*unattached, StoredFile.id.not_in(in_use)).returning(StoredFile.id)
    # Photos first: their thumbnails belong to nothing only afterwards.
    return len(session.execute(photos).all()) + len(session.execute(others).all())
