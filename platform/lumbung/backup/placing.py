"""A file that is either there and whole, or not there at all, whatever happens while it is written."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import uuid4

from lumbung.backup.errors import refused
from lumbung.files.errors import StorageFull

_UNFINISHED = ".unfinished"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def placed(target: Path) -> Iterator[IO[bytes]]:
    """A stream whose bytes stand under `target`, synced, once the context ends well; nothing is left otherwise.

    What a killed process left of the same target is cleared first. The file is for its owner alone. Raises
    ArchiveRefused when `target` exists, StorageFull when there is no room.
    """
    if target.exists():
        raise refused(
            "{name} sudah ada; tidak ada yang ditimpa.", "{name} is there already; nothing is overwritten.", name=target
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    clear_unfinished(target)
    part = target.with_name(f".{target.name}.{uuid4().hex}{_UNFINISHED}")
    try:
        part.touch(mode=0o600, exist_ok=False)
        with part.open("wb") as out:
            fcntl.flock(out, fcntl.LOCK_EX)
            yield out
            out.flush()
            os.fsync(out.fileno())
            part.rename(target)
        _sync_folder(target.parent)
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull from error
        raise
    finally:
        part.unlink(missing_ok=True)


def clear_unfinished(target: Path) -> None:
    """Delete what killed processes left of `target`; what one is writing at this moment stays."""
    _clear(target.parent, f".{target.name}.*{_UNFINISHED}")


def clear_all_unfinished(folder: Path) -> int:
    """Delete what killed processes left in `folder`, whatever it was to become, and return how many files; what one
    is writing at this moment stays."""
    return _clear(folder, f".*{_UNFINISHED}")


def _clear(folder: Path, pattern: str) -> int:
    cleared = 0
    for left in folder.glob(pattern):
        with contextlib.suppress(OSError), left.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink(missing_ok=True)
            cleared += 1
    return cleared


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
