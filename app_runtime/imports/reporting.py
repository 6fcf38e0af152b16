"""The report of refused lines, to correct them and bring them in again."""

from __future__ import annotations

import csv
import io
from typing import Any

from app_runtime.imports.models import Import, LineOutcome
from app_runtime.imports.notes import note_text
from app_runtime.imports.reading.tables import MOST_LINES
from app_runtime.imports.services import list_lines
from app_runtime.imports.values import written
from lumbung.db.tenancy import AnySession
from lumbung.spreadsheets import plain_cell


def refused_csv(session: AnySession, found: Import) -> bytes:
    """CSV in UTF-8 (with its mark, for Excel): the line's number, why in Indonesian and English, and its own columns.

    A cell that a spreadsheet would run as a formula begins with an apostrophe (OWASP, CSV injection).
    """
    columns = [str(column["name"]) for column in found.columns]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(map(harmless, ["baris/line", "alasan", "reason", *columns]))
    for line in list_lines(session, found, outcome=LineOutcome.REFUSED, limit=MOST_LINES):
        texts = [note_text(note) for note in line.notes]
        original = line.original or {}
        reasons = [" ".join(text.id for text in texts), " ".join(text.en for text in texts)]
        writer.writerow([line.line, *map(harmless, [*reasons, *(original.get(name) for name in columns)])])
    return out.getvalue().encode("utf-8-sig")


def harmless(cell: Any) -> str:
    """A cell as text that no spreadsheet takes for a formula; plain numbers stay as they are."""
    return plain_cell(cell if cell is None or isinstance(cell, int | float) else written(cell))
