"""Plain tar files (POSIX ustar), written and read as a stream with constant memory.

The reader takes nothing but ordinary files with plain names: no links, no folders, no extended headers, whose sizes
the standard library would believe. Members above 8 GiB carry their size in base 256, as GNU tar writes it.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from lumbung.backup.errors import ArchiveRefused, refused

BLOCK = 512
CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its name, its size in bytes, and where its bytes begin."""

    name: str
    size: int
    offset: int


class TarWriter:
    """Adds members to `out` one after the other."""

    def __init__(self, out: IO[bytes], *, modified_at: int) -> None:
        self._out = out
        self._modified_at = modified_at

    def add(self, name: str, stream: IO[bytes], size: int) -> str:
        """Add what `stream` gives as the member `name`; its SHA-256 in hex comes back.

        Raises ValueError when the stream holds more or less than `size` bytes.
        """
        header = tarfile.TarInfo(name)
        header.size, header.mtime, header.mode = size, self._modified_at, 0o600
        self._out.write(header.tobuf(tarfile.GNU_FORMAT, "ascii", "strict"))
        digest, left = hashlib.sha256(), size
        while left:
            chunk = stream.read(min(CHUNK, left))
            if not chunk:
                raise ValueError(f"{name} is shorter than it was.")
            digest.update(chunk)
            self._out.write(chunk)
            left -= len(chunk)
        if stream.read(1):
            raise ValueError(f"{name} is longer than it was.")
        self._out.write(bytes(-size % BLOCK))
        return digest.hexdigest()

    def finish(self) -> None:
        """Write the two empty blocks that end an archive."""
        self._out.write(bytes(2 * BLOCK))


def list_members(source: IO[bytes]) -> Iterator[Member]:
    """The members of the tar file `source` in their order; `source` may be read elsewhere in between.

    Raises ArchiveRefused for anything but ordinary files, and when the file ends before its end mark or goes on
    after it.
    """
    end = source.seek(0, os.SEEK_END)
    offset = 0
    while True:
        source.seek(offset)
        header = source.read(BLOCK)
        if len(header) < BLOCK:
            raise _cut()
        if header == bytes(BLOCK):
            _expect_padding(source, end)
            return
        member = _parse(header, offset + BLOCK)
        if member.offset + member.size > end:
            raise _cut()
        yield member
        offset = member.offset + member.size + (-member.size % BLOCK)


def open_member(source: IO[bytes], member: Member) -> io.BufferedReader:
    """The bytes of a member for reading, and no byte beyond them."""
    return io.BufferedReader(_Section(source, member), CHUNK)


class _Section(io.RawIOBase):
    def __init__(self, source: IO[bytes], member: Member) -> None:
        self._source, self._at, self._end = source, member.offset, member.offset + member.size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        self._source.seek(self._at)
        chunk = self._source.read(min(len(view), self._end - self._at))
        view[: len(chunk)] = chunk
        self._at += len(chunk)
        return len(chunk)


def _parse(header: bytes, offset: int) -> Member:
    unsigned = sum(header[:148]) + 8 * 32 + sum(header[156:])
    if header[257:262] != b"ustar" or _octal(header[148:156]) != unsigned:
        raise refused("Berkas ini bukan arsip Lumbung, atau rusak.", "This is no archive of Lumbung, or it is damaged.")
    name = header[:100].rstrip(b"\0")
    if header[156:157] != b"0" or header[157:257].strip(b"\0") or header[345:500].strip(b"\0"):
        raise refused(
            "Arsip memuat sesuatu yang bukan berkas biasa: {name}.",
            "The archive holds something that is no ordinary file: {name}.",
            name=name.decode("ascii", "replace"),
        )
    try:
        return Member(name.decode("ascii"), _number(header[124:136]), offset)
    except UnicodeDecodeError:
        raise refused("Nama berkas dalam arsip aneh.", "A file in the archive has a strange name.") from None


def _number(field: bytes) -> int:
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    size = _octal(field)
    if size < 0:
        raise _cut()
    return size


def _octal(field: bytes) -> int:
    digits = field.rstrip(b"\0 ").lstrip(b" ")
    return int(digits, 8) if digits and all(0x30 <= digit <= 0x37 for digit in digits) else -1


def _expect_padding(source: IO[bytes], end: int) -> None:
    left = end - source.tell()
    if left < BLOCK:
        raise _cut()
    if left > 20 * BLOCK or source.read(left).strip(b"\0"):
        raise refused("Ada sesuatu di belakang akhir arsip.", "Something stands behind the end of the archive.")


def _cut() -> ArchiveRefused:
    return refused(
        "Arsip ini terpotong: akhirnya hilang. Salin lagi dari tempat penyimpanannya.",
        "This archive is cut short: its end is missing. Copy it again from where it is kept.",
    )
