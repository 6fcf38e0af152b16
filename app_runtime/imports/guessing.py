"""A first proposal of a mapping, from the names of columns in Indonesian and English and from the app's definition."""

from __future__ import annotations

import re
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from typing import Any

from app_catalog.definitions.model import WRITTEN, Definition, Field, RecordType
from app_catalog.definitions.model.families import parent_types
from app_runtime.imports.mapping import Mapping, Source
from app_runtime.imports.reading.tables import GEOMETRY
from app_runtime.imports.schemas import field_names
from app_runtime.imports.values import folded

_WORDS: Dict[str, tuple[str, ...]] = {
    "title": ("judul", "title", "perihal", "subjek", "subject", "hal", "topik", "ringkasan", "summary", "masalah"),
    "description": (
        "keterangan", "deskripsi", "description", "isi", "isi laporan", "uraian", "text", "teks", "detail", "details",
        "body", "pesan", "message", "aduan", "laporan", "content", "report", "isi aduan", "isi pengaduan",
    ),
    "category": ("kategori", "category", "jenis", "type", "tipe", "service name", "service code", "klasifikasi"),
    "photos": (
        "foto", "photo", "photos", "gambar", "image", "image url", "url foto", "link foto", "media url", "lampiran",
        "picture", "media",
    ),
    "name": ("nama", "nama pelapor", "pelapor", "name", "reporter", "reporter name", "nama lengkap"),
    "phone": (
        "telepon", "no telepon", "nomor telepon", "no hp", "nomor hp", "hp", "phone", "telp", "no telp", "wa",
        "whatsapp", "nomor kontak",
    ),
    "email": ("email", "e mail", "surel", "alamat email"),
    "answer": ("tanggapan", "jawaban", "respon", "response", "answer", "tindak lanjut", "status notes"),
    "reason": ("alasan", "reason"),
    "cost": ("biaya", "cost", "anggaran"),
    "created_at": (
        "created at", "waktu", "tanggal", "tanggal laporan", "tanggal lapor", "tgl lapor", "tgl", "waktu lapor",
        "waktu laporan", "date", "time", "timestamp", "datetime", "requested datetime", "created", "tanggal masuk",
        "dibuat", "waktu masuk", "tgl laporan", "tgl masuk", "tanggal dibuat", "reported at",
    ),
    "updated_at": ("updated at", "diperbarui", "tanggal ubah", "last updated", "updated datetime", "modified",
                   "tanggal diperbarui"),
    "closed_at": (
        "closed at", "tanggal selesai", "tgl selesai", "waktu selesai", "selesai pada", "resolved at", "closed",
        "tanggal tutup", "finished at",
    ),
    "state": ("status", "state", "keadaan", "status laporan"),
    "agency": ("dinas", "opd", "agency", "instansi", "skpd", "perangkat daerah", "agency responsible", "unit"),
    "number": ("nomor", "no laporan", "nomor laporan", "number", "no tiket", "nomor tiket", "no aduan", "tiket"),
    "source_id": ("id", "kode", "uuid", "guid", "service request id", "id laporan", "pkey", "objectid", "id aduan",
                  "report id", "kode laporan"),
    "parent": ("induk", "nomor induk", "no induk", "parent number", "catatan induk"),
    "longitude": ("lon", "long", "lng", "longitude", "bujur", "x", "garis bujur", "longitud"),
    "latitude": ("lat", "latitude", "lintang", "y", "garis lintang"),
    "place": ("koordinat", "coordinates", "coordinate", "lokasi", "location", "titik", "point", "latlong", "lat long",
              "lat lon", "latlng", "geom", "wkt", "place", "the geom", "koordinat lokasi"),
}  # fmt: skip
"""Names of columns, folded: no capitals, spaces for underscores and dashes. The first that a file has is taken."""

_BYWORDS = frozenset(
    ("laporan", "lapor", "pengaduan", "aduan", "keluhan", "masalah", "permasalahan", "kejadian", "report", "incident")
)
"""What the columns of such a file are all about, so that it tells none from another: "Judul Laporan" is "judul"."""


def guess_mapping(definition: Definition, kind: RecordType, columns: Sequence[Dict[str, Any]], *, zone: str) -> Mapping:
    """A proposal for the columns of a file as `stage_lines` describes them; an admin looks at it before anything is
    brought in."""
    parents = [definition.records[name] for name in parent_types([definition], kind.id)]
    return _Guess(kind, columns, parents).mapping(zone)


class _Guess:
    def __init__(self, kind: RecordType, columns: Sequence[Dict[str, Any]], parents: Sequence[RecordType] = ()) -> None:
        self.kind, self.parents = kind, parents
        self.columns = {str(column["name"]): column for column in columns}
        self.by_word: dict[str, str] = {}
        for name in self.columns:
            self.by_word.setdefault(_word(name), name)
            # `properties.title` and `report_data.title` are titles too, where nothing nearer is.
            self.by_word.setdefault(_word(name.rpartition(".")[2]), name)
        for name in self.columns:
            self.by_word.setdefault(_without_bywords(_word(name)), name)
        self.taken: set[str] = set()

    def mapping(self, zone: str) -> Mapping:
        # In this order: what is a time or an id is no text of the report.
        created_at, source_id = self._source("created_at"), self._source("source_id")
        if source_id is not None and not self._unique(source_id.column or ""):
            source_id = None
        parent = self._parent()
        fields: dict[str, Source] = {}
        for name in field_names(self.kind):
            source = self._field(name)
            if source is not None:
                fields[name] = source
        self._derive_title(fields)
        return Mapping(
            fields=fields,
            created_at=created_at,
            updated_at=self._source("updated_at"),
            closed_at=self._source("closed_at"),
            state=self._source("state"),
            agency=self._source("agency"),
            number=self._source("number"),
            source_id=source_id,
            parent=parent,
            zone=zone,
        )

    def _field(self, name: str) -> Source | None:
        spec = self._spec(name)
        if spec.type == "point":
            return self._place()
        if spec.type == "agency":
            return None
        column = self._find(name.rpartition(".")[2], *spec.label.values())
        if column is not None:
            return Source(column=column, default=self._only_choice(spec))
        default = self._only_choice(spec)
        return Source(constant=default) if default else None

    def _parent(self) -> Source | None:
        """The column of the parent's number: by its own words, or named after the parent ("Nomor surat")."""
        if not self.parents:
            return None
        names = [name for parent in self.parents for name in (parent.id, *parent.name.values())]
        column = self._find("parent", *(f"{word} {name}".strip() for name in names for word in ("nomor", "no", "")))
        return Source(column=column) if column else None

    def _place(self) -> Source | None:
        if GEOMETRY in self.columns:
            return Source(column=GEOMETRY)
        longitude, latitude = self._find("longitude"), self._find("latitude")
        if longitude and latitude:
            return Source(longitude=longitude, latitude=latitude)
        column = self._find("place")
        return Source(column=column) if column else None

    def _derive_title(self, fields: dict[str, Source]) -> None:
        """A required text that lines may lack is made of the first long text, so that few lines come without."""
        longs = [name for name, spec in self.kind.fields.items() if spec.type in WRITTEN and name in fields]
        for name, spec in self.kind.fields.items():
            if spec.type != "text" or spec.required != "always" or not longs:
                continue
            old = fields.get(name, Source())
            fields[name] = Source(column=old.column, derived=f"{{{fields[longs[0]].column}}}", default=old.default)

    def _source(self, name: str) -> Source | None:
        column = self._find(name)
        return Source(column=column) if column else None

    def _find(self, name: str, *labels: str) -> str | None:
        for word in (name, *labels, *_WORDS.get(name, ())):
            column = self.by_word.get(_word(word))
            if column is not None and column not in self.taken and column != GEOMETRY:
                self.taken.add(column)
                return column
        return None

    def _unique(self, column: str) -> bool:
        """Whether the values look like names of their own: few different ones are kinds and no names."""
        choices = self.columns[column].get("choices")
        return choices is None or all(count == 1 for count in choices.values())

    def _spec(self, name: str) -> Field:
        group, _, member = name.partition(".")
        spec = self.kind.fields[group]
        return spec.fields[member] if member else spec

    def _only_choice(self, spec: Field) -> str | None:
        options = spec.options
        if spec.type != "choice" or options is None or spec.required != "always":
            return None
        return next(iter(options.fixed)) if len(options.fixed) == 1 else None


def _without_bywords(word: str) -> str:
    return " ".join(part for part in word.split() if part not in _BYWORDS) or word


def _word(name: str) -> str:
    # `createdAt` and `created_at` are the same word.
    return folded(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace(".", " "))
