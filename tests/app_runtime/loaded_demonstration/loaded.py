"""What every test of the loaded demonstration may need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from app_catalog.installations.models import Installation
from app_runtime.demonstration.cities import CITIES
from app_runtime.demonstration.script import APP
from app_runtime.records.models import Record
from lumbung.db import db
from lumbung.settings import Settings
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.models import Municipality

UNTIL = datetime.now(UTC)
SLUGS = tuple(city.slug for city in CITIES)


@dataclass(frozen=True)
class Loaded:
    """The application with the demonstration in it."""

    app: LumbungFlask
    settings: Settings
    steps: list[str]


def records(city: Municipality, app: str = APP) -> list[Record]:
    """Everything that one app keeps in a city."""
    query = select(Record).join(
        Installation, (Installation.tenant_id == Record.tenant_id) & (Installation.id == Record.installation_id)
    )
    return list(db.session.scalars(query.where(Record.tenant_id == city.id, Installation.slug == app)))
