"""The family of a record as the public may see it: its parent, its children, and the list of a parent's children.

A type that belongs to none and has no children pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from app_catalog.definitions.model import Definition, RecordType
from app_catalog.definitions.model.families import parent_types
from app_runtime.records.models import Record
from app_runtime.records.permissions import fields_read_by, read_access
from tenants.agencies.models import Agency

MOST_TOLD = 100
"""Children of one kind that are told with their parent; the list has all of them."""
PARENT_FILTERS = ("parent", "parent_number")
"""A list by its parent's id or number: asked for as `parent` alone."""
_PUBLIC = "public"
_NEVER = literal_column("false", Boolean)


def has_parents(definitions: Sequence[Definition], record_type: str) -> bool:
    """Whether records of this type may belong to another that the public may read."""
    return any(True for _ in _readable_kinds(definitions, parent_types(definitions, record_type)))


def takes_parent(definitions: Sequence[Definition], record_type: str) -> bool:
    """Whether a list is filtered by `parent`; a field of that name in the app's own words goes before."""
    named = any("parent" in one.records[record_type].fields for one in definitions if record_type in one.records)
    return not named and has_parents(definitions, record_type)


def parent_document(definitions: Sequence[Definition], record_type: str) -> ColumnElement[Any] | None:
    """The parent by id, type and number as far as the public reads it, else null; None where the type belongs to
    none."""
    if not parent_types(definitions, record_type):
        return None
    parent = aliased(Record, name="parent")
    kinds = list(_readable_kinds(definitions, parent_types(definitions, record_type)))
    if not kinds:
        return null()
    told = func.json_build_object(
        *_named("id", parent.id),
        *_named("type", parent.record_type),
        *_named("number", _told(parent, kinds, "number", parent.number)),
        *_named("url", _page_of(parent)),
    )
    found = select(told).where(*_same_app(parent), parent.id == Record.parent_id, _readable(parent, kinds))
    return case((Record.parent_id.is_not(None), found.correlate(Record).scalar_subquery()), else_=null())


def children_document(definitions: Sequence[Definition], kind: RecordType) -> ColumnElement[Any] | None:
    """The children of one record by their kinds, those that the public reads, the oldest first; None for a type that
    has none."""
    told: list[Any] = []
    for spec in kind.children.values():
        kinds = list(_readable_kinds(definitions, [spec.record]))
        if kinds:
            told += _named(spec.id, _children(definitions, spec.record, kinds))
    return func.json_build_object(*told) if told else None


def of_parent(definitions: Sequence[Definition], record_type: str, name: str) -> ColumnElement[bool]:
    """The rows whose parent has the id or number that was asked for, where the public reads the parent, and its number
    when that is what was asked."""
    parent = aliased(Record, name="wanted_parent")
    kinds = list(_readable_kinds(definitions, parent_types(definitions, record_type)))
    wanted = parent.id == bindparam("parent", type_=Uuid)
    if name == "parent_number":
        kinds = [(one, kind) for one, kind in kinds if "number" in fields_read_by(kind, [_PUBLIC])]
        wanted = parent.number == bindparam("parent_number", type_=Text)
    return Record.parent_id.in_(select(parent.id).where(*_same_app(parent), wanted, _readable(parent, kinds)))


def _children(
    definitions: Sequence[Definition], record_type: str, kinds: Sequence[tuple[Definition, RecordType]]
) -> ColumnElement[Any]:
    child = aliased(Record, name=f"child_{record_type}")
    agency = select(Agency.key).where(Agency.tenant_id == bindparam("tenant"), Agency.id == child.agency_id)
    entry = func.json_build_object(
        *_named("id", child.id),
        *_named("type", child.record_type),
        *_named("number", _told(child, kinds, "number", child.number)),
        *_named("state", _told(child, kinds, "state", func.nullif(child.state, literal_column("''")))),
        *_named("agency", _told(child, kinds, "agency", agency.correlate(child).scalar_subquery())),
        *_named("due", _told(child, kinds, "due", child.due_at)),
        *_named("url", _page_of(child)),
    )
    first = (
        select(entry.label("entry"), child.created_at, child.id)
        .where(
            *_same_app(child),
            child.parent_id == Record.id,
            child.record_type == literal_column(f"'{record_type}'"),
            _readable(child, kinds),
        )
        .order_by(child.created_at, child.id)
        .limit(literal_column(str(MOST_TOLD)))
        .correlate(Record)
        .subquery(f"children_{record_type}")
    )
    listed = select(func.json_agg(aggregate_order_by(first.c.entry, first.c.created_at, first.c.id)))
    address: ColumnElement[Any] = null()
    if takes_parent(definitions, record_type):
        address = bindparam("api_url", type_=Text).op("||")(
            literal_column(f"'{record_type}?parent='").op("||")(cast(Record.id, Text))
        )
    return func.json_build_object(
        *_named("type", literal_column(f"'{record_type}'")),
        *_named("url", address),
        *_named("items", func.coalesce(listed.scalar_subquery(), literal_column("'[]'::json"))),
    )


def _readable_kinds(
    definitions: Sequence[Definition], record_types: Sequence[str]
) -> Iterator[tuple[Definition, RecordType]]:
    """The types in each definition of which the public reads any record."""
    for definition in definitions:
        for name in record_types:
            kind = definition.records.get(name)
            if kind is not None and _rows_of(kind) is not None:
                yield definition, kind


def _rows_of(kind: RecordType) -> str | None:
    rule = read_access(kind, _PUBLIC)
    rows = rule.rows if rule is not None else ()
    return "all" if "all" in rows else "published" if "published" in rows else None


def _readable(row: Any, kinds: Sequence[tuple[Definition, RecordType]]) -> ColumnElement[bool]:
    """Rows that everybody may read, each by its own definition."""
    whole = [_is(row, definition, kind) for definition, kind in kinds if _rows_of(kind) == "all"]
    published = [_is(row, definition, kind) for definition, kind in kinds if _rows_of(kind) == "published"]
    return and_(row.hidden_at.is_(None), or_(_NEVER, *whole, and_(row.published, or_(_NEVER, *published))))


def _told(row: Any, kinds: Sequence[tuple[Definition, RecordType]], name: str, value: Any) -> ColumnElement[Any]:
    """A built-in attribute of the rows whose own definition lets the public read it; null of the others."""
    reads = [(one, kind, name in fields_read_by(kind, [_PUBLIC])) for one, kind in kinds]
    if all(told for *_, told in reads):
        return value  # type: ignore[no-any-return]
    shown = [_is(row, one, kind) for one, kind, told in reads if told]
    return case((or_(*shown), value), else_=null()) if shown else null()


def _is(row: Any, definition: Definition, kind: RecordType) -> ColumnElement[bool]:
    own_type: ColumnElement[bool] = row.record_type == literal_column(f"'{kind.id}'")
    return and_(own_type, row.definition_digest == literal_column(f"'{definition.digest}'"))


def _same_app(row: Any) -> list[ColumnElement[bool]]:
    return [row.tenant_id == bindparam("tenant"), row.installation_id == bindparam("installation", type_=Uuid)]


def _page_of(row: Any) -> ColumnElement[Any]:
    return bindparam("app_url", type_=Text).op("||")(
        row.record_type.op("||")(literal_column("'/'").op("||")(cast(row.id, Text)))
    )


def _named(name: str, value: Any) -> tuple[Any, Any]:
    return literal_column(f"'{name}'"), value
