"""Changing agencies: new ones, other names and places in the tree, closing."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lumbung.audit import record_audit
from lumbung.db import now, violated_constraint
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Invalid, NotFound
from lumbung.i18n import Text
from tenants.agencies.errors import AgencyInUse
from tenants.agencies.models import Agency
from tenants.agencies.tree import below
from tenants.agencies.usage import apps_naming
from tenants.people.models import Membership
from tenants.regions.slugs import slug_from

_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_BAD_KEY = Text(
    "Pakai huruf kecil, angka, dan tanda hubung, misalnya dishub.",
    "Use lower-case letters, digits and hyphens, for example dishub.",
)
_KEY_TAKEN = Text(
    "Kode ini sudah dipakai perangkat daerah lain, mungkin yang sudah ditutup.",
    "Another agency has this code, perhaps one that was closed.",
)
_UNKNOWN_PARENT = Text("Pilih perangkat daerah yang ada.", "Choose an agency that exists.")
_CYCLE = Text(
    "Perangkat daerah tidak bisa berada di bawah dirinya sendiri atau bawahannya.",
    "An agency cannot stand below itself or below one of its own.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyDetails:
    """What can be said and changed of an agency."""

    name: str
    short_name: str
    parent_id: UUID | None = None
    email: str | None = None
    phone: str | None = None
    order: int = 0


def get_agency(session: AnySession, agency_id: UUID) -> Agency:
    """The agency of the session's municipality, closed or not. Raises NotFound."""
    found = session.scalar(select(Agency).where(Agency.tenant_id == current_tenant(session), Agency.id == agency_id))
    if found is None:
        raise NotFound
    return found


def create_agency(session: AnySession, details: AgencyDetails, *, key: str = "") -> Agency:
    """A new agency. Without a `key` one is made from the short name; it stays for good, as apps name agencies by it.

    Raises Invalid with the field `key` (taken or malformed) or `parent_id`.
    """
    tenant_id = current_tenant(session)
    if tenant_id is None:
        raise NotFound
    chosen = key or slug_from(details.short_name)
    if not _KEY.fullmatch(chosen):
        raise Invalid(fields={"key": [str(_BAD_KEY)]})
    _require_parent(session, details.parent_id)
    agency = Agency(tenant_id=tenant_id, key=chosen, **asdict(details))
    try:
        with session.begin_nested():
            session.add(agency)
            session.flush()
    except IntegrityError as error:
        if violated_constraint(error) != "uq_agencies_tenant_id_key":
            raise
        raise Invalid(fields={"key": [str(_KEY_TAKEN)]}) from error
    _audit(session, "agency.created", agency, before=None, after={"key": chosen, **_told(details)})
    return agency


def change_agency(session: AnySession, agency: Agency, details: AgencyDetails) -> bool:
    """Change an agency, its place in the tree included; True when something was different.

    Raises Invalid with the field `parent_id` when the parent is unknown, closed, or the agency itself or below it.
    """
    if details.parent_id is not None and details.parent_id != agency.parent_id:
        # Two moves at once could close a ring that neither of them sees, so moves come one after the other.
        session.execute(
            select(Agency.id).where(Agency.tenant_id == agency.tenant_id).order_by(Agency.id).with_for_update()
        ).all()
        session.expire_all()
        if details.parent_id in below(session, agency.id):
            raise Invalid(fields={"parent_id": [str(_CYCLE)]})
        _require_parent(session, details.parent_id)
    before = {name: getattr(agency, name) for name in asdict(details)}
    after = asdict(details)
    differing = [name for name in after if before[name] != after[name]]
    if not differing:
        return False
    for name in differing:
        setattr(agency, name, after[name])
    session.flush()
    _audit(
        session,
        "agency.changed",
        agency,
        before={name: _plain(before[name]) for name in differing},
        after={name: _plain(after[name]) for name in differing},
    )
    return True


def close_agency(session: AnySession, agency: Agency) -> None:
    """Close an agency: it takes nothing new, and what names it keeps its name. Nothing happens when it is closed.

    Raises AgencyInUse while enabled apps name it in their settings, agencies stand below it or people belong to it.
    """
    if agency.closed_at is not None:
        return
    _require_unused(session, agency)
    agency.closed_at = now()
    session.flush()
    _audit(session, "agency.closed", agency, before={"closed": False}, after={"closed": True})


def reopen_agency(session: AnySession, agency: Agency) -> None:
    """Open a closed agency again, at the top when its parent is closed."""
    if agency.closed_at is None:
        return
    agency.closed_at = None
    if agency.parent_id is not None and get_agency(session, agency.parent_id).closed_at is not None:
        agency.parent_id = None
    session.flush()
    _audit(session, "agency.reopened", agency, before={"closed": True}, after={"closed": False})


def _require_unused(session: AnySession, agency: Agency) -> None:
    apps = apps_naming(session, agency.key)
    if apps:
        named = ", ".join(apps)
        raise AgencyInUse(
            Text(
                f"Pengaturan {named} masih menyebut {agency.name}. Pilih perangkat daerah lain di sana, lalu tutup.",
                f"The settings of {named} still name {agency.name}. Choose another agency there, then close it.",
            )
        )
    children = session.scalar(
        select(func.count())
        .select_from(Agency)
        .where(Agency.tenant_id == agency.tenant_id, Agency.parent_id == agency.id, Agency.closed_at.is_(None))
    )
    if children:
        raise AgencyInUse(
            Text(
                f"Masih ada {children} perangkat daerah di bawahnya. Pindahkan atau tutup dahulu.",
                f"{children} agencies still stand below it. Move or close them first.",
            )
        )
    people = session.scalar(
        select(func.count())
        .select_from(Membership)
        .where(
            Membership.tenant_id == agency.tenant_id,
            Membership.agency_id == agency.id,
            Membership.ended_at.is_(None),
        )
    )
    if people:
        raise AgencyInUse(
            Text(
                f"Masih ada {people} orang di dalamnya. Pindahkan mereka dahulu di halaman Orang.",
                f"{people} people still belong to it. Move them first on the page People.",
            )
        )


def _require_parent(session: AnySession, parent_id: UUID | None) -> None:
    if parent_id is None:
        return
    found = session.scalar(
        select(Agency.id).where(
            Agency.tenant_id == current_tenant(session), Agency.id == parent_id, Agency.closed_at.is_(None)
        )
    )
    if found is None:
        raise Invalid(fields={"parent_id": [str(_UNKNOWN_PARENT)]})


def _told(details: AgencyDetails) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(details).items()}


def _plain(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value


def _audit(
    session: AnySession, action: str, agency: Agency, *, before: dict[str, Any] | None, after: dict[str, Any]
) -> None:
    record_audit(session, action, subject_type="agency", subject_id=agency.id, before=before, after=after)
