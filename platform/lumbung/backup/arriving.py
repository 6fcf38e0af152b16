"""Restoring one municipality: put back where it was, or arriving in another Lumbung."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, func, select, text
from sqlalchemy.orm import Session

from lumbung.backup.carrying import Arrival, arrival_checks, carried_tables, carrying_of, rows_of_municipality
from lumbung.backup.errors import refused
from lumbung.backup.identities import Identities, newcomers
from lumbung.backup.leaving import expect_room, note_arrival, remove_rows
from lumbung.backup.manifest import Manifest, owned_tables
from lumbung.backup.reading import Archive, check_archive, open_archive
from lumbung.backup.restoring import LOCK_TIMEOUT, Place, expect_readable
from lumbung.backup.rows import RowGate
from lumbung.backup.sealing import Resealer, is_home, unlock_with
from lumbung.backup.staging import insert_lines, prepare_staging
from lumbung.backup.unpacking import unpacked_aside
from lumbung.backup.writing import Tell
from lumbung.db.base import TableKind, table_kinds
from lumbung.db.tenancy import SET_TENANT
from lumbung.migrate.runner import OWNER
from lumbung.outbox.handlers import list_inside_kinds

ROOT = "municipalities"


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """What came of it. `lost` counts secret values that could not be opened, by the name of their setting or table;
    `held` messages and other effects that wait for somebody to send them; `new` global rows that came along."""

    manifest: Manifest
    slug: str
    replaced: bool
    at_home: bool
    lost: dict[str, int]
    held: int
    new: dict[str, int]


def restore_municipality(
    place: Place,
    path: Path,
    *,
    slug: str | None = None,
    replace: bool = False,
    passphrase: str | None = None,
    send_pending: bool | None = None,
    tell: Tell = lambda what, done, of: None,
) -> Arrived:
    """Put one municipality with its rows and files into this database: all or nothing, the others untouched.

    Where it lies here already, only with `replace`, which removes what it has now. Effects that were pending go out
    when the archive is of this installation, or with `send_pending`; otherwise they are held, but for work on the
    municipality's own rows (`effect_handler(inside=True)`), which goes on. Raises ArchiveRefused
    for an archive that is damaged, forged, of another kind or schema, RestoreRefused when it does not fit here.
    """
    with open_archive(path) as archive, unpacked_aside(place.files) as unpacked:
        expect_readable(archive, whole=False)
        at_home = is_home(place.ring, archive.manifest)
        resealer = _resealer(place, archive.manifest, passphrase, at_home=at_home)
        check_archive(archive, tell=tell)
        tenant_id = archive.manifest.tenant_id
        assert tenant_id is not None
        with place.engine.connect() as connection, connection.begin():
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
            chosen, present = expect_room(connection, archive.manifest, slug=slug, replace=replace)
            # The owner of the tables passes no wall; the migrator would.
            connection.execute(text(f"SET LOCAL ROLE {OWNER}"))
            connection.execute(SET_TENANT, {"tenant": tenant_id})
            if present:
                remove_rows(connection, tenant_id)
            prepare_staging(connection)
            loader = _Loader(connection, archive, tenant_id, resealer=resealer, at_home=at_home)
            loader.load(slug=chosen, present=present, tell=tell)
            held = 0 if (at_home if send_pending is None else send_pending) else _hold_pending(connection, tenant_id)
            unpacked.unpack(archive, connection, tell=tell)
            unpacked.compare(connection, tenant_id, missing=archive.manifest.files.missing_count)
            arrival = Arrival(tenant_id=tenant_id, replaced=present, at_home=at_home)
            with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
                for check in arrival_checks():
                    check(session, arrival)
            note_arrival(connection, archive.manifest, replaced=present)
            unpacked.place()
    return Arrived(
        manifest=archive.manifest,
        slug=chosen,
        replaced=present,
        at_home=at_home,
        lost=dict(resealer.lost) if resealer else {},
        held=held,
        new=loader.new,
    )


def _resealer(place: Place, manifest: Manifest, passphrase: str | None, *, at_home: bool) -> Resealer | None:
    if manifest.passphrase is None and at_home:
        return None
    opening = unlock_with(passphrase, manifest.passphrase) if manifest.passphrase and passphrase is not None else None
    return Resealer(opening=opening, closing=place.ring, new_index=True)


class _Loader:
    def __init__(
        self, connection: Connection, archive: Archive, tenant_id: UUID, *, resealer: Resealer | None, at_home: bool
    ) -> None:
        self._connection, self._tenant_id, self._at_home = connection, tenant_id, at_home
        self._resealer = resealer
        self._gate = RowGate(archive, tenant_id)
        self._identities = Identities()
        self.new: dict[str, int] = {}

    def load(self, *, slug: str, present: bool, tell: Tell) -> None:
        tables, kinds, owned = carried_tables(whole=False), table_kinds(), owned_tables()
        for done, table in enumerate(tables):
            tell("tables", done, len(tables))
            if table.name == ROOT:
                self._load_municipality(table, slug=slug, present=present)
            elif table.name in owned or kinds[table.name] == TableKind.LOCAL:
                insert_lines(self._connection, table, self._lines(table))
            else:
                self._load_global(table)
        if not self._at_home:
            for table in tables:
                self._expect_own(table)

    def _lines(self, table: Table) -> Iterator[str]:
        for line, row in self._gate.rows(table):
            resealed = self._resealer.reseal(table, line, row) if self._resealer else line
            yield self._identities.translate(resealed)

    def _load_municipality(self, table: Table, *, slug: str, present: bool) -> None:
        lines: list[str] = []
        for line, row in self._gate.rows(table):
            if row["id"] != str(self._tenant_id) or lines:
                raise refused("Arsip memuat lebih dari satu daerah.", "The archive holds more than one municipality.")
            lines.append(self._identities.translate(line))
        if not lines:
            raise refused("Arsip tidak memuat daerahnya.", "The archive lacks its municipality.")
        fixed: dict[str, Any] = {"slug": slug}
        carrying = carrying_of(table)
        if carrying is not None and not self._at_home:
            fixed |= carrying.entering
        insert_lines(self._connection, table, lines, fixed=fixed, instead=present)

    def _load_global(self, table: Table) -> None:
        carrying = carrying_of(table)
        assert carrying is not None
        # What is new is found by queries, which cannot run while lines are being copied.
        with _spooled(
            newcomers(
                self._connection,
                table,
                carrying,
                (line for line, _ in self._gate.rows(table)),
                identities=self._identities,
                at_home=self._at_home,
            )
        ) as lines:
            self.new[table.name] = insert_lines(self._connection, table, lines, fixed=carrying.entering)

    def _expect_own(self, table: Table) -> None:
        """Refuse what came along and is none of the rows that the municipality itself would take with it."""
        arrived = self._identities.arrived.get(table.name)
        if not arrived:
            return
        # One value, however many there are.
        own = (table.c.id == func.any(list(arrived)), rows_of_municipality(table, self._tenant_id))
        if self._connection.execute(select(func.count()).select_from(table).where(*own)).scalar_one() != len(arrived):
            raise refused(
                "Arsip memuat baris {table} yang tidak ada hubungannya dengan daerah itu.",
                "The archive holds a row of {table} that has nothing to do with the municipality.",
                table=table.name,
            )


@contextmanager
def _spooled(lines: Iterable[str]) -> Iterator[Iterator[str]]:
    with tempfile.SpooledTemporaryFile(16 * 1024 * 1024, "w+", encoding="utf-8", newline="\n") as spool:
        for line in lines:
            spool.write(line)
            spool.write("\n")
        spool.seek(0)
        yield (line[:-1] for line in spool)


def _hold_pending(connection: Connection, tenant_id: UUID) -> int:
    """Keep what would go out from going out; work on the municipality's own rows goes on."""
    held = connection.execute(
        text(
            "UPDATE outbox SET status = 'failed', last_error = 'held at restore'"
            " WHERE tenant_id = :tenant AND status = 'pending' AND kind <> ALL(:inside) RETURNING id"
        ),
        {"tenant": tenant_id, "inside": list_inside_kinds()},
    ).scalars()
    ids = list(held)
    connection.execute(
        text("DELETE FROM wakeups WHERE tenant_id = :tenant AND effect_id = ANY(:held)"),
        {"tenant": tenant_id, "held": ids},
    )
    return len(ids)
