"""Noting that a message is to be sent: one effect per recipient, with ids only, and a row of history that says whom."""

from __future__ import annotations

from typing import Any

from app_runtime.notifications.pushing import note_push
from app_runtime.notifications.recipients import Recipient, resolve_recipients
from app_runtime.records.change import Change
from lumbung.outbox import enqueue_effect

NOTIFY = "notify_about_record"
PRIVATE_KINDS = ("field", "account")
"""Recipients who are citizens: the history names them by what they are, not by name."""


def send_message(change: Change, message: str, to: str, *, late: bool = False) -> list[Recipient]:
    """Send message `message` of the app to whom `to` means; returns who is reached. `late`: it tells of a deadline.

    Nobody to reach is noted in the history too.
    """
    # Of the channels that have texts only e-mail is there; notifications say the state alone.
    carried = "email" in change.app.definition.messages[message].channels
    recipients = resolve_recipients(change, to) if carried else []
    row = change.note("message", message, {"to": to, "reached": shown_names(recipients)})
    for recipient in recipients:
        _enqueue(change, recipient, history_id=str(row.id), to=to, message=message, late=late)
    note_push(change, to, history_id=row.id)
    return recipients


def send_escalation(change: Change, clock: str, rung: str, to: str, recipients: list[Recipient]) -> None:
    """Tell `recipients` in the platform's own words that `clock` was missed; the history says which rung it was."""
    row = change.note("escalation", f"{clock}.{rung}", {"to": to, "reached": shown_names(recipients)})
    for recipient in recipients:
        _enqueue(change, recipient, history_id=str(row.id), to=to, message=None, late=True, clock=clock)


def shown_names(recipients: list[Recipient]) -> list[str]:
    """Names of officials; citizens only by the field or account that they were reached by."""
    return [recipient.kind if recipient.kind in PRIVATE_KINDS else recipient.name for recipient in recipients]


def _enqueue(change: Change, recipient: Recipient, *, history_id: str, to: str, late: bool, **what: str | None) -> None:
    payload: dict[str, Any] = {
        "record_id": str(change.record.id),
        "history_id": history_id,
        "to": to,
        "recipient": [recipient.kind, recipient.key],
        **what,
    }
    if late:
        payload["late"] = True
    if recipient.kind in PRIVATE_KINDS and _is_own(change):
        payload["own"] = True
    enqueue_effect(change.session, NOTIFY, payload, dedupe_key=f"notify:{history_id}:{recipient.kind}:{recipient.key}")


def _is_own(change: Change) -> bool:
    """Whether the change is the doing of whoever made the record; a visitor who makes one has no code for it yet."""
    making = change.held is not None and change.actor.kind in ("visitor", "resident")
    return making or change.actor.owns(change.record)
