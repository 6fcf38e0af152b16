"""Tables for spreadsheets: CSV whose cells are text and figures, and never a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO

_IN_MEMORY = 2_000_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Where commas mark decimals, as in Indonesia, Excel takes semicolons for the ends of cells and quotes inside a line for
# letters: what follows a semicolon, or begins a line of its own, would then be a cell of its own.
_INNER = re.compile('([;\n\r\t][ "]*)(?=[=+\\-@])')


def plain_cell(value: object) -> str:
    """A value as a cell that no spreadsheet runs (OWASP, CSV injection): text that would be a formula begins with an
    apostrophe, at the beginning and wherever a cell could begin inside it; numbers stay as they are, None is empty."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    text = _INNER.sub(r"\1'", str(value))
    # Some programs skip blanks before they look.
    return f"'{text}" if text.lstrip(" \n").startswith(_FORMULA) or text.startswith(_FORMULA) else text


def csv_file(header: Sequence[object], rows: Iterable[Sequence[object]]) -> IO[bytes]:
    """The same as `csv_document` for rows that may be many: a temporary file at its end, to be closed by who asked.

    Raises what the reading of `rows` raises, and leaves no file then.
    """
    file: IO[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by who asked.
    try:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        writer = csv.writer(text)
        writer.writerow([plain_cell(cell) for cell in header])
        for row in rows:
            writer.writerow([plain_cell(cell) for cell in row])
        text.flush()
        text.detach()
    except BaseException:
        file.close()
        raise
    return file


def csv_document(header: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    """The rows as CSV (RFC 4180) in UTF-8 with its mark, for Excel."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([plain_cell(cell) for cell in header])
    for row in rows:
        writer.writerow([plain_cell(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")
