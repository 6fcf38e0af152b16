"""Which format a file has, by its bytes first and by its name only where bytes do not tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from app_runtime.imports.errors import file_too_large, unreadable
from app_runtime.imports.reading.csv_lines import read_csv
from app_runtime.imports.reading.geojson_lines import read_geojson
from app_runtime.imports.reading.in_child import read_in_child
from app_runtime.imports.reading.tables import Table

Format = Literal["csv", "xlsx", "geojson"]
FORMATS: Mapping[Format, Callable[[bytes], Table]] = {"csv": read_csv, "xlsx": read_in_child, "geojson": read_geojson}
MOST_MEGABYTES = 40

_ZIP, _OLD_OFFICE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-"


def settle_format(data: bytes, name: str) -> Format:
    """The format of a file. Raises UnreadableFile for formats that are not read, with the way out."""
    if data.startswith(_ZIP):
        return "xlsx"
    if data.startswith(_OLD_OFFICE):
        raise unreadable(
            "Berkas Excel lama (.xls) atau terkunci sandi. Simpan sebagai .xlsx tanpa sandi.",
            "An old Excel file (.xls) or one with a password. Save it as .xlsx without a password.",
        )
    if data.startswith(_PDF):
        raise unreadable("PDF tidak berisi tabel yang dapat dibaca.", "A PDF holds no table that could be read.")
    start = data[:200].decode("utf-8-sig", "ignore").lstrip("\x1e \t\r\n")
    if name.lower().endswith((".geojson", ".json", ".geojsonl")) or start.startswith(("{", "[{")):
        return "geojson"
    return "csv"


def read_table(data: bytes, name: str) -> tuple[Format, Table]:
    """The format and the table of a file. Raises TooLarge above `MOST_MEGABYTES`, UnreadableFile when there is none."""
    if len(data) > MOST_MEGABYTES * 1_000_000:
        raise file_too_large(MOST_MEGABYTES)
    chosen = settle_format(data, name)
    return chosen, FORMATS[chosen](data)
