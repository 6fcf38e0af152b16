"""Where something is in words: a village and a landmark, beside a point or in its place until an official sets one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

from app_runtime.records.models import Record

LONGEST_LANDMARK = 300


def landmark_of(record: Record, field: str) -> str:
    """The landmark that was written for a point field, or an empty text. Show it only to who may see the field."""
    return str(record.data.get(_key(field), ""))


def keep_landmark(record: Record, field: str, text: str) -> None:
    """Write the landmark of a point field; an empty text takes it away."""
    data = {name: value for name, value in record.data.items() if name != _key(field)}
    record.data = {**data, _key(field): text} if text else data


def landmark_column(field: str) -> ColumnElement[Any]:
    """The landmark of a point field as a column: a text, NULL where there is none."""
    column: ColumnElement[Any] = Record.data[_key(field)].astext
    return column


def _key(field: str) -> str:
    # No field can have this name: ids hold neither colon nor capital letters.
    return f"{field}:landmark"
