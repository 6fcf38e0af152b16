"""What happened to a record and whom was written to, as the officials' page shows it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app_runtime.notifications.sending import PRIVATE_KINDS
from app_runtime.records.models import RecordHistory
from app_runtime.records.timeline import TimelineEntry, present_history
from app_runtime.work.reach import Work
from lumbung.i18n import show_datetime, t
from lumbung.messages import Channel, Message, channel_available, list_messages

_ICONS = {
    "created": "plus",
    "child": "list-check",
    "call": "send",
    "emitted": "send",
    "consumed": "plus",
    "imported": "upload",
    "action": "check",
    "updated": "edit",
    "clock": "clock-exclamation",
    "message": "mail",
    "escalation": "bell",
    "checked": "shield-check",
    "unchecked": "shield-check",
    "hidden": "eye-off",
    "unhidden": "eye",
    "file_hidden": "eye-off",
    "file_shown": "eye",
    "file_blurred": "photo-off",
    "file_unblurred": "photo",
    "rule_error": "alert-triangle",
    "moved": "refresh",
    "move_undone": "arrow-back-up",
}


def show_history(work: Work) -> list[dict[str, Any]]:
    """The history for the timeline, the newest first; failed rules only for the administrator, who can mend them."""
    entries = present_history(work.app, work.record, work.actor)
    rows = work.app.session.scalars(
        select(RecordHistory.public)
        .where(RecordHistory.tenant_id == work.record.tenant_id, RecordHistory.record_id == work.record.id)
        .order_by(RecordHistory.sequence)
    ).all()
    # Officials see every row, so the two lists go side by side; a reader who sees fewer sees public ones only.
    public = list(rows) if len(rows) == len(entries) else [True] * len(entries)
    admin = "tenant_admin" in work.actor.roles
    shown = [
        _item(work, entry, is_public)
        for entry, is_public in zip(entries, public, strict=True)
        if admin or entry.kind != "rule_error"
    ]
    return shown[::-1]


def show_messages(work: Work) -> tuple[list[dict[str, str]], bool]:
    """Messages about the record with what became of them, and whether there is a channel for e-mail at all."""
    zone = work.app.municipality.timezone
    found = [
        {
            "subject": message.subject,
            "to": t("Notifikasi di perangkat", "Notification on a device")
            if message.channel == Channel.PUSH
            else masked(message.recipient),
            "time": show_datetime(message.created_at, zone),
            "status": message.status,
            "told": t("Menunggu jam tenang selesai", "Waits for the end of quiet hours")
            if isinstance(message, Message) and message.waits_until is not None
            else _status(message.status, show_datetime(message.sent_at, zone) if message.sent_at else ""),
        }
        for message in list_messages(work.app.session, "record", work.record.id)
    ]
    return found[::-1], channel_available("email")


def masked(address: str) -> str:
    """An address that one recognises and nobody can copy: `s•••@tangsel.go.id`."""
    name, _, host = address.partition("@")
    return f"{name[:1]}•••@{host}" if host else "•••"


def _item(work: Work, entry: TimelineEntry, public: bool) -> dict[str, Any]:
    late = entry.kind == "clock" and entry.name.endswith(".breached")
    moved = entry.kind == "action" and entry.to_state != entry.from_state
    return {
        "title": entry.title,
        "time": show_datetime(entry.at, work.app.municipality.timezone),
        "iso": entry.at.isoformat(),
        "text": "\n".join(f"{label}: {_reached(entry, text)}" for label, text in entry.details),
        "actor": entry.who,
        "tone": "red" if late else entry.state_tone if moved else "amber" if entry.kind == "escalation" else "grey",
        "icon": "flag-filled" if late else _ICONS.get(entry.kind, "check"),
        "private": not public,
    }


def _reached(entry: TimelineEntry, text: str) -> str:
    """Citizens are noted by how they were reached, never by name."""
    if entry.kind != "message":
        return text
    return ", ".join(t("pelapor", "the reporter") if one in PRIVATE_KINDS else one for one in text.split(", "))


def _status(status: str, sent_at: str) -> str:
    if status == "sent":
        return t("Terkirim {when}", "Sent {when}", when=sent_at)
    if status == "failed":
        return t("Gagal dikirim", "Could not be sent")
    if status == "no_channel":
        return t("Tidak terkirim: belum ada saluran email", "Not sent: there is no e-mail channel")
    return t("Menunggu dikirim", "Waiting to be sent")
