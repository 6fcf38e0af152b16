"""The agencies of a municipality as the runtime needs them: by id and key, with everything below each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from lumbung.db.fetching import Kept, read_columns, readers_of
from lumbung.db.inside import Asked, Row, compile_inside, run_inside
from lumbung.db.tenancy import AnySession, current_tenant
from tenants.agencies.models import Agency


@dataclass(frozen=True, slots=True)
class AgencyNode:
    """One agency; `open` is False after it was closed."""

    id: UUID
    key: str
    name: str
    short_name: str
    parent_id: UUID | None
    email: str | None
    open: bool


@dataclass(frozen=True, slots=True)
class AgencyTree:
    """All agencies of one municipality, closed ones too: old records still name them."""

    by_id: Mapping[UUID, AgencyNode]
    by_key: Mapping[str, AgencyNode]

    def find_open(self, key: str) -> AgencyNode | None:
        """The open agency with this key, or None."""
        found = self.by_key.get(key)
        return found if found is not None and found.open else None

    def key_of(self, agency_id: UUID | None) -> str | None:
        """The key of an agency, or None."""
        found = self.by_id.get(agency_id) if agency_id else None
        return found.key if found else None

    def with_below(self, agency_ids: Iterable[UUID]) -> frozenset[UUID]:
        """These agencies and all that stand below them; a ring of parents does no harm."""
        found = set(agency_ids)
        grown = True
        while grown:
            below = {node.id for node in self.by_id.values() if node.parent_id in found} - found
            grown = bool(below)
            found |= below
        return frozenset(found)


_COLUMNS = (
    Agency.id,
    Agency.key,
    Agency.name,
    Agency.short_name,
    Agency.parent_id,
    Agency.email,
    Agency.closed_at.is_(None).label("open"),
)
_AGENCIES = compile_inside(
    select(*_COLUMNS).where(Agency.tenant_id == bindparam("tenant_id", type_=Uuid)).order_by(Agency.order, Agency.name)
)
_READERS = readers_of(*_COLUMNS)
_kept: Kept[AgencyTree] = Kept()


def load_agencies(session: AnySession) -> AgencyTree:
    """The agencies of the session's municipality."""
    tenant_id = current_tenant(session)
    (rows,) = run_inside(session, agencies_asked(tenant_id))
    return agencies_of(tenant_id, rows)


def agencies_asked(tenant_id: UUID | None) -> Asked:
    """The statement of `load_agencies`, for whoever sends others with it."""
    return _AGENCIES, {"tenant_id": tenant_id}


def agencies_of(tenant_id: UUID | None, rows: Sequence[Row]) -> AgencyTree:
    """The agencies that its rows are."""
    return _kept.of(tenant_id, rows, lambda: _tree(rows))


def _tree(rows: Iterable[Row]) -> AgencyTree:
    nodes = [AgencyNode(*read_columns(row, _READERS)) for row in rows]
    return AgencyTree({node.id: node for node in nodes}, {node.key: node for node in nodes})
