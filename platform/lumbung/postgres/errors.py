"""What can go wrong between Lumbung and its PostgreSQL, in words for the person who started it."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class PostgresError(Exception):
    """The database cannot be used; `str()` is one line for the console, Indonesian first, then English."""

    def __init__(self, indonesian: str, english: str) -> None:
        super().__init__(indonesian, english)
        self.indonesian = indonesian
        self.english = english

    def __str__(self) -> str:
        return f"{self.indonesian} / {self.english}"


def disk_full(path: Path) -> PostgresError:
    """The error for a disk, or a quota, that has no room left under `path`."""
    return PostgresError(
        f"Disk penuh: tidak ada ruang lagi untuk {path}. Kosongkan ruang, lalu mulai lagi.",
        f"Disk full: no room left for {path}. Free some space, then start again.",
    )


def no_permission(path: Path) -> PostgresError:
    """The error for a folder or file that this process may not use."""
    return PostgresError(
        f"Tidak ada izin untuk memakai {path}. Periksa pemilik dan izin foldernya.",
        f"No permission to use {path}. Check the owner and the permissions of the folder.",
    )


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn an `OSError` raised inside into the `PostgresError` that names `path` and the remedy."""
    try:
        yield
    except OSError as error:
        place = Path(str(error.filename)) if error.filename else path
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk_full(place) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise no_permission(place) from error
        raise PostgresError(
            f"{place} tidak dapat dipakai: {error.strerror}.",
            f"{place} cannot be used: {error.strerror}.",
        ) from error


def explain_server_output(output: str, *, data: Path, log: Path) -> PostgresError:
    """The error for an `initdb` or `postgres` that gave up, read from what it printed."""
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return disk_full(data)
    if "Permission denied" in output or "has wrong ownership" in output or "has invalid permissions" in output:
        return no_permission(data)
    if "database files are incompatible with server" in output:
        return PostgresError(
            f"Data di {data} dibuat oleh versi PostgreSQL lain. Pindahkan dengan pg_dump versi itu.",
            f"The data in {data} was made by another version of PostgreSQL. Move it with that pg_dump.",
        )
    reason = _last_complaint(output)
    return PostgresError(
        f"PostgreSQL tidak dapat dijalankan: {reason} (catatan lengkap: {log}).",
        f"PostgreSQL cannot be started: {reason} (full log: {log}).",
    )


def _last_complaint(output: str) -> str:
    """The line that says most: the last fatal one, else the last one."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for marker in ("PANIC:", "FATAL:", "error:"):
        for line in reversed(lines):
            if marker in line:
                return line.split(marker, 1)[1].strip()
    return lines[-1] if lines else "-"
