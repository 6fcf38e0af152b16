"""Agencies and office hours of a municipality that is there for one app only, in a scenario or a preview."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

from lumbung.db.tenancy import AnySession
from tenants.agencies.models import Agency
from tenants.calendars.models import OfficeHours
from tenants.municipalities.models import Municipality


def open_offices(session: AnySession, municipality: Municipality, names: Mapping[str, str]) -> dict[str, Agency]:
    """An agency of each name, by its key, open from Monday to Friday, 8 to 16; the session is the municipality's."""
    agencies = {
        key: Agency(
            tenant_id=municipality.id,
            key=key,
            name=name,
            short_name=key,
            email=f"{key}@{municipality.slug}.invalid",
            order=place,
        )
        for place, (key, name) in enumerate(names.items())
    }
    session.add_all(agencies.values())
    session.add_all(
        OfficeHours(tenant_id=municipality.id, weekday=day, opens=time(8), closes=time(16)) for day in range(5)
    )
    session.flush()
    return agencies
