"""The assertions of isolation: each is a query over the catalog that must return no row (trust.md).

Parameters: `tenant`, `shared`, `global`, `local` are the names of our tables by kind, `append_only` those without
UPDATE and DELETE; `app` is the application's role, `policy` the canonical expression.
"""

from __future__ import annotations

from dataclasses import dataclass

from lumbung.doctor import objects, rights, tables


@dataclass(frozen=True)
class Assertion:
    """`query` gives one text per violation; `meaning` says in one line what would go wrong."""

    name: str
    meaning: str
    query: str


ASSERTIONS: tuple[Assertion, ...] = tuple(
    Assertion(name, meaning, query)
    for group in (tables.ASSERTIONS, rights.ASSERTIONS, objects.ASSERTIONS)
    for name, meaning, query in group
)
