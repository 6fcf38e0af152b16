"""Lines of an inventory: which column is what, and what each line says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app_catalog.catalog.categories import AUDIENCES, category_choices
from app_catalog.listings.addresses import public_address
from app_catalog.listings.forms import ADDRESS
from app_catalog.listings.kinds import KINDS
from app_catalog.listings.services import ListingValues
from app_runtime.imports.errors import unreadable
from app_runtime.imports.reading.opening import read_table
from lumbung.errors import TooLarge
from lumbung.i18n import Text
from tenants.answers import clean_text

MOST_BYTES = 1_000_000
MOST_LINES = 1_000
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("nama", "nama aplikasi", "nama sistem", "aplikasi", "judul", "name", "app", "title"),
    "kind": ("jenis", "jenis aplikasi", "tipe", "bentuk", "platform", "kind", "type"),
    "category": ("kategori", "bidang", "urusan", "category"),
    "agency": ("dinas", "opd", "perangkat daerah", "nama opd", "instansi", "pengelola", "pemilik", "agency", "owner"),
    "address": ("alamat", "alamat situs", "url", "tautan", "link", "domain", "situs", "address", "website"),
    "summary": ("kegunaan", "fungsi", "keterangan", "deskripsi", "uraian", "summary", "description", "purpose"),
    "audience": ("untuk", "pengguna", "sasaran", "audience", "users"),
}
"""What people call the columns, in small letters. Name, kind and address must be there."""
REQUIRED = ("name", "kind", "address")
_KIND_WORDS = {
    "website": "situs web|situs|website|web|portal|laman|situs dinas|website opd",
    "hosted": "aplikasi web|web app|aplikasi|sistem informasi|hosted|webapp|berbasis web|aplikasi di server lain",
    "android": "android|aplikasi android|mobile|aplikasi mobile|apk",
    "ios": "ios|iphone|aplikasi iphone|aplikasi ios",
    "desktop": "desktop|program komputer|aplikasi desktop|windows",
}
_KINDS = {word: kind for kind, words in _KIND_WORDS.items() for word in words.split("|")}
_AUDIENCES = {
    **dict.fromkeys(
        ("warga", "masyarakat", "publik", "umum", "citizens", "public", "public-service"), "public-service"
    ),
    **dict.fromkeys(
        ("kantor", "pemerintah", "pegawai", "asn", "internal", "dinas", "government", "staff"), "government"
    ),
}
NOT_TEXT = Text("Baris ini tidak dapat dibaca.", "This line cannot be read.")
NO_NAME = Text("Namanya kosong.", "It has no name.")
LONG_NAME = Text("Nama paling banyak 120 huruf.", "A name has 120 characters at most.")
NO_KIND = Text(
    "Jenis “{found}” tidak dikenal. Tulis situs web, aplikasi web, android, iphone, atau desktop.",
    "The kind “{found}” is unknown. Write website, web app, android, iphone or desktop.",
)
NO_CATEGORY = Text(
    "Kategori “{found}” tidak dikenal. Pakai nama kategori katalog, atau kosongkan.",
    "The category “{found}” is unknown. Use the name of a category of the catalog, or leave it empty.",
)
NO_AUDIENCE = Text("Untuk “{found}”? Tulis warga atau kantor.", "For “{found}”? Write citizens or government.")
TWICE = Text("Sama dengan baris {line}.", "The same as line {line}.")


@dataclass(frozen=True, slots=True)
class InventoryLine:
    """One line: its number in the file and its cells by our names; `values` when it is sound, else `faults`."""

    number: int
    cells: Mapping[str, str]
    values: ListingValues | None = None
    faults: tuple[Text, ...] = field(default=())


def read_inventory(data: bytes, name: str) -> list[InventoryLine]:
    """The lines of a CSV or Excel file. Raises TooLarge and UnreadableFile for what is no inventory as a whole."""
    if len(data) > MOST_BYTES:
        raise TooLarge(Text("Berkas paling besar 1 MB.", "A file has 1 MB at most."))
    _, table = read_table(data, name)
    known = _known_columns(table.columns)
    lines: list[InventoryLine] = []
    for line in table.lines:
        if len(lines) >= MOST_LINES:
            raise unreadable(
                f"Paling banyak {MOST_LINES} baris sekaligus. Bagi berkasnya.",
                f"At most {MOST_LINES} lines at once. Split the file.",
            )
        cells = {ours: _cell(line.values.get(theirs)) for ours, theirs in known.items()}
        lines.append(
            InventoryLine(line.number, cells, faults=(NOT_TEXT,)) if line.fault else read_line(line.number, cells)
        )
    if not lines:
        raise unreadable("Tidak ada baris di bawah judul kolom.", "There are no lines below the names of the columns.")
    return lines


def read_line(number: int, cells: Mapping[str, str]) -> InventoryLine:
    """What one line says, or every fault of it."""
    faults: list[Text] = []
    name, agency = cells.get("name", ""), cells.get("agency", "")[:160]
    if not name or len(name) > 120:
        faults.append(LONG_NAME if name else NO_NAME)
    kind = _KINDS.get(cells.get("kind", "").casefold(), cells.get("kind", ""))
    if kind not in KINDS:
        faults.append(NO_KIND.format(found=kind[:60]))
    category = _category(cells.get("category", ""))
    if category is None:
        faults.append(NO_CATEGORY.format(found=cells["category"][:60]))
    written = cells.get("audience", "")
    audience = _AUDIENCES.get(written.casefold(), "") if written else "public-service"
    if audience not in AUDIENCES:
        faults.append(NO_AUDIENCE.format(found=written[:60]))
    address = public_address(_whole(cells.get("address", "")))
    if address is None:
        faults.append(ADDRESS)
    if faults or category is None or address is None:
        return InventoryLine(number, cells, faults=tuple(faults))
    values = ListingValues(
        kind=kind,
        name={"id": name},
        summary={"id": cells.get("summary", "")[:150] or _summary(kind, agency)},
        category=category,
        audience=audience,
        address=address,
        agency=agency,
    )
    return InventoryLine(number, cells, values)


def _known_columns(columns: Sequence[str]) -> dict[str, str]:
    """Our name of each column, and the file's."""
    found: dict[str, str] = {}
    for ours, words in COLUMNS.items():
        named = next((column for word in words for column in columns if _plain(column) == word), None)
        if named is not None and named not in found.values():
            found[ours] = named
    missing = [ours for ours in REQUIRED if ours not in found]
    if missing:
        raise unreadable(
            "Judul kolom tidak dikenal. Baris pertama harus menyebut sedikitnya: nama, jenis, alamat.",
            "The columns are not known. The first line has to name at least: name, kind, address.",
        )
    return found


def _plain(column: str) -> str:
    return " ".join(column.casefold().replace("_", " ").split())


def _cell(value: Any) -> str:
    return clean_text(str(value)) if value is not None else ""


def _whole(address: str) -> str:
    """An address as people write it in a table: often without what it begins with."""
    if "://" in address or not address:
        return address
    return f"https://{address}"


def _category(written: str) -> str | None:
    if not written:
        return "other"
    wanted = written.casefold()
    for key, name in category_choices():
        if wanted in (key, name.id.casefold(), name.en.casefold()):
            return key
    return None


def _summary(kind: str, agency: str) -> str:
    """What can be said of an app whose line says nothing more."""
    name = KINDS[kind].name.id
    return f"{name} {agency}."[:150] if agency else f"{name} milik daerah."
