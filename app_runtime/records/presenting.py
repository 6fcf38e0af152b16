"""A record as one reader may see it, and nothing else of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from markupsafe import Markup

from app_catalog.catalog.rich_text import render_markdown
from app_catalog.definitions.model import ADDRESSES, Field, RecordType
from app_catalog.definitions.schemas.paths import length_km
from app_catalog.installations.values import show_duration
from app_runtime.records.actors import Actor
from app_runtime.records.attachments import list_record_files
from app_runtime.records.links import links_of
from app_runtime.records.models import Record, RecordFile
from app_runtime.records.named import ANYBODY, NamedRecord, not_for_you
from app_runtime.records.permissions import may_moderate, title_fields, visible_fields
from app_runtime.records.places import place_fields
from app_runtime.records.running_app import RunningApp
from app_runtime.records.values import built_in_values, field_values, numbers_of
from lumbung.i18n import pick, show_date, show_datetime, show_decimal, show_number, show_rupiah, show_time, t


@dataclass(frozen=True, slots=True)
class PresentedFile:
    """A file in a field; ask `access_record_file` for the bytes, which answers with the blurred one where it must.

    `hidden` and `blurred` are only ever true for officials.
    """

    file_id: UUID
    thumbnail_id: UUID | None
    hidden: bool = False
    blurred: bool = False


@dataclass(frozen=True, slots=True)
class PresentedField:
    """A field with its value: as stored (`value`), in the reader's words (`text`), and its files or members.

    `rows` are the members of each row of a list. `links` are addresses of pictures that came with an imported record;
    nobody fetched or looked at them.
    """

    id: str
    type: str
    label: str
    value: Any
    text: str
    files: tuple[PresentedFile, ...] = ()
    members: tuple[PresentedField, ...] = ()
    links: tuple[str, ...] = ()
    rows: tuple[tuple[PresentedField, ...], ...] = ()
    named: NamedRecord | None = None
    """The record that the field names, where the reader may see it."""
    private: bool = False
    """Whether it is private in the version that the record runs on."""

    @property
    def shown(self) -> str:
        """The value for a page: safe HTML where its type asks for it (formatted texts, addresses), else the text."""
        if self.type == "markdown":
            return Markup('<div class="lb-markdown">{}</div>').format(render_markdown(str(self.value)))
        if self.type in ADDRESSES and self.value:
            link = Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>')
            return link.format(str(self.value), self.text)
        if self.named is not None and self.named.link:
            return Markup('<a href="{}">{}</a>').format(self.named.link, self.text)
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedRecord:
    """What a reader may see of a record. What may not be seen is None, absent from `fields` and from `values`.

    `title` is the number where the title is made of fields that the reader may not see. `values` holds built-in
    attributes and fields by id, ready for JSON.
    """

    id: UUID
    app: str
    record_type: str
    version: int
    title: str
    number: str | None
    state: str | None
    state_label: str
    state_tone: str
    open: bool | None
    overdue: bool | None
    due_at: datetime | None
    created_at: datetime | None
    closed_at: datetime | None
    agency: str | None
    agency_name: str
    place: tuple[float, float] | None
    hidden: bool
    own: bool
    fields: tuple[PresentedField, ...]
    values: Mapping[str, Any]

    @property
    def paths(self) -> tuple[PresentedField, ...]:
        """The lines on the map that the reader may see."""
        return tuple(field for field in self.fields if field.type == "path")

    def field(self, name: str) -> PresentedField | None:
        """The field with this id, if the reader may see it and it has a value."""
        return next((field for field in self.fields if field.id == name), None)


def present_record(
    app: RunningApp,
    record: Record,
    actor: Actor,
    *,
    files: Sequence[RecordFile] | None = None,
    only: Sequence[str] | None = None,
) -> PresentedRecord:
    """The record for this reader; `only` narrows it further (the columns of a page), `files` saves a query in lists.

    Whether the actor may see the row at all is decided before (`access_record`, `list_records`).
    """
    kind = app.record_type(record.record_type)
    allowed = visible_fields(app.definition, record.record_type, actor, record)
    shown = allowed if only is None else allowed & set(only)
    official = may_moderate(app.definition, kind, actor, record)
    if files is None and any(spec.type == "files" and name in shown for name, spec in kind.fields.items()):
        files = list_record_files(app.session, record)
    built_in = {name: value for name, value in built_in_values(record, app.agencies).items() if name in allowed}
    fields = _present_fields(app, record, kind, shown, files or (), actor, official=official)
    if len(kind.numbers) > 1 and "number" in shown:
        fields = (*_present_numbers(record, kind), *fields)
    state = kind.workflow.states.get(record.state) if kind.workflow and "state" in allowed else None
    agency = app.agencies.by_id.get(record.agency_id) if record.agency_id and "agency" in allowed else None
    return PresentedRecord(
        id=record.id,
        app=app.installation.slug,
        record_type=record.record_type,
        version=record.version,
        title=_title(record, kind, allowed),
        number=built_in.get("number"),
        state=built_in.get("state"),
        state_label=pick(state.label) if state else "",
        state_tone=state.tone if state else "grey",
        open=built_in.get("open"),
        overdue=built_in.get("overdue"),
        due_at=built_in.get("due"),
        created_at=built_in.get("created_at"),
        closed_at=built_in.get("closed_at"),
        agency=agency.key if agency else None,
        agency_name=agency.name if agency else "",
        place=_place(record, kind, shown),
        hidden=record.hidden_at is not None,
        own=actor.owns(record),
        fields=fields,
        values=_json_values(built_in, fields, only),
    )


def display_value(app: RunningApp, field: Field, value: Any, reader: Actor = ANYBODY) -> str:
    """A value in the reader's words: labels of choices, names of agencies, dates and amounts as people write them, and
    of what a field names as much as this reader may see."""
    if value in (None, "", [], {}):
        return ""
    if field.type == "choice":
        return _choice_label(app, field, str(value))
    if field.type == "choices":
        places = {option: place for place, option in enumerate(_option_ids(app, field))}
        chosen = sorted(map(str, value), key=lambda one: places.get(one, len(places)))
        return ", ".join(_choice_label(app, field, one) for one in chosen)
    if field.type == "agency":
        return _agency_name(app, str(value))
    if field.type == "agencies":
        return ", ".join(_agency_name(app, str(one)) for one in value)
    if field.type == "person":
        return app.people.name_of(str(value))
    if field.type == "persons":
        return ", ".join(sorted(app.people.name_of(str(one)) for one in value))
    if field.target is not None:
        named = app.named.told(value, reader)
        return named.label if named is not None else not_for_you()
    if field.type == "datetime":
        return show_datetime(datetime.fromisoformat(value), app.municipality.timezone)
    show = _SHOWN.get(field.type, str)
    return show(value)


_SHOWN: dict[str, Callable[[Any], str]] = {
    "boolean": lambda value: t("Ya", "Yes") if value else t("Tidak", "No"),
    "date": lambda value: show_date(date.fromisoformat(value)),
    "money": show_rupiah,
    "integer": show_number,
    "decimal": show_decimal,
    "time": show_time,
    "duration": show_duration,
    "point": lambda value: f"{value[1]:.5f}, {value[0]:.5f}",
    "list": lambda value: t("{n} baris", "{n} row" if len(value) == 1 else "{n} rows", n=len(value)),
    "path": lambda value: t(
        "{length} km, {n} titik", "{length} km, {n} points", length=show_decimal(length_km(value)), n=len(value)
    ),
    "files": lambda value: t("{n} berkas", "{n} file" if len(value) == 1 else "{n} files", n=len(value)),
}


def _option_ids(app: RunningApp, field: Field) -> Iterable[str]:
    if field.options is None:
        return ()
    return field.options.fixed if field.options.setting is None else app.settings.get(field.options.setting) or {}


def _agency_name(app: RunningApp, key: str) -> str:
    agency = app.agencies.by_key.get(key)
    return agency.name if agency else key


def _choice_label(app: RunningApp, field: Field, value: str) -> str:
    options = field.options
    if options is None:
        return value
    if options.setting is None:
        return pick(options.fixed.get(value)) or value
    row = (app.settings.get(options.setting) or {}).get(value) or {}
    return pick(row.get(options.label_column)) or value


def _present_fields(
    app: RunningApp,
    record: Record,
    kind: RecordType,
    shown: frozenset[str],
    files: Sequence[RecordFile],
    reader: Actor,
    *,
    official: bool,
) -> tuple[PresentedField, ...]:
    # Private values are not even read for a reader who may see none of them.
    names = [name for name in kind.fields if name in shown]
    personal = any(kind.fields[name].private for name in names)
    stored = field_values(record, kind) if personal else dict(record.data)
    found = []
    for name in names:
        value = stored.get(name)
        field = kind.fields[name]
        links = links_of(record, name) if field.type == "files" else ()
        if value in (None, "", [], {}) and not links:
            continue
        attached = _present_files(name, files, official=official) if field.type == "files" else ()
        if field.type == "files":
            value = [str(file.file_id) for file in attached]
        members = _members(app, field, dict(value or {})) if field.type == "group" else ()
        rows = tuple(_members(app, field, row) for row in value or ()) if field.type == "list" else ()
        text = "" if field.type == "group" else display_value(app, field, value, reader)
        named = app.named.told(value, reader) if field.target is not None else None
        if field.target is not None and named is None:
            value = None
        label = pick(field.label)
        personal = field.private
        found.append(
            PresentedField(name, field.type, label, value, text, attached, members, links, rows, named, personal)
        )
    return tuple(found)


def _present_numbers(record: Record, kind: RecordType) -> tuple[PresentedField, ...]:
    """The numbers beside the first, which every page shows by itself."""
    found = {name: number for name, number in numbers_of(record, kind).items() if number is not None}
    return tuple(
        PresentedField(f"numbers.{spec.id}", "text", pick(spec.label or {}), found[spec.id], found[spec.id])
        for spec in list(kind.numbers.values())[1:]
        if spec.id in found
    )


def _members(app: RunningApp, field: Field, value: Mapping[str, Any]) -> tuple[PresentedField, ...]:
    return tuple(
        PresentedField(
            member.id, member.type, pick(member.label), value[member.id], display_value(app, member, value[member.id])
        )
        for member in field.fields.values()
        if value.get(member.id) not in (None, "")
    )


def _present_files(name: str, files: Sequence[RecordFile], *, official: bool) -> tuple[PresentedFile, ...]:
    return tuple(
        PresentedFile(
            row.file_id,
            row.thumbnail_id,
            hidden=official and row.hidden_at is not None,
            blurred=official and row.blurred_file_id is not None,
        )
        for row in files
        if row.field == name and (official or row.hidden_at is None)
    )


def _title(record: Record, kind: RecordType, allowed: frozenset[str]) -> str:
    if record.title and title_fields(kind) <= allowed:
        return record.title
    return (record.number or "") if "number" in allowed else pick(kind.name)


def _place(record: Record, kind: RecordType, shown: frozenset[str]) -> tuple[float, float] | None:
    visible = any(name in shown for name in place_fields(kind))
    if not visible or record.place_lon is None or record.place_lat is None:
        return None
    return record.place_lon, record.place_lat


def _json_values(
    built_in: Mapping[str, Any], fields: Sequence[PresentedField], only: Sequence[str] | None
) -> dict[str, Any]:
    plain = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in built_in.items()
        if only is None or name in only
    }
    return {**plain, **{field.id: field.value for field in fields if field.value is not None or not field.text}}
