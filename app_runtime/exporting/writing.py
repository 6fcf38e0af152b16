"""Records as a file: written to a temporary one, and sent from there piece by piece."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain, islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from flask import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from app_runtime.exporting.columns import Cell, Column, cells, open_place
from app_runtime.records.presenting import PresentedRecord
from lumbung.spreadsheets import plain_cell

KINDS: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}
"""The kinds of files by their ending, each with its media type."""
_IN_MEMORY = 2_000_000
_PIECE = 64 * 1024
_LONGEST_CELL = 32_000
"""Excel takes 32,767 characters in a cell."""


def export_file(kind: str, name: str, columns: Sequence[Column], records: Iterable[PresentedRecord]) -> Response:
    """The file as an answer that is saved under `name`. Raises what the reading of `records` raises, and leaves no file
    then."""
    rows = iter(records)
    # What is wrong with a question shows with its first answer, before anything lies on the disk.
    first = list(islice(rows, 1))
    file: IO[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with the answer.
    try:
        _WRITERS[kind](file, columns, chain(first, rows))
    except BaseException:
        file.close()
        raise
    length = file.tell()
    file.seek(0)
    response = Response(_pieces(file), mimetype=KINDS[kind].split(";")[0], content_type=KINDS[kind])
    response.call_on_close(file.close)
    response.content_length = length
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _write_csv(file: IO[bytes], columns: Sequence[Column], records: Iterable[PresentedRecord]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([plain_cell(column.label) for column in columns])
    for record in records:
        writer.writerow([plain_cell(_written(cell)) for cell in cells(columns, record)])
    text.flush()
    text.detach()


def _write_xlsx(file: IO[bytes], columns: Sequence[Column], records: Iterable[PresentedRecord]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Lumbung")
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, column.label, bold=True) for column in columns])
    for record in records:
        sheet.append([_cell(sheet, cell) for cell in cells(columns, record)])
    book.save(file)
    file.seek(0, io.SEEK_END)


def _cell(sheet: Any, value: Cell, *, bold: bool = False) -> Any:
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST_CELL])
        # A text is a text, also when it begins like a formula.
        cell.data_type = "s"
        if bold:
            cell.font = Font(bold=True)
        return cell
    return value


def _write_geojson(file: IO[bytes], columns: Sequence[Column], records: Iterable[PresentedRecord]) -> None:
    file.write(b'{"type":"FeatureCollection","features":[')
    plain = [column for column in columns if column.id not in ("longitude", "latitude")]
    for number, record in enumerate(records):
        place = [round(part, 6) for part in found] if (found := open_place(record)) else None
        feature = {
            "type": "Feature",
            "id": str(record.id),
            "geometry": {"type": "Point", "coordinates": place} if place else None,
            "properties": {column.id: _written(column.cell(record)) for column in plain},
        }
        file.write((b"," if number else b"") + json.dumps(feature, ensure_ascii=False, separators=(",", ":")).encode())
    file.write(b"]}")


def _written(value: Cell) -> str | int | float | bool | None:
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date) else value


_WRITERS = {"csv": _write_csv, "xlsx": _write_xlsx, "geojson": _write_geojson}
