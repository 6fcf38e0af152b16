"""Who works in a municipality, for fields that name people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from lumbung.db.tenancy import AnySession, current_tenant
from tenants.people.models import Membership


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works in the municipality, or did (`active` false)."""

    id: UUID
    name: str
    position: str
    active: bool

    @property
    def label(self) -> str:
        """Name and position."""
        return f"{self.name} ({self.position})" if self.position else self.name


@dataclass(frozen=True)
class People:
    """Everybody who works in the municipality or did, by the id of their membership."""

    by_id: Mapping[str, Person]

    @property
    def active(self) -> list[Person]:
        """Those who work there now, by name."""
        return sorted((one for one in self.by_id.values() if one.active), key=lambda one: one.name.casefold())

    def all_active(self, ids: str | Iterable[str]) -> bool:
        """Whether all of these work there now."""
        found = [self.by_id.get(one) for one in ([ids] if isinstance(ids, str) else ids)]
        return all(one is not None and one.active for one in found)

    def name_of(self, membership_id: str) -> str:
        """The name of somebody, also of who has left; the id when it is nobody's."""
        found = self.by_id.get(membership_id)
        return found.name if found else membership_id


def load_people(session: AnySession) -> People:
    """The people of the session's municipality."""
    rows = session.execute(
        select(Membership.id, Membership.name, Membership.position, Membership.ended_at).where(
            Membership.tenant_id == current_tenant(session)
        )
    )
    return People({str(row.id): Person(row.id, row.name, row.position, row.ended_at is None) for row in rows})
