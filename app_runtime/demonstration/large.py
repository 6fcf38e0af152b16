"""A hundred thousand reports for one municipality of the demonstration, in batches that each commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app_catalog.installations.services import access_installation
from app_runtime.demonstration.bulk.reports import BATCH, Part, parts, profile_of, write_part
from app_runtime.demonstration.counting import count_installation
from app_runtime.demonstration.generated.calendar import keep_calendar
from app_runtime.demonstration.generated.profiles import LARGE_SLUG
from app_runtime.demonstration.progress import LARGE_MARK
from app_runtime.demonstration.script import APP
from lumbung.audit import record_audit
from lumbung.audit.models import PlatformAuditEntry
from lumbung.db import as_tenant, now, set_clock, use_tenant
from lumbung.db.tenancy import AnySession
from tenants.municipalities.models import Municipality

COUNT = 100_000
YEARS = 5
PHOTOS = 200
"""Photos with the newest batch only: one for every report would take gigabytes."""
_BEGUN = "begun"
_CALENDAR = "calendar"


@dataclass(frozen=True)
class _Plan:
    """What was decided when the load began; a load that goes on keeps to it."""

    until: datetime
    count: int
    seed: int
    batch: int

    def parts(self) -> list[Part]:
        """The batches."""
        return parts(self.count, until=self.until, days=YEARS * 365, seed=self.seed, batch=self.batch)


def load_large(
    session: AnySession,
    *,
    seed: int,
    count: int = COUNT,
    until: datetime | None = None,
    slug: str = LARGE_SLUG,
    batch: int = BATCH,
    tell: Callable[[int, int], None] = lambda written, count: None,
) -> int:
    """Add `count` reports of five years to the municipality at `slug`, which runs the app; how many were written now.

    Each batch commits with a mark in the audit of the hub: a load that
    was killed goes on after the last one, with the seed and the moment it began with, and a load that is whole writes
    nothing. `tell` hears of the number so far, those of earlier loads included, and of the number to come.
    """
    use_tenant(session, None)
    plan = _plan(session, _Plan(until or now(), count, seed, batch))
    done = {mark.subject_id for mark in _marks(session)}
    municipality = session.scalars(select(Municipality).where(Municipality.slug == slug)).one()
    profile = profile_of(municipality)
    if _CALENDAR not in done:
        with as_tenant(session, municipality.id):
            keep_calendar(session, profile, first=plan.until.year - YEARS, last=plan.until.year + 1)
        _mark(session, _CALENDAR)
    all_parts = plan.parts()
    written = so_far = 0
    for part in all_parts:
        so_far += part.count
        if f"part-{part.number}" not in done:
            photos = PHOTOS if part is all_parts[-1] else 0
            with as_tenant(session, municipality.id):
                written += write_part(session, access_installation(session, APP), part, photos=photos, profile=profile)
            _mark(session, f"part-{part.number}")
        tell(so_far, plan.count)
    if written:
        with as_tenant(session, municipality.id), set_clock(plan.until):
            count_installation(session, access_installation(session, APP))
        session.commit()
    return written


def _plan(session: AnySession, wanted: _Plan) -> _Plan:
    begun = next((mark for mark in _marks(session) if mark.subject_id == _BEGUN), None)
    if begun is not None and begun.after is not None:
        kept = begun.after
        return _Plan(datetime.fromisoformat(kept["until"]), kept["count"], kept["seed"], kept["batch"])
    plan = _Plan(wanted.until.replace(microsecond=0) - timedelta(minutes=1), wanted.count, wanted.seed, wanted.batch)
    _mark(session, _BEGUN, until=plan.until.isoformat(), count=plan.count, seed=plan.seed, batch=plan.batch)
    return plan


def _marks(session: AnySession) -> list[PlatformAuditEntry]:
    return list(session.scalars(select(PlatformAuditEntry).where(PlatformAuditEntry.action == LARGE_MARK)))


def _mark(session: AnySession, what: str, **after: Any) -> None:
    use_tenant(session, None)
    record_audit(session, LARGE_MARK, subject_type="demonstration", subject_id=what, after=after or None)
    session.commit()
