"""What a backup carries of each table. Layers declare their own tables; the host knows no feature's (ADR 0011).

Tables of municipalities (tenant and shared) are carried by their kind. Global and local tables belong to nobody in
particular, so each of them says what is carried and why the rest is not; a table that says nothing fails the suite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy import ColumnElement, Table, or_
from sqlalchemy.orm import Session

from lumbung.db.base import Base, TableKind, table_kinds

OWNED = (TableKind.TENANT, TableKind.SHARED)

RowsOf = Callable[[Table, UUID], ColumnElement[bool]]
"""Which rows of a global or local table go into the archive of a municipality."""


@dataclass(frozen=True)
class SealedValue:
    """An encrypted value in a row: where it stands, its token, and the context that it was encrypted for.

    `digest` is a blind index of the same plain text that stands elsewhere in the row, made for `digest_context`.
    `label` is what a person calls it, when a person can enter it anew.
    """

    path: tuple[str, ...]
    token: str
    context: str
    label: str = ""
    digest: str | None = None
    digest_context: str = ""


SealedIn = Callable[[Mapping[str, Any]], Iterable[SealedValue]]
RowCheck = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, kw_only=True)
class Carrying:
    """How one table travels.

    `whole`: in the archive of everything. `of_municipality`: which rows of a global or local table go into a
    municipality's archive; None for none. `reason` says why a table is left out of either.

    In a municipality's archive: `emptied` columns hold that value and nothing else, `instead` ones what the expression
    gives. At another place a row is the same as one that is there already when `same_by` columns are equal; when
    `must_match` columns then differ, the archive is refused, unless `unless` (SQL about the row here, `h`, and the
    arriving one, `t`) holds. New rows get the values of `entering`, which are called
    when they can be.

    `with_new`: the column of a global table that names what a row is part of. From elsewhere a row comes only together
    with that: nobody but its owner here adds to what is known here.

    `belongs`: rows of a global table that are the municipality's alone and go when it is replaced.

    `sealed` names the encrypted values of a row, `check` refuses rows that no Lumbung writes.
    """

    whole: bool = True
    of_municipality: RowsOf | None = None
    reason: str = ""
    emptied: Mapping[str, Any] = field(default_factory=dict)
    instead: Mapping[str, Callable[[Table, UUID], ColumnElement[Any]]] = field(default_factory=dict)
    same_by: tuple[str, ...] = ()
    must_match: tuple[str, ...] = ()
    unless: LiteralString = "false"
    entering: Mapping[str, Any] = field(default_factory=dict)
    with_new: str = ""
    belongs: bool = False
    sealed: SealedIn | None = None
    check: RowCheck | None = None


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A municipality that has just been put into a database, in the same transaction, by its archive."""

    tenant_id: UUID
    replaced: bool
    at_home: bool


ArrivalCheck = Callable[[Session, Arrival], None]

_declared: dict[str, Carrying] = {}
_more_rows: dict[str, list[RowsOf]] = {}
_arrival_checks: list[ArrivalCheck] = []


def carry(table: str, carrying: Carrying) -> None:
    """Declare how `table` travels. Raises ValueError when that was said already in another way."""
    if _declared.setdefault(table, carrying) is not carrying:
        raise ValueError(f"How {table!r} travels is said twice.")


def carry_also(table: str, rows: RowsOf) -> None:
    """Let these rows of a global table go into a municipality's archive too; for layers above the table's own."""
    _more_rows.setdefault(table, []).append(rows)


def rows_of_municipality(table: Table, tenant_id: UUID) -> ColumnElement[bool]:
    """Which rows of a table go into the archive of a municipality. Raises LookupError when none do."""
    carrying = _expect(table)
    if carrying.of_municipality is not None:
        more = (rows(table, tenant_id) for rows in _more_rows.get(table.name, ()))
        return or_(carrying.of_municipality(table, tenant_id), *more)
    if table_kinds()[table.name] not in OWNED:
        raise LookupError(table.name)
    return table.c.tenant_id == tenant_id


def check_arrivals(check: ArrivalCheck) -> ArrivalCheck:
    """Call `check(session, arrival)` before a municipality's restore commits; it raises to refuse the archive."""
    _arrival_checks.append(check)
    return check


def arrival_checks() -> tuple[ArrivalCheck, ...]:
    """All that must hold for a municipality that arrives."""
    return tuple(_arrival_checks)


def carrying_of(table: Table) -> Carrying | None:
    """How a table travels; None for a global or local table of which nobody has said so."""
    declared = _declared.get(table.name)
    if declared is not None:
        return declared
    return Carrying() if table_kinds()[table.name] in OWNED else None


def undeclared_tables() -> list[str]:
    """Global and local tables of which nobody has said whether a backup carries them."""
    return [table.name for table in Base.metadata.sorted_tables if carrying_of(table) is None]


def carried_tables(*, whole: bool) -> list[Table]:
    """The tables of an archive in an order in which no row comes before what it refers to.

    Raises LookupError when a table has not said how it travels.
    """
    missing = undeclared_tables()
    if missing:
        raise LookupError(f"Nobody says how these tables travel: {', '.join(missing)}.")
    return [table for table in Base.metadata.sorted_tables if _is_carried(table, whole=whole)]


def left_out(*, whole: bool) -> dict[str, str]:
    """The tables that an archive does not carry, with the reason."""
    return {
        table.name: _expect(table).reason
        for table in Base.metadata.sorted_tables
        if not _is_carried(table, whole=whole)
    }


def _is_carried(table: Table, *, whole: bool) -> bool:
    carrying = _expect(table)
    if whole:
        return carrying.whole
    return (table_kinds()[table.name] in OWNED and not carrying.reason) or carrying.of_municipality is not None


def _expect(table: Table) -> Carrying:
    carrying = carrying_of(table)
    if carrying is None:
        raise LookupError(table.name)
    return carrying
