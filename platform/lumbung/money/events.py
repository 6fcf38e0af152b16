"""What Stripe tells by itself: events, signed, each noted once and looked into by the worker."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import stripe
from flask import Blueprint, Response, current_app, jsonify, request
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from lumbung.db import db
from lumbung.db.clock import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import BadRequest, NotFound
from lumbung.i18n import Text
from lumbung.ids import new_id
from lumbung.money.bringing_in import bring_in
from lumbung.money.errors import StripeRefused
from lumbung.money.gateway import the_gateway
from lumbung.money.models import StripeEvent
from lumbung.outbox import Payload, effect_handler, enqueue_effect, periodic
from lumbung.settings import Settings
from lumbung.web.access import PUBLIC, access, for_programs

TOLERANCE_SECONDS = 300
"""How old a signature may be, and how far its clock may be ahead of ours."""
KEPT = timedelta(days=400)

_LOOKED_AT = {
    "charge": "charge",
    "subscription": "subscription",
    "payout": "payout",
    "invoice": "invoice",
    "checkout.session": "session",
    "customer": "customer",
    "refund": "charge",
    "dispute": "charge",
}
_OF_CHARGES = {"refund", "dispute"}
_STAMP = re.compile(r"t=[0-9]{1,12}")

stripe_events = Blueprint("stripe_events", __name__, subdomain="hub")


class BadSignature(BadRequest):
    """An event that Stripe did not sign, or signed too long ago."""

    slug = "bad-signature"
    default = Text(
        "Tanda tangan kejadian ini tidak sah atau sudah kedaluwarsa.",
        "The signature of this event is not valid, or too old.",
    )


@stripe_events.post("/stripe/events")
@access(PUBLIC)
@for_programs()
def receive() -> Response:
    """Note an event of Stripe; the worker does what follows."""
    settings: Settings = current_app.lumbung  # type: ignore[attr-defined]
    event = verified_event(
        request.get_data(), request.headers.get("Stripe-Signature", ""), settings.stripe_webhook_secrets
    )
    if event.get("livemode") is not settings.stripe_live:
        # Events of Stripe's test mode must not count where real money is, nor the other way round.
        raise BadRequest(Text("Kejadian dari mode Stripe yang lain.", "An event of the other mode of Stripe."))
    note_event(db.session, event)
    return jsonify(received=True)


def verified_event(body: bytes, signature: str, secrets: tuple[str, ...]) -> dict[str, Any]:
    """The event of a body that Stripe signed with one of the secrets within five minutes of now.

    Raises BadSignature; NotFound where no secret is set: then there is nothing here.
    """
    if not secrets:
        raise NotFound
    # The SDK trips over what it does not expect there.
    if not signature.isascii() or not _STAMP.fullmatch(signature.partition(",")[0]):
        raise BadSignature
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE_SECONDS)
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            continue
        break
    else:
        raise BadSignature
    if int(signature.partition(",")[0].removeprefix("t=")) > time.time() + TOLERANCE_SECONDS:
        raise BadSignature
    found = _object_in(body)
    if not isinstance(found.get("id"), str) or not isinstance(found.get("type"), str):
        raise BadRequest
    return found


def note_event(session: AnySession, event: dict[str, Any]) -> bool:
    """Remember an event and wake a worker for it; False when it was known."""
    about = subject_of(event)
    made = session.execute(
        insert(StripeEvent)
        .values(
            id=new_id(),
            created_at=now(),
            event_id=event["id"],
            kind=event["type"],
            object_kind=about[0],
            object_id=about[1],
            happened_at=datetime.fromtimestamp(int(event.get("created") or 0), UTC),
            handled_at=None if about[0] else now(),
        )
        .on_conflict_do_nothing(index_elements=["event_id"])
        .returning(StripeEvent.id)
    ).scalar()
    if made is not None and about[0]:
        enqueue_effect(session, "stripe.event", {"event": str(made)})
    return made is not None


def subject_of(event: dict[str, Any]) -> tuple[str, str]:
    """What of Stripe an event asks to be looked at: its kind and id, both empty when nothing follows from it."""
    data = event.get("data")
    told = data.get("object") if isinstance(data, dict) else None
    if not isinstance(told, dict):
        return "", ""
    kind = str(told.get("object"))
    kind, object_id = _LOOKED_AT.get(kind, ""), told.get("charge" if kind in _OF_CHARGES else "id")
    return (kind, object_id) if kind and isinstance(object_id, str) else ("", "")


@effect_handler("stripe.event", waits=True)
def _look_into(session: AnySession, payload: Payload) -> None:
    event = session.get(StripeEvent, UUID(payload["event"]))
    if event is None or event.handled_at is not None:
        return
    # What is asked for now holds all that was told of it until now: one look answers for all of them.
    same = (
        StripeEvent.object_kind == event.object_kind,
        StripeEvent.object_id == event.object_id,
        StripeEvent.handled_at.is_(None),
    )
    told = session.scalars(select(StripeEvent.id).where(*same).with_for_update(skip_locked=True)).all()
    try:
        with session.begin_nested():
            bring_in(session, the_gateway(), event.object_kind, event.object_id)
    except StripeRefused as refused:
        # What Stripe itself no longer has can never be looked at. Money that moved is compared every night.
        if not refused.missing:
            raise
    session.execute(update(StripeEvent).where(StripeEvent.id.in_(told)).values(handled_at=now()))


@effect_handler("stripe.look", waits=True)
def _look(session: AnySession, payload: Payload) -> None:
    bring_in(session, the_gateway(), payload["kind"], payload["id"])


@periodic(24 * 3600, name="forget-stripe-events", per_tenant=False)
def _forget(session: AnySession) -> None:
    session.execute(delete(StripeEvent).where(StripeEvent.created_at < now() - KEPT))


def _object_in(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest from error
    if not isinstance(found, dict):
        raise BadRequest
    return found
