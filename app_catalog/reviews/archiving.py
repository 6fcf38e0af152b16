"""A review outlives the use of the app: it stays readable, marked, and counts no longer."""

from __future__ import annotations

from sqlalchemy import update

from app_catalog.installations.models import Installation
from app_catalog.reviews.models import Review
from lumbung.db import now
from lumbung.db.tenancy import AnySession


def archive_review(session: AnySession, installation: Installation) -> None:
    """The municipality no longer runs the app."""
    _mark(session, installation, archived=True)


def restore_review(session: AnySession, installation: Installation) -> None:
    """The municipality runs the app again."""
    _mark(session, installation, archived=False)


def _mark(session: AnySession, installation: Installation, *, archived: bool) -> None:
    session.execute(
        update(Review)
        .where(Review.tenant_id == installation.tenant_id, Review.app_id == installation.app_id)
        .values(archived_at=now() if archived else None)
    )
