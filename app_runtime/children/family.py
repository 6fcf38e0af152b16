"""The children of a record: which there are, how many are open, and what conditions know of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select

from app_catalog.definitions.model import Children, RecordType
from app_runtime.records.models import Record
from lumbung.db.tenancy import AnySession

if TYPE_CHECKING:
    from app_runtime.records.change import Change


@dataclass(frozen=True, slots=True)
class Count:
    """How many children of one kind there are, and how many of them are still open."""

    count: int = 0
    open: int = 0

    def done(self, spec: Children) -> bool:
        """Whether they are done, as the package counts it; never while there is none."""
        if not self.count:
            return False
        return self.open == 0 if spec.done_when == "all" else self.open < self.count


def count_children(session: AnySession, record: Record) -> dict[str, Count]:
    """How many children a record has by their record type."""
    query = (
        select(Record.record_type, func.count().label("many"), func.count().filter(Record.open).label("open"))
        .where(Record.tenant_id == record.tenant_id, Record.parent_id == record.id)
        .group_by(Record.record_type)
    )
    return {row.record_type: Count(row.many, row.open) for row in session.execute(query)}


def list_children(session: AnySession, record: Record) -> Sequence[Record]:
    """All children of a record, the oldest first."""
    query = select(Record).where(Record.tenant_id == record.tenant_id, Record.parent_id == record.id)
    return session.scalars(query.order_by(Record.created_at, Record.id)).all()


def find_parent(session: AnySession, record: Record) -> Record | None:
    """The record that this one belongs to, or None."""
    if record.parent_id is None:
        return None
    parent = select(Record).where(Record.tenant_id == record.tenant_id, Record.id == record.parent_id)
    # Somebody may have changed it since it was first read here.
    return session.scalar(parent.execution_options(populate_existing=True))


def lock_family(session: AnySession, record: Record, *, skip_locked: bool = False) -> bool:
    """Lock the first ancestor of a record, before the record itself: whoever changes one of a family waits here for
    whoever changes another, so that they never wait for each other. False when it is taken and `skip_locked`."""
    return record.root_id is None or lock_root(session, record.tenant_id, record.root_id, skip_locked=skip_locked)


def lock_root(session: AnySession, tenant_id: UUID, root_id: UUID, *, skip_locked: bool = False) -> bool:
    """The same by the ancestor's id."""
    query = select(Record.id).where(Record.tenant_id == tenant_id, Record.id == root_id)
    return session.scalar(query.with_for_update(skip_locked=skip_locked)) is not None


def lock_families(session: AnySession, tenant_id: UUID, ids: Sequence[UUID]) -> None:
    """Lock several records, and before them the first of their ancestors, each in one order."""
    mine = Record.tenant_id == tenant_id
    roots = session.scalars(select(func.coalesce(Record.root_id, Record.id)).where(mine, Record.id.in_(ids))).all()
    for wanted in (sorted(set(roots)), ids):
        session.execute(select(Record.id).where(mine, Record.id.in_(wanted)).order_by(Record.id).with_for_update())


def kind_of_child(kind: RecordType, record_type: str) -> Children | None:
    """As what the parent's type knows children of this type, or None."""
    return next((spec for spec in kind.children.values() if spec.record == record_type), None)


@dataclass(frozen=True, slots=True)
class Facts(Mapping[str, Any]):
    """What conditions know of a record's children: `{id: {"done", "count", "open"}}`, asked for when one is named."""

    change: Change

    def __getitem__(self, name: str) -> dict[str, Any]:
        spec = self.change.record_type.children[name]
        if self.change.counted is None:
            self.change.session.flush()
            self.change.counted = (
                {} if self.change.held is not None else count_children(self.change.session, self.change.record)
            )
        found = self.change.counted.get(spec.record, Count())
        return {"done": found.done(spec), "count": found.count, "open": found.open}

    def __iter__(self) -> Iterator[str]:
        return iter(self.change.record_type.children)

    def __len__(self) -> int:
        return len(self.change.record_type.children)


def reading_agencies(session: AnySession, tenant_id: UUID, parent_id: UUID) -> list[str]:
    """Ids of the agencies that hold a child of a record, or a child of one of these; sorted."""
    query = select(Record.agency_id, Record.shared_with).where(
        Record.tenant_id == tenant_id, Record.parent_id == parent_id
    )
    found: set[str] = set()
    for row in session.execute(query):
        found |= {*(row.shared_with or ()), *([str(row.agency_id)] if row.agency_id else [])}
    return sorted(found)
