"""Pages of a long list by keyset: stable while rows come and go."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hmac import compare_digest
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, literal, or_, tuple_

from lumbung.errors import BadRequest
from lumbung.secrets import blind_index

Item = TypeVar("Item")
LARGEST_PAGE = 100
_SEAL = 12
_write = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class PageOf(Generic[Item]):
    """Some items of a list in its order; `next_cursor` leads to those that follow, None after the last."""

    items: tuple[Item, ...]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an order: never null. Its values are texts, truths, moments, numbers or ids."""

    column: Any
    descending: bool = False


def page_size(limit: int) -> int:
    """The number of rows to give: at least one, at most `LARGEST_PAGE`."""
    return max(1, min(limit, LARGEST_PAGE))


def encode_cursor(values: Sequence[Any]) -> str:
    """A cursor after the row with these key values: opaque, and of use only as it was given."""
    body = _write([value if isinstance(value, bool) else _text(value) for value in values])
    return urlsafe_b64encode(f"{_seal(body)}{body}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str, kinds: Sequence[type]) -> list[Any]:
    """The key values that `encode_cursor` was given. Raises ValueError for what it has not made, or not of `kinds`."""
    written = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    seal, body = written[:_SEAL], written[_SEAL:]
    if not compare_digest(seal.encode(), _seal(body).encode()):
        raise ValueError(cursor)
    values = json.loads(body)
    if len(values) != len(kinds):
        raise ValueError(cursor)
    return [_value(value, kind) for value, kind in zip(values, kinds, strict=True)]


def after_cursor(keys: Sequence[Key], cursor: str) -> ColumnElement[bool]:
    """The rows that come after a cursor. Raises BadRequest when it is none of this order."""
    try:
        found = decode_cursor(cursor, [key.column.type.python_type for key in keys])
    except ValueError as error:
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


def _seal(body: str) -> str:
    return blind_index(body, "cursor")[:_SEAL]


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _value(value: Any, kind: type) -> Any:
    if isinstance(value, bool) != (kind is bool):
        raise ValueError(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is Decimal:
        return Decimal(value)
    return UUID(value) if kind is UUID else value
