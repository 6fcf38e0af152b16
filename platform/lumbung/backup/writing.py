"""Making an archive: one snapshot of the database, then the files that it knows."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from io import BufferedReader
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Table, text

from lumbung.backup.carrying import carried_tables, carrying_of, left_out
from lumbung.backup.manifest import (
    FILE_LIST,
    FORMAT,
    FORMAT_VERSION,
    MANIFEST,
    MOST_MISSING_NAMED,
    README,
    SCHEMA,
    FilesSum,
    Manifest,
    MunicipalitySign,
    TableSum,
    schema_json,
)
from lumbung.backup.placing import placed
from lumbung.backup.readme import readme_text
from lumbung.backup.sealing import Resealer, lock_with, origin_of, signed
from lumbung.backup.snapshot import stream_rows
from lumbung.backup.tar import TarWriter
from lumbung.db.base import Base
from lumbung.db.clock import now
from lumbung.db.tenancy import SET_TENANT
from lumbung.errors import NotFound
from lumbung.files.disk import FileDisk
from lumbung.files.garbage import hold_garbage
from lumbung.migrate.runner import newest_revision
from lumbung.secrets import KeyRing

Tell = Callable[[str, int, int], None]
"""Hears how far it has come: what is being written (`tables` or `files`), how many are done, how many there are."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where an archive is made from. For everything `engine` is the migrator's, for one municipality the
    application's, so that the wall stands between it and the others here too."""

    engine: Engine
    files: FileDisk
    ring: KeyRing


def make_archive(
    source: Source,
    target: Path,
    *,
    tenant_id: UUID | None = None,
    passphrase: str | None = None,
    tell: Tell = lambda what, done, of: None,
) -> Manifest:
    """Write everything, or one municipality, into the file `target`, which appears only when it is complete.

    All tables are of one moment. With a passphrase the encrypted values can be opened at another installation.
    Raises NotFound for an unknown municipality, ArchiveRefused for a short passphrase or when `target` is there
    already, StorageFull when there is no room.
    """
    with _snapshot(source.engine, tenant_id) as connection, placed(target) as out:
        lock_ring, lock = lock_with(passphrase) if passphrase is not None else (None, None)
        moment = now()
        manifest = Manifest(
            format=FORMAT,
            format_version=FORMAT_VERSION,
            kind="whole" if tenant_id is None else "municipality",
            made_at=moment.isoformat(timespec="seconds"),
            lumbung=version("lumbung"),
            schema_revision=newest_revision(),
            municipality=_sign(connection, tenant_id),
            origin=origin_of(source.ring),
            passphrase=lock,
            readme_sha256="",
            schema_sha256="",
            tables={},
            left_out=left_out(whole=tenant_id is None),
            files=FilesSum(0, 0, "", 0, ()),
        )
        tar = TarWriter(out, modified_at=int(moment.timestamp()))
        readme_sum = _add_bytes(tar, README, readme_text(manifest))
        schema_sum = _add_bytes(tar, SCHEMA, schema_json(whole=manifest.whole))
        resealer = Resealer(opening=source.ring, closing=lock_ring, new_index=False) if lock_ring else None
        writer = _Writer(tar, connection, tenant_id, spool_folder=target.parent, tell=tell)
        manifest = replace(
            manifest,
            readme_sha256=readme_sum,
            schema_sha256=schema_sum,
            tables=writer.tables(resealer),
            files=writer.files(source.files),
        )
        manifest = signed(manifest, source.ring)
        _add_bytes(tar, MANIFEST, manifest.to_json())
        tar.finish()
    return manifest


class _Writer:
    def __init__(
        self, tar: TarWriter, connection: Connection, tenant_id: UUID | None, *, spool_folder: Path, tell: Tell
    ) -> None:
        self._tar, self._connection, self._tenant_id = tar, connection, tenant_id
        self._spool_folder, self._tell = spool_folder, tell

    def tables(self, resealer: Resealer | None) -> dict[str, TableSum]:
        carried = carried_tables(whole=self._tenant_id is None)
        sums = {}
        for done, table in enumerate(carried):
            self._tell("tables", done, len(carried))
            lines = _Lines(self._spool_folder)
            for line in stream_rows(self._connection, table, self._tenant_id):
                lines.add(resealer.reseal(table, line, json.loads(line)) if resealer and _sealed(table) else line)
            sums[table.name] = TableSum(*lines.put(self._tar, f"tables/{table.name}.jsonl.gz"))
        return sums

    def files(self, disk: FileDisk) -> FilesSum:
        """Each file whose bytes are what its row says; a thing that is not is named, and does not stop the rest."""
        files = Base.metadata.tables["files"]
        known = self._count(files)
        lines, missing_count, total, count = _Lines(self._spool_folder), 0, 0, 0
        missing: list[str] = []
        for done, line in enumerate(stream_rows(self._connection, files, self._tenant_id)):
            if done % 50 == 0:
                self._tell("files", done, known)
            row = json.loads(line)
            if not self._add_file(disk, row):
                missing_count += 1
                missing += [row["key"]] if len(missing) < MOST_MISSING_NAMED else []
                continue
            lines.add(file_line(row["key"], row["size"], row["sha256"]))
            total, count = total + row["size"], count + 1
        _rows, _bytes, digest = lines.put(self._tar, FILE_LIST)
        return FilesSum(count, total, digest, missing_count, tuple(missing))

    def _add_file(self, disk: FileDisk, row: dict[str, Any]) -> bool:
        path = disk.path(row["key"])
        try:
            with path.open("rb") as stream:
                # Read twice, because a tar file says the size, and this archive the digest, before the bytes.
                if path.stat().st_size != row["size"] or _digest(stream) != row["sha256"]:
                    return False
                stream.seek(0)
                self._tar.add(f"files/{row['key']}", stream, row["size"])
        except FileNotFoundError:
            return False
        return True

    def _count(self, table: Table) -> int:
        where = "" if self._tenant_id is None else " WHERE tenant_id = :tenant"
        query = text(f"SELECT count(*) FROM {table.name}{where}")  # noqa: S608 - a table of ours.
        return int(self._connection.execute(query, {"tenant": self._tenant_id} if where else {}).scalar_one())


class _Lines:
    """Lines on their way through gzip into a nameless file, because a tar file says each size beforehand."""

    def __init__(self, folder: Path) -> None:
        self._spool: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - `put` closes it.
        # Without a time in it, the same rows make the same bytes.
        self._gzip = gzip.GzipFile(fileobj=self._spool, mode="wb", compresslevel=6, mtime=0)
        self._digest = hashlib.sha256()
        self._rows = self._bytes = 0

    def add(self, line: str) -> None:
        raw = line.encode() + b"\n"
        self._gzip.write(raw)
        self._digest.update(raw)
        self._rows, self._bytes = self._rows + 1, self._bytes + len(raw)

    def put(self, tar: TarWriter, name: str) -> tuple[int, int, str]:
        self._gzip.close()
        with self._spool as spool:
            size = spool.tell()
            spool.seek(0)
            tar.add(name, spool, size)
        return self._rows, self._bytes, self._digest.hexdigest()


def file_line(key: str, size: int, sha256: str) -> str:
    """One line of the list of files."""
    return json.dumps({"key": key, "bytes": size, "sha256": sha256})


@contextmanager
def _snapshot(engine: Engine, tenant_id: UUID | None) -> Iterator[Connection]:
    options: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        hold_garbage(connection, tenant_id)
        if tenant_id is not None:
            connection.execute(SET_TENANT, {"tenant": tenant_id})
        yield connection


def _sign(connection: Connection, tenant_id: UUID | None) -> MunicipalitySign | None:
    if tenant_id is None:
        return None
    query = text("SELECT id::text, slug, name, region_code FROM municipalities WHERE id = :id")
    row = connection.execute(query, {"id": tenant_id}).one_or_none()
    if row is None:
        raise NotFound
    return MunicipalitySign(*row)


def _sealed(table: Table) -> bool:
    carrying = carrying_of(table)
    return carrying is not None and carrying.sealed is not None


def _add_bytes(tar: TarWriter, name: str, raw: bytes) -> str:
    return tar.add(name, io.BytesIO(raw), len(raw))


def _digest(stream: BufferedReader) -> str:
    return hashlib.file_digest(stream, "sha256").hexdigest()
