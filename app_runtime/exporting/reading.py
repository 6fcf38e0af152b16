"""The rows of an export in batches by keyset, so that no list is held whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Select

from app_runtime.records.models import Record
from app_runtime.records.paging import Key, after_cursor, encode_cursor, ordered
from app_runtime.records.presenting import PresentedRecord
from lumbung.db.tenancy import AnySession

MOST_ROWS = 20_000
"""Rows of one file; a narrower filter gives the rest."""
BATCH = 500
Present = Callable[[Sequence[Record]], Sequence[PresentedRecord]]


def exported_rows(
    session: AnySession, query: Select[Any], keys: Sequence[Key], present: Present, *, most: int = MOST_ROWS
) -> Iterator[PresentedRecord]:
    """The first `most` records of a statement in the order of its keys, each as `present` shows it."""
    query, left, cursor = query.add_columns(*(key.column for key in keys)).order_by(*ordered(keys)), most, ""
    while left > 0:
        size = min(BATCH, left)
        page = query.where(after_cursor(keys, cursor)) if cursor else query
        rows = session.execute(page.limit(size)).all()
        yield from present([row[0] for row in rows])
        for row in rows:
            # What was read is not written, and is not wanted again.
            session.expunge(row[0])
        if len(rows) < size:
            return
        left, cursor = left - size, encode_cursor(rows[-1][1:])
