"""The facts of a period for evaluations, counted by the database (ADR 0011)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from app_catalog.evaluations.facts import Facts
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import Installation
from app_runtime.records.models import Record, RecordClock, RecordHistory
from app_runtime.records.municipal import session_municipality
from lumbung.db.tenancy import AnySession


class RecordFacts:
    """Counts the facts of one installation from its records, their clocks and their history."""

    def count(self, session: AnySession, installation: Installation, *, first: date, last: date) -> Facts:
        """The facts of the records received from the first moment of `first` to the last of `last`, by the
        municipality's zone. Raises NotFound when the session belongs to no municipality."""
        received = _received(session, installation, first, last)
        seconds = func.extract("epoch", Record.closed_at - Record.created_at)
        closed = and_(Record.open.is_(False), Record.closed_at.is_not(None))
        totals = session.execute(
            select(
                func.count(),
                func.count().filter(closed),
                func.percentile_cont(0.5).within_group(seconds).filter(closed),
            )
            .select_from(Record)
            .where(received)
        ).one()
        missed = RecordClock.breached_at.is_not(None)
        clocks = session.execute(
            select(
                func.count().filter(or_(RecordClock.met_at.is_not(None), missed)),
                func.count().filter(and_(RecordClock.met_at.is_not(None), RecordClock.breached_at.is_(None))),
            )
            .select_from(RecordClock)
            .join(Record, and_(Record.tenant_id == RecordClock.tenant_id, Record.id == RecordClock.record_id))
            .where(RecordClock.tenant_id == installation.tenant_id, received)
        ).one()
        return Facts(
            records=totals[0],
            closed=totals[1],
            due=clocks[0],
            in_time=clocks[1],
            median_seconds=float(totals[2]) if totals[2] is not None else None,
            reopened=_reopened(session, installation, received),
        )


def _received(session: AnySession, installation: Installation, first: date, last: date) -> ColumnElement[bool]:
    zone = ZoneInfo(session_municipality(session).timezone)
    begins = datetime.combine(first, time(), zone)
    ends = datetime.combine(last + timedelta(days=1), time(), zone)
    return and_(
        Record.tenant_id == installation.tenant_id,
        Record.installation_id == installation.id,
        Record.created_at >= begins,
        Record.created_at < ends,
    )


def _reopened(session: AnySession, installation: Installation, received: ColumnElement[bool]) -> int:
    """Records that an action led from an end back to an open state, each counted once."""
    digests = session.scalars(select(Record.definition_digest).where(received).distinct()).all()
    back: list[ColumnElement[bool]] = [false()]
    for digest in digests:
        for kind in definition_by_digest(session, digest).records.values():
            if kind.workflow is None:
                continue
            ends = [state.id for state in kind.workflow.states.values() if state.end is not None]
            back.append(
                and_(
                    RecordHistory.definition_digest == digest,
                    Record.record_type == kind.id,
                    RecordHistory.from_state.in_(ends),
                    RecordHistory.to_state.in_(kind.workflow.open_states),
                )
            )
    return (
        session.scalar(
            select(func.count(func.distinct(RecordHistory.record_id)))
            .select_from(RecordHistory)
            .join(Record, and_(Record.tenant_id == RecordHistory.tenant_id, Record.id == RecordHistory.record_id))
            .where(
                RecordHistory.tenant_id == installation.tenant_id,
                RecordHistory.kind == "action",
                received,
                or_(*back),
            )
        )
        or 0
    )
