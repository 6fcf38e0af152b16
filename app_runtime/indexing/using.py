"""Lists by way of the entries: records with a value, and all in the order of a field, at any size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import aliased

from app_catalog.definitions.model import Definition
from app_catalog.definitions.model.indexes import NUMBERS, index_name, index_types
from app_catalog.installations.indexes import ready_indexes
from app_runtime.indexing.entries import text_of
from app_runtime.indexing.models import IndexEntry
from app_runtime.records.models import Record
from app_runtime.records.running_app import RunningApp


@dataclass
class Usable:
    """The indexes of a record type that hold every record, by field, with the field's type.

    `joined` are those that a statement goes by: at most one row for each record.
    """

    record_type: str
    types: Mapping[str, str]
    joined: dict[str, Any] = field(default_factory=dict)

    def filtered(self, query: Select[Any], name: str, values: Sequence[Any]) -> Select[Any]:
        """Only records with one of these values in a field."""
        wanted = sorted({text_of(value) for value in values})
        if len(wanted) > 1:
            some = select(IndexEntry.record_id).where(*self._mine(IndexEntry, name), IndexEntry.text.in_(wanted))
            return query.where(Record.id.in_(some.correlate(None)))
        query = self._join(query, name)
        return query.where(self.joined[name].text == wanted[0])

    def sorted(self, query: Select[Any], name: str) -> Select[Any]:
        """All records, with their entry of a field of one value."""
        query = self._join(query, name)
        if self._is_number(name):
            # The index over numbers is a partial one. Entries of such a field all have a number.
            query = query.where(self.joined[name].number.is_not(None))
        return query

    def column(self, name: str) -> Any:
        """What a joined field is in the order of."""
        entry = self.joined[name]
        return entry.number if self._is_number(name) else entry.text

    def made(self) -> tuple[Any, Any] | None:
        """Time of creation and id of the record as an entry that the statement goes by tells them: the same values as
        the record's own, and in the order of the index."""
        entry = next(iter(self.joined.values()), None)
        return None if entry is None else (entry.made_at, entry.record_id)

    def _is_number(self, name: str) -> bool:
        return self.types[name] in NUMBERS or self.types[name] == "datetime"

    def _join(self, query: Select[Any], name: str) -> Select[Any]:
        if name in self.joined:
            return query
        entry = self.joined[name] = aliased(IndexEntry)
        return query.join(entry, and_(*self._mine(entry, name), entry.record_id == Record.id))

    def _mine(self, entry: Any, name: str) -> tuple[ColumnElement[bool], ...]:
        return (
            entry.tenant_id == Record.tenant_id,
            entry.installation_id == Record.installation_id,
            entry.name == index_name(self.record_type, name),
        )


def usable_indexes(app: RunningApp, record_type: str, wanted: Iterable[str]) -> Usable:
    """What a list by these fields can go by; asks the database only where the app has an index over one of them."""
    types = indexed_fields(app.definition, record_type)
    named = {name: types[name] for name in wanted if name in types}
    if not named:
        return Usable(record_type, {})
    ready = ready_indexes(app.session, app.installation)
    return Usable(record_type, {name: kind for name, kind in named.items() if index_name(record_type, name) in ready})


def indexed_fields(definition: Definition, record_type: str) -> dict[str, str]:
    """The fields of a type that this version keeps an index of, each with its type."""
    head = index_name(record_type, "")
    return {name.removeprefix(head): kind for name, kind in index_types(definition).items() if name.startswith(head)}
