"""The schema of each file of a package, by the name of the file or of its folder."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from app_catalog.definitions.json_schema.composites import document_schema
from app_catalog.definitions.package import FOLDERS
from app_catalog.definitions.shape.publiccode import PUBLICCODE
from app_catalog.definitions.shape.reading import Kind
from app_catalog.definitions.shape.records import APP

_TITLES = {
    "app": ("app.yaml: identitas, peran, dan pengaturan", "app.yaml: identity, roles and settings"),
    "publiccode": ("publiccode.yml: keterangan untuk katalog", "publiccode.yml: what the catalog says of the app"),
    "records": ("records/<jenis>.yaml: satu jenis catatan", "records/<type>.yaml: one type of record"),
    "pages": ("pages/<halaman>.yaml: satu halaman", "pages/<page>.yaml: one page"),
    "messages": ("messages/<nama>.yaml: teks pemberitahuan", "messages/<name>.yaml: texts of a notification"),
    "scenarios": ("scenarios/<nama>.yaml: pembuktian", "scenarios/<name>.yaml: a proof: given, when, then"),
    "examples": ("examples/<jenis>.yaml: catatan contoh", "examples/<type>.yaml: demonstration records"),
}
_KINDS: dict[str, Kind] = {"app": APP, "publiccode": PUBLICCODE, **FOLDERS}
SCHEMA_NAMES = tuple(_KINDS)
"""Names of the schemas: those of single files, and those of the files of a folder."""


def schema_name(file: str) -> str | None:
    """The name of the schema of a file such as ``app.yaml`` or ``records/report.yaml``; None when it has none.

    The name itself, and the name of a folder, will do too.
    """
    path = PurePosixPath(file)
    candidates = (file.strip("/"), path.stem, path.parent.name)
    return next((name for name in candidates if name in _KINDS), None)


def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of the files of this name, made from the shape that the checker reads them by.

    Whatever the checker takes, the schema takes; what a schema cannot know (names defined in other files, CEL, bounds
    that go together) the checker alone refuses. `KeyError` for a name that is not in `SCHEMA_NAMES`.
    """
    indonesian, english = _TITLES.get(name, (name, name))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{indonesian} / {english}",
        **document_schema(_KINDS[name]),
    }
