"""The municipality that the session belongs to, and which day it is there."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import NotFound
from tenants.municipalities.models import Municipality


def session_municipality(session: AnySession) -> Municipality:
    """The session's municipality. Raises NotFound when it belongs to none."""
    tenant_id = current_tenant(session)
    found = session.get(Municipality, tenant_id) if tenant_id else None
    if found is None:
        raise NotFound
    return found


def municipal_today(session: AnySession, at: datetime) -> date:
    """The date at the instant `at` in the zone of the session's municipality."""
    return at.astimezone(ZoneInfo(session_municipality(session).timezone)).date()
