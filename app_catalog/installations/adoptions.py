"""The public word that a municipality runs an app: given by consent, taken back by will."""

from __future__ import annotations

from sqlalchemy import select

from app_catalog.definitions.model import Definition
from app_catalog.installations.models import Adoption, Installation
from app_catalog.releases.models import Release
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import pick
from tenants.municipalities.models import Municipality


def find_adoption(session: AnySession, installation: Installation) -> Adoption | None:
    """What the municipality says in public about this installation, or None."""
    return session.scalar(
        select(Adoption).where(Adoption.tenant_id == installation.tenant_id, Adoption.app_id == installation.app_id)
    )


def announce(session: AnySession, installation: Installation, definition: Definition, version: str | None) -> None:
    """Say it, or bring it up to date. With `version` None only an adoption that was announced before is brought up to
    date, so that changing a setting never publishes anything by itself."""
    adoption = find_adoption(session, installation)
    if adoption is None and version is None:
        return
    if version is None:
        version = session.scalars(select(Release.version).where(Release.id == installation.release_id)).one()
    shown_as = pick(installation.own_name or definition.name)
    if adoption is None:
        municipality = session.get_one(Municipality, installation.tenant_id)
        adoption = Adoption(
            tenant_id=installation.tenant_id,
            app_id=installation.app_id,
            municipality_name=municipality.name,
            since=now(),
            version=version,
            shown_as=shown_as,
        )
        session.add(adoption)
    adoption.version, adoption.shown_as, adoption.ended_at = version, shown_as, None
    session.flush()


def end_announcement(session: AnySession, installation: Installation) -> None:
    """Take the word back: the hub no longer counts this municipality."""
    adoption = find_adoption(session, installation)
    if adoption is not None:
        adoption.ended_at = now()
