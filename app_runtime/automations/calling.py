"""Signed calls to addresses of the municipality's own: noted with the change, sent by a worker, tried again."""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from app_catalog.definitions.model import Automation, Call, Event
from app_catalog.installations.effective import installed_settings
from app_runtime.records.change import Change
from app_runtime.records.models import RecordHistory, RecordHistoryPrivate
from app_runtime.records.reading import find_record
from app_runtime.records.running_app import app_of_record
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.outbox import GiveUp, effect_handler
from lumbung.outgoing import AddressRefusedError, post_json

EFFECT = "call_address"
SIGNATURE = "Lumbung-Signature"
_AGAIN = (408, 425, 429)


def note_call(change: Change, automation: Automation, event: Event, values: Mapping[str, Any]) -> None:
    """Note that an address is to be called about this record, with what the package sends there."""
    sent = {name: _as_json(value) for name, value in values.items()}
    # What is sent may be personal, so it stands where erasure empties it.
    row = change.note("call", automation.id, {"event": event.name}, private={"values": sent})
    payload = {"record_id": str(change.record.id), "history_id": str(row.id), "automation": automation.id}
    change.later.append((EFFECT, payload, f"call:{row.id}"))


def _as_json(value: Any) -> Any:
    """A value of an expression as JSON and the database hold it: what is no number is null, other things are texts."""
    if isinstance(value, Mapping):
        return {str(name): _as_json(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(part) for part in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int):
        return value
    return (value.isoformat() if isinstance(value, datetime) else str(value)).replace("\x00", "")


def signed_headers(key: str, body: bytes, *, at: datetime) -> dict[str, str]:
    """What proves that a call is from here: HMAC-SHA256 of the time, a dot and the body, as `t=…,v1=…`."""
    stamp = str(int(at.timestamp()))
    signature = hmac.new(key.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {SIGNATURE: f"t={stamp},v1={signature}"}


@effect_handler(EFFECT)
def send_call(session: AnySession, payload: dict[str, Any]) -> None:
    """Make a call that was noted. Raises GiveUp when it can never succeed, OSError to be tried again."""
    tenant_id = current_tenant(session)
    record = find_record(session, UUID(payload["record_id"]))
    history = session.scalar(
        select(RecordHistory).where(
            RecordHistory.tenant_id == tenant_id, RecordHistory.id == UUID(payload["history_id"])
        )
    )
    if record is None or history is None:
        raise GiveUp("the record is gone")
    app = app_of_record(session, record)
    automation = app.record_type(record.record_type).automations.get(payload["automation"])
    if automation is None or not isinstance(automation.effect, Call):
        raise GiveUp("the version of the record has no such call")
    if app.installation.status != "enabled":
        raise GiveUp("the app is switched off")
    secrets = installed_settings(session, app.installation, app.definition, with_secrets=True)
    address, key = (str(secrets.get(name) or "") for name in (automation.effect.address, automation.effect.key))
    if not address or not key:
        raise GiveUp("no address or no key is set")
    kept = session.scalar(
        select(RecordHistoryPrivate.values).where(
            RecordHistoryPrivate.tenant_id == tenant_id, RecordHistoryPrivate.history_id == history.id
        )
    )
    told = {
        "id": str(history.id),
        "event": history.changes["event"],
        "at": history.created_at.isoformat(),
        "app": app.installation.slug,
        "record": {
            "id": str(record.id),
            "type": record.record_type,
            "number": record.number,
            "state": history.to_state,
        },
        "values": (kept or {}).get("values", {}),
    }
    body = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
    headers = {"Lumbung-Delivery": str(history.id), **signed_headers(key, body, at=now())}
    try:
        status = post_json(address, body, headers, loopback=bool(current_app.testing))
    except AddressRefusedError as refusal:
        raise GiveUp(str(refusal)) from refusal
    if 400 <= status < 500 and status not in _AGAIN:
        raise GiveUp(f"the address answered {status}")
    if not 200 <= status < 300:
        raise OSError(status, "not taken")
