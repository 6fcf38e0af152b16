"""What happened to the records of an installation, counted from their history: by month, or for a period.

Every event counts in the moment in which it happened, not by when the record was made: history is only ever added to,
so that what a month counted does not change by what comes after it (ADR 0036).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, select

from app_catalog.definitions.model import RecordType
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import Installation, InstalledDefinition
from app_catalog.releases.models import Release
from app_runtime.figures.happened import EVERYTHING, Span, happened, met_clocks, rated
from lumbung.db.tenancy import AnySession

WHOLE: Final = ("", "")
"""Stands for all versions and record types together."""
Bucket = Callable[[datetime, UUID, bool], Hashable | None]
"""Where an event counts: by its moment, the id of its row of history, and whether it was imported; None leaves it
out."""


@dataclass
class Tally:
    """Everything counted so far."""

    created: int = 0
    closed: int = 0
    closed_success: int = 0
    reopened: int = 0
    answered_in_time: int = 0
    due: int = 0
    in_time: int = 0
    rated: int = 0
    rating_sum: int = 0
    answers: list[float] = field(default_factory=list)
    closings: list[float] = field(default_factory=list)
    people: set[UUID] = field(default_factory=set)
    agencies: set[UUID] = field(default_factory=set)

    def columns(self) -> dict[str, Any]:
        """The same as it is kept: times in whole seconds, people and agencies as numbers, ratings in hundredths of a
        point on the scale of five."""
        return {
            "created": self.created,
            "closed": self.closed,
            "closed_success": self.closed_success,
            "reopened": self.reopened,
            "answered": len(self.answers),
            "answered_in_time": self.answered_in_time,
            "answer_seconds": round(sum(self.answers)),
            "answer_median": round(median(self.answers)) if self.answers else None,
            "close_seconds": round(sum(self.closings)),
            "close_median": round(median(self.closings)) if self.closings else None,
            "due": self.due,
            "in_time": self.in_time,
            "rated": self.rated,
            "rating_sum": self.rating_sum,
            "people": len(self.people),
            "agencies": len(self.agencies),
        }


def count_events(
    session: AnySession, installation: Installation, bucket: Bucket, span: Span = EVERYTHING
) -> dict[tuple[Any, str, str], Tally]:
    """Tallies by bucket, version and record type, and by bucket alone (`WHOLE`); `span` narrows what is read. Nothing
    stands for what never happened."""
    found: dict[tuple[Any, str, str], Tally] = {}
    versions = _versions(session, installation)

    def tallies(row: Row[Any]) -> list[Tally]:
        place = bucket(row.created_at, row.id, row.kind == "imported")
        if place is None:
            return []
        keys = [(place, *WHOLE), (place, versions.get(row.definition_digest, ""), row.record_type)]
        return [found.setdefault(key, Tally()) for key in keys]

    types = _Types(session)
    for row in happened(session, installation, span):
        for tally in tallies(row):
            _count(tally, row, types.find(row.definition_digest, row.record_type))
    met = set[UUID]()
    for row in met_clocks(session, installation, span):
        if row.clock_id in met:
            # Several actions may belong to one change, all of the same moment.
            continue
        met.add(row.clock_id)
        for tally in tallies(row):
            _count_met(tally, row, types.first_clock(row.definition_digest, row.record_type))
    for row in rated(session, installation, span):
        for tally in tallies(row):
            tally.rated += 1
            tally.rating_sum += on_five(row.score, row.scale)
    return found


def on_five(score: int, scale: int) -> int:
    """A score from 1 to `scale` in hundredths of a point on the scale from 1 to 5, so that apps and versions with other
    scales add up."""
    return 100 + round(400 * (score - 1) / (scale - 1))


def _count(tally: Tally, row: Row[Any], kind: RecordType | None) -> None:
    if row.agency_id is not None:
        tally.agencies.add(row.agency_id)
    if row.actor_kind == "member" and row.actor_id is not None and row.kind != "imported":
        tally.people.add(row.actor_id)
    if row.kind == "clock" and not row.decided:
        tally.due += 1
    if row.kind in ("created", "imported") and row.from_state is None:
        tally.created += 1
    workflow = kind.workflow if kind else None
    if workflow is None or row.from_state is None or row.kind not in ("action", "imported"):
        return
    before, after = workflow.states.get(row.from_state), workflow.states.get(row.to_state)
    if before is None or after is None:
        return
    if before.end is None and after.end is not None:
        tally.closed += 1
        tally.closed_success += after.end == "success"
        tally.closings.append((row.created_at - row.made_at).total_seconds())
    elif before.end is not None and after.end is None:
        tally.reopened += 1


def _count_met(tally: Tally, row: Row[Any], first: str | None) -> None:
    kept = row.breached_at is None and not row.decided
    if kept:
        # A deadline that was missed was decided when it was, also where the record has moved to a longer one since.
        tally.due += 1
        tally.in_time += 1
    if row.clock == first and row.round == 1:
        tally.answers.append((row.created_at - row.made_at).total_seconds())
        tally.answered_in_time += kept


class _Types:
    """Record types of the definitions that history is pinned to."""

    def __init__(self, session: AnySession) -> None:
        self._session = session

    def find(self, digest: str, record_type: str) -> RecordType | None:
        return definition_by_digest(self._session, digest).records.get(record_type)

    def first_clock(self, digest: str, record_type: str) -> str | None:
        kind = self.find(digest, record_type)
        clocks = sorted(kind.clocks.values(), key=lambda clock: clock.order) if kind else []
        return clocks[0].id if clocks else None


def _versions(session: AnySession, installation: Installation) -> dict[str, str]:
    rows = session.execute(
        select(InstalledDefinition.digest, Release.version)
        .join(Release, Release.id == InstalledDefinition.release_id)
        .where(InstalledDefinition.tenant_id == installation.tenant_id)
    )
    return {row.digest: row.version for row in rows}
