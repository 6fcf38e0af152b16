"""Lists of the interface by way of the entries of fields that an app marks `indexed`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, Uuid, and_, bindparam, func, literal_column, not_, select
from sqlalchemy.orm import aliased

from app_catalog.definitions.model import Definition
from app_catalog.definitions.model.indexes import index_name
from app_catalog.installations.indexes import InstalledIndex
from app_runtime.api.asking import BETWEEN
from app_runtime.indexing.models import IndexEntry
from app_runtime.indexing.using import indexed_fields
from app_runtime.records.models import Record

BETWEEN_IN_SQL: Any = literal_column(f"chr({ord(BETWEEN)})")
_TENANT: ColumnElement[Any] = bindparam("tenant", type_=Uuid)


@dataclass
class ByIndex:
    """Which filters of a statement go by their index: all of `indexed`, those of one value (`single`) by a join that
    has the order of the list."""

    record_type: str
    indexed: frozenset[str] = frozenset()
    single: frozenset[str] = frozenset()
    _joined: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._joined = {name: aliased(IndexEntry, name=f"by_{name}") for name in sorted(self.single)}

    @property
    def made_at(self) -> Any:
        """When a record was made, as that tells which the statement goes by."""
        entry = next(iter(self._joined.values()), None)
        return Record.created_at if entry is None else entry.made_at

    @property
    def record_id(self) -> Any:
        """The record's id, likewise."""
        entry = next(iter(self._joined.values()), None)
        return Record.id if entry is None else entry.record_id

    def join(self, query: Select[Any]) -> Select[Any]:
        """The statement with the entries that it goes by."""
        query = query.select_from(Record)
        for name, entry in self._joined.items():
            query = query.join(entry, (entry.record_id == Record.id) & self._mine(entry, name))
        return query

    def among(self) -> Iterator[ColumnElement[bool]]:
        """The records of each filter that has several values, and those of the joined ones."""
        for name, entry in self._joined.items():
            yield entry.text == bindparam(name, type_=Text)
        for name in sorted(self.indexed - self.single):
            wanted = func.string_to_array(bindparam(name, type_=Text), BETWEEN_IN_SQL)
            some = select(IndexEntry.record_id).where(self._mine(IndexEntry, name), IndexEntry.text == func.any(wanted))
            yield Record.id.in_(some)

    def _mine(self, entry: Any, name: str) -> ColumnElement[bool]:
        return and_(
            entry.tenant_id == _TENANT,
            entry.installation_id == bindparam("installation", type_=Uuid),
            entry.name == literal_column(f"'{index_name(self.record_type, name)}'"),
        )


def as_known(
    definition: Definition, record_type: str, filters: frozenset[str], ready: frozenset[str]
) -> Iterator[ColumnElement[bool]]:
    """Whether each index that these filters could go by is whole, or is not, as it was when this was compiled."""
    for name in sorted(filters & indexed_fields(definition, record_type).keys()):
        whole = (
            select(literal_column("1"))
            .select_from(InstalledIndex)
            .where(
                InstalledIndex.tenant_id == _TENANT,
                InstalledIndex.installation_id == bindparam("installation", type_=Uuid),
                InstalledIndex.name == literal_column(f"'{index_name(record_type, name)}'"),
                InstalledIndex.status == literal_column("'ready'"),
            )
            .exists()
        )
        yield whole if name in ready else not_(whole)
