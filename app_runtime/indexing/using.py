"""Lists by way of the entries: records with a value, and all in the order of a field, at any size."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, union_all
from sqlalchemy.orm import aliased

from app_catalog.definitions.model import Definition
from app_catalog.definitions.model.indexes import NUMBERS, index_name, index_types
from app_catalog.installations.models import Installation
from app_runtime.indexing.entries import NOTHING, entry_bound, text_of
from app_runtime.indexing.models import IndexEntry
from app_runtime.records.models import Record
from app_runtime.records.running_app import RunningApp
from lumbung.db.tenancy import AnySession

FEW = 1_000
"""So many records are looked at one by one rather than in the order of an index."""


@dataclass
class Usable:
    """The indexes of a record type that hold every record, by field, with the field's type.

    `joined` are those that a statement goes by: at most one row for each record. `installation` is whose they are;
    where there is none, no index is whole. `leading` is the first field that the statement is in the order of;
    `ranges` are conditions over a range of values that few records have.
    """

    record_type: str
    types: Mapping[str, str]
    installation: Installation | None = None
    joined: dict[str, Any] = field(default_factory=dict)
    leading: str = ""
    looked_up: bool = False
    ranges: frozenset[Any] = frozenset()

    def filtered(self, query: Select[Any], name: str, values: Sequence[Any]) -> Select[Any]:
        """Only records with one of these values in a field."""
        if self.looked_up:
            return query.where(self.has(name, values))
        wanted = sorted({text_of(value) for value in values})
        if len(wanted) > 1:
            return query.where(self._among(name, IndexEntry.text.in_(wanted)))
        query = self._join(query, name)
        return query.where(self.joined[name].text == wanted[0])

    def only(self, *names: str, looked_up: bool = False) -> Usable:
        """The same with the indexes over these fields alone; with `looked_up` their records are found before all else,
        and whatever else is asked is asked of them."""
        types = {name: kind for name, kind in self.types.items() if name in names}
        return Usable(self.record_type, types, self.installation, looked_up=looked_up)

    def entries(self, name: str, values: Sequence[Any]) -> Select[Any]:
        """The ids of the records with one of these values; one with several of them may be there more than once."""
        assert self.installation is not None
        return select(IndexEntry.record_id).where(
            IndexEntry.tenant_id == self.installation.tenant_id,
            IndexEntry.installation_id == self.installation.id,
            IndexEntry.name == index_name(self.record_type, name),
            IndexEntry.text.in_(sorted({text_of(value) for value in values})),
        )

    def has(self, name: str, values: Sequence[Any]) -> ColumnElement[bool]:
        """Whether a record has one of these values, as a clause of its own, for values that few have."""
        # As an array they are found once, whatever the planner takes their number to be.
        return Record.id == func.any(func.array(self.entries(name, values).correlate(None).scalar_subquery()))

    def sorted(self, query: Select[Any], name: str) -> Select[Any]:
        """All records, with their entry of a field of one value."""
        query = self._join(query, name)
        self.leading = self.leading or name
        if self._is_number(name):
            # The index over numbers is a partial one. Entries of such a field all have a number.
            query = query.where(self.joined[name].number.is_not(None))
        return query

    def between(self, query: Select[Any], name: str, low: Any, high: Any) -> Select[Any]:
        """Only records with a value from `low` to `high`, both included."""
        query = self._join(query, name)
        column, kind = self.column(name), self.types[name]
        return query.where(column >= entry_bound(kind, low), column <= entry_bound(kind, high))

    def within(self, name: str, low: Any, high: Any) -> Select[Any]:
        """The ids of the records with a value from `low` to `high` (None: open)."""
        assert self.installation is not None
        column, kind = IndexEntry.number if self._is_number(name) else IndexEntry.text, self.types[name]
        bounds = [
            *([column >= entry_bound(kind, low)] if low is not None else ()),
            *([column <= entry_bound(kind, high)] if high is not None else ()),
        ]
        nothing = IndexEntry.number != NOTHING if self._is_number(name) else IndexEntry.text != ""
        return select(IndexEntry.record_id).where(
            IndexEntry.tenant_id == self.installation.tenant_id,
            IndexEntry.installation_id == self.installation.id,
            IndexEntry.name == index_name(self.record_type, name),
            nothing,
            *bounds,
        )

    def finds_few(self, session: AnySession, name: str, low: Any, high: Any) -> bool:
        """Whether at most `FEW` records have such a value."""
        few = self.within(name, low, high).limit(FEW + 1).subquery()
        return (session.scalar(select(func.count()).select_from(few)) or 0) <= FEW

    def holds(self, name: str, low: Any, high: Any) -> ColumnElement[bool]:
        """Whether a record has a value from `low` to `high`, as a clause of its own, for values that few have."""
        return Record.id == func.any(func.array(self.within(name, low, high).correlate(None).scalar_subquery()))

    def column(self, name: str) -> Any:
        """What a joined field is in the order of."""
        entry = self.joined[name]
        return entry.number if self._is_number(name) else entry.text

    def made(self) -> tuple[Any, Any] | None:
        """Time of creation and id of the record as an entry that the statement goes by tells them: the same values as
        the record's own, and in the order of the index."""
        # Those that have the same value are in the order of the very index that has them.
        entry = self.joined.get(self.leading) or next(iter(self.joined.values()), None)
        return None if entry is None else (entry.made_at, entry.record_id)

    def _is_number(self, name: str) -> bool:
        return self.types[name] in NUMBERS or self.types[name] == "datetime"

    def _join(self, query: Select[Any], name: str) -> Select[Any]:
        if name in self.joined:
            return query
        entry = self.joined[name] = aliased(IndexEntry)
        mine = (
            entry.tenant_id == Record.tenant_id,
            entry.installation_id == Record.installation_id,
            entry.name == index_name(self.record_type, name),
        )
        return query.join(entry, and_(*mine, entry.record_id == Record.id))

    def _among(self, name: str, *clauses: ColumnElement[bool]) -> ColumnElement[bool]:
        """The records with an entry for which all this holds, as a clause that stands alone."""
        assert self.installation is not None
        some = select(IndexEntry.record_id).where(
            IndexEntry.tenant_id == self.installation.tenant_id,
            IndexEntry.installation_id == self.installation.id,
            IndexEntry.name == index_name(self.record_type, name),
            *clauses,
        )
        return Record.id.in_(some.correlate(None))


def usable_indexes(app: RunningApp, record_type: str, wanted: Iterable[str]) -> Usable:
    """What a list by these fields can go by; asks the database only where the app has an index over one of them."""
    types = indexed_fields(app.definition, record_type)
    named = {name: types[name] for name in wanted if name in types}
    if not named:
        return Usable(record_type, {})
    whole = {name: kind for name, kind in named.items() if index_name(record_type, name) in app.ready_indexes}
    return Usable(record_type, whole, app.installation)


def best_way(usable: Usable, wanted: Mapping[str, Sequence[Any]], sort: str, *, rare: Collection[str]) -> Usable:
    """What one statement goes by: a single index, because the planner knows too little of values to join several.

    `wanted` are the values of each filter, `sort` what the list is in the order of first, `rare` the filters of which
    `rare_among` says that few records pass them.
    """
    filters = [name for name in wanted if name in usable.types]
    found = next((name for name in filters if name in rare), None)
    if found is not None:
        return usable.only(found, looked_up=True)
    if sort in usable.types:
        return usable.only(sort)
    found = next((name for name in filters if len(wanted[name]) == 1), None)
    return usable.only(found) if found is not None else usable.only()


def asks_what_is_rare(usable: Usable, wanted: Mapping[str, Sequence[Any]], sort: str) -> bool:
    """Whether there is more than one way to the list, so that it matters how many records pass its filters."""
    filters = {name for name in wanted if name in usable.types}
    ways = filters | ({sort} & usable.types.keys())
    return bool(filters) and (len(ways) > 1 or any(len(wanted[name]) > 1 for name in filters))


def rare_among(session: AnySession, usable: Usable, asked: Mapping[str, tuple[str, Sequence[Any]]]) -> set[str]:
    """The questions (a field and its values, under any key) that at most `FEW` records pass; one statement for all."""
    parts = []
    for key, (name, values) in asked.items():
        few = usable.entries(name, values).limit(FEW + 1).subquery()
        parts.append(select(literal(key).label("key")).select_from(few).group_by("key").having(func.count() > FEW))
    many = set(session.scalars(union_all(*parts))) if parts else set()
    return asked.keys() - many


def indexed_fields(definition: Definition, record_type: str) -> dict[str, str]:
    """The fields of a type that this version keeps an index of, each with its type."""
    head = index_name(record_type, "")
    return {name.removeprefix(head): kind for name, kind in index_types(definition).items() if name.startswith(head)}
