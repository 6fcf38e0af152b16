"""The public word of a municipality that it uses a listing: by its own act, counted, taken back by deleting it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app_catalog.listings.models import ListingUse
from app_catalog.listings.reading import find_listing
from app_catalog.releases.models import App
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.ids import new_id
from tenants.municipalities.models import Municipality


def say_use(session: AnySession, municipality_id: UUID, slug: str) -> App:
    """Say in public that the municipality uses a listing; again is the same. Raises NotFound when none is shown."""
    card = find_listing(session, slug)
    if card is None:
        raise NotFound
    name = session.get_one(Municipality, municipality_id).name
    said = insert(ListingUse).values(
        id=new_id(),
        tenant_id=municipality_id,
        app_id=card.app.id,
        municipality_name=name,
        since=now(),
        created_at=now(),
    )
    said = said.on_conflict_do_nothing(index_elements=["tenant_id", "app_id"])
    if session.scalar(said.returning(ListingUse.id)) is not None:
        _note(session, "listing.use-said", card.app)
    return card.app


def take_use_back(session: AnySession, municipality_id: UUID, slug: str) -> App:
    """Take the word back: the row is deleted; again is the same. Raises NotFound for what is no listing.

    A word can be taken back after the listing was withdrawn, too.
    """
    app = session.scalar(select(App).where(App.slug == slug, App.kind != "package"))
    if app is None:
        raise NotFound
    use = _find(session, municipality_id, app.id)
    if use is not None:
        session.delete(use)
        session.flush()
        _note(session, "listing.use-taken-back", app)
    return app


def list_own_uses(session: AnySession, municipality_id: UUID) -> list[tuple[ListingUse, App]]:
    """What the municipality says that it uses, by name."""
    rows = session.execute(
        select(ListingUse, App)
        .join(App, App.id == ListingUse.app_id)
        .where(ListingUse.tenant_id == municipality_id)
        .order_by(App.name["id"].astext, App.slug)
    )
    return [(use, app) for use, app in rows]


def _find(session: AnySession, municipality_id: UUID, app_id: UUID) -> ListingUse | None:
    return session.scalar(
        select(ListingUse).where(ListingUse.tenant_id == municipality_id, ListingUse.app_id == app_id)
    )


def _note(session: AnySession, action: str, app: App) -> None:
    record_audit(session, action, subject_type="app", subject_id=app.id, after={"app": app.slug})
