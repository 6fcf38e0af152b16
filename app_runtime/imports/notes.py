"""What is said about a line: codes with values, kept with the line, and their words in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lumbung.i18n import Text

WORDS: Mapping[str, Text] = {
    # Refusals.
    "too-many-cells": Text(
        "Baris ini memiliki lebih banyak kolom daripada judulnya; periksa pemisah dan tanda kutipnya.",
        "This line has more columns than the header; check its separators and quotation marks.",
    ),
    "open-quote": Text("Tanda kutip dibuka tetapi tidak ditutup.", "A quotation mark is opened and never closed."),
    "unreadable": Text("Baris ini tidak dapat dibaca.", "This line cannot be read."),
    "not-a-feature": Text("Ini bukan Feature GeoJSON.", "This is no GeoJSON Feature."),
    "empty": Text("Tidak ada isi yang dapat dipakai.", "There is nothing in it that can be used."),
    "required": Text("{label} wajib diisi.", "{label} is required."),
    "choice": Text(
        "{label}: pilihan “{value}” tidak dikenal. Tentukan artinya.",
        "{label}: the choice “{value}” is not known. Say what it means.",
    ),
    "area": Text(
        "{label}: “{value}” bukan wilayah di sini; yang terdekat “{first}” dan “{second}”. Tentukan artinya.",
        "{label}: “{value}” is no area here; the nearest are “{first}” and “{second}”. Say what it means.",
    ),
    "wrong": Text("{label}: {id}", "{label}: {en}"),
    "bad-time": Text(
        "{label}: “{value}” bukan waktu yang dapat dibaca.", "{label}: “{value}” is no time that can be read."
    ),
    "future": Text("{label} ada di masa depan: {value}.", "{label} lies in the future: {value}."),
    "no-parent": Text("Tidak ada catatan induk “{value}”.", "There is no parent “{value}”."),
    "parent-type": Text(
        "“{value}” adalah {type}, yang tidak dapat menjadi induk dari {kind}.",
        "“{value}” is a record of type {type}, to which none of type {kind} can belong.",
    ),
    "parents": Text("“{value}” menyebut lebih dari satu catatan induk.", "“{value}” names more than one parent."),
    "same": Text("Kemungkinan ganda dari {other}; dilewati.", "Probably a duplicate of {other}; left out."),
    # Warnings.
    "missing": Text("{label} kosong.", "{label} is missing."),
    "dropped": Text("{label}: “{value}” tidak dipakai. {id}", "{label}: “{value}” was left out. {en}"),
    "kept": Text("{label} disimpan apa adanya. {id}", "{label} is kept as it is. {en}"),
    "defaulted": Text("{label}: “{value}” diganti nilai bawaan.", "{label}: “{value}” became the default."),
    "truncated": Text("{label} dipotong menjadi {max} huruf.", "{label} was cut to {max} characters."),
    "no-place": Text("Tanpa lokasi; tidak tampil di peta.", "No place; it is not on the map."),
    "bad-place": Text("Lokasi “{value}” tidak dapat dibaca.", "The place “{value}” cannot be read."),
    "zero-place": Text("Lokasi 0, 0 dianggap kosong.", "The place 0, 0 counts as none."),
    "swapped": Text("Lintang dan bujur tertukar; sudah dibalik.", "Latitude and longitude were swapped; put right."),
    "far": Text("Lokasi {km} km dari pusat daerah.", "The place is {km} km from the municipality's centre."),
    "alone": Text("Tanpa catatan induk.", "It belongs to no other record."),
    "no-time": Text("Tanpa waktu; dipakai waktu impor.", "No time; the time of the import is used."),
    "order": Text(
        "Waktu selesai sebelum waktu masuk; dipakai waktu masuk.",
        "It closed before it came; the time when it came is used.",
    ),
    "state": Text(
        "Status “{value}” tidak dikenal; menjadi “{state}”.", "The state “{value}” is not known; it became “{state}”."
    ),
    "unnamed": Text("{label}: tidak ada catatan “{value}”.", "{label}: there is no record “{value}”."),
    "agency": Text("Dinas “{value}” tidak dikenal.", "The agency “{value}” is not known."),
    "no-agency": Text("Dinas penanggung jawab tidak ditemukan.", "No agency in charge was found."),
    "rule": Text("Aturan aplikasi gagal dihitung: {rule}.", "A rule of the app failed: {rule}."),
    "link": Text("{label}: “{value}” bukan alamat web.", "{label}: “{value}” is no web address."),
    "duplicate": Text("Kemungkinan ganda dari {other}.", "Probably a duplicate of {other}."),
    # Skipped.
    "already": Text("Sudah pernah diimpor.", "It was imported before."),
}
"""`{label}`, `{id}` and `{en}` may differ by language: then the value is a map."""


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to say about a line."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """What is stored."""
        return {"code": self.code, **({"values": dict(self.values)} if self.values else {})}


def note_text(stored: Mapping[str, Any]) -> Text:
    """The words of a stored note."""
    words = WORDS.get(str(stored.get("code")), Text("{code}", "{code}"))
    values = {"code": stored.get("code"), **(stored.get("values") or {})}
    return Text(words.id.format(**_in(values, "id")), words.en.format(**_in(values, "en")))


def _in(values: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {name: value.get(language, "") if isinstance(value, Mapping) else value for name, value in values.items()}
