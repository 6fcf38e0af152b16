"""The facts of a period for evaluations: the same count as the monthly figures (ADR 0011, ADR 0036)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from app_catalog.evaluations.facts import Facts
from app_catalog.figures.publishing import MINIMUM
from app_catalog.installations.models import Installation
from app_runtime.figures.happened import Span
from app_runtime.figures.tally import WHOLE, Tally, count_events
from app_runtime.records.municipal import session_municipality
from lumbung.db.tenancy import AnySession


class RecordFacts:
    """Counts the facts of one installation from the history of its records."""

    def count(self, session: AnySession, installation: Installation, *, first: date, last: date) -> Facts:
        """The facts of what happened from the first moment of `first` to the last of `last`, by the municipality's
        zone. Raises NotFound when the session belongs to no municipality."""
        zone = ZoneInfo(session_municipality(session).timezone)
        begins = datetime.combine(first, time(), zone)
        ends = datetime.combine(last + timedelta(days=1), time(), zone)
        found = count_events(
            session,
            installation,
            lambda at, row_id, imported: "period",
            Span(since=begins, before=ends),
        ).get(("period", *WHOLE), Tally())
        told = found.rated >= MINIMUM
        return Facts(
            records=found.created,
            closed=found.closed,
            due=found.due,
            in_time=found.in_time,
            median_seconds=float(median(found.closings)) if found.closings else None,
            reopened=found.reopened,
            rated=found.rated if told else None,
            rating_mean=round(found.rating_sum / found.rated / 100, 2) if told else None,
        )
