"""What an app makes of another's event: a record, once, as long as both apps are enabled."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app_catalog.definitions.model import Consume
from app_catalog.installations.models import Installation
from app_runtime.exchange.emitting import EFFECT, Chain, chain
from app_runtime.records.actors import SYSTEM
from app_runtime.records.change import open_change
from app_runtime.records.creating import create_in_app
from app_runtime.records.models import Record, RecordHistory
from app_runtime.records.running_app import RunningApp, running_app
from app_runtime.workflow.setting import as_sent
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Invalid, LumbungError
from lumbung.outbox import GiveUp, effect_handler


@effect_handler(EFFECT)
def consume_event(session: AnySession, payload: dict[str, Any]) -> None:
    """Make of an event what the app makes of it. Raises GiveUp when it takes no such event, or refuses what comes."""
    tenant_id = current_tenant(session)
    history = session.scalar(
        select(RecordHistory).where(
            RecordHistory.tenant_id == tenant_id, RecordHistory.id == UUID(payload["history_id"])
        )
    )
    installation = _enabled(session, Installation.id == UUID(payload["installation_id"]))
    source = _source(session, history) if history is not None else None
    if history is None or installation is None or source is None:
        return  # One of the two apps was switched off meanwhile.
    app = running_app(session, installation)
    consume = app.definition.consumes.get(payload["event"])
    if consume is None:
        raise GiveUp("this version takes no such event")
    # Events that were noted before there was a measure have none.
    told = chain.set(Chain(int(payload["far"]), int(payload.get("left", 0))))
    try:
        made = make_of_event(app, consume, history.changes["values"])
    except LumbungError as refusal:
        # Names of fields only: what was sent may be anybody's.
        wrong = sorted(refusal.fields) if isinstance(refusal, Invalid) else []
        raise GiveUp(f"{refusal.slug}: {', '.join(wrong)}") from refusal
    finally:
        chain.reset(told)
    change = open_change(app, made, SYSTEM)
    told_by, other = source
    change.note("consumed", consume.event, {"app": told_by.slug, "record": str(other.id), "number": other.number})


def make_of_event(app: RunningApp, consume: Consume, event: dict[str, Any]) -> Record:
    """The record that the app makes of what an event carries. Raises LumbungError when its rules refuse it."""
    return create_in_app(app, SYSTEM, consume.record, _values(app, consume, event), channel="api").record


def _values(app: RunningApp, consume: Consume, event: dict[str, Any]) -> dict[str, Any]:
    """The fields of the new record; what an expression cannot give stays empty."""
    scope = app.scope({}, event=event)
    fields = app.record_type(consume.record).fields
    found = {}
    for name, expression in consume.values.items():
        outcome = app.evaluate(expression, scope, rule=f"consumes.{consume.name}.{name}")
        if outcome.error is None and outcome.value not in (None, ""):
            spec = fields.get(name)
            value = outcome.value.isoformat() if isinstance(outcome.value, datetime) else outcome.value
            found[name] = value if spec is None else as_sent(app.zone, spec, outcome.value)
    return found


def _enabled(session: AnySession, which: Any) -> Installation | None:
    found = session.scalar(select(Installation).where(Installation.tenant_id == current_tenant(session), which))
    return found if found is not None and found.status == "enabled" else None


def _source(session: AnySession, history: RecordHistory) -> tuple[Installation, Record] | None:
    record = session.scalar(
        select(Record).where(Record.tenant_id == current_tenant(session), Record.id == history.record_id)
    )
    if record is None:
        return None
    installation = _enabled(session, Installation.id == record.installation_id)
    return (installation, record) if installation is not None else None
