"""Making records by program: what a citizen may send through the public form, by the same schema and service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from app_runtime.notifications.links import track_link
from app_runtime.pages.opening import find_page, open_app_to_write
from app_runtime.pages.sending import SENT_FROM_ADDRESS
from app_runtime.pages.submitting import MADE_FROM_ADDRESS
from app_runtime.records.actors import Actor
from app_runtime.records.creating import creatable_fields, create_in_app, may_create
from app_runtime.records.models import Record
from app_runtime.records.reading import get_record
from app_runtime.records.running_app import RunningApp
from app_runtime.records.tracking import tracking_code_of
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text, t
from lumbung.idempotency import once
from lumbung.limits import address_key, spend, spend_each

SENDER = Actor(kind="visitor")
_OTHER_BODY = Text(
    "Idempotency-Key ini sudah dipakai untuk isi yang lain. Pakai kunci baru untuk laporan baru.",
    "This Idempotency-Key was used for another body. Use a new key for a new record.",
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A record that was sent in. The code is in this answer and in those to a repeat with the same key, nowhere else;
    `repeated` when the key had made it before."""

    record: Record
    tracking_code: str
    link: str
    repeated: bool


def sendable_fields(app: RunningApp, record_type: str) -> frozenset[str]:
    """What a program may send for a citizen: the fields of the type's public form, files aside; empty without one."""
    kind = app.record_type(record_type)
    form = find_page(app, "form", record_type=record_type)
    if form is None or not may_create(app, kind, SENDER):
        return frozenset()
    asked = {name for step in form.steps.values() for name in step.fields}
    allowed = creatable_fields(app, kind, SENDER) & asked
    return frozenset(name for name in allowed if kind.fields[name].type != "files")


def send_record(
    session: AnySession, slug: str, record_type: str, values: Mapping[str, Any], *, key: str | None, body: bytes
) -> Sent:
    """Make a record from what a program sent.

    Raises NotFound when there is no such app, type or public form, ServiceOff while the app is disabled, Invalid with
    every wrong field, TooMany, BadRequest for a key that is none, Conflict when the key came with another body.
    """
    app = open_app_to_write(session, slug)
    allowed = sendable_fields(app, record_type)
    if not allowed:
        raise NotFound
    unknown = [name for name in values if name not in allowed]
    sent, made_here = (SENT_FROM_ADDRESS, address_key()), (MADE_FROM_ADDRESS, f"{app.installation.id}:{address_key()}")
    if key is None and not unknown:
        # Nothing was made before under this key that could be given again: both are spent in any case.
        spend_each(sent, made_here)
    else:
        spend(*sent)
    if unknown:
        raise Invalid(fields={name: [t("Isian ini tidak dikenal.", "This field is unknown.")] for name in unknown})
    made: list[Sent] = []

    def make() -> dict[str, Any]:
        if key is not None:
            spend(*made_here)
        created = create_in_app(app, SENDER, record_type, values, channel="api")
        made.append(_sent(app, created.record, created.tracking_code))
        return {"record_id": str(created.record.id), "body": digest}

    digest = sha256(body).hexdigest()
    result = make() if key is None else once(session, f"api:{app.installation.id}:{record_type}", key, make)
    if made:
        return made[0]
    if result["body"] != digest:
        raise Conflict(_OTHER_BODY)
    record = get_record(session, UUID(result["record_id"]))
    return _sent(app, record, tracking_code_of(record) or "", repeated=True)


def _sent(app: RunningApp, record: Record, code: str, *, repeated: bool = False) -> Sent:
    return Sent(record, code, track_link(app.municipality, code), repeated)
