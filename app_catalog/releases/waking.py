"""A published version is made known to every municipality, by a wake-up that is answered inside it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app_catalog.releases.models import Release
from app_catalog.releases.states import list_states
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.ids import new_id
from lumbung.outbox import Wakeup
from tenants.municipalities.models import Municipality

PUBLISHED = "versions.published"
"""The kind of the wake-up: look whether there is a version that the update policy lets in."""


def wake_for_version(session: AnySession, release: Release) -> None:
    """Wake every municipality, when the release is not the only one of its app: which of them run it is theirs alone to
    know. Those that are suspended too, so that none comes back with a version that was mended long ago. One statement,
    however many they are; the work is each municipality's own."""
    if len(list_states(session, release.app_id)) < 2:
        return
    ids = session.scalars(select(Municipality.id)).all()
    if not ids:
        return
    moment = now()
    rows = [
        {"id": new_id(), "tenant_id": tenant_id, "kind": PUBLISHED, "due_at": moment, "attempts": 0}
        for tenant_id in ids
    ]
    session.execute(insert(Wakeup).values(rows).on_conflict_do_nothing())
