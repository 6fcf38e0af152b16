"""The columns of the figures as files: their names never change, their meaning is told in both languages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from lumbung.i18n import Text

LICENCE: Final = "CC-BY-4.0"
LICENCE_URL: Final = "https://creativecommons.org/licenses/by/4.0/"
COLUMNS: Final[dict[str, Text]] = {
    "month": Text("bulan, menurut zona waktu daerah", "month, by the municipality's time zone"),
    "version": Text("versi aplikasi; kosong berarti semua", "version of the app; empty means all"),
    "record_type": Text("jenis berkas; kosong berarti semua", "type of record; empty means all"),
    "created": Text("berkas yang diterima", "records received"),
    "closed": Text("penutupan berkas", "closings of records"),
    "closed_success": Text("penutupan yang berhasil", "closings with success"),
    "reopened": Text("pembukaan kembali", "reopenings"),
    "answered": Text("berkas yang mendapat jawaban pertama", "records that got their first answer"),
    "answered_in_time": Text("jawaban pertama yang tepat waktu", "first answers in time"),
    "answer_median": Text(
        "median waktu sampai jawaban pertama, dalam detik", "median time to the first answer, in seconds"
    ),
    "close_median": Text("median waktu sampai ditutup, dalam detik", "median time to close, in seconds"),
    "due": Text("tenggat yang sudah diputuskan", "deadlines that were decided"),
    "in_time": Text("tenggat yang dipenuhi", "deadlines that were met"),
    "rated": Text("penilaian kepuasan", "ratings of satisfaction"),
    "rating_mean": Text("rata-rata kepuasan, dari 1 sampai 5", "mean satisfaction, from 1 to 5"),
    "people": Text("petugas yang bekerja bulan itu", "officials who worked that month"),
    "agencies": Text("dinas yang terlibat", "agencies involved"),
    "final": Text("benar bila bulan itu tidak berubah lagi", "true when the month no longer changes"),
}
"""Whatever is empty beside the first three columns is withheld, or there is nothing to tell."""


def as_item(row: Any, *, final: bool) -> dict[str, Any]:
    """One row of figures as JSON."""
    item: dict[str, Any] = {name: getattr(row, name) for name in COLUMNS if name != "final" and hasattr(row, name)}
    month: date = row.month
    return {**item, "month": f"{month:%Y-%m}", "final": final}


def as_csv(items: Iterable[dict[str, Any]]) -> bytes:
    """The rows as CSV (RFC 4180) with a header line, in UTF-8; booleans as `true` and `false`."""
    out = io.StringIO(newline="")
    items = list(items)
    names = [name for name in COLUMNS if not items or name in items[0]]
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    for item in items:
        writer.writerow({**item, "final": "true" if item["final"] else "false"})
    return out.getvalue().encode()


def described_columns() -> dict[str, dict[str, str]]:
    """What each column means, in both languages."""
    return {name: {"id": text.id, "en": text.en} for name, text in COLUMNS.items()}
