"""The first records of an app in a municipality, for the checklist of its first 30 days."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select

from app_catalog.assistance.first_days import FirstUse
from app_catalog.installations.models import Installation
from app_runtime.records.models import Record, RecordClock
from lumbung.db.tenancy import AnySession

LOOKED_AT: Final = 200
"""Among so many of the first records the first deadline that was kept is looked for; later ones are no beginning."""


class RecordFirstUse:
    """Knows it from the records."""

    def first_use(self, session: AnySession, installation: Installation) -> FirstUse:
        """When the first record came and when a deadline of one of the first records was first kept."""
        first = (
            select(Record.id, Record.created_at)
            .where(Record.tenant_id == installation.tenant_id, Record.installation_id == installation.id)
            .order_by(Record.created_at, Record.id)
            .limit(LOOKED_AT)
            .subquery()
        )
        kept = (
            select(func.min(RecordClock.met_at))
            .where(
                RecordClock.tenant_id == installation.tenant_id,
                RecordClock.state == "met",
                RecordClock.record_id.in_(select(first.c.id)),
            )
            .scalar_subquery()
        )
        record_at, in_time_at = session.execute(select(func.min(first.c.created_at), kept)).one()
        return FirstUse(record_at, in_time_at)
