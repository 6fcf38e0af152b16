"""Each row of an archive held against what a row of its table can be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Table

from lumbung.backup.carrying import carrying_of
from lumbung.backup.errors import ArchiveRefused, refused
from lumbung.backup.reading import Archive, parse_line
from lumbung.backup.snapshot import carried_columns, primary_key
from lumbung.db.base import TableKind, table_kinds

Row = dict[str, Any]


class RowGate:
    """Lets rows through that a Lumbung would have written into this archive, table after table.

    In a municipality's archive that means: no row of another municipality, no reference to a global row that the
    archive does not carry, and nothing in the columns that such an archive leaves empty.
    """

    def __init__(self, archive: Archive, tenant_id: UUID | None) -> None:
        self._archive, self._tenant_id = archive, str(tenant_id) if tenant_id else None
        self._carried: dict[str, set[str]] = {}

    def rows(self, table: Table) -> Iterator[tuple[str, Row]]:
        """Each row of a table as the text that stands in the archive, and read. Raises ArchiveRefused."""
        check = _TableCheck(table, self._tenant_id, self._carried)
        for number, line in enumerate(self._archive.lines(table.name), start=1):
            try:
                # Decoded once: guessing at encodings is how two readers come to read two things.
                text = line.decode()
                row = parse_line(text)
                check.admit(row)
            except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
                raise _bad(table, number) from error
            yield text, row


class _TableCheck:
    def __init__(self, table: Table, tenant_id: str | None, carried: dict[str, set[str]]) -> None:
        columns = carried_columns(table)
        carrying = carrying_of(table)
        assert carrying is not None
        self._names = {column.name for column in columns}
        self._required = {column.name for column in columns if not column.nullable}
        self._key = primary_key(table)
        # The years of receipts are numbers; every other key is written as a text.
        self._kinds = [int if isinstance(table.c[name].type, Integer) else str for name in self._key]
        self._tenant_id = tenant_id
        self._owned = "tenant_id" in self._names
        self._emptied = {} if tenant_id is None else dict(carrying.emptied)
        self._required -= {name for name, value in self._emptied.items() if value is None}
        self._check = carrying.check
        self._carried = carried
        self._last: tuple[Any, ...] = ()
        self._references: list[tuple[str, str]] = []
        kinds = table_kinds()
        if tenant_id is not None:
            self._references = [
                (column.name, key.column.table.name)
                for column in columns
                for key in column.foreign_keys
                if kinds[key.column.table.name] == TableKind.GLOBAL and key.column.table.name != table.name
            ]
        self._mine = carried.setdefault(table.name, set()) if kinds[table.name] == TableKind.GLOBAL else None

    def admit(self, row: Row) -> None:
        """Raise ValueError, KeyError or TypeError when the row cannot be one of this table in this archive."""
        if not self._required <= row.keys() <= self._names:
            raise ValueError
        key = tuple(row[name] for name in self._key)
        if [type(part) for part in key] != self._kinds or key <= self._last:
            raise ValueError
        self._last = key
        if self._tenant_id is not None:
            self._admit_to_municipality(row)
        if self._check is not None and not self._check(row):
            raise ValueError

    def _admit_to_municipality(self, row: Row) -> None:
        if self._owned and row["tenant_id"] != self._tenant_id:
            raise ValueError
        for name, value in self._emptied.items():
            if row.get(name) != value or type(row.get(name)) is not type(value):
                raise ValueError
        for name, target in self._references:
            value = row.get(name)
            if value is not None and value not in self._carried.get(target, ()):
                raise ValueError
        if self._mine is not None:
            if row["id"] != str(UUID(row["id"])):
                raise ValueError
            self._mine.add(row["id"])


def _bad(table: Table, number: int) -> ArchiveRefused:
    return refused(
        "Baris {number} tabel {table} bukan baris yang ditulis Lumbung untuk arsip ini.",
        "Row {number} of the table {table} is none that Lumbung writes into this archive.",
        number=number,
        table=table.name,
    )
