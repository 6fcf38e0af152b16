"""Imports, previews and lines in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app_catalog.definitions.model import Definition
from app_catalog.installations.names import shown_name
from app_catalog.installations.services import list_installations
from app_runtime.imports.drafts import Draft
from app_runtime.imports.models import Import, ImportStatus
from app_runtime.imports.notes import note_text
from app_runtime.imports.parents import PARENT
from app_runtime.imports.previewing import Preview
from app_runtime.imports.running import FULL, GONE, LEFT, OUTGROWN
from app_runtime.imports.services import list_lines
from app_runtime.imports.values import TEXTS
from app_runtime.records.models import Record
from app_runtime.records.presenting import display_value
from app_runtime.records.running_app import running_app
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text, pick, show_datetime, t

STATUS: dict[str, tuple[Text, str]] = {
    ImportStatus.DRAFT: (Text("Disiapkan", "In preparation"), "grey"),
    ImportStatus.RUNNING: (Text("Berjalan", "Under way"), "blue"),
    ImportStatus.PAUSED: (Text("Ditahan", "On hold"), "amber"),
    ImportStatus.DONE: (Text("Selesai", "Done"), "green"),
    ImportStatus.FAILED: (Text("Terhenti", "Stopped"), "red"),
}
PROBLEMS: dict[str, Text] = {
    GONE: Text("aplikasi atau berkasnya sudah tidak ada", "its app or its file is gone"),
    LEFT: Text("30 hari tidak dilanjutkan, jadi berkasnya dihapus", "left for 30 days, so that its file was deleted"),
    FULL: Text(
        "batas rekaman daerah sudah tercapai; lihat Pemakaian, lalu lanjutkan impor ini",
        "the municipality’s limit of records is reached; see Usage, then go on with this import",
    ),
    OUTGROWN: Text("pemetaan kolomnya tidak cocok lagi dengan aplikasi", "its columns do not fit the app any more"),
}
_LISTED = 100


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line: what it becomes and what is said of it. `outcome` is imported, refused or skipped."""

    number: int
    outcome: str
    title: str
    facts: Sequence[tuple[str, str]]
    notes: Sequence[str]
    record: str = ""


def targets(session: AnySession) -> list[tuple[str, str]]:
    """Where records can be brought in: `app/type` and its name in the reader's words."""
    found = []
    for installation in list_installations(session):
        app = running_app(session, installation)
        name = shown_name(installation, app.definition)
        found += [
            (f"{installation.slug}/{kind.id}", f"{name}: {pick(kind.name)}") for kind in app.definition.records.values()
        ]
    return found


def shown_drafts(preview: Preview) -> list[ShownLine]:
    """The first lines of a preview."""
    return [_draft(preview, draft) for draft in preview.drafts]


def shown_reasons(preview: Preview) -> list[tuple[bool, str, str]]:
    """What is said of lines, summed up: whether it keeps them out, how many there are, and the words of the first."""
    return [
        (
            reason.refuses,
            t("{n} baris, misalnya baris {line}", "{n} lines, such as line {line}", n=reason.count, line=reason.line)
            if reason.count > 1
            else t("Baris {line}", "Line {line}", line=reason.line),
            str(note_text(reason.note.as_json())),
        )
        for reason in preview.reasons
    ]


def shown_notes(session: AnySession, found: Import) -> list[ShownLine]:
    """The first lines about which something is said, of an import that has run."""
    lines = list_lines(session, found, noted=True, limit=_LISTED)
    query = select(Record.id, Record.title).where(
        Record.tenant_id == found.tenant_id, Record.id.in_([line.record_id for line in lines if line.record_id])
    )
    titles = {row.id: row.title for row in session.execute(query)}
    return [
        ShownLine(
            line.line,
            line.outcome,
            titles.get(line.record_id, "") if line.record_id else "",
            [],
            [str(note_text(note)) for note in line.notes],
            str(line.record_id or ""),
        )
        for line in lines
    ]


def shown_problem(found: Import) -> str:
    """Why an import stopped."""
    known = PROBLEMS.get(found.problem or "")
    return (
        str(known)
        if known
        else t("kesalahan pada platform ({code})", "a fault of the platform ({code})", code=found.problem)
    )


def map_address(record_type: str, slug: str, definition: Definition) -> str:
    """The address of a public map of the records, or an empty text."""
    for page in definition.pages.values():
        if page.kind == "map" and page.record == record_type:
            return f"/{slug}/{page.id}"
    return ""


def _draft(preview: Preview, draft: Draft) -> ShownLine:
    app, kind = preview.app, preview.kind
    zone = app.municipality.timezone
    outcome = "refused" if draft.refused else "skipped" if draft.skipped else "imported"
    texts = [name for name, spec in kind.fields.items() if spec.type in TEXTS and name in draft.values]
    title = str(draft.values[texts[0]]) if texts else ""
    state = kind.workflow.states.get(draft.state) if kind.workflow else None
    facts = [
        (pick(spec.label), display_value(app, spec, draft.values[name])[:300])
        for name, spec in kind.fields.items()
        if name in draft.values and spec.type != "group" and str(draft.values[name]) != title
    ]
    if draft.parent is not None:
        facts.insert(0, (str(PARENT[0]), draft.parent.number))
    facts += [(pick(kind.fields[name].label), " ".join(links)) for name, links in draft.links.items()]
    if draft.created_at is not None and not draft.refused:
        facts.append((str(Text("Masuk", "Received")), show_datetime(draft.created_at, zone)))
    if state is not None and not draft.refused:
        closed = f", {show_datetime(draft.closed_at, zone)}" if draft.closed_at else ""
        facts.append((str(Text("Status", "State")), f"{pick(state.label)}{closed}"))
    return ShownLine(draft.line, outcome, title[:200], facts, [str(note_text(note.as_json())) for note in draft.notes])
