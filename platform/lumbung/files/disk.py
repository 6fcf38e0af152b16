"""Bytes on disk, under keys that the platform makes: `<tenant>/<id>` (ADR 0016)."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import UUID, uuid4

from lumbung.errors import TooLarge
from lumbung.files.errors import EmptyFile, StorageDown, StorageFull

_KEY = re.compile(r"[0-9a-f-]{36}/[0-9a-f-]{36}")
_PART = ".part"
_CHUNK = 1024 * 1024
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class Written:
    """What came to lie on the disk: bytes, and their SHA-256 in hex."""

    size: int
    sha256: str


@dataclass(frozen=True)
class KeptFile:
    """A file as the disk knows it; `changed_at` in seconds since 1970."""

    key: str
    changed_at: float


class FileDisk:
    """The folder that holds the files, one sub-folder per municipality."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def root(self) -> Path:
        """The folder itself."""
        return self._root

    def path(self, key: str) -> Path:
        """Where the bytes of `key` lie. Raises ValueError for a key that the platform did not make."""
        if not _KEY.fullmatch(key):
            raise ValueError("Not a key of a file.")
        return self._root / key

    def write(self, key: str, stream: IO[bytes], *, max_bytes: int) -> Written:
        """Keep what `stream` gives under `key`; when this returns, a power cut cannot take it away.

        Raises TooLarge above `max_bytes`, EmptyFile, StorageFull, StorageDown; then nothing is left behind.
        """
        target = self.path(key)
        part = target.with_name(f"{target.name}.{uuid4().hex}{_PART}")
        with _told_plainly():
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                written = _copy(part, stream, max_bytes)
                part.replace(target)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
            _sync_folder(target.parent)
        return written

    def place(self, key: str, source: Path) -> None:
        """Move the file `source`, which lies on the same disk, to where the bytes of `key` belong.

        Not safe from a power cut until `sync_folder`. Raises StorageFull, StorageDown.
        """
        target = self.path(key)
        with _told_plainly():
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)

    def sync_folder(self, tenant_id: UUID) -> None:
        """When this returns, a power cut cannot undo what was placed among a municipality's files."""
        with _told_plainly():
            _sync_folder(self._root / str(tenant_id))
            _sync_folder(self._root)

    def open(self, key: str) -> IO[bytes]:
        """The bytes of `key` for reading. Raises StorageDown when they are not there."""
        with _told_plainly():
            return self.path(key).open("rb")

    def delete(self, key: str) -> None:
        """Forget the bytes of `key`; nothing happens when there are none."""
        with _told_plainly():
            self.path(key).unlink(missing_ok=True)

    def list_keys(self, tenant_id: UUID) -> Iterator[KeptFile]:
        """The files of one municipality that were written to the end."""
        for path in self._listed(tenant_id):
            key = f"{tenant_id}/{path.name}"
            if _KEY.fullmatch(key):
                yield KeptFile(key, path.stat().st_mtime)

    def delete_unfinished(self, tenant_id: UUID, *, before: float) -> int:
        """Delete what a killed process left half written before that moment, and return how many there
        were.
        """
        old = [p for p in self._listed(tenant_id) if p.suffix == _PART and p.stat().st_mtime < before]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _listed(self, tenant_id: UUID) -> list[Path]:
        folder = self._root / str(tenant_id)
        return sorted(folder.iterdir()) if folder.is_dir() else []


def _copy(part: Path, stream: IO[bytes], max_bytes: int) -> Written:
    digest, size = hashlib.sha256(), 0
    with part.open("xb") as out:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > max_bytes:
                raise TooLarge
            digest.update(chunk)
            out.write(chunk)
        if size == 0:
            raise EmptyFile
        out.flush()
        os.fsync(out.fileno())
    return Written(size, digest.hexdigest())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise (StorageFull() if error.errno in _FULL else StorageDown()) from error
