"""Municipalities: found, described, opened, moved to another address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from lumbung.audit import record_audit
from lumbung.db import now, violated_constraint
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text
from lumbung.web.sites import Tenant
from tenants.municipalities.models import Municipality, RetiredSlug
from tenants.regions.slugs import slug_problem

_TAKEN = Text(
    "Alamat ini dipakai, atau pernah dipakai, daerah lain. Pilih yang lain.",
    "Another municipality uses this address, or once did. Choose another.",
)


def is_open(tenant: Tenant | Municipality) -> bool:
    """Whether residents may use the portal; before that they are told that it is being prepared."""
    return tenant.status == "active"


def own_municipality(session: AnySession, *, lock: bool = False) -> Municipality:
    """The municipality of the session. Raises NotFound when the session belongs to none."""
    tenant_id = current_tenant(session)
    found = session.get(Municipality, tenant_id, with_for_update=lock or None) if tenant_id else None
    if found is None:
        raise NotFound
    return found


def find_by_region(session: AnySession, code: str) -> Municipality | None:
    """The municipality of a region (`36.74`), whatever its status, or None."""
    return session.scalar(select(Municipality).where(Municipality.region_code == code))


def get_by_region(session: AnySession, code: str) -> Municipality:
    """The municipality of a region. Raises NotFound when it does not take part."""
    found = find_by_region(session, code)
    if found is None:
        raise NotFound
    return found


def list_municipalities(session: AnySession) -> dict[str, Municipality]:
    """All municipalities by the code of their region."""
    return {found.region_code: found for found in session.scalars(select(Municipality).order_by(Municipality.name))}


def slug_error(session: AnySession, slug: str, *, municipality_id: UUID | None = None) -> Text | None:
    """Why `slug` cannot become the address of this municipality (of a new one without id), or None.

    A slug that another municipality once had is never given again (trust.md); its former owner may take it back.
    """
    wrong = slug_problem(slug)
    if wrong is not None:
        return wrong
    owner = session.scalar(select(Municipality.id).where(Municipality.slug == slug))
    former = session.scalar(select(RetiredSlug.municipality_id).where(RetiredSlug.slug == slug))
    taken = any(found is not None and found != municipality_id for found in (owner, former))
    return _TAKEN if taken else None


def change_slug(session: AnySession, municipality: Municipality, slug: str) -> None:
    """Move the municipality to another address and retire the old one for good. For operators.

    Raises Invalid with the field `slug` when the new one will not do, Conflict when somebody took it just now.
    """
    before = municipality.slug
    if slug == before:
        return
    wrong = slug_error(session, slug, municipality_id=municipality.id)
    if wrong is not None:
        raise Invalid(fields={"slug": [str(wrong)]})
    if session.scalar(select(RetiredSlug.id).where(RetiredSlug.slug == before)) is None:
        session.add(RetiredSlug(slug=before, municipality_id=municipality.id))
    try:
        with session.begin_nested():
            municipality.slug = slug
            session.flush()
    except IntegrityError as error:
        if violated_constraint(error) != "uq_municipalities_slug":
            raise
        raise Conflict(_TAKEN) from error
    record_audit(
        session,
        "municipality.slug",
        subject_type="municipality",
        subject_id=municipality.id,
        before={"slug": before},
        after={"slug": slug},
    )


_CHANGEABLE = ("name", "contact_email", "contact_phone", "centre_lon", "centre_lat", "zoom", "brand_colour", "timezone")


def change_municipality(session: AnySession, municipality: Municipality, changes: Mapping[str, Any]) -> bool:
    """Change what the municipality says of itself; True when something was different.

    `changes` has some of: name, contact_email, contact_phone, centre_lon, centre_lat, zoom, brand_colour, timezone.
    Raises KeyError for any other name.
    """
    unknown = set(changes) - set(_CHANGEABLE)
    if unknown:
        raise KeyError(", ".join(sorted(unknown)))
    before = {name: getattr(municipality, name) for name in changes}
    differing = [name for name, value in changes.items() if before[name] != value]
    if not differing:
        return False
    for name in differing:
        setattr(municipality, name, changes[name])
    session.flush()
    record_audit(
        session,
        "municipality.changed",
        subject_type="municipality",
        subject_id=municipality.id,
        before={name: before[name] for name in differing},
        after={name: changes[name] for name in differing},
    )
    return True


def set_status(session: AnySession, municipality: Municipality, status: str) -> None:
    """Open, suspend or resume; nothing happens when the status is the same already."""
    before = municipality.status
    changed = session.execute(
        update(Municipality)
        .where(Municipality.id == municipality.id, Municipality.status != status)
        .values(
            status=status,
            activated_at=municipality.activated_at or (now() if status == "active" else None),
        )
        .returning(Municipality.id)
    ).first()
    if changed is None:
        return
    record_audit(
        session,
        "municipality.status",
        subject_type="municipality",
        subject_id=municipality.id,
        before={"status": before},
        after={"status": status},
    )
