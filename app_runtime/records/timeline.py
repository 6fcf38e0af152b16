"""The history of a record as one reader may see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app_catalog.definitions.model import RecordType
from app_runtime.children.words import child_title
from app_runtime.records.actors import Actor
from app_runtime.records.entry_details import MOVES, Audience, asks_resident, entry_details
from app_runtime.records.models import Record, RecordHistory, RecordHistoryPrivate
from app_runtime.records.permissions import may_moderate, visible_fields
from app_runtime.records.reached import unreached_title
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.i18n import Text, pick, t

_TITLES = {
    "created": Text("Dibuat", "Created"),
    "imported": Text("Masuk (dari data lama)", "Received (from old records)"),
    "updated": Text("Data diubah", "Changed"),
    "checked": Text("Diperiksa", "Checked"),
    "unchecked": Text("Tanda periksa dicabut", "Check taken back"),
    "hidden": Text("Disembunyikan", "Hidden"),
    "unhidden": Text("Ditampilkan kembali", "Shown again"),
    "file_hidden": Text("Berkas disembunyikan", "File hidden"),
    "file_shown": Text("Berkas ditampilkan kembali", "File shown again"),
    "file_blurred": Text("Foto diburamkan untuk umum", "Photo blurred"),
    "file_unblurred": Text("Foto tidak lagi diburamkan", "Photo no longer blurred"),
    "call": Text("Sistem lain diberi tahu", "Another system is told"),
    "emitted": Text("Aplikasi lain diberi tahu", "Another app is told"),
    "consumed": Text("Dibuat dari kejadian aplikasi lain", "Made from an event of another app"),
    "automation": Text("Diisi otomatis", "Filled in automatically"),
    "message": Text("Pesan disiapkan", "Message prepared"),
    "document": Text("Dokumen disiapkan", "Document prepared"),
    "document_made": Text("Dokumen terbit", "Document issued"),
    "escalation": Text("Diberitahukan ke atasan", "Escalated"),
    "rule_error": Text("Aturan aplikasi gagal dihitung", "A rule of the app failed"),
    "rated": Text("Pembuatnya memberi penilaian", "Rated by its maker"),
    "moved": Text("Dipindah ke versi lain aplikasi", "Moved to another version of the app"),
    "move_undone": Text("Pemindahan versi dibatalkan", "Move to another version taken back"),
}
_MOVES_IN_PUBLIC = Text("Disesuaikan dengan aturan aplikasi", "Fitted to the rules of the app")
# What follows from what somebody did; nobody did it.
_AUTOMATIC = frozenset(
    {
        "automation",
        "emitted",
        "consumed",
        "call",
        "message",
        "document",
        "document_made",
        "escalation",
        "clock",
        "rule_error",
    }
)
_CITIZEN_TITLES = {"visitor": Text("Pelapor", "Reporter"), "resident": Text("Pelapor", "Reporter")}


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened. `who` is a name for officials and a role for everybody else; `state_label` and
    `state_tone` are those of `to_state` in the version that it happened by."""

    at: datetime
    kind: str
    name: str
    title: str
    who: str
    from_state: str | None
    to_state: str | None
    details: tuple[tuple[str, str], ...] = ()
    state_label: str = ""
    state_tone: str = "grey"


def present_history(app: RunningApp, record: Record, actor: Actor) -> list[TimelineEntry]:
    """What happened to the record, the oldest first, as far as this reader may know it.

    The public sees steps and published fields; whoever made the record also the questions and their own words;
    officials everything. Each row is told in the words of the version that it happened by.
    """
    kind = app.record_type(record.record_type)
    audience = _audience(app, kind, record, actor)
    allowed = visible_fields(app.definition, record.record_type, actor, record)
    rows = app.session.scalars(
        select(RecordHistory)
        .where(RecordHistory.tenant_id == record.tenant_id, RecordHistory.record_id == record.id)
        .order_by(RecordHistory.sequence)
    ).all()
    private = {} if audience == "public" else _private_values(app, [row.id for row in rows])
    apps = {app.definition.digest: app}
    entries = []
    for row in rows:
        if row.definition_digest not in apps:
            apps[row.definition_digest] = running_app(app.session, app.installation, digest=row.definition_digest)
        own = apps[row.definition_digest]
        own_kind = own.record_type(record.record_type)
        if _shown(own_kind, row, audience):
            seen = allowed if own is app else _seen_then(own, kind, allowed, actor, record)
            entries.append(_entry(own, own_kind, row, private.get(row.id) or {}, seen, audience, actor))
    return entries


def _seen_then(
    own: RunningApp, kind: RecordType, allowed: frozenset[str], actor: Actor, record: Record
) -> frozenset[str]:
    """What the reader sees of a row of another version: what that version shows, unless the present one hides it."""
    then = visible_fields(own.definition, record.record_type, actor, record)
    return frozenset(name for name in then if name in allowed or name not in kind.fields)


def _audience(app: RunningApp, kind: RecordType, record: Record, actor: Actor) -> Audience:
    if actor.is_system or may_moderate(app.definition, kind, actor, record):
        return "official"
    return "resident" if actor.owns(record) else "public"


def _private_values(app: RunningApp, ids: list[Any]) -> dict[Any, Mapping[str, Any] | None]:
    query = select(RecordHistoryPrivate.history_id, RecordHistoryPrivate.values).where(
        RecordHistoryPrivate.tenant_id == app.installation.tenant_id, RecordHistoryPrivate.history_id.in_(ids)
    )
    return {row.history_id: row.values for row in app.session.execute(query).all()}


def _shown(kind: RecordType, row: RecordHistory, audience: Audience) -> bool:
    if audience == "official" or row.public:
        return True
    return audience == "resident" and row.kind == "action" and asks_resident(kind, row.name)


def _entry(
    app: RunningApp,
    kind: RecordType,
    row: RecordHistory,
    private: Mapping[str, Any],
    allowed: frozenset[str],
    audience: Audience,
    reader: Actor,
) -> TimelineEntry:
    state = kind.workflow.states.get(row.to_state or "") if kind.workflow else None
    return TimelineEntry(
        at=row.created_at,
        kind=row.kind,
        name=row.name,
        title=child_title(app, kind, row, reader) if row.kind == "child" else _title(kind, row, audience),
        who=_who(row, audience),
        from_state=row.from_state,
        to_state=row.to_state,
        details=tuple(entry_details(app, kind, row, private, allowed, audience, reader)),
        state_label=pick(state.label) if state else "",
        state_tone=state.tone if state else "grey",
    )


def _title(kind: RecordType, row: RecordHistory, audience: Audience) -> str:
    workflow = kind.workflow
    if row.kind in MOVES and audience != "official":
        return str(_MOVES_IN_PUBLIC)
    if row.kind == "action":
        action = workflow.actions.get(row.name) if workflow else None
        return pick(action.label) if action else row.name
    if row.kind == "imported" and row.name == "closed":
        return t("Ditutup (dari data lama)", "Closed (from old records)")
    if row.kind == "clock":
        clock_id, _, phase = row.name.partition(".")
        clock = kind.clocks.get(clock_id)
        label = pick(clock.label) if clock else clock_id
        if phase == "warned":
            return t("Batas waktu “{label}” hampir habis", "Deadline “{label}” is near", label=label)
        if phase == "ended":
            return t("“{label}” habis", "“{label}” is over", label=label)
        return t("Batas waktu “{label}” terlewati", "Deadline “{label}” was missed", label=label)
    return unreached_title(row) or str(_TITLES.get(row.kind, Text(row.kind, row.kind)))


def _who(row: RecordHistory, audience: Audience) -> str:
    if row.actor_kind == "system" or row.kind in _AUTOMATIC:
        return t("Otomatis", "Automatic")
    if row.actor_kind in _CITIZEN_TITLES:
        return str(_CITIZEN_TITLES[row.actor_kind])
    return row.actor_name if audience == "official" else t("Petugas", "Officer")
