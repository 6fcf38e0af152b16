"""What every format gives: columns in their order, and lines with their values by column."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from app_runtime.imports.errors import UnreadableFile, unreadable

MOST_LINES = 200_000
MOST_COLUMNS = 200
LONGEST_CELL = 50_000
LONGEST_NAME = 100
_UNSHOWN = ("Cc", "Cf", "Cs", "Zl", "Zp")
GEOMETRY = "geometry"
"""The column that holds the place of a GeoJSON feature as `[longitude, latitude]`."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the file (a person can find it by that), and its values by column, empty ones left out.

    `fault` is the code of a note when the line as such is broken.
    """

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a file in their order, and its lines, which can be read once."""

    columns: Sequence[str]
    lines: Iterator[Line]


def column_names(header: Sequence[Any]) -> list[str]:
    """Names for the columns of a header: trimmed, made up where blank, numbered where they repeat.

    Raises UnreadableFile when there are more than `MOST_COLUMNS`, or none.
    """
    texts = [" ".join(plain_name(str(cell)).split()) if cell is not None else "" for cell in header]
    while texts and not texts[-1]:
        texts.pop()
    if not texts:
        raise unreadable("Baris judul kolom tidak ditemukan.", "No line with the names of columns was found.")
    if len(texts) > MOST_COLUMNS:
        raise too_many_columns()
    names: list[str] = []
    for place, text in enumerate(texts, start=1):
        name, again = text or f"Kolom {place}", 2
        while name in names:
            name, again = f"{text or f'Kolom {place}'} ({again})", again + 1
        names.append(name)
    return names


def too_many_columns() -> UnreadableFile:
    """The file has more columns than are taken."""
    return unreadable(f"Paling banyak {MOST_COLUMNS} kolom.", f"At most {MOST_COLUMNS} columns.")


def too_many_lines() -> UnreadableFile:
    """The file has more lines than are taken."""
    return unreadable(
        f"Paling banyak {MOST_LINES} baris. Bagi menjadi beberapa berkas.",
        f"At most {MOST_LINES} lines. Split it into several files.",
    )


def plain_name(text: str) -> str:
    """A name as JSON can hold it and people can read it: no control, direction or torn characters, not endless."""
    return "".join(" " if unicodedata.category(c) in _UNSHOWN else c for c in text[:LONGEST_NAME]).strip()


def plain(value: Any) -> Any:
    """A cell as JSON can hold it: texts without NUL and not endless, whole numbers whole; None when it is empty."""
    if isinstance(value, str):
        text = value.replace("\x00", "").strip()[:LONGEST_CELL]
        return text.encode("utf-8", "replace").decode("utf-8") or None
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return None
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        return str(value)[:LONGEST_NAME]
    return value
