"""XLSX: the first sheet with anything on it, read row by row, formulas as their last results."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from app_runtime.imports.errors import unreadable
from app_runtime.imports.reading.tables import (
    MOST_COLUMNS,
    MOST_LINES,
    Line,
    Table,
    column_names,
    plain,
    too_many_lines,
)

MOST_INFLATED = 400 * 1024 * 1024
MOST_SHARED_TEXT = 96 * 1024 * 1024
MOST_MEMBERS = 2_000
MOST_MARKS = 4_000_000
"""A mark of XML may become 300 bytes of memory, however small it is in the file; a cell has four."""
_CHUNK = 1024 * 1024
_DOCTYPE = b"<!DOCTYPE"
_SHEETS = "xl/worksheets/"
_TITLE_ROWS = 20
"""The names of the columns stand within so many rows; what is above them are titles."""


def read_xlsx(data: bytes) -> Table:
    """The table in a workbook. Raises UnreadableFile when it is none, is locked, or would inflate beyond measure."""
    _refuse_bombs(data)
    try:
        # Formulas are not run: what they showed when the file was saved is read. Links and macros are not even opened.
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False, keep_vba=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            top = list(sheet.iter_rows(max_row=_TITLE_ROWS, max_col=MOST_COLUMNS + 1, values_only=True))
            header = _header(top)
            if header is None:
                continue
            columns = column_names(top[header])
            first = header + 2
            # One column more shows what has no name; one line more than the most shows that there are too many.
            rows = sheet.iter_rows(
                min_row=first, max_row=first + MOST_LINES, max_col=len(columns) + 1, values_only=True
            )
            return Table(columns, _lines(enumerate(rows, start=first), columns))
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, SyntaxError, TypeError, OSError) as error:
        raise unreadable("Buku kerja ini rusak atau terkunci.", "This workbook is damaged or locked.") from error
    raise unreadable("Tidak ada lembar yang berisi tabel.", "No sheet holds a table.")


def _refuse_bombs(data: bytes) -> None:
    """Nothing is inflated before the archive's list is within bounds; Python reads no member beyond what that lists."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            # Texts that cells share are read as a whole, and may have any name; rows of a sheet come one by one.
            shared = max((one.file_size for one in members if not one.filename.startswith(_SHEETS)), default=0)
            if (
                len(members) > MOST_MEMBERS
                or sum(member.file_size for member in members) > MOST_INFLATED
                or shared > MOST_SHARED_TEXT
            ):
                raise unreadable("Buku kerja ini terlalu besar setelah dibuka.", "This workbook is too large inside.")
            marks = 0
            for member in members:
                marks += _marks(archive, member)
                if marks > MOST_MARKS:
                    raise unreadable(
                        "Buku kerja ini berisi terlalu banyak sel. Simpan sebagai CSV.",
                        "This workbook holds too many cells. Save it as CSV.",
                    )
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, zlib.error, EOFError) as error:
        raise unreadable("Buku kerja ini rusak atau terkunci.", "This workbook is damaged or locked.") from error


def _marks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """How many marks a member has, if it is XML at all: any of them may be read as any part, whatever its name says."""
    marks, kept = 0, b""
    with archive.open(member) as part:
        chunk = part.read(_CHUNK)
        head = chunk.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
        if head and not head.startswith(b"<"):
            return 0
        while chunk:
            # A workbook has no use for entities of its own; only attacks have. In UTF-16 they would not be seen.
            if _DOCTYPE in kept + chunk or b"\x00" in chunk:
                raise unreadable("Buku kerja ini rusak.", "This workbook is damaged.")
            marks += chunk.count(b"<")
            if marks > MOST_MARKS:
                return marks
            kept = chunk[1 - len(_DOCTYPE) :]
            chunk = part.read(_CHUNK)
    return marks


def _header(top: Sequence[Sequence[Any]]) -> int | None:
    """Where the names of the columns are: the first of these rows with the most texts; merged titles have but one."""
    filled = [sum(isinstance(cell, str) and bool(cell.strip()) for cell in row) for row in top]
    most = max(filled, default=0)
    if most == 0:
        return None
    enough = max(1, (most + 1) // 2)
    return next(at for at, count in enumerate(filled) if count >= enough and (count > 1 or most == 1))


def _lines(rows: Iterator[tuple[int, Sequence[Any]]], columns: Sequence[str]) -> Iterator[Line]:
    count = 0
    try:
        for number, row in rows:
            # A sheet may have a million empty rows between two full ones.
            if row.count(None) == len(row):
                continue
            values = {
                name: value for name, cell in zip(columns, row, strict=False) if (value := _cell(cell)) is not None
            }
            extra = any(_cell(cell) is not None for cell in row[len(columns) :])
            if not values and not extra:
                continue
            count += 1
            if count > MOST_LINES:
                raise too_many_lines()
            yield Line(number, values, fault="too-many-cells" if extra else None)
    except (zipfile.BadZipFile, KeyError, SyntaxError, OSError, ValueError, TypeError) as error:
        raise unreadable("Buku kerja ini rusak atau terkunci.", "This workbook is damaged or locked.") from error


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        # Excel counts days in floating point; a thousandth of a second off is its rounding.
        rounded = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        return rounded.isoformat(sep="T")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, str) and value.startswith("#") and value.rstrip("!?").upper() in _ERRORS:
        return None
    return plain(value) if isinstance(value, str | int | float | bool) else None


_ERRORS = frozenset({"#REF", "#DIV/0", "#VALUE", "#NAME", "#N/A", "#NUM", "#NULL"})
