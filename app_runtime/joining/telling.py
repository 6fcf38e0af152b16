"""Letters to those who joined a record: the new state, in the platform's words, with what is public alone."""

from __future__ import annotations

import json
from uuid import UUID

from sqlalchemy import select

from app_runtime.joining.letters import name_of, send_letter
from app_runtime.joining.merging import merge_joined
from app_runtime.joining.models import RecordJoin
from app_runtime.joining.services import letter_context, may_be_joined
from app_runtime.pages.opening import ANYBODY, app_name
from app_runtime.records.change import Change
from app_runtime.records.permissions import may_read
from app_runtime.records.presenting import present_record
from app_runtime.records.reading import find_record
from app_runtime.records.running_app import app_of_record
from lumbung.db.tenancy import AnySession
from lumbung.i18n import speaking, t
from lumbung.outbox import Payload, effect_handler, enqueue_effect
from lumbung.secrets import UndecryptableError, decrypt
from tenants.municipalities.addresses import municipality_origin

EFFECT = "tell_joined"
_AT_ONCE = 200


def tell_joined(change: Change) -> None:
    """Note that who joined is told, when a stored record that can be joined has come to another state."""
    if merge_joined(change):
        # They follow the record that is kept, and are told so.
        return
    if not may_be_joined(change.record_type) or not change.old or change.old.get("state") == change.record.state:
        return
    _enqueue(change.session, change.record.id, change.record.state, change.at.isoformat(), None)


@effect_handler(EFFECT)
def write_to_joined(session: AnySession, payload: Payload) -> None:
    """Write to the next of those who left an address. A record that went on, or is public no more, is not told of."""
    record = find_record(session, UUID(payload["record_id"]))
    if record is None or record.state != payload["state"]:
        return
    app = app_of_record(session, record)
    if not may_read(app.record_type(record.record_type), ANYBODY, record):
        return
    query = select(RecordJoin).where(
        RecordJoin.tenant_id == record.tenant_id, RecordJoin.record_id == record.id, RecordJoin.sealed.is_not(None)
    )
    if payload.get("after"):
        query = query.where(RecordJoin.id > UUID(payload["after"]))
    rows = session.scalars(query.order_by(RecordJoin.id).limit(_AT_ONCE)).all()
    origin = municipality_origin(app.municipality)
    for row in rows:
        try:
            address, code = json.loads(decrypt(row.sealed or "", context=letter_context(row.tenant_id, row.id)))
        except UndecryptableError:
            continue
        with speaking(row.language):
            shown = present_record(app, record, ANYBODY)
            name = name_of(shown)
            send_letter(
                session,
                app,
                record,
                to=address,
                code=code,
                origin=origin,
                subject=t("{name}: {state}", "{name}: {state}", name=name, state=shown.state_label or app_name(app)),
                told=t(
                    "Yang juga Anda laporkan, {name}, kini: {state}.",
                    "What you joined, {name}, is now: {state}.",
                    name=name,
                    state=shown.state_label,
                ),
            )
    if len(rows) == _AT_ONCE:
        _enqueue(session, record.id, record.state, str(payload["at"]), str(rows[-1].id))


def _enqueue(session: AnySession, record_id: UUID, state: str, at: str, after: str | None) -> None:
    payload = {"record_id": str(record_id), "state": state, "at": at, "after": after}
    enqueue_effect(session, EFFECT, payload, dedupe_key=f"joined:{record_id}:{state}:{at}:{after or ''}")
