"""The steps of a scenario: somebody makes a record, acts on it, changes it, or time goes by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app_catalog.definitions.model import ActStep, CreateStep, EventStep, RecordType, Step, UpdateStep, WaitStep
from app_catalog.installations.models import Installation
from app_runtime.clocks.firing import fire_due_clocks
from app_runtime.clocks.spans import span_of
from app_runtime.exchange.consuming import make_of_event
from app_runtime.records.actors import Actor
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record, RecordClock
from app_runtime.records.updating import update_record
from app_runtime.scenarios.errors import Refused, Trouble
from app_runtime.scenarios.stage import Stage, unknown
from app_runtime.schedules.running import run_schedule, upcoming
from app_runtime.workflow.acting import take_action
from lumbung.db import set_clock
from lumbung.i18n import Text


def play_step(stage: Stage, number: int, step: Step) -> None:
    """Let one step happen. Raises Trouble when it cannot, with its number (from 1)."""
    try:
        _play(stage, step)
    except Refused as refusal:
        raise Trouble(_refused(number, describe_step(step), refusal)) from refusal
    except Trouble as trouble:
        at = Text(f"Langkah {number}: {trouble.text.id}", f"Step {number}: {trouble.text.en}")
        raise Trouble(at) from trouble


def describe_step(step: Step) -> Text:
    """The step in a few words."""
    if isinstance(step, CreateStep):
        name = f" {step.id}" if step.id else ""
        times = f" × {step.times}" if step.times > 1 else ""
        return Text(
            f"{step.role} membuat {step.record}{name}{times}", f"{step.role} creates {step.record}{name}{times}"
        )
    if isinstance(step, ActStep):
        return Text(f"{step.role}: {step.action} pada {step.on}", f"{step.role}: {step.action} on {step.on}")
    if isinstance(step, UpdateStep):
        names = ", ".join(step.values)
        return Text(f"{step.role} mengubah {names} pada {step.on}", f"{step.role} changes {names} of {step.on}")
    if isinstance(step, EventStep):
        return Text(f"aplikasi lain memberi tahu {step.name}", f"another app tells {step.name}")
    return Text(f"menunggu {step.duration.text}", f"wait {step.duration.text}")


def make_record(stage: Stage, role: str, record: str, values: Mapping[str, Any]) -> Record:
    """A new record by whoever holds the role; an officer is of the agency that the record will belong to."""
    kind = stage.record_type(record)
    values = stage.with_named(values, kind.fields)
    actor = stage.actor(role, agency=_future_agency(stage, kind, values))
    installation: Installation = stage.scratch.installation
    return create_record(stage.session, installation, actor, record, values, channel="scenario").record


def act_on(stage: Stage, role: str, on: str, action: str, values: Mapping[str, Any]) -> Record:
    """An action on a named record. Raises Trouble for a name, role or action that is not there."""
    record = stage.record(on)
    workflow = stage.record_type(record.record_type).workflow
    if workflow is None or action not in workflow.actions:
        raise unknown("tindakan", "action", action, workflow.actions if workflow else ())
    actor = stage.actor(role, record=record)
    asked = {ask.id: ask.field for ask in workflow.actions[action].asks.values()}
    values = stage.with_named(values, asked)
    return take_action(stage.session, record, actor, action, values, channel="scenario")


def update_named(stage: Stage, role: str, on: str, values: Mapping[str, Any]) -> Record:
    """Fields of a named record changed by whoever holds the role."""
    record = stage.record(on)
    actor: Actor = stage.actor(role, record=record)
    given = stage.with_named(values, stage.record_type(record.record_type).fields)
    return update_record(stage.session, record, actor, given, channel="scenario")


def _play(stage: Stage, step: Step) -> None:
    stage.check_time()
    stage.tell(describe_step(step))
    if isinstance(step, CreateStep):
        _create(stage, step)
    elif isinstance(step, ActStep):
        stage.attempt(lambda: act_on(stage, step.role, step.on, step.action, step.values))
    elif isinstance(step, UpdateStep):
        stage.attempt(lambda: update_named(stage, step.role, step.on, step.values))
    elif isinstance(step, EventStep):
        _take_event(stage, step)
    else:
        _wait(stage, step)


def _create(stage: Stage, step: CreateStep) -> None:
    for _ in range(step.times):
        record = stage.attempt(lambda: make_record(stage, step.role, step.record, step.values))
        if step.id is not None:
            stage.named[step.id] = record.id


def _take_event(stage: Stage, step: EventStep) -> None:
    consume = stage.definition.consumes.get(step.name)
    if consume is None:
        raise unknown("kejadian", "event", step.name, stage.definition.consumes)
    record = stage.attempt(lambda: make_of_event(stage.app, consume, dict(step.values)))
    if step.id is not None:
        stage.named[step.id] = record.id


def _wait(stage: Stage, step: WaitStep) -> None:
    try:
        until = stage.app.calendar.due(stage.moment, span_of(step.duration))
    except (ValueError, OverflowError) as error:
        raise Trouble(
            Text(
                f"Tidak dapat menunggu selama {step.duration.text}.",
                f"It is not possible to wait for {step.duration.text}.",
            )
        ) from error
    tenant_id = stage.scratch.municipality.id
    definitions = (stage.definition,)
    schedules = upcoming(definitions, stage.moment, until, stage.app.zone)
    while (due := _next_due(stage, until)) is not None or schedules:
        stage.check_time()
        if schedules and (due is None or schedules[0][2] <= due):
            stage.moment = schedules[0][2]
            with set_clock(stage.moment):
                run_schedule(stage.session, stage.scratch.installation, schedules.pop(0), limit=10_000)
            continue
        assert due is not None
        stage.moment = max(stage.moment, due)
        with set_clock(stage.moment):
            fire_due_clocks(stage.session, tenant_id, stage.moment)
        if _next_due(stage, stage.moment) is not None:
            raise Trouble(
                Text(
                    "Sebuah tenggat jatuh tempo, tetapi yang mengikutinya gagal dijalankan.",
                    "A clock was due, but what follows from it failed.",
                )
            )
    stage.moment = until


def _next_due(stage: Stage, until: datetime) -> datetime | None:
    return stage.session.scalar(
        select(func.min(RecordClock.next_at)).where(
            RecordClock.tenant_id == stage.scratch.municipality.id, RecordClock.next_at <= until
        )
    )


def _future_agency(stage: Stage, kind: RecordType, values: Mapping[str, Any]) -> str | None:
    if kind.agency is None:
        return None
    with set_clock(stage.moment):
        outcome = stage.app.evaluate(kind.agency, stage.app.scope(values), rule="agency")
    return str(outcome.value) if outcome.error is None and outcome.value else None


def _refused(number: int, what: Text, refusal: Refused) -> Text:
    return Text(
        f"Langkah {number} ({what.id}) ditolak ({refusal.because}): {refusal.text.id}",
        f"Step {number} ({what.en}) was refused ({refusal.because}): {refusal.text.en}",
    )
