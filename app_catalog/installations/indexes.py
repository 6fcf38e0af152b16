"""Which indexes over fields an installation keeps, and whether they can be used yet (ADR 49).

A row that says `ready` is a promise: every record of the installation has its entry, and everybody who writes one keeps
it. It ends in the very transaction in which the version that keeps the index is left.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app_catalog.definitions.model import Definition
from app_catalog.definitions.model.indexes import index_types
from app_catalog.installations.models import Installation
from lumbung.db import TenantTable, now
from lumbung.db.tenancy import AnySession
from lumbung.ids import new_id
from lumbung.outbox import schedule_wakeup

WAKEUP = "build_indexes"


class InstalledIndex(TenantTable):
    """An index over one field of an app. `name` is the record type and the field (`report.category`).

    `building`: entries of `done` records are there, up to the record `cursor`; `began_at` is the database's clock when
    it began. `leaving`: nobody keeps it any more, and its entries are being deleted.
    """

    __tablename__ = "installed_indexes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "installation_id"],
            ["installations.tenant_id", "installations.id"],
            name="fk_installed_indexes_installation",
        ),
        UniqueConstraint("tenant_id", "installation_id", "name", name="uq_installed_indexes_name"),
        CheckConstraint("status IN ('building', 'ready', 'leaving')", name="status"),
    )

    installation_id: Mapped[UUID]
    name: Mapped[str]
    field_type: Mapped[str]
    status: Mapped[str]
    began_at: Mapped[datetime | None]
    cursor: Mapped[UUID | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)


def begin_indexes(session: AnySession, installation: Installation, definition: Definition) -> None:
    """The indexes of an app that is being enabled: it has no records, so that all of them are whole."""
    rows = [_row(installation, name, kind, "ready") for name, kind in index_types(definition).items()]
    if rows:
        session.flush()
        session.execute(insert(InstalledIndex).values(rows))


def follow_indexes(session: AnySession, installation: Installation, definition: Definition) -> None:
    """Keep what this version keeps: what it does not know is used no more from this transaction on, what is new is
    built by a worker. The caller has locked the installation."""
    wanted = index_types(definition)
    held = {row.name: row for row in list_indexes(session, installation)}
    stale = [row for row in held.values() if row.status != "leaving" and wanted.get(row.name) != row.field_type]
    back = [row for row in held.values() if row.name in wanted and (row in stale or row.status == "leaving")]
    fresh = [_row(installation, name, kind, "building") for name, kind in wanted.items() if name not in held]
    if not (stale or back or fresh):
        return
    mine = (InstalledIndex.tenant_id == installation.tenant_id, InstalledIndex.installation_id == installation.id)
    if stale:
        names = [row.name for row in stale]
        session.execute(update(InstalledIndex).where(*mine, InstalledIndex.name.in_(names)).values(status="leaving"))
    for row in back:
        again = {"status": "building", "field_type": wanted[row.name], "began_at": None, "cursor": None, "done": 0}
        session.execute(update(InstalledIndex).where(*mine, InstalledIndex.name == row.name).values(again))
    if fresh:
        session.execute(insert(InstalledIndex).values(fresh))
    schedule_wakeup(session, WAKEUP, now())


def list_indexes(session: AnySession, installation: Installation) -> list[InstalledIndex]:
    """All indexes of an installation by name, with how far they are."""
    query = select(InstalledIndex).where(
        InstalledIndex.tenant_id == installation.tenant_id, InstalledIndex.installation_id == installation.id
    )
    return list(session.scalars(query.order_by(InstalledIndex.name).execution_options(populate_existing=True)))


def ready_indexes(session: AnySession, installation: Installation) -> frozenset[str]:
    """The names of the indexes that hold every record."""
    return frozenset(row.name for row in list_indexes(session, installation) if row.status == "ready")


def _row(installation: Installation, name: str, field_type: str, status: str) -> dict[str, object]:
    return {
        "tenant_id": installation.tenant_id,
        "id": new_id(),
        "installation_id": installation.id,
        "name": name,
        "field_type": field_type,
        "status": status,
        "done": 0,
        "total": 0,
        "created_at": now(),
    }
