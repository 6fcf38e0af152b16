"""Writes the entries of a record with the record itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, insert, select, tuple_

from app_catalog.definitions.model import SEVERAL, Definition, Field, RecordType
from app_catalog.definitions.model.indexes import NUMBERS, index_name, looked_up
from app_catalog.installations.definitions import definition_by_digest
from app_runtime.indexing.models import IndexEntry
from app_runtime.records.change import Change
from app_runtime.records.models import Record
from app_runtime.records.running_app import RunningApp
from lumbung.db import now
from lumbung.ids import new_id

LONGEST = 200
"""Characters of a text that entries keep: records are told apart by them, and in their order."""
NOTHING = Decimal("-Infinity")
"""Where an order by numbers puts what has none."""


class Value(NamedTuple):
    """What an entry says of a record."""

    name: str
    text: str
    number: Decimal | None


def values_of(
    record_type: str, fields: Sequence[Field], kind: RecordType | None, data: Mapping[str, Any]
) -> set[Value]:
    """The entries of a record with these values. `fields` are those that are looked up at present, `kind` is the type
    as the record's own version has it: what that one does not know or keeps private is no value."""
    found = set()
    for field in fields:
        own = kind.fields.get(field.id) if kind is not None else None
        value = data.get(field.id) if own is not None and not own.private else None
        if own is not None and own.type == "boolean" and not own.private:
            value = bool(value)
        name, as_number = index_name(record_type, field.id), field.type in NUMBERS or field.type == "datetime"
        for one in _each(own, value):
            found.add(Value(name, text_of(one), _number(field.type, one) if as_number else None))
    return found


def text_of(value: Any) -> str:
    """A value as entries hold it, and as it is asked for."""
    if value is None:
        return ""
    return (str(value).lower() if isinstance(value, bool) else str(value))[:LONGEST]


def entry_bound(field_type: str, value: Any) -> Any:
    """A value as the column has it that entries of such a field are in the order of: a number, else a text."""
    return _number(field_type, value) if field_type in NUMBERS or field_type == "datetime" else text_of(value)


def add_entries(change: Change) -> None:
    """Note the entries of a record that is about to be stored, to be stored with it."""
    fields = _fields(change.app, change.record.record_type)
    if not fields:
        return
    record = change.record
    values = values_of(record.record_type, fields, change.record_type, record.data)
    for value in sorted(values):
        change.add(IndexEntry(**_row(record, value)))
    change.entries[:] = [values]


def keep_entries(change: Change) -> None:
    """Bring the entries of a stored record to what it holds now. Without a change of such a field it costs nothing."""
    record = change.record
    fields = _fields(change.app, record.record_type)
    if not fields or not (change.entries or _moved(change, fields)):
        return
    after = values_of(record.record_type, fields, change.app.definition.records.get(record.record_type), record.data)
    if change.entries == [after]:
        return
    before = _stored(change, fields)
    if before != after:
        change.session.flush()
        _write(change, before - after, after - before)
        # A savepoint may yet take this back.
        change.entries[:] = [None]


def keep_entries_again(change: Change) -> None:
    """The same for a record that came to another version: all its entries are looked at."""
    change.entries[:] = [None]
    keep_entries(change)


def entries_of_many(app: RunningApp, records: Sequence[Record]) -> list[dict[str, object]]:
    """The entries of new records of one app, for one statement."""
    found = []
    for record in records:
        fields = _fields(app, record.record_type)
        kind = app.definition.records.get(record.record_type)
        found += [_row(record, one) for one in values_of(record.record_type, fields, kind, record.data)]
    return found


def entry_row(
    tenant_id: UUID, installation_id: UUID, record_id: UUID, made_at: datetime, value: Value
) -> dict[str, Any]:
    """An entry as a row of its table."""
    return {
        "tenant_id": tenant_id,
        "id": new_id(),
        "installation_id": installation_id,
        "record_id": record_id,
        "name": value.name,
        "text": value.text,
        "number": value.number,
        "made_at": made_at,
        "created_at": now(),
    }


def present_definition(app: RunningApp) -> Definition:
    """The version that the installation is on, which says what is looked up, whichever the record runs on."""
    if app.installation.definition_digest == app.definition.digest:
        return app.definition
    return definition_by_digest(app.session, app.installation.definition_digest)


def _fields(app: RunningApp, record_type: str) -> tuple[Field, ...]:
    return looked_up(present_definition(app), record_type)


def _each(own: Field | None, value: Any) -> Sequence[Any]:
    if own is not None and own.type in SEVERAL:
        return value if isinstance(value, list) and value else [None]
    return [value]


def _number(field_type: str, value: Any) -> Decimal:
    if value in (None, "") or isinstance(value, bool):
        return NOTHING
    try:
        if field_type == "datetime":
            return Decimal(str(datetime.fromisoformat(str(value)).timestamp()))
        return Decimal(str(value))
    except (InvalidOperation, ValueError):
        return NOTHING


def _row(record: Record, value: Value) -> dict[str, Any]:
    return entry_row(record.tenant_id, record.installation_id, record.id, record.created_at, value)


def _moved(change: Change, fields: Sequence[Field]) -> bool:
    data, before = change.record.data, change.old
    return any(data.get(field.id) != before.get(field.id) for field in fields)


def _stored(change: Change, fields: Sequence[Field]) -> set[Value]:
    names = [index_name(change.record.record_type, field.id) for field in fields]
    rows = change.session.execute(
        select(IndexEntry.name, IndexEntry.text, IndexEntry.number).where(
            IndexEntry.tenant_id == change.record.tenant_id,
            IndexEntry.record_id == change.record.id,
            IndexEntry.name.in_(names),
        )
    )
    return {Value(*row) for row in rows}


def _write(change: Change, stale: set[Value], fresh: set[Value]) -> None:
    if stale:
        change.session.execute(
            delete(IndexEntry).where(
                IndexEntry.tenant_id == change.record.tenant_id,
                IndexEntry.record_id == change.record.id,
                tuple_(IndexEntry.name, IndexEntry.text).in_([(one.name, one.text) for one in stale]),
            )
        )
    if fresh:
        change.session.execute(insert(IndexEntry).values([_row(change.record, one) for one in sorted(fresh)]))
