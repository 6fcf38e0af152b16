"""What happens on the platform and concerns every municipality: each looks for itself, inside its own wall."""

from __future__ import annotations

from sqlalchemy import select

from lumbung.db import as_tenant
from lumbung.db.tenancy import AnySession
from lumbung.outbox import Payload, enqueue_effect
from tenants.municipalities.models import Municipality


def enqueue_everywhere(session: AnySession, kind: str, payload: Payload, *, key: str) -> None:
    """Leave an effect of this kind with every municipality, once for each `key`."""
    for municipality_id in session.scalars(select(Municipality.id).order_by(Municipality.id)).all():
        with as_tenant(session, municipality_id):
            enqueue_effect(session, kind, payload, dedupe_key=key)
