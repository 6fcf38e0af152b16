"""Indicators of an app: shares that say how well the work is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, select

from app_catalog.definitions.model.live import Indicator
from app_catalog.installations.models import Installation
from app_runtime.filtering.clauses import where_clause
from app_runtime.records.models import Record, RecordClock
from app_runtime.records.pinned import by_own_kind
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import pick

_KEPT = ("met",)
_JUDGED = ("met", "met_late", "breached")


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator: `share` from 0 to 1 (None before there is anything to judge), of `of` records or deadlines."""

    id: str
    label: str
    share: float | None
    of: int


def indicators(session: AnySession, installation: Installation) -> list[Measured]:
    """The indicators of an app in the session's municipality, in the order of its definition."""
    app = running_app(session, installation)
    return [
        _measured(app, spec) for spec in app.definition.indicators.values() if spec.record in app.definition.records
    ]


def _measured(app: RunningApp, spec: Indicator) -> Measured:
    rows: list[Any] = [
        Record.tenant_id == app.installation.tenant_id,
        Record.installation_id == app.installation.id,
        Record.record_type == spec.record,
    ]
    if spec.days is not None:
        rows.append(Record.created_at >= now() - timedelta(days=spec.days))
    if spec.kind == "clock_met":
        query = (
            select(func.count(), func.count().filter(RecordClock.state.in_(_KEPT)))
            .select_from(Record)
            .join(RecordClock, and_(RecordClock.tenant_id == Record.tenant_id, RecordClock.record_id == Record.id))
            .where(*rows, RecordClock.clock == spec.clock, RecordClock.state.in_(_JUDGED))
        )
    else:
        passing = by_own_kind(app.kinds(spec.record), lambda kind: where_clause(app, kind, spec.where))
        query = select(func.count(), func.count().filter(passing)).select_from(Record).where(*rows)
    of, kept = app.session.execute(query).one()
    return Measured(spec.id, pick(spec.label), kept / of if of else None, of)
