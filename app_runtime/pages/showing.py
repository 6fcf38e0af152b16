"""A record on a page: facts, photos, place, deadlines and history, as one reader may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app_catalog.definitions.model import WRITTEN
from app_runtime.children.showing import ShownFamily, show_family
from app_runtime.naming.showing import FormLink, ShownNaming, forms_naming, show_naming
from app_runtime.pages.browsing import due_text, is_late
from app_runtime.pages.opening import ANYBODY
from app_runtime.photos.urls import photo_items
from app_runtime.records.actors import Actor
from app_runtime.records.landmarks import landmark_of
from app_runtime.records.models import Record
from app_runtime.records.permissions import visible_fields
from app_runtime.records.presenting import PresentedField, PresentedRecord, present_record
from app_runtime.records.running_app import RunningApp
from app_runtime.records.timeline import TimelineEntry, present_history
from lumbung.i18n import show_datetime, t

_APART = frozenset({"files", "point", "group", "list"}) | WRITTEN


@dataclass(frozen=True)
class Shown:
    """A record in words. `texts` are long texts, `facts` short ones, `galleries` photos by field, `links` addresses of
    photos by field."""

    record: PresentedRecord
    late: bool
    due: str
    facts: list[tuple[str, str]]
    texts: list[PresentedField]
    galleries: list[tuple[str, list[dict[str, Any]]]]
    links: list[tuple[str, tuple[str, ...]]]
    groups: list[PresentedField]
    landmark: str
    timeline: list[dict[str, Any]]
    family: ShownFamily
    naming: Sequence[ShownNaming]
    forms: Sequence[FormLink]


def show_record(
    app: RunningApp, record: Record, reader: Actor, *, only: Sequence[str] | None = None, key: str | None = None
) -> Shown:
    """The record for this reader; `only` narrows the fields, `key` opens its photos (`photo_key`)."""
    found = present_record(app, record, reader, only=only)
    allowed = visible_fields(app.definition, record.record_type, reader, record)
    points = [spec.id for spec in app.record_type(record.record_type).fields.values() if spec.type == "point"]
    seen = [name for name in points if name in allowed and (only is None or name in only)]
    return Shown(
        record=found,
        late=is_late(found),
        due=due_text(app, found),
        facts=_facts(app, found, only),
        texts=[field for field in found.fields if field.type in WRITTEN],
        galleries=[
            (field.label, photo_items(found.app, found.id, field.files, key=key))
            for field in found.fields
            if field.type == "files" and field.files
        ],
        links=[(field.label, field.links) for field in found.fields if field.links],
        groups=[field for field in found.fields if field.members or field.rows],
        landmark=next((text for name in seen if (text := landmark_of(record, name))), ""),
        timeline=[_moment(app, entry) for entry in present_history(app, record, reader)],
        # Links lead to public pages, so they show what everybody may see.
        family=show_family(app, record, ANYBODY),
        naming=show_naming(app, record, ANYBODY),
        forms=forms_naming(app, record) if record.published else (),
    )


def _facts(app: RunningApp, found: PresentedRecord, only: Sequence[str] | None) -> list[tuple[str, str]]:
    zone = app.municipality.timezone
    facts = [(t("Nomor", "Number"), found.number or "")]
    facts += [
        (field.label, field.shown) for field in found.fields if field.type not in _APART and field.text != found.title
    ]
    if found.agency_name and (only is None or "agency" in only):
        facts.append((t("Ditangani oleh", "Handled by"), found.agency_name))
    if found.created_at is not None:
        facts.append((t("Dikirim", "Sent"), show_datetime(found.created_at, zone)))
    if found.closed_at is not None:
        facts.append((t("Ditutup", "Closed"), show_datetime(found.closed_at, zone)))
    return [(label, text) for label, text in facts if text]


def _moment(app: RunningApp, entry: TimelineEntry) -> dict[str, Any]:
    moved = entry.kind == "action" and entry.from_state != entry.to_state
    return {
        "title": _title(entry, entry.state_label if moved else ""),
        "time": show_datetime(entry.at, app.municipality.timezone),
        "iso": entry.at.isoformat(),
        "actor": entry.who,
        "tone": "red" if entry.kind == "clock" else entry.state_tone,
        "icon": _icon(entry, moved=moved),
        "text": "\n".join(f"{label}: {text}" for label, text in entry.details),
    }


def _title(entry: TimelineEntry, state: str) -> str:
    """What happened, from where a citizen stands: the new state, or what was said; actions are officials' words."""
    if state:
        return state
    if entry.kind == "action" and entry.details:
        return entry.details[0][0]
    return entry.title


def _icon(entry: TimelineEntry, *, moved: bool) -> str:
    if entry.kind in ("created", "imported"):
        return "inbox"
    if entry.kind == "clock":
        return "flag"
    return "arrow-right" if moved else "message"
