"""What the public may see of a record, as one JSON document that PostgreSQL writes.

The columns come from the definition alone (its fields and its `access` for `public`), so that they are made once for
each definition. `private` is never among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, Uuid, bindparam, case, cast, func, literal, literal_column, null, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from app_catalog.definitions.model import SEVERAL, Field, RecordType
from app_runtime.api.open_targets import OpenTarget
from app_runtime.joining.models import RecordJoin
from app_runtime.joining.services import may_be_joined
from app_runtime.records.models import Record, RecordFile
from app_runtime.records.permissions import fields_read_by, title_fields
from app_runtime.records.places import place_fields
from tenants.agencies.models import Agency

PUBLIC_ROLE = "public"
_TIMES: dict[str, Any] = {"created_at": Record.created_at, "closed_at": Record.closed_at, "due": Record.due_at}
_PLAIN: dict[str, Any] = {
    "number": Record.number,
    "state": Record.state,
    "open": Record.open,
    "overdue": Record.overdue,
    **_TIMES,
}
FILTERED_TYPES = ("choice", "agency", "area", "record", *sorted(SEVERAL))
"""The types of the fields that a list may be filtered by."""
_ID = "^[0-9a-f-]{36}$"
Family = Sequence[tuple[str, ColumnElement[Any]]]
"""What a record tells of its family: the members `parent` and `children` as far as it has them."""
BUILT_IN = (*_PLAIN, "agency")
"""Built-in attributes that the interface gives where the definition lets the public read them, in this order."""


def public_names(kind: RecordType) -> frozenset[str]:
    """The fields and built-in attributes that the public reads."""
    return fields_read_by(kind, [PUBLIC_ROLE])


def record_document(targets: Sequence[OpenTarget], kind: RecordType, family: Family = ()) -> ColumnElement[Any]:
    """One record as JSON, with its `family`; what it names as far as `targets` are open.

    Takes the values `records_url` and `photos_url` (each with its last slash) and `tenant`.
    """
    return func.json_build_object(*_flat((*_members(targets, kind), *family)))


def record_feature(targets: Sequence[OpenTarget], kind: RecordType, family: Family = ()) -> ColumnElement[Any]:
    """One record as a GeoJSON feature (RFC 7946); its geometry is null where there is no place to show."""
    members = (*_members(targets, kind), *family)
    properties = [(name, value) for name, value in members if name not in ("id", "place")]
    return func.json_build_object(
        "type",
        "Feature",
        "id",
        Record.id,
        "geometry",
        case(
            (Record.place_lon.is_not(None), func.json_build_object("type", "Point", "coordinates", _place())),
            else_=null(),
        )
        if shows_place(kind)
        else null(),
        "properties",
        func.json_build_object(*_flat(properties)),
    )


def shows_place(kind: RecordType) -> bool:
    """Whether the public sees where a record is."""
    allowed = public_names(kind)
    return any(name in allowed for name in place_fields(kind))


def _members(targets: Sequence[OpenTarget], kind: RecordType) -> Iterator[tuple[str, Any]]:
    allowed = public_names(kind)
    yield "id", Record.id
    yield "title", _title(kind, allowed)
    for name, column in _PLAIN.items():
        if name in allowed:
            yield name, column
    if len(kind.numbers) > 1 and "number" in allowed:
        yield "numbers", func.coalesce(Record.data["numbers"], literal_column("'{}'::jsonb"))
    if "agency" in allowed:
        yield "agency", _agency_key()
    yield "updated_at", Record.updated_at
    if may_be_joined(kind):
        yield "joined", _joined()
    if shows_place(kind):
        yield "place", case((Record.place_lon.is_not(None), _place()), else_=null())
    yield "fields", func.json_build_object(*_flat(_fields(targets, kind, allowed)))
    yield "url", bindparam("records_url", type_=Text).op("||")(cast(Record.id, Text))


def _fields(targets: Sequence[OpenTarget], kind: RecordType, allowed: frozenset[str]) -> Iterator[tuple[str, Any]]:
    for name, field in kind.fields.items():
        if name not in allowed or field.private:
            continue
        if field.type == "files":
            yield name, _files(name)
        elif field.target is not None:
            yield name, _named(targets, field, name)
        elif field.type != "point":
            yield name, Record.data[name]


def _named(targets: Sequence[OpenTarget], field: Field, name: str) -> ColumnElement[Any]:
    """The record that a field names, by id and number, while everybody may read it; null otherwise."""
    assert field.target is not None
    wanted = (field.target.record, field.target.app)
    target = next((one for one in targets if (one.record, one.app) == wanted), None)
    if target is None or not (target.whole or target.published):
        return null()
    other = aliased(Record)
    # What is no id names nothing, and must not break the list.
    named = cast(func.substring(Record.data[name].astext, literal_column(f"'{_ID}'")), Uuid)
    found = (
        select(func.json_build_object(literal_column("'id'"), other.id, literal_column("'number'"), other.number))
        .where(other.tenant_id == bindparam("tenant"), other.id == named, target.shows(other))
        .correlate(Record)
    )
    return case((Record.data.has_key(name), found.scalar_subquery()), else_=null())


def _title(kind: RecordType, allowed: frozenset[str]) -> ColumnElement[Any]:
    number: Any = Record.number if "number" in allowed else null()
    if not title_fields(kind) <= allowed:
        return func.coalesce(number, literal(""))
    return func.coalesce(func.nullif(Record.title, ""), number, literal(""))


def _place() -> ColumnElement[Any]:
    return func.json_build_array(Record.place_lon, Record.place_lat)


def _agency_key() -> Any:
    return (
        select(Agency.key)
        .where(Agency.tenant_id == bindparam("tenant"), Agency.id == Record.agency_id)
        .correlate(Record)
        .scalar_subquery()
    )


def _joined() -> Any:
    """How many say "me too"."""
    counted = select(func.count()).select_from(RecordJoin)
    mine = counted.where(RecordJoin.tenant_id == bindparam("tenant"), RecordJoin.record_id == Record.id)
    return mine.correlate(Record).scalar_subquery()


def _files(name: str) -> ColumnElement[Any]:
    """Addresses of the files in a field, without those that were hidden; looked for only where the record has any."""
    address = bindparam("photos_url", type_=Text).op("||")(
        cast(RecordFile.record_id, Text) + "/" + cast(RecordFile.file_id, Text)
    )
    entry = func.json_build_object(literal_column("'url'"), address)
    found = (
        select(func.json_agg(aggregate_order_by(entry, RecordFile.position)))
        .where(
            RecordFile.tenant_id == bindparam("tenant"),
            RecordFile.record_id == Record.id,
            RecordFile.field == name,
            RecordFile.hidden_at.is_(None),
        )
        .correlate(Record)
        .scalar_subquery()
    )
    nothing: ColumnElement[Any] = literal_column("'[]'::json")
    # The keys of `data` are those of fields with a value.
    return case((Record.data.has_key(name), func.coalesce(found, nothing)), else_=nothing)


def _flat(pairs: Iterable[tuple[str, Any]]) -> list[Any]:
    flat: list[Any] = []
    for name, value in pairs:
        flat += [literal_column(f"'{name}'"), value]
    return flat
