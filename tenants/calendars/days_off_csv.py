"""Days off from a table that an admin uploads: `date,name,kind,source`, with an error for every line that is wrong."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from lumbung.i18n import Text
from tenants.calendars.working_time import DayOff, DayOffKind

MOST_BYTES = 200_000
MOST_ROWS = 2_000
LONGEST_TEXT = 200
YEARS = range(2000, 2101)

EXAMPLE = """date,name,kind,source
2026-11-26,HUT Kota,local,Keputusan Wali Kota Nomor 1 Tahun 2026
2026-12-24,Cuti Bersama Natal,joint_leave,SKB Tiga Menteri 2026
"""

_COLUMNS = {"date": "tanggal", "name": "nama", "kind": "jenis", "source": "sumber"}
_KINDS: Mapping[str, DayOffKind] = {
    "national": "national",
    "nasional": "national",
    "libur nasional": "national",
    "joint_leave": "joint_leave",
    "joint leave": "joint_leave",
    "cuti bersama": "joint_leave",
    "local": "local",
    "lokal": "local",
    "daerah": "local",
}
# How files of Excel and LibreOffice begin: ZIP for the newer ones, OLE for .xls.
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
# Day before month, as Indonesian spreadsheets write it.
_DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong in a line of the file (the first is 1), or with all of it (None), and what would be right."""

    line: int | None
    message: Text


@dataclass(frozen=True, slots=True)
class DaysOffTable:
    """What a file says: its days, and every error in it. Take the days only when there are no errors."""

    days: Mapping[date, DayOff]
    errors: tuple[LineError, ...]


class _WrongLine(Exception):
    def __init__(self, id: str, en: str) -> None:
        self.message = Text(id, en)
        super().__init__(en)


class _WrongFile(_WrongLine):
    """No line of it is to blame."""


def parse_days_off(data: bytes) -> DaysOffTable:
    """The days off in a CSV file in UTF-8, separated by commas or semicolons, with the columns of `EXAMPLE`.

    Columns may stand in any order and carry their Indonesian names (`tanggal nama jenis sumber`). Dates are written
    `2026-12-24` or `24/12/2026`. Never raises: all that is wrong is in `errors`.
    """
    days: dict[date, DayOff] = {}
    lines: dict[date, int] = {}
    errors: list[LineError] = []
    line = 1
    try:
        rows = _rows(_text(data))
        line, header = next(rows, (1, []))
        if not header:
            raise _WrongFile("Berkas ini kosong.", "This file is empty.")
        columns = _columns(header)
        for count, (line, row) in enumerate(rows):
            if count == MOST_ROWS:
                raise _WrongLine(f"Paling banyak {MOST_ROWS} baris.", f"{MOST_ROWS} lines are the most.")
            try:
                day, day_off = _day_off(row, columns)
                _require_new(day, lines)
            except _WrongLine as wrong:
                errors.append(LineError(line, wrong.message))
            else:
                lines[day], days[day] = line, day_off
        if not days and not errors:
            raise _WrongFile(
                "Baru ada judul kolom; tambahkan satu baris untuk tiap hari libur.",
                "There is only the line that names the columns; add a line for each day off.",
            )
    except _WrongFile as wrong:
        errors.append(LineError(None, wrong.message))
    except _WrongLine as wrong:
        errors.append(LineError(line, wrong.message))
    except csv.Error:
        errors.append(
            LineError(
                line,
                Text(
                    "Setelah baris ini berkas tidak dapat dibaca; periksa tanda kutipnya.",
                    "The file cannot be read after this line; check its quotation marks.",
                ),
            )
        )
    return DaysOffTable(days, tuple(errors))


def _text(data: bytes) -> str:
    if data.startswith(_SPREADSHEETS):
        raise _WrongFile(
            'Ini berkas lembar kerja, bukan CSV. Di Excel pilih Simpan Sebagai, lalu "CSV UTF-8", dan unggah hasilnya.',
            'This is a workbook, not CSV. In Excel choose Save As, then "CSV UTF-8", and upload what it saved.',
        )
    if len(data) > MOST_BYTES:
        raise _WrongFile(
            f"Berkas lebih besar dari {MOST_BYTES // 1000} kB.", f"The file is larger than {MOST_BYTES // 1000} kB."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _WrongFile(
            'Huruf di berkas ini tidak terbaca. Simpan berkas sebagai "CSV UTF-8", lalu unggah lagi.',
            'The letters in this file cannot be read. Save the file as "CSV UTF-8" and upload it again.',
        ) from error
    if not text.strip(" \t\r\n,;"):
        raise _WrongFile("Berkas ini kosong.", "This file is empty.")
    return text


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the number of the line on which it begins."""
    first_line = text.partition("\n")[0]
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    begins = 1
    for row in reader:
        cells = [cell.strip() for cell in row]
        if any(cells):
            yield begins, cells
        begins = reader.line_num + 1


def _columns(header: list[str]) -> dict[str, int]:
    """In which place each column stands."""
    places = {name.casefold(): place for place, name in enumerate(header) if name}
    columns = {name: places.pop(name, places.pop(indonesian, -1)) for name, indonesian in _COLUMNS.items()}
    if places or -1 in columns.values():
        raise _WrongLine(
            "Baris pertama harus berisi kolom: tanggal, nama, jenis, sumber.",
            "The first line must name the columns: date, name, kind, source.",
        )
    return columns


def _day_off(row: list[str], columns: Mapping[str, int]) -> tuple[date, DayOff]:
    cells = {name: row[place] if place < len(row) else "" for name, place in columns.items()}
    if any(row[max(columns.values()) + 1 :]):
        raise _WrongLine(
            "Baris ini memiliki terlalu banyak kolom; teks yang berisi pemisah diapit tanda kutip.",
            "This line has too many columns; put a text that contains the separator into quotation marks.",
        )
    kind = _KINDS.get(cells["kind"].casefold())
    if kind is None:
        raise _WrongLine(
            f"Jenis {_shown(cells['kind'])} tidak dikenal. Pakai: nasional, cuti bersama, atau lokal.",
            f"The kind {_shown(cells['kind'])} is unknown. Use: national, joint_leave or local.",
        )
    _require_text(cells["name"], "Nama hari libur", "The name of the day off")
    _require_text(cells["source"], "Sumber (nomor keputusan)", "The source (the decree)")
    return _date(cells["date"]), DayOff(name=cells["name"], kind=kind, source=cells["source"])


def _date(written: str) -> date:
    for form in _DATE_FORMATS:
        try:
            # Only the calendar date is read, so a zone has no meaning here.
            day = datetime.strptime(written, form).date()  # noqa: DTZ007
        except ValueError:
            continue
        if day.year in YEARS:
            return day
    raise _WrongLine(
        f"Tanggal {_shown(written)} salah. Tulis misalnya 2026-12-24 atau 24/12/2026.",
        f"The date {_shown(written)} is wrong. Write for example 2026-12-24 or 24/12/2026.",
    )


def _require_text(written: str, name: str, name_en: str) -> None:
    if not written:
        raise _WrongLine(f"{name} belum diisi.", f"{name_en} is missing.")
    if len(written) > LONGEST_TEXT or not written.isprintable():
        raise _WrongLine(
            f"{name} paling banyak {LONGEST_TEXT} karakter dalam satu baris.",
            f"{name_en} has at most {LONGEST_TEXT} characters on one line.",
        )


def _require_new(day: date, lines: Mapping[date, int]) -> None:
    if day in lines:
        raise _WrongLine(
            f"Tanggal {day:%d/%m/%Y} sudah ada di baris {lines[day]}.",
            f"The date {day.isoformat()} is already in line {lines[day]}.",
        )


def _shown(written: str) -> str:
    return f'"{written[:40]}"'
