"""A self-test of an app's deadlines: what would fire when, and whom it would reach, for a record made now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from app_catalog.definitions.model import Event
from app_catalog.installations.models import Installation
from app_runtime.clocks.ladder import rungs_in_order
from app_runtime.clocks.running import reckon
from app_runtime.clocks.spans import parse_span
from app_runtime.notifications.recipients import resolve_recipients
from app_runtime.notifications.sending import shown_names
from app_runtime.records.actors import SYSTEM
from app_runtime.records.change import Change
from app_runtime.records.models import Record, RecordClock
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.ids import new_id


@dataclass(frozen=True, slots=True)
class PreviewedMoment:
    """One moment of a clock. `reaches` names those who would be told; `problem` says why nothing would be."""

    record_type: str
    option: str
    clock: str
    phase: Literal["due", "warned", "rung"]
    at: datetime | None
    rung: str = ""
    to: str = ""
    reaches: tuple[str, ...] = ()
    problem: str = ""


_Reached = dict[tuple[str, str, UUID | None], tuple[str, ...]]
"""Names of those whom a record type's rung reaches, by agency."""


def clock_preview(session: AnySession, installation: Installation) -> list[PreviewedMoment]:
    """What would fire when, for one record made now of each type and each option of its first choice.

    Nothing is written and nobody is told.
    """
    app = running_app(session, installation)
    found: list[PreviewedMoment] = []
    reached: _Reached = {}
    for kind in app.definition.records.values():
        for option, values in _samples(app, kind.id):
            change = _imagined(app, kind.id, values)
            for spec in kind.clocks.values():
                if Event("created") in spec.starts:
                    found += _moments(change, spec.id, option, reached)
    return found


def _samples(app: RunningApp, record_type: str) -> list[tuple[str, dict[str, Any]]]:
    for field in app.definition.records[record_type].fields.values():
        options = field.options
        if field.type != "choice" or options is None:
            continue
        ids = app.settings.get(options.setting) or {} if options.setting else options.fixed
        return [(option, {field.id: option}) for option in ids]
    return [("", {})]


def _imagined(app: RunningApp, record_type: str, values: dict[str, Any]) -> Change:
    kind = app.definition.records[record_type]
    moment = now()
    record = Record(
        tenant_id=app.installation.tenant_id,
        id=new_id(),
        installation_id=app.installation.id,
        definition_digest=app.definition.digest,
        record_type=record_type,
        title="",
        state=kind.workflow.start if kind.workflow else "",
        open=True,
        overdue=False,
        published=False,
        checked=False,
        agency_assigned=False,
        data=values,
        private={},
        created_at=moment,
        version=0,
    )
    change = Change(app, record, SYSTEM, moment, looking=True)
    if kind.agency is not None:
        outcome = change.evaluate(kind.agency, rule="agency")
        agency = app.agencies.find_open(str(outcome.value)) if outcome.value else None
        record.agency_id = agency.id if agency else None
    return change


def _moments(change: Change, clock_id: str, option: str, reached: _Reached) -> list[PreviewedMoment]:
    spec = change.record_type.clocks[clock_id]
    kind = change.record.record_type
    outcome = change.evaluate(spec.within, rule=f"clocks.{clock_id}.within")
    try:
        if outcome.error is not None:
            raise ValueError(outcome.error)
        parse_span(str(outcome.value))
    except ValueError as error:
        return [PreviewedMoment(kind, option, clock_id, "due", None, problem=str(error))]
    clock = RecordClock(
        clock=clock_id, state="running", span=str(outcome.value), started_at=change.at, pauses=[], rungs_done=[]
    )
    reckon(change, spec, clock)
    found = [PreviewedMoment(kind, option, clock_id, "due", clock.due_at)]
    if clock.warn_at is not None:
        found.insert(0, PreviewedMoment(kind, option, clock_id, "warned", clock.warn_at))
    for moment, rung in rungs_in_order(change.app.calendar, spec, clock):
        # Imagined records differ in nothing else that says who is told.
        whom = (kind, rung.to, change.record.agency_id)
        if whom not in reached:
            reached[whom] = tuple(shown_names(resolve_recipients(change, rung.to)))
        found.append(PreviewedMoment(kind, option, clock_id, "rung", moment, rung.id, rung.to, reached[whom]))
    return found
