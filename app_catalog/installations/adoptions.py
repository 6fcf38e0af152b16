"""The public word that a municipality runs an app: given by consent, taken back by will."""

from __future__ import annotations

from sqlalchemy import select

from app_catalog.definitions.model import Definition
from app_catalog.figures.publishing import publish_figures, refresh_published
from app_catalog.installations.models import Adoption, Installation
from app_catalog.releases.models import Release
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict
from lumbung.i18n import Text, pick
from tenants.municipalities.models import Municipality

_DISABLED = Text(
    "Aplikasi ini sedang dinonaktifkan. Aktifkan dulu, lalu umumkan.",
    "This app is disabled. Enable it first, then announce it.",
)


def find_adoption(session: AnySession, installation: Installation) -> Adoption | None:
    """What the municipality says in public about this installation, or None."""
    return session.scalar(
        select(Adoption).where(Adoption.tenant_id == installation.tenant_id, Adoption.app_id == installation.app_id)
    )


def announce(session: AnySession, installation: Installation, definition: Definition, version: str | None) -> None:
    """Say it, or bring it up to date. With `version` None only an adoption that was announced before is brought up to
    date, so that changing a setting never publishes anything by itself; while the app is disabled it stays ended."""
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
    adoption.version, adoption.shown_as = version, shown_as
    if installation.status == "enabled":
        adoption.ended_at = None
    session.flush()


def set_publicity(
    session: AnySession, installation: Installation, definition: Definition, *, announced: bool, numbers: bool
) -> None:
    """Say what everybody may know: on the hub that the municipality runs the app, and its figures of every month.

    What is taken back is deleted from the shared table. Raises Conflict when a disabled app is to be announced.
    """
    adoption = find_adoption(session, installation)
    before = {"announced": adoption is not None, "numbers": installation.figures_agreed_at is not None}
    if announced and adoption is None:
        if installation.status != "enabled":
            raise Conflict(_DISABLED)
        version = session.scalars(select(Release.version).where(Release.id == installation.release_id)).one()
        announce(session, installation, definition, version)
    elif not announced and adoption is not None:
        session.delete(adoption)
    installation.public_numbers = numbers
    installation.figures_agreed_at = (installation.figures_agreed_at or now()) if numbers else None
    session.flush()
    refresh_published(session, installation)
    after = {"announced": announced, "numbers": numbers}
    if after != before:
        record_audit(
            session,
            "app.publicity-changed",
            subject_type="installation",
            subject_id=installation.id,
            before=before,
            after=after,
        )


def end_announcement(session: AnySession, installation: Installation) -> None:
    """The hub no longer counts this municipality, and its figures are public no more; the consent stays for when the
    app is enabled again."""
    publish_figures(session, installation)
    adoption = find_adoption(session, installation)
    if adoption is not None:
        adoption.ended_at = now()
