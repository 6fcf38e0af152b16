"""What figures are counted from: what happened to records, which deadlines were met, and how people rated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app_catalog.installations.models import Installation
from app_runtime.records.models import Record, RecordClock, RecordHistory
from app_runtime.satisfaction.models import SatisfactionAnswer
from lumbung.db.tenancy import AnySession

_ACTED = ("created", "imported", "action")
_BREACHED = ".breached"
_AT_ONCE = 2_000
"""So many rows are in memory at once: a municipality's first count reads its whole history."""


@dataclass(frozen=True, slots=True)
class Span:
    """What is read: everything by default. What happened from `since` on, or was written with an id from `or_from` on;
    of this only what happened before `before`, and was written with an id below `until`."""

    since: datetime | None = None
    or_from: UUID | None = None
    before: datetime | None = None
    until: UUID | None = None

    def of(
        self, at: InstrumentedAttribute[datetime], row_id: InstrumentedAttribute[UUID]
    ) -> Iterator[ColumnElement[bool]]:
        """The conditions on the moment and the id of a row."""
        if self.since is not None:
            late = [row_id >= self.or_from] if self.or_from is not None else []
            yield or_(at >= self.since, *late)
        if self.before is not None:
            yield at < self.before
        if self.until is not None:
            yield row_id < self.until


EVERYTHING: Final = Span()


def happened(session: AnySession, installation: Installation, span: Span) -> Iterable[Any]:
    return session.execute(
        select(
            *_EVENT,
            RecordHistory.from_state,
            RecordHistory.to_state,
            RecordHistory.actor_kind,
            RecordHistory.actor_id,
            Record.agency_id,
            _missed_again().label("decided"),
        )
        .join(Record, _RECORD)
        .where(
            *_of(installation),
            or_(
                RecordHistory.kind.in_(_ACTED),
                and_(RecordHistory.kind == "clock", RecordHistory.name.endswith(_BREACHED, autoescape=True)),
                RecordHistory.actor_kind == "member",
            ),
            *span.of(RecordHistory.created_at, RecordHistory.id),
        )
        .execution_options(yield_per=_AT_ONCE)
    )


def met_clocks(session: AnySession, installation: Installation, span: Span) -> Iterable[Any]:
    """The clocks that an action met: it happened at the very moment that the clock holds."""
    return session.execute(
        select(
            *_EVENT,
            RecordClock.id.label("clock_id"),
            RecordClock.clock,
            RecordClock.round,
            RecordClock.breached_at,
            _missed_before().label("decided"),
        )
        .join(Record, _RECORD)
        .join(
            RecordClock,
            and_(
                RecordClock.tenant_id == RecordHistory.tenant_id,
                RecordClock.record_id == RecordHistory.record_id,
                RecordClock.met_at == RecordHistory.created_at,
            ),
        )
        .where(
            *_of(installation),
            RecordClock.tenant_id == installation.tenant_id,
            RecordHistory.kind == "action",
            *span.of(RecordHistory.created_at, RecordHistory.id),
        )
        .execution_options(yield_per=_AT_ONCE)
    )


def rated(session: AnySession, installation: Installation, span: Span) -> Iterable[Any]:
    """Ratings where they were first given, with the score of now."""
    return session.execute(
        select(
            SatisfactionAnswer.id,
            literal("rated").label("kind"),
            SatisfactionAnswer.answered_at.label("created_at"),
            SatisfactionAnswer.definition_digest,
            SatisfactionAnswer.score,
            SatisfactionAnswer.scale,
            Record.record_type,
        )
        .join(Record, and_(Record.tenant_id == SatisfactionAnswer.tenant_id, Record.id == SatisfactionAnswer.record_id))
        .where(
            SatisfactionAnswer.tenant_id == installation.tenant_id,
            Record.tenant_id == installation.tenant_id,
            Record.installation_id == installation.id,
            *span.of(SatisfactionAnswer.answered_at, SatisfactionAnswer.id),
        )
        .execution_options(yield_per=_AT_ONCE)
    )


def _missed_again() -> ColumnElement[bool]:
    """Whether a missed deadline was missed before in the same round: its record has moved to a longer one since."""
    round_since = exists().where(
        RecordClock.tenant_id == _EARLIER.tenant_id,
        RecordClock.record_id == _EARLIER.record_id,
        RecordClock.clock + _BREACHED == _EARLIER.name,
        RecordClock.started_at >= _EARLIER.created_at,
        RecordClock.started_at <= RecordHistory.created_at,
    )
    earlier = exists().where(
        *_MISSED_EARLIER,
        _EARLIER.name == RecordHistory.name,
        _EARLIER.sequence < RecordHistory.sequence,
        ~round_since.correlate(_EARLIER, RecordHistory),
    )
    return and_(RecordHistory.kind == "clock", earlier.correlate(RecordHistory))


def _missed_before() -> ColumnElement[bool]:
    """Whether a deadline that was met had been missed in the same round, by a shorter one that its record has left."""
    return (
        exists()
        .where(
            *_MISSED_EARLIER,
            _EARLIER.name == RecordClock.clock + _BREACHED,
            _EARLIER.created_at > RecordClock.started_at,
            _EARLIER.sequence < RecordHistory.sequence,
        )
        .correlate(RecordHistory, RecordClock)
    )


_EARLIER = aliased(RecordHistory, name="earlier")
_MISSED_EARLIER = (
    _EARLIER.tenant_id == RecordHistory.tenant_id,
    _EARLIER.record_id == RecordHistory.record_id,
    _EARLIER.kind == "clock",
)
_EVENT = (
    RecordHistory.id,
    RecordHistory.kind,
    RecordHistory.created_at,
    RecordHistory.definition_digest,
    Record.record_type,
    Record.created_at.label("made_at"),
)
_RECORD = and_(Record.tenant_id == RecordHistory.tenant_id, Record.id == RecordHistory.record_id)


def _of(installation: Installation) -> tuple[ColumnElement[bool], ...]:
    return (
        RecordHistory.tenant_id == installation.tenant_id,
        Record.tenant_id == installation.tenant_id,
        Record.installation_id == installation.id,
    )
