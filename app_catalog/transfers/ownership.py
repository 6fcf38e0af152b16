"""Whose an app was when."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app_catalog.releases.models import App, Release, ReleaseEvent
from app_catalog.transfers.models import AppTransfer
from lumbung.db.tenancy import AnySession


def publisher_at(session: AnySession, app: App, moment: datetime) -> UUID:
    """The publisher to whom the app belonged at a moment: who gave it away first after it, else who has it now."""
    given = session.scalar(
        select(AppTransfer.from_publisher_id)
        .where(AppTransfer.app_id == app.id, AppTransfer.status == "accepted", AppTransfer.decided_at > moment)
        .order_by(AppTransfer.decided_at)
        .limit(1)
    )
    return given or app.publisher_id


def is_new_to_publisher(session: AnySession, app: App) -> bool:
    """Whether the app has come from another publisher, and nothing of the present one's was published since."""
    since = session.scalar(
        select(AppTransfer.decided_at)
        .where(AppTransfer.app_id == app.id, AppTransfer.status == "accepted")
        .order_by(AppTransfer.decided_at.desc())
        .limit(1)
    )
    if since is None:
        return False
    # Only what a curator let out ends it: what was sent back is sent again.
    shown = (
        select(Release.id)
        .join(ReleaseEvent, (ReleaseEvent.release_id == Release.id) & (ReleaseEvent.kind == "published"))
        .where(Release.app_id == app.id, Release.created_at >= since)
    )
    return session.scalar(shown.limit(1)) is None
