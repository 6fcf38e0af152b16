"""Cursors: one format for pages and programs, opaque, of use only as they were given."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Boolean, DateTime, Text, Uuid, column

from app_runtime.records.paging import Key, after_cursor, decode_cursor, encode_cursor
from lumbung.errors import BadRequest
from lumbung.web.sites import LumbungFlask

ID = UUID("01934567-89ab-7cde-8f01-23456789abcd")
MOMENT = datetime(2026, 11, 22, 3, 4, 5, 678901, UTC)


@pytest.fixture(autouse=True)
def _inside(app: LumbungFlask) -> Any:
    with app.app_context():
        yield


def test_a_cursor_holds_what_it_was_given() -> None:
    cursor = encode_cursor((MOMENT, "Lampu – jalan", True, ID))
    assert decode_cursor(cursor, (datetime, str, bool, UUID)) == [MOMENT, "Lampu – jalan", True, ID]
    assert cursor.replace("-", "").replace("_", "").isalnum()


def test_a_cursor_of_another_letter_is_none() -> None:
    raw = bytearray(urlsafe_b64decode(encode_cursor((MOMENT, ID)) + "=="))
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises(ValueError):
            decode_cursor(urlsafe_b64encode(changed).decode().rstrip("="), (datetime, UUID))


@pytest.mark.parametrize("cursor", ["", "x", "rusak", "W10", "WyIxIl0", "é", "AAAA" * 4000, "\x00"])
def test_what_is_no_cursor_is_a_bad_request(cursor: str) -> None:
    with pytest.raises(BadRequest):
        after_cursor((Key(column("at", DateTime(timezone=True))),), cursor)


@pytest.mark.parametrize("kind", [DateTime(timezone=True), Uuid(), Boolean(), Text()])
def test_a_cursor_of_another_order_never_reaches_the_database(kind: Any) -> None:
    others = [value for value in (MOMENT, ID, True) if not isinstance(value, kind.python_type)]
    keys = (Key(column("first", kind)),)
    for value in others if kind.python_type is not str else [True]:
        with pytest.raises(BadRequest):
            after_cursor(keys, encode_cursor((value,)))
    with pytest.raises(BadRequest):
        after_cursor(keys, encode_cursor((MOMENT, ID)))
