"""Whom a message or an escalation reached, in words for the history, and why it reached nobody."""

from __future__ import annotations

from app_catalog.definitions.model import RecordType
from app_runtime.records.models import RecordHistory
from app_runtime.records.running_app import RunningApp
from lumbung.i18n import Text, pick, t

_NOBODY_TITLES = {
    "message": Text("Tidak ada pesan", "No message"),
    "escalation": Text("Tidak ada atasan yang diberi tahu", "Nobody above was told"),
}
_REPORTER = Text("pelapor tidak meninggalkan kontak", "the reporter left no contact")
_NOBODY = {
    "resident": _REPORTER,
    "public": _REPORTER,
    "agency": Text(
        "dinasnya belum ditentukan atau belum punya petugas", "no agency was chosen yet, or it has no officer"
    ),
    "agency_head": Text(
        "dinasnya belum ditentukan atau belum punya kepala", "no agency was chosen yet, or it has no head"
    ),
    "assignee": Text("belum ada petugas yang ditugasi", "no officer was put in charge yet"),
    "tenant_admin": Text("daerah ini tidak punya admin yang bertugas", "the municipality has no administrator at work"),
    "official": Text("tidak ada petugas yang dapat dihubungi", "no official could be reached"),
}


def unreached_title(row: RecordHistory) -> str | None:
    """What to call a message or an escalation that reached nobody; None for every other row."""
    if row.kind not in _NOBODY_TITLES or row.changes.get("reached"):
        return None
    return str(_NOBODY_TITLES[row.kind])


def reached_detail(app: RunningApp, kind: RecordType, row: RecordHistory) -> tuple[str, str]:
    """Label and text for a row of a message or an escalation: who was reached, else why nobody was."""
    if reached := row.changes.get("reached"):
        return t("Kepada", "To"), ", ".join(reached)
    return t("Sebab", "Why"), _why_nobody(app, kind, row)


def _why_nobody(app: RunningApp, kind: RecordType, row: RecordHistory) -> str:
    to = str(row.changes.get("to", ""))
    message = app.definition.messages.get(row.name) if row.kind == "message" else None
    if message is not None and "email" not in message.channels:
        return t("pesan ini tidak punya teks e-mail", "this message has no text for e-mail")
    if to in kind.fields:
        return str(_REPORTER)
    if to in _NOBODY:
        return str(_NOBODY[to])
    role = app.definition.roles.get(to)
    label = pick(role.name) if role else ""
    return t(
        "belum ada orang dengan peran “{label}” yang dapat dihubungi",
        "nobody with the role “{label}” could be reached",
        label=label or to,
    )
