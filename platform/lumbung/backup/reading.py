"""Reading an archive that may have been written by anybody: everything is checked before anything is believed."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO

from lumbung.backup.errors import ArchiveRefused, refused
from lumbung.backup.manifest import FILE_LIST, MANIFEST, MOST_JSON_BYTES, README, SCHEMA, Manifest, read_manifest
from lumbung.backup.tar import CHUNK, Member, list_members, open_member
from lumbung.backup.writing import Tell, file_line

_TABLE = re.compile(r"tables/([a-z_]{1,60})\.jsonl\.gz")
_FILE = re.compile(r"files/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
MOST_LINE_BYTES = {"whole": 160 * 1024 * 1024, "municipality": 64 * 1024 * 1024}
"""An evidence of 64 MiB is twice that in hexadecimal; a municipality's archive holds none."""
MOST_TIMES_INFLATED = 200
"""Real tables shrink to a tenth; what shrinks to less than this is no table."""


@dataclass(frozen=True)
class Archive:
    """An archive that is open for reading; `tables` are its members by name of table."""

    manifest: Manifest
    schema: bytes
    tables: dict[str, Member]
    file_list: Member
    source: IO[bytes]

    def lines(self, table: str) -> Iterator[bytes]:
        """The lines of a table without their ends.

        Raises ArchiveRefused at the line that is too long, and at the end when rows, bytes or digest are not those
        of the manifest.
        """
        said = self.manifest.tables[table]
        rows, size, digest = 0, 0, hashlib.sha256()
        most = MOST_LINE_BYTES[self.manifest.kind]
        for line in _inflated_lines(self.source, self.tables[table], most):
            rows, size = rows + 1, size + len(line)
            if rows > said.rows or size > said.bytes:
                raise _differs(table)
            digest.update(line)
            yield line[:-1]
        if (rows, size, digest.hexdigest()) != (said.rows, said.bytes, said.sha256):
            raise _differs(table)

    def files(self) -> Iterator[tuple[str, Member]]:
        """Each file's key (`<municipality>/<id>`) and bytes, in order of the key."""
        for member in list_members(self.source):
            key = _FILE.fullmatch(member.name)
            if key:
                yield key[1], member

    def open(self, member: Member) -> BufferedReader:
        """The bytes of a member."""
        return open_member(self.source, member)


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """The archive at `path` with its manifest read and its outline checked: which members, in which order.

    Raises ArchiveRefused when it is no archive, cut short, or holds anything but what an archive holds.
    """
    try:
        source = path.open("rb")
    except OSError as error:
        raise refused("{path} tidak dapat dibaca.", "{path} cannot be read.", path=path) from error
    with source:
        yield _outline(source)


def check_archive(archive: Archive, *, tell: Tell = lambda what, done, of: None) -> None:
    """Read everything and compare it with the manifest: rows, sizes and digests. No database is needed.

    Raises ArchiveRefused that names the first thing that is not as it should be.
    """
    for done, table in enumerate(archive.tables):
        tell("tables", done, len(archive.tables))
        for _ in archive.lines(table):
            pass
    said, listed, count, total = archive.manifest.files, hashlib.sha256(), 0, 0
    for key, member in archive.files():
        if count % 50 == 0:
            tell("files", count, said.count)
        with archive.open(member) as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        listed.update(file_line(key, member.size, digest).encode() + b"\n")
        count, total = count + 1, total + member.size
    written = hashlib.sha256()
    for line in _inflated_lines(archive.source, archive.file_list, 1000):
        written.update(line)
    if (count, total) != (said.count, said.bytes) or not listed.digest() == written.digest() == bytes.fromhex(
        said.sha256
    ):
        raise refused(
            "Berkas dalam arsip tidak sama dengan daftarnya: ada yang rusak, kurang, atau diubah.",
            "The files in the archive are not those of its list: some are damaged, missing or altered.",
        )


def _outline(source: IO[bytes]) -> Archive:
    tables: dict[str, Member] = {}
    single: dict[str, Member] = {}
    last_key, seen_files = "", 0
    for member in list_members(source):
        table, key = _TABLE.fullmatch(member.name), _FILE.fullmatch(member.name)
        late = MANIFEST in single or (table is not None and seen_files > 0)
        if late or member.name in single or (table and table[1] in tables) or (key and key[1] <= last_key):
            raise refused(
                "{name} berada di tempat yang salah dalam arsip, atau ada dua kali.",
                "{name} stands in the wrong place of the archive, or stands there twice.",
                name=member.name,
            )
        if table:
            tables[table[1]] = member
        elif key:
            last_key, seen_files = key[1], seen_files + 1
        elif member.name in (README, SCHEMA, FILE_LIST, MANIFEST):
            single[member.name] = member
        else:
            raise refused("{name} bukan bagian arsip.", "{name} is no part of an archive.", name=member.name)
    for name in (README, SCHEMA, FILE_LIST, MANIFEST):
        if name not in single:
            raise refused(
                "Berkas ini bukan arsip Lumbung yang utuh: {name} tidak ada.",
                "This is no complete archive of Lumbung: {name} is missing.",
                name=name,
            )
    manifest = read_manifest(_small(source, single[MANIFEST]))
    schema = _small(source, single[SCHEMA])
    readme = _small(source, single[README])
    sums = (hashlib.sha256(readme).hexdigest(), hashlib.sha256(schema).hexdigest())
    if set(tables) != set(manifest.tables) or sums != (manifest.readme_sha256, manifest.schema_sha256):
        raise refused(
            "Isi arsip tidak sama dengan manifest.json-nya.", "The archive does not hold what its manifest.json says."
        )
    return Archive(manifest, schema, tables, single[FILE_LIST], source)


def _small(source: IO[bytes], member: Member) -> bytes:
    if member.size > MOST_JSON_BYTES:
        raise refused("{name} terlalu besar.", "{name} is too large.", name=member.name)
    with open_member(source, member) as stream:
        return stream.read()


def _inflated_lines(source: IO[bytes], member: Member, most: int) -> Iterator[bytes]:
    limit, size = MOST_TIMES_INFLATED * member.size + CHUNK, 0
    try:
        with open_member(source, member) as packed, gzip.GzipFile(fileobj=packed) as stream:
            while line := stream.readline(most + 1):
                size += len(line)
                if not 3 <= len(line) <= most or size > limit or not line.endswith(b"\n"):
                    raise refused(
                        "{name} mengembang melewati batas, atau barisnya tidak utuh.",
                        "{name} inflates beyond all measure, or a line of it is broken.",
                        name=member.name,
                    )
                yield line
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise refused("{name} rusak.", "{name} is damaged.", name=member.name) from error


def _differs(table: str) -> ArchiveRefused:
    return refused(
        "Tabel {table} dalam arsip rusak atau diubah: jumlah baris, ukuran, atau SHA-256 tidak cocok.",
        "The table {table} in the archive is damaged or altered: rows, size or SHA-256 do not fit.",
        table=table,
    )


def parse_line(line: str) -> dict[str, object]:
    """The JSON object of a line. Raises ValueError for anything else, also for a name that stands there twice."""
    row = json.loads(line, object_pairs_hook=_once, parse_constant=_no_constant)
    if not isinstance(row, dict):
        raise ValueError
    return row


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_constant(name: str) -> object:
    raise ValueError(name)
