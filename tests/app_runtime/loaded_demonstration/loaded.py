"""What every test of the loaded demonstration may need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from app_runtime.demonstration.cities import CITIES
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


def records(city: Municipality) -> list[Record]:
    return list(db.session.scalars(select(Record).where(Record.tenant_id == city.id)))
