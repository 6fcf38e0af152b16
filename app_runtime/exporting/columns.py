"""What a file of records holds: what the reader may see of each, without anything personal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app_catalog.definitions.model import RecordType
from app_catalog.definitions.model.indexes import NUMBERS
from app_runtime.records.actors import Actor
from app_runtime.records.permissions import fields_read_by
from app_runtime.records.pinned import Kinds
from app_runtime.records.presenting import PresentedRecord
from lumbung.i18n import pick, t

Cell = str | int | float | bool | date | datetime | None
_APART = frozenset({"files", "group", "list", "nik", "path", "stream"})
"""Types that are no cell of a table."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its id (for GeoJSON), its words, and its cell for a record."""

    id: str
    label: str
    cell: Callable[[PresentedRecord], Cell]


def columns_of(kinds: Kinds, actor: Actor, zone: ZoneInfo) -> list[Column]:
    """The columns for records of one type: what every record has, then the fields of all its versions. Private fields
    are not among them: they are opened one record at a time, where it is noted."""
    allowed = frozenset[str]().union(*(_readable(kind, actor) for _, kind in kinds))
    columns = [column for column in built_in_columns(zone) if column.id in allowed or column.id == "title"]
    known = {column.id for column in columns}
    for _, kind in kinds:
        for field in kind.fields.values():
            if field.id in known or field.id not in allowed or field.private or field.type in _APART:
                continue
            known.add(field.id)
            if field.type == "point":
                columns += _place_columns()
            else:
                columns.append(Column(field.id, pick(field.label) or field.id, _of_field(field.id, field.type, zone)))
    return columns


def built_in_columns(zone: ZoneInfo) -> list[Column]:
    """What every record has, in words; times by the municipality's clock."""

    def local(moment: datetime | None) -> datetime | None:
        return moment.astimezone(zone).replace(tzinfo=None, microsecond=0) if moment else None

    return [
        Column("number", t("Nomor", "Number"), lambda record: record.number),
        Column("title", t("Judul", "Title"), lambda record: record.title),
        Column("state", t("Keadaan", "State"), lambda record: record.state_label or None),
        Column("agency", t("Dinas", "Agency"), lambda record: record.agency_name or None),
        Column("created_at", t("Dibuat", "Created"), lambda record: local(record.created_at)),
        Column("due", t("Tenggat", "Due"), lambda record: local(record.due_at)),
        Column("overdue", t("Terlambat", "Overdue"), lambda record: _yes_or_no(record.overdue)),
        Column("closed_at", t("Selesai", "Closed"), lambda record: local(record.closed_at)),
    ]


def _readable(kind: RecordType, actor: Actor) -> frozenset[str]:
    return fields_read_by(kind, actor.roles | {"resident"})


def _place_columns() -> Iterator[Column]:
    yield Column("longitude", t("Bujur", "Longitude"), lambda record: (open_place(record) or (None, None))[0])
    yield Column("latitude", t("Lintang", "Latitude"), lambda record: (open_place(record) or (None, None))[1])


def open_place(record: PresentedRecord) -> tuple[float, float] | None:
    """Where a record is, unless its own version keeps that private."""
    is_open = any(field.type == "point" and not field.private for field in record.fields)
    return record.place if is_open else None


def _of_field(name: str, kind: str, zone: ZoneInfo) -> Callable[[PresentedRecord], Cell]:
    def cell(record: PresentedRecord) -> Cell:
        field = record.field(name)
        # A version before may have kept private what is open now.
        if field is None or field.private or field.type in _APART:
            return None
        return _typed(kind, field.value, field.text, zone)

    return cell


def _typed(kind: str, value: Any, text: str, zone: ZoneInfo) -> Cell:
    try:
        if kind in NUMBERS and not isinstance(value, bool):
            return value if isinstance(value, int | float) else float(value)
        if kind == "date":
            return date.fromisoformat(str(value))
        if kind == "datetime":
            return datetime.fromisoformat(str(value)).astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return text
    return str(value) if kind in ("long_text", "markdown") else text


def _yes_or_no(value: bool | None) -> str | None:
    return None if value is None else t("Ya", "Yes") if value else t("Tidak", "No")


def cells(columns: Sequence[Column], record: PresentedRecord) -> list[Cell]:
    """The cells of one row."""
    return [column.cell(record) for column in columns]
