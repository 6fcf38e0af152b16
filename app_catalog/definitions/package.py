"""Reads a whole package by the shapes of its files into its canonical form, collecting every problem."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from app_catalog.definitions.members import REQUIRED_FILES
from app_catalog.definitions.problems import Problems
from app_catalog.definitions.shape.composites import ORDER_STEP
from app_catalog.definitions.shape.pages import MESSAGE, PAGE
from app_catalog.definitions.shape.publiccode import PUBLICCODE
from app_catalog.definitions.shape.reading import MISSING, Kind, Reading
from app_catalog.definitions.shape.records import APP, RECORD
from app_catalog.definitions.shape.scenarios import EXAMPLES, SCENARIO
from app_catalog.definitions.source import Source

FOLDERS: dict[str, Kind] = {
    "records": RECORD,
    "pages": PAGE,
    "messages": MESSAGE,
    "scenarios": SCENARIO,
    "examples": EXAMPLES,
}
_TEXT_FILES = {"README.md": "readme", "CHANGELOG.md": "changelog"}


@dataclass(frozen=True, slots=True)
class PackageReading:
    """What a package says, as far as it could be read: its canonical form, and what is to be checked
    further.
    """

    source: Source
    canonical: dict[str, Any]
    reading: Reading


def read_package(source: Source) -> PackageReading:
    """The canonical form of ``source``, incomplete where there are problems; see ``canonical`` for its
    layout.
    """
    reading = Reading(Problems(list(source.problems)))
    canonical: dict[str, Any] = {"app": _read_file("app.yaml", APP, source, reading) or {}}
    canonical["publiccode"] = _read_file("publiccode.yml", PUBLICCODE, source, reading) or {}
    for folder, kind in FOLDERS.items():
        canonical[folder] = _read_folder(folder, kind, source, reading)
    for path, key in _TEXT_FILES.items():
        canonical[key] = _read_text(path, source, reading)
    documents = {
        PurePosixPath(path).stem: _read_text(path, source, reading)
        for path in sorted(source.files)
        if path.startswith("documents/")
    }
    if documents:
        # Packages without documents keep their digest.
        canonical["documents"] = documents
    canonical["files"] = {
        path: f"sha256:{sha256(data).hexdigest()}"
        for path, data in source.files.items()
        if path not in source.documents and path not in _TEXT_FILES and not path.endswith((".yaml", ".yml", ".typ"))
    }
    _check_required(source, reading)
    return PackageReading(source, canonical, reading)


def _read_file(path: str, kind: Kind, source: Source, reading: Reading) -> Any:
    node = source.documents.get(path)
    if node is None:
        return None
    value = kind.read(node, (), reading)
    return None if value is MISSING else value


def _read_folder(folder: str, kind: Kind, source: Source, reading: Reading) -> dict[str, Any]:
    found = {}
    paths = sorted(path for path in source.documents if path.startswith(f"{folder}/"))
    for index, path in enumerate(paths):
        name = PurePosixPath(path).stem
        with reading.within(name if folder in ("records", "examples") else None):
            value = _read_file(path, kind, source, reading)
        if value is None:
            continue
        if folder == "pages":
            value.setdefault("order", (index + 1) * ORDER_STEP)
        found[name] = value
    return found


def _read_text(path: str, source: Source, reading: Reading) -> str:
    try:
        return source.files.get(path, b"").decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        reading.problems.add("file-not-utf8", path)
        return ""


def _check_required(source: Source, reading: Reading) -> None:
    refused = {problem.file for problem in source.problems}
    if not source.files and "archive" in refused:
        return  # Nothing could be read, and that is said already.
    for path in REQUIRED_FILES:
        if path not in source.files and path not in refused:
            reading.problems.add("file-missing", path)
    if not any(path.startswith("records/") for path in source.files):
        reading.problems.add("file-missing", "records/<type>.yaml")
