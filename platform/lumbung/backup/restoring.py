"""Restoring everything into an empty database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from lumbung.audit.models import PlatformAuditEntry
from lumbung.backup.carrying import carried_tables
from lumbung.backup.errors import RestoreRefused, refused
from lumbung.backup.manifest import Manifest, schema_json
from lumbung.backup.reading import Archive, check_archive, open_archive
from lumbung.backup.rows import RowGate
from lumbung.backup.sealing import is_home
from lumbung.backup.staging import insert_lines, prepare_staging
from lumbung.backup.unpacking import unpacked_aside
from lumbung.backup.writing import Tell
from lumbung.db.base import Base
from lumbung.db.clock import now
from lumbung.files.disk import FileDisk
from lumbung.i18n import Text
from lumbung.ids import new_id
from lumbung.migrate.runner import newest_revision
from lumbung.secrets import KeyRing

LOCK_TIMEOUT = "10s"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an archive is restored: `engine` is the migrator's, `files` the folder of files, `ring` the keys here."""

    engine: Engine
    files: FileDisk
    ring: KeyRing


def restore_whole(
    place: Place, path: Path, *, without_key: bool = False, tell: Tell = lambda what, done, of: None
) -> Manifest:
    """Put everything of the archive into an empty, migrated database, and its files on the disk: all or nothing.

    Raises ArchiveRefused for an archive that is damaged, of another kind or another schema, RestoreRefused when the
    database holds something already, or (unless `without_key`) when the keys here are not those that encrypted the
    secret values.
    """
    with open_archive(path) as archive, unpacked_aside(place.files) as unpacked:
        expect_readable(archive, whole=True)
        if not without_key and not is_home(place.ring, archive.manifest):
            raise _other_key()
        check_archive(archive, tell=tell)
        with place.engine.connect() as connection, connection.begin():
            _expect_empty(connection)
            prepare_staging(connection)
            gate, tables = RowGate(archive, None), carried_tables(whole=True)
            for done, table in enumerate(tables):
                tell("tables", done, len(tables))
                insert_lines(connection, table, (line for line, _ in gate.rows(table)))
            unpacked.unpack(archive, connection, tell=tell)
            unpacked.compare(connection, None, missing=archive.manifest.files.missing_count)
            _note(connection, archive.manifest)
            _count_rows(connection, [table.name for table in tables])
            unpacked.place()
    return archive.manifest


def expect_readable(archive: Archive, *, whole: bool) -> None:
    """Raise ArchiveRefused unless the archive is of this kind and of the schema that this Lumbung runs on."""
    manifest = archive.manifest
    if manifest.whole != whole:
        if whole:
            raise refused(
                "Ini arsip satu daerah; pulihkan dengan `lumbung restore --municipality`.",
                "This is the archive of one municipality; restore it with `lumbung restore --municipality`.",
            )
        raise refused(
            "Ini arsip seluruh platform, bukan satu daerah; pulihkan tanpa `--municipality`.",
            "This is the archive of the whole platform, not of one municipality; restore it without `--municipality`.",
        )
    if manifest.schema_revision != newest_revision():
        raise refused(
            "Arsip ini berskema {theirs} (Lumbung {version}); di sini {ours}. Pulihkan dengan Lumbung versi itu di "
            "basis data kosong, lalu mutakhirkan dengan `lumbung db upgrade`.",
            "This archive is of schema {theirs} (Lumbung {version}); here it is {ours}. Restore it with that version "
            "of Lumbung into an empty database, then bring it up to date with `lumbung db upgrade`.",
            theirs=manifest.schema_revision,
            version=manifest.lumbung,
            ours=newest_revision(),
        )
    if archive.schema != schema_json(whole=whole) or set(manifest.tables) != {
        table.name for table in carried_tables(whole=whole)
    }:
        raise refused(
            "Tabel dalam arsip bukan tabel Lumbung skema {revision}.",
            "The tables of the archive are not those of Lumbung at schema {revision}.",
            revision=manifest.schema_revision,
        )


def _expect_empty(connection: Connection) -> None:
    connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
    tables = [table.name for table in carried_tables(whole=True)]
    names = ", ".join(f'public."{name}"' for name in tables)
    # Nobody may write until it is decided; reading goes on.
    connection.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))
    for name in tables:
        if connection.execute(text(f'SELECT EXISTS (SELECT FROM public."{name}")')).scalar_one():  # noqa: S608 - ours.
            raise RestoreRefused(
                Text(
                    "Basis data ini tidak kosong (tabel {table} berisi). Pulihkan ke basis data baru, atau hapus yang "
                    "lama dahulu.",
                    "This database is not empty (the table {table} has rows). Restore into a new database, or delete "
                    "the old one first.",
                ).format(table=name)
            )


def _other_key() -> RestoreRefused:
    return RestoreRefused(
        Text(
            "SECRET_KEY di sini bukan kunci pemasangan yang membuat arsip ini: nilai rahasia dan kode lacak tidak akan "
            "terbuka. Isi SECRET_KEY (dan FORMER_SECRET_KEYS) yang lama, atau `--without-key` bila kunci itu hilang.",
            "The SECRET_KEY here is not that of the installation that made this archive: secret values and tracking "
            "codes would not open. Set the old SECRET_KEY (and FORMER_SECRET_KEYS), or use `--without-key` if that key "
            "is lost.",
        )
    )


def _count_rows(connection: Connection, names: list[str]) -> None:
    """Let the planner know what is there: until it does, it takes full tables for empty ones, and pages that are quick
    otherwise may take a minute."""
    quoted = connection.dialect.identifier_preparer.quote
    connection.execute(text(f"ANALYZE {', '.join(map(quoted, names))}"))


def _note(connection: Connection, manifest: Manifest) -> None:
    entries = Base.metadata.tables[PlatformAuditEntry.__tablename__]
    connection.execute(
        entries.insert().values(
            id=new_id(),
            created_at=now(),
            actor="system",
            action="backup.restored",
            subject_type="archive",
            subject_id=manifest.made_at,
            after={"rows": sum(table.rows for table in manifest.tables.values()), "files": manifest.files.count},
            request_id="",
        )
    )
