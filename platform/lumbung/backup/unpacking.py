"""The files of an archive on their way to the disk: unpacked beside the others, compared, then moved into place.

A file is named by municipality and id and never changes, so putting it in place takes nothing away from anybody: a
restore that is killed leaves at most files that no row knows.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import Connection, text

from lumbung.backup.errors import refused
from lumbung.backup.reading import Archive
from lumbung.backup.staging import driver_of
from lumbung.backup.writing import Tell
from lumbung.files.disk import FileDisk

_PREFIX = ".restoring-"
_COMPARE = text(
    "SELECT count(*) FILTER (WHERE f.id IS NULL OR f.size <> u.size OR f.sha256 <> u.sha256),"
    " count(*) FILTER (WHERE u.key IS NULL)"
    " FROM (SELECT * FROM files WHERE CAST(:tenant AS uuid) IS NULL OR tenant_id = CAST(:tenant AS uuid)) f"
    " FULL JOIN pg_temp.unpacked u ON u.key = f.key"
)


class Unpacked:
    """Files that lie in a folder of their own until the rows that know them are ready."""

    def __init__(self, disk: FileDisk, folder: Path) -> None:
        self._final, self._aside = disk, FileDisk(folder)
        self._keys = folder / "keys"

    def unpack(self, archive: Archive, connection: Connection, *, tell: Tell) -> None:
        """Write the archive's files aside and note each in the temporary table `unpacked`.

        Raises ArchiveRefused for a file of another municipality than the archive's, StorageFull.
        """
        driver = driver_of(connection)
        driver.execute("CREATE TEMPORARY TABLE unpacked (key text, size bigint, sha256 text) ON COMMIT DROP")
        owner, count = archive.manifest.tenant_id, archive.manifest.files.count
        with (
            driver.cursor() as cursor,
            cursor.copy("COPY pg_temp.unpacked FROM STDIN") as copy,
            self._keys.open("w", encoding="ascii") as keys,
        ):
            for done, (key, member) in enumerate(archive.files()):
                if done % 50 == 0:
                    tell("files", done, count)
                if owner is not None and UUID(key.partition("/")[0]) != owner:
                    raise refused(
                        "Arsip memuat berkas daerah lain.", "The archive holds a file of another municipality."
                    )
                with archive.open(member) as stream:
                    written = self._aside.write(key, stream, max_bytes=member.size)
                copy.write_row((key, written.size, written.sha256))
                keys.write(f"{key}\n")

    def compare(self, connection: Connection, tenant_id: UUID | None, *, missing: int) -> None:
        """Hold the unpacked files against the table `files`. Raises ArchiveRefused when one differs or is unknown, or
        more are missing than the archive says."""
        wrong, absent = connection.execute(_COMPARE, {"tenant": tenant_id}).one()
        if wrong or absent != missing:
            raise refused(
                "Berkas dalam arsip tidak cocok dengan tabel `files` di dalamnya.",
                "The files in the archive do not fit its table `files`.",
            )

    def place(self) -> None:
        """Move the files to where they belong; one that lies there already is the same, or damaged."""
        owners = set()
        with self._keys.open(encoding="ascii") as keys:
            for line in keys:
                key = line.strip()
                self._final.place(key, self._aside.path(key))
                owners.add(UUID(key.partition("/")[0]))
        for owner in owners:
            self._final.sync_folder(owner)


@contextmanager
def unpacked_aside(disk: FileDisk) -> Iterator[Unpacked]:
    """A folder beside the files of municipalities, gone when the context ends; what killed restores left goes too."""
    _clear(disk.root)
    folder = disk.root / f"{_PREFIX}{uuid4().hex}"
    folder.mkdir(parents=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield Unpacked(disk, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _clear(root: Path) -> None:
    for left in root.glob(f"{_PREFIX}*"):
        with suppress(OSError), (left / "lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
