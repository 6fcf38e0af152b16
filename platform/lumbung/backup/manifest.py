"""What an archive says of itself, written last and checked first."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Any, Literal
from uuid import UUID

from marshmallow import RAISE, Schema, ValidationError, fields, validate
from sqlalchemy import Column

from lumbung.backup.carrying import OWNED, carried_tables, left_out
from lumbung.backup.errors import refused
from lumbung.backup.snapshot import carried_columns, column_type, primary_key
from lumbung.db.base import table_kinds

FORMAT = "lumbung-archive"
FORMAT_VERSION = 1
README, SCHEMA, MANIFEST, FILE_LIST = "README.txt", "schema.json", "manifest.json", "files.jsonl.gz"
MOST_JSON_BYTES = 8 * 1024 * 1024
MOST_MISSING_NAMED = 1000
_SHA256 = validate.Regexp(re.compile(r"[0-9a-f]{64}\Z"))
_NUMBER = validate.Range(min=0, max=2**53)

Kind = Literal["whole", "municipality"]


@dataclass(frozen=True)
class TableSum:
    """A table in the archive: rows, and size in bytes and SHA-256 of its lines when inflated."""

    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class FilesSum:
    """The files: how many, their bytes together, SHA-256 of their list when inflated, and what was not to be had.

    `missing` names files that the tables know and the disk did not have, or had in another form, up to a thousand.
    """

    count: int
    bytes: int
    sha256: str
    missing_count: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Origin:
    """The installation that made the archive, by fingerprints of its keys, which tell nothing about them. `mac` is
    the manifest's own keyed digest (with `mac` empty), by which that installation sees that nothing was altered."""

    key: str
    index: str
    mac: str = ""


@dataclass(frozen=True)
class PassphraseLock:
    """Encrypted values were closed anew by a passphrase: how it becomes a key, and that key's fingerprint."""

    kdf: str
    n: int
    r: int
    p: int
    salt: str
    key: str


@dataclass(frozen=True)
class MunicipalitySign:
    """Whose archive it is."""

    id: str
    slug: str
    name: str
    region_code: str


@dataclass(frozen=True)
class Manifest:
    """The whole of `manifest.json`; field by field in docs/backup.md."""

    format: str
    format_version: int
    kind: Kind
    made_at: str
    lumbung: str
    schema_revision: str
    municipality: MunicipalitySign | None
    origin: Origin
    passphrase: PassphraseLock | None
    readme_sha256: str
    schema_sha256: str
    tables: dict[str, TableSum]
    left_out: dict[str, str]
    files: FilesSum

    @property
    def whole(self) -> bool:
        """Whether everything is in it."""
        return self.kind == "whole"

    @property
    def tenant_id(self) -> UUID | None:
        """The municipality whose archive it is."""
        return UUID(self.municipality.id) if self.municipality else None

    def to_json(self) -> bytes:
        """What stands in the archive."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False).encode() + b"\n"


class _Strict(Schema):
    class Meta:
        unknown = RAISE


class _TableIn(_Strict):
    rows = fields.Integer(required=True, strict=True, validate=_NUMBER)
    bytes = fields.Integer(required=True, strict=True, validate=_NUMBER)
    sha256 = fields.String(required=True, validate=_SHA256)


class _FilesIn(_Strict):
    count = fields.Integer(required=True, strict=True, validate=_NUMBER)
    bytes = fields.Integer(required=True, strict=True, validate=_NUMBER)
    sha256 = fields.String(required=True, validate=_SHA256)
    missing_count = fields.Integer(required=True, strict=True, validate=_NUMBER)
    missing = fields.List(
        fields.String(validate=validate.Length(max=100)),
        required=True,
        validate=validate.Length(max=MOST_MISSING_NAMED),
    )


class _OriginIn(_Strict):
    key = fields.String(required=True, validate=validate.Length(max=64))
    index = fields.String(required=True, validate=validate.Length(max=64))
    mac = fields.String(required=True, validate=validate.Length(max=64))


class _PassphraseIn(_Strict):
    kdf = fields.String(required=True, validate=validate.Equal("scrypt"))
    n = fields.Integer(required=True, strict=True, validate=validate.Equal(2**15))
    r = fields.Integer(required=True, strict=True, validate=validate.Equal(8))
    p = fields.Integer(required=True, strict=True, validate=validate.Equal(1))
    salt = fields.String(required=True, validate=validate.Regexp(re.compile(r"[0-9a-f]{32}\Z")))
    key = fields.String(required=True, validate=validate.Length(max=64))


class _MunicipalityIn(_Strict):
    id = fields.UUID(required=True)
    slug = fields.String(required=True, validate=validate.Length(max=100))
    name = fields.String(required=True, validate=validate.Length(max=500))
    region_code = fields.String(required=True, validate=validate.Length(max=20))


class _ManifestIn(_Strict):
    format = fields.String(required=True, validate=validate.Equal(FORMAT))
    format_version = fields.Integer(required=True, strict=True, validate=validate.Equal(FORMAT_VERSION))
    kind = fields.String(required=True, validate=validate.OneOf(("whole", "municipality")))
    made_at = fields.String(required=True, validate=validate.Length(max=40))
    lumbung = fields.String(required=True, validate=validate.Length(max=40))
    schema_revision = fields.String(required=True, validate=validate.Length(max=40))
    municipality = fields.Nested(_MunicipalityIn, required=True, allow_none=True)
    origin = fields.Nested(_OriginIn, required=True)
    passphrase = fields.Nested(_PassphraseIn, required=True, allow_none=True)
    readme_sha256 = fields.String(required=True, validate=_SHA256)
    schema_sha256 = fields.String(required=True, validate=_SHA256)
    tables = fields.Dict(
        keys=fields.String(validate=validate.Regexp(re.compile(r"[a-z_]{1,60}\Z"))),
        values=fields.Nested(_TableIn),
        required=True,
        validate=validate.Length(max=500),
    )
    left_out = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    files = fields.Nested(_FilesIn, required=True)


def read_manifest(raw: bytes) -> Manifest:
    """The manifest that these bytes are.

    Raises ArchiveRefused when they are none, are of another version of the format, or contradict themselves.
    """
    try:
        found = json.loads(raw)
        if isinstance(found, dict) and found.get("format") == FORMAT and found.get("format_version") != FORMAT_VERSION:
            raise refused(
                "Arsip ini berformat versi {version}; Lumbung ini membaca {known}. Pakai Lumbung yang lebih baru.",
                "This archive is of format version {version}; this Lumbung reads version {known}. Use a newer Lumbung.",
                version=found.get("format_version"),
                known=FORMAT_VERSION,
            )
        loaded: dict[str, Any] = _ManifestIn().load(found)
    except (ValueError, RecursionError, ValidationError) as error:
        raise refused(
            "manifest.json dalam arsip tidak dapat dipahami.", "The archive's manifest.json cannot be understood."
        ) from error
    municipality, lock = loaded.pop("municipality"), loaded.pop("passphrase")
    if (loaded["kind"] == "municipality") != (municipality is not None):
        raise refused(
            "manifest.json dalam arsip tidak sesuai dengan dirinya.", "The archive's manifest.json contradicts itself."
        )
    tables = {name: TableSum(**table) for name, table in loaded.pop("tables").items()}
    files = loaded.pop("files")
    return Manifest(
        **{**loaded, "origin": Origin(**loaded["origin"])},
        municipality=MunicipalitySign(**{**municipality, "id": str(municipality["id"])}) if municipality else None,
        passphrase=PassphraseLock(**lock) if lock else None,
        tables=tables,
        files=FilesSum(**{**files, "missing": tuple(files["missing"])}),
    )


def schema_json(*, whole: bool) -> bytes:
    """What `schema.json` of an archive says: tables in the order of restoring, columns, types and references."""
    kinds = table_kinds()
    tables = {
        table.name: {
            "kind": kinds[table.name].value,
            "primary_key": primary_key(table),
            "columns": {
                column.name: {
                    "type": column_type(column),
                    "required": not column.nullable,
                    **_reference(column),
                }
                for column in carried_columns(table)
            },
        }
        for table in carried_tables(whole=whole)
    }
    return json.dumps({"tables": tables, "left_out": left_out(whole=whole)}, indent=1).encode() + b"\n"


def _reference(column: Column[Any]) -> dict[str, str]:
    keys = sorted(key.target_fullname for key in column.foreign_keys)
    return {"references": keys[0]} if keys else {}


def owned_tables() -> frozenset[str]:
    """The tables whose rows belong to municipalities."""
    return frozenset(name for name, kind in table_kinds().items() if kind in OWNED)
