"""Rows of a table as JSON, written by PostgreSQL itself, so that no value changes on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, Text, cast, literal, literal_column, select
from sqlalchemy.dialects import postgresql

from lumbung.backup.carrying import Carrying, carrying_of, rows_of_municipality

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def carried_columns(table: Table) -> list[Column[Any]]:
    """The columns of a table that hold something; computed ones make themselves."""
    return [column for column in table.columns if column.computed is None]


def column_type(column: Column[Any]) -> str:
    """The column's type in PostgreSQL's words, in lower case."""
    return str(column.type.compile(_DIALECT)).lower()


def primary_key(table: Table) -> list[str]:
    """The names of the primary key's columns in their order."""
    return [column.name for column in table.primary_key.columns]


def stream_rows(connection: Connection, table: Table, tenant_id: UUID | None) -> Iterator[str]:
    """Each row of a table (of one municipality, when one is given) as a JSON object, in order of the primary key.

    A column that is NULL is left out; `null` in a JSON column is JSON's own. Rows come a few hundred at a time.
    """
    with connection.execution_options(stream_results=True, yield_per=500).execute(rows_query(table, tenant_id)) as rows:
        for row in rows:
            yield str(row[0])


def rows_query(table: Table, tenant_id: UUID | None) -> Select[str]:
    """The query of `stream_rows`."""
    carrying = carrying_of(table)
    assert carrying is not None
    columns = carried_columns(table)
    values = [
        (column if tenant_id is None else _in_municipality(column, carrying, tenant_id)).label(column.name)
        for column in columns
    ]
    query = select(*values)
    if tenant_id is not None:
        query = query.where(rows_of_municipality(table, tenant_id))
    rows = query.subquery("r")
    absent = [
        f"CASE WHEN r.{_quoted(column.name)} IS NULL THEN '{column.name}' END" for column in columns if column.nullable
    ]
    absent += [
        f"CASE WHEN r.{_quoted(name)} IS NULL THEN '{name}' END" for name in carrying.emptied if tenant_id is not None
    ]
    line = "to_jsonb(r)"
    if absent:
        line = f"(to_jsonb(r) - array_remove(ARRAY[{', '.join(absent)}]::text[], NULL))"
    order = [_bytewise(rows.c[name]) for name in primary_key(table)]
    return select(literal_column(f"{line}::text", Text)).select_from(rows).order_by(*order)


def _in_municipality(column: Column[Any], carrying: Carrying, tenant_id: UUID) -> ColumnElement[Any]:
    if column.name in carrying.emptied:
        return cast(literal(carrying.emptied[column.name], column.type), column.type)
    if column.name in carrying.instead:
        return carrying.instead[column.name](column.table, tenant_id)
    return column


def _bytewise(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Order that does not depend on the server's language."""
    return column.collate("C") if isinstance(column.type, Text) else column


def _quoted(name: str) -> str:
    return _DIALECT.identifier_preparer.quote_identifier(name)
