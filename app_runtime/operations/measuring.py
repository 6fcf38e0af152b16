"""What the worker counts in each municipality about its apps, records and clocks."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import and_, func, select

from app_catalog.installations.models import Installation
from app_runtime.records.models import Record, RecordClock
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.metrics import Gauge, Sample, measures
from tenants.plans.catalogue import Resource
from tenants.plans.counting import Span, counts


@measures(
    Gauge("records_open", "Records that are not closed."),
    Gauge("records_overdue", "Open records with a clock that ran out and was not answered."),
    Gauge("installation_enabled", "1 for an app in use, 0 for one that was switched off."),
)
def _records(session: AnySession, tenant_id: UUID) -> Iterable[Sample]:
    open_here = and_(
        Record.tenant_id == Installation.tenant_id, Record.installation_id == Installation.id, Record.open.is_(True)
    )
    rows = session.execute(
        select(
            Installation.slug,
            Installation.status,
            func.count(Record.id),
            func.count(Record.id).filter(Record.overdue.is_(True)),
        )
        .join_from(Installation, Record, and_(open_here, Record.tenant_id == tenant_id), isouter=True)
        .where(Installation.tenant_id == tenant_id)
        .group_by(Installation.slug, Installation.status)
    )
    for slug, status, open_count, overdue in rows:
        yield Sample("records_open", open_count, slug)
        yield Sample("records_overdue", overdue, slug)
        yield Sample("installation_enabled", float(status == "enabled"), slug)


@measures(
    Gauge("clocks_running", "Clocks that will have something to do."),
    Gauge("clocks_due", "Clocks whose next step is due and that no worker has looked at yet."),
    Gauge("clocks_late_seconds", "How late the oldest of them is."),
)
def _clocks(session: AnySession, tenant_id: UUID) -> Iterable[Sample]:
    moment = now()
    running, due, oldest = session.execute(
        select(
            func.count(),
            func.count().filter(RecordClock.next_at <= moment),
            func.min(RecordClock.next_at).filter(RecordClock.next_at <= moment),
        ).where(RecordClock.tenant_id == tenant_id, RecordClock.next_at.is_not(None))
    ).one()
    yield Sample("clocks_running", running)
    yield Sample("clocks_due", due)
    yield Sample("clocks_late_seconds", (moment - oldest).total_seconds() if oldest else 0.0)


@counts(Resource.RECORDS)
def _kept_records(session: AnySession, tenant_id: UUID, span: Span) -> int:
    kept = select(func.count()).select_from(Record).where(Record.tenant_id == tenant_id, *span.of(Record.id))
    return session.scalar(kept) or 0
