"""Putting lines of an archive into a table: copied as text, understood by PostgreSQL, inserted by one statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy import Column, Connection, Table
from sqlalchemy.dialects.postgresql import JSONB

from lumbung.backup.errors import refused
from lumbung.backup.snapshot import carried_columns


def prepare_staging(connection: Connection) -> None:
    """Make the temporary table that lines go through; it ends with the transaction."""
    driver_of(connection).execute("CREATE TEMPORARY TABLE staged (line text NOT NULL) ON COMMIT DROP")


def insert_lines(
    connection: Connection,
    table: Table,
    lines: Iterable[str],
    *,
    fixed: Mapping[str, Any] | None = None,
    instead: bool = False,
) -> int:
    """Insert a row for each line and return how many; `fixed` values stand in for those of the lines. With `instead`
    the rows of the same ids are overwritten.

    One statement for the whole table, so that rows may refer to each other in any order. Raises ArchiveRefused when
    the table's types or constraints refuse a row.
    """
    driver = driver_of(connection)
    columns = carried_columns(table)
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    values = sql.SQL(", ").join(_value(column, fixed or {}) for column in columns)
    insert: sql.Composed = sql.SQL(
        "INSERT INTO public.{table} ({names}) SELECT {values} FROM pg_temp.staged s,"
        " LATERAL json_populate_record(NULL::public.{table}, s.line::json) r"
    ).format(table=sql.Identifier(table.name), names=names, values=values)
    with told_plainly(table.name):
        with driver.cursor() as cursor, cursor.copy("COPY pg_temp.staged (line) FROM STDIN") as copy:
            for line in lines:
                copy.write_row((line,))
        inserted: int = driver.execute(_overwriting(insert, columns) if instead else insert).rowcount
        driver.execute("TRUNCATE pg_temp.staged")
    return inserted


def driver_of(connection: Connection) -> psycopg.Connection[Any]:
    """psycopg's own connection, in the same transaction."""
    return cast("psycopg.Connection[Any]", connection.connection.driver_connection)


@contextmanager
def told_plainly(table: str) -> Iterator[None]:
    """Turn what the database refuses into an ArchiveRefused that names table and rule, and no value."""
    try:
        yield
    except (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.InsufficientPrivilege) as error:
        raise refused(
            "Tabel {table} dalam arsip memuat baris yang tidak diterima basis data ({rule}).",
            "The table {table} in the archive holds a row that the database does not accept ({rule}).",
            table=table,
            rule=error.diag.constraint_name or error.sqlstate,
        ) from error


def _overwriting(insert: sql.Composed, columns: list[Column[Any]]) -> sql.Composed:
    sets = sql.SQL(", ").join(
        sql.SQL("{name} = excluded.{name}").format(name=sql.Identifier(column.name))
        for column in columns
        if not column.primary_key
    )
    return sql.SQL("{insert} ON CONFLICT (id) DO UPDATE SET {sets}").format(insert=insert, sets=sets)


def _value(column: Column[Any], fixed: Mapping[str, Any]) -> sql.Composable:
    if column.name in fixed:
        value_of = fixed[column.name]
        return sql.Literal(value_of() if callable(value_of) else value_of)
    value: sql.Composable = sql.SQL("r.{}").format(sql.Identifier(column.name))
    if isinstance(column.type, JSONB):
        # Reading a record makes NULL of JSON's own null, which the line distinguishes.
        value = sql.SQL(
            "CASE WHEN {value} IS NULL AND s.line::jsonb ? {name} THEN 'null'::jsonb ELSE {value} END"
        ).format(value=value, name=sql.Literal(column.name))
    return value
