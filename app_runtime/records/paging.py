"""Pages of a long list by keyset: stable while rows come and go."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, and_, literal, or_, tuple_

from lumbung.errors import BadRequest

Item = TypeVar("Item")
LARGEST_PAGE = 100


@dataclass(frozen=True, slots=True)
class PageOf(Generic[Item]):
    """Some items of a list in its order; `next_cursor` leads to those that follow, None after the last."""

    items: tuple[Item, ...]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an order: never null, and how its values travel in a cursor."""

    column: Any
    descending: bool = False
    is_time: bool = False


def page_size(limit: int) -> int:
    """The number of rows to give: at least one, at most `LARGEST_PAGE`."""
    return max(1, min(limit, LARGEST_PAGE))


def encode_cursor(values: Sequence[Any]) -> str:
    """A cursor after the row with these key values."""
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return urlsafe_b64encode(
        json.dumps([str(v) if not isinstance(v, bool | int) else v for v in plain]).encode()
    ).decode()


def after_cursor(keys: Sequence[Key], cursor: str) -> ColumnElement[bool]:
    """The rows that come after a cursor. Raises BadRequest when it is none of this order."""
    try:
        values = json.loads(urlsafe_b64decode(cursor.encode()))
        if not isinstance(values, list) or len(values) != len(keys):
            raise ValueError(cursor)
        found = [datetime.fromisoformat(v) if key.is_time else v for key, v in zip(keys, values, strict=True)]
    except (ValueError, TypeError) as error:
        raise BadRequest from error
    if len({key.descending for key in keys}) == 1:
        # One comparison of rows is one place in the index, where alternatives are a search.
        here = tuple_(*(key.column for key in keys))
        there = tuple_(*(literal(value, key.column.type) for value, key in zip(found, keys, strict=True)))
        return here < there if keys[0].descending else here > there
    parts: list[ColumnElement[bool]] = []
    for index, key in enumerate(keys):
        value = literal(found[index], key.column.type)
        further = key.column < value if key.descending else key.column > value
        equal = [keys[i].column == literal(found[i], keys[i].column.type) for i in range(index)]
        parts.append(and_(*equal, further))
    return or_(*parts)


def ordered(keys: Sequence[Key]) -> list[ColumnElement[Any]]:
    """The ORDER BY of these keys."""
    return [key.column.desc() if key.descending else key.column.asc() for key in keys]
