"""CSV: separators and quotation marks as they come, and a broken line that spoils no other."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from app_runtime.imports.errors import unreadable
from app_runtime.imports.reading.tables import (
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_LINES,
    Line,
    Table,
    column_names,
    plain,
    too_many_lines,
)
from app_runtime.imports.reading.texts import decode_text

_DELIMITERS = (",", ";", "\t", "|")
_MOST_LINES_IN_A_ROW = 200
"""A row in quotation marks that spans more lines has lost one of them."""
_MOST_LINE_ENDS = 20 * MOST_LINES
"""Beyond this a file is made of line ends, each of which would take fifty bytes of memory."""


def read_csv(data: bytes) -> Table:
    """The table in a CSV file. Raises UnreadableFile without a header; broken lines carry their fault."""
    text = decode_text(data)
    if text.count("\n") + text.count("\r") > _MOST_LINE_ENDS:
        raise too_many_lines()
    physical = list(io.StringIO(text, newline=""))
    start = next((at for at, line in enumerate(physical) if line.strip()), None)
    if start is None:
        raise unreadable("Berkas ini kosong.", "This file is empty.")
    # Excel's own way of saying which separator it wrote.
    declared = re.match(r"sep=(.)\s*$", physical[start].strip(), re.IGNORECASE)
    if declared:
        start += 1
    delimiter = declared[1] if declared else _delimiter(physical[start : start + 20])
    header, after = _row(physical, start, delimiter, width=MOST_COLUMNS)
    if header is None or start >= len(physical):
        raise unreadable("Baris judul kolom tidak dapat dibaca.", "The line with the names of columns cannot be read.")
    columns = column_names(header)
    return Table(columns, _lines(physical, after, delimiter, columns))


def _delimiter(lines: Sequence[str]) -> str:
    """The separator that cuts the header into the most cells, of equal ones that which fits the next lines best."""

    def score(delimiter: str) -> tuple[int, int]:
        counts = [_outside_quotes(line).count(delimiter) for line in lines]
        return counts[0], sum(count == counts[0] for count in counts)

    return max(_DELIMITERS, key=score)


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _lines(physical: list[str], at: int, delimiter: str, columns: Sequence[str]) -> Iterator[Line]:
    count = 0
    while at < len(physical):
        number = at + 1
        row, at = _row(physical, at, delimiter, width=len(columns))
        if row is not None and not any(cell.strip() for cell in row):
            continue
        count += 1
        if count > MOST_LINES:
            raise too_many_lines()
        if row is None:
            yield Line(number, {columns[0]: plain(physical[number - 1])}, fault="open-quote")
            continue
        values = {name: value for name, cell in zip(columns, row, strict=False) if (value := plain(cell)) is not None}
        extra = any(cell.strip() for cell in row[len(columns) :])
        yield Line(number, values, fault="too-many-cells" if extra else None)


def _row(physical: list[str], at: int, delimiter: str, *, width: int) -> tuple[list[str] | None, int]:
    """The cells of the row that begins at line `at`, and where the next begins; None when a quotation mark is lost.

    A row goes on over line ends as long as a quotation mark is open. Where none ever closes, or only one that makes
    more than `width` cells of it, the row is this line alone, so that those after it are read as what they are.
    """
    line = physical[at]
    if line.count('"') % 2 == 0 or not re.search(rf'(?:^|{re.escape(delimiter)})\s*"', line):
        return _cells(line, delimiter), at + 1
    quotes, parts = 0, []
    for part in physical[at : at + _MOST_LINES_IN_A_ROW]:
        parts.append(part)
        quotes += part.count('"')
        if quotes % 2 == 0:
            cells = _cells("".join(parts), delimiter)
            return (cells, at + len(parts)) if len(cells) <= width else (None, at + 1)
    return None, at + 1


def _cells(text: str, delimiter: str) -> list[str]:
    if len(text) > LONGEST_CELL * 4:
        return text[: LONGEST_CELL * 4].split(delimiter)
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return text.split(delimiter)
