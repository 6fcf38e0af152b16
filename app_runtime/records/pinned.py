"""A record type as every definition has it that records of a municipality may run on.

After an upgrade running records stay on the definition that they were made by (ADR 0003), so one list holds records of
several. What a row shows, and to whom, is said by its own definition and never by the installed one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, false, literal_column, or_
from sqlalchemy.dialects import postgresql

from app_catalog.definitions.model import Definition, RecordType
from app_runtime.records.models import Record

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
Kinds = Sequence[tuple[str, RecordType]]
"""A record type by the digests of the definitions that have it, the present one first."""


def kinds_of(definitions: Iterable[Definition], record_type: str) -> Kinds:
    """The record type in each of the definitions that have it."""
    return [(one.digest, one.records[record_type]) for one in definitions if record_type in one.records]


def by_own_kind(kinds: Kinds, make: Callable[[RecordType], ColumnElement[bool]]) -> ColumnElement[bool]:
    """The rows of a type for which that holds which `make` gives for the type as the row's own definition has it.

    Definitions that ask for the same are asked together, so that one version costs no more than it ever did.
    """
    if len(kinds) == 1:
        return make(kinds[0][1])
    grouped: dict[Any, tuple[ColumnElement[bool], list[str]]] = {}
    for digest, kind in kinds:
        clause = make(kind)
        grouped.setdefault(_meaning(clause), (clause, []))[1].append(digest)
    if len(grouped) == 1:
        return next(clause for clause, _ in grouped.values())
    return or_(false(), *(and_(on_definitions(digests), clause) for clause, digests in grouped.values()))


def on_definitions(digests: Iterable[str]) -> ColumnElement[bool]:
    """Records that run on one of these definitions."""
    # Digests are hexadecimal; written out, they need no place among a statement's values.
    return or_(false(), *(Record.definition_digest == literal_column(f"'{digest}'") for digest in digests))


def same_clause(one: ColumnElement[bool], other: ColumnElement[bool]) -> bool:
    """Whether two clauses ask for the same rows in the same words."""
    return _meaning(one) == _meaning(other)


def _meaning(clause: ColumnElement[bool]) -> tuple[str, str]:
    """Equal for clauses that ask for the same; their own names for values differ always."""
    written = clause.compile(dialect=_DIALECT)
    return str(written), repr(sorted(written.params.items()))
