"""Asking a municipality for its review at a sensible moment, and not again for a while when it says not now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from flask import Flask, current_app, render_template
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import Installation
from app_catalog.installations.names import shown_name
from app_catalog.reviews.models import Review, ReviewPostponement
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.ids import new_id
from tenants.municipalities.models import Municipality

IN_USE = timedelta(days=30)
ENOUGH_RECORDS = 20
COOL_DOWN = timedelta(days=180)
STALE = timedelta(days=365)
"""A review that was last written so long ago is asked for anew."""
MOST_LOOKED_AT = 5
_EXTENSION = "lumbung_use_source"


class UseSource(Protocol):
    """Knows how much an app is used; the runtime does (ADR 0011)."""

    def has_records(self, session: AnySession, installation: Installation, number: int) -> bool:
        """Whether the installation has at least so many records."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An app that the municipality has used long enough to judge it."""

    installation: Installation
    days: int
    reviewed: bool


def install_use_source(app: Flask, source: UseSource) -> None:
    """From now on `source` says how much an app is used; nobody is asked for a review without one."""
    app.extensions[_EXTENSION] = source


def find_review_to_ask_for(session: AnySession) -> Asked | None:
    """The app whose review the session's municipality may be asked for now, or None.

    It has run for 30 days and has 20 records, there is no review of the past year, and nobody said "not now" within
    180 days. The one enabled first comes first.
    """
    source: UseSource | None = current_app.extensions.get(_EXTENSION)
    if source is None:
        return None
    for installation, review_id in _candidates(session):
        if source.has_records(session, installation, ENOUGH_RECORDS):
            return Asked(installation, (now() - installation.enabled_at).days, review_id is not None)
    return None


def postpone_review(session: AnySession, installation: Installation) -> None:
    """Not now: the municipality is not asked for a review of this app for 180 days."""
    until = now() + COOL_DOWN
    made = insert(ReviewPostponement).values(
        id=new_id(), tenant_id=installation.tenant_id, app_id=installation.app_id, until=until, created_at=now()
    )
    session.execute(made.on_conflict_do_update(index_elements=["tenant_id", "app_id"], set_={"until": until}))
    record_audit(session, "review.postponed", subject_type="installation", subject_id=installation.id)


def review_notice(session: AnySession, municipality: Municipality | None = None) -> Markup:
    """What the management's first page says: please judge this app, or not now; empty when nothing is asked."""
    asked = find_review_to_ask_for(session)
    if asked is None:
        return Markup()
    definition = definition_by_digest(session, asked.installation.definition_digest)
    text = render_template("reviews/notice.html", asked=asked, name=shown_name(asked.installation, definition))
    return Markup(text)  # noqa: S704 - rendered by an autoescaping template.


def _candidates(session: AnySession) -> Sequence[tuple[Installation, UUID | None]]:
    tenant_id = current_tenant(session)
    fresh = (Review.updated_at >= now() - STALE).is_(True)
    postponed = select(ReviewPostponement.app_id).where(
        ReviewPostponement.tenant_id == tenant_id, ReviewPostponement.until > now()
    )
    rows = session.execute(
        select(Installation, Review.id)
        .outerjoin(Review, (Review.tenant_id == Installation.tenant_id) & (Review.app_id == Installation.app_id))
        .where(
            Installation.tenant_id == tenant_id,
            Installation.status == "enabled",
            Installation.enabled_at <= now() - IN_USE,
            ~fresh,
            Installation.app_id.not_in(postponed),
        )
        .order_by(Installation.enabled_at, Installation.slug)
        .limit(MOST_LOOKED_AT)
    )
    return [(installation, review_id) for installation, review_id in rows]
