"""Indicators of an app: shares that say how well the work is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select

from app_catalog.definitions.model.live import Indicator
from app_catalog.installations.names import shown_name
from app_catalog.installations.services import list_installations
from app_runtime.filtering.clauses import where_clause
from app_runtime.live.patience import PATIENT, Patience
from app_runtime.records.models import Record, RecordClock
from app_runtime.records.pinned import by_own_kind
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import pick

_JUDGED = or_(RecordClock.state == "met", RecordClock.breached_at.is_not(None))
"""A deadline that was missed stays so, also when its record was closed by something that does not answer it."""


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator of an app: how many of `of` records or deadlines it counts as good."""

    app_name: str
    id: str
    label: str
    good: int
    of: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None before there is anything to judge."""
        return self.good / self.of if self.of else None


def indicators(session: AnySession, *, patience: Patience = PATIENT) -> list[Measured]:
    """The indicators of all apps of the session's municipality, in the order of the apps and of their definitions;
    without those that could not be reckoned in time."""
    apps = [running_app(session, installation) for installation in list_installations(session)]
    found = [
        _measured(app, spec, patience)
        for app in apps
        for spec in app.definition.indicators.values()
        if spec.record in app.definition.records
    ]
    return [one for one in found if one is not None]


def _measured(app: RunningApp, spec: Indicator, patience: Patience) -> Measured | None:
    rows: list[Any] = [
        Record.tenant_id == app.installation.tenant_id,
        Record.installation_id == app.installation.id,
        Record.record_type == spec.record,
    ]
    if spec.days is not None:
        rows.append(Record.created_at >= now() - timedelta(days=spec.days))
    if spec.kind == "clock_met":
        query = (
            select(func.count(), func.count().filter(RecordClock.state == "met", RecordClock.breached_at.is_(None)))
            .select_from(Record)
            .join(RecordClock, and_(RecordClock.tenant_id == Record.tenant_id, RecordClock.record_id == Record.id))
            .where(*rows, RecordClock.clock == spec.clock, _JUDGED)
        )
    else:
        passing = by_own_kind(app.kinds(spec.record), lambda kind: where_clause(app, kind, spec.where))
        query = select(func.count(), func.count().filter(passing)).select_from(Record).where(*rows)
    found = patience.rows(app.session, query)
    if found is None:
        return None
    of, kept = found[0]
    return Measured(shown_name(app.installation, app.definition), spec.id, pick(spec.label), kept, of)
