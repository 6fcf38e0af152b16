"""Backup and restore killed at any point: nothing half is left, and the next run goes through."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from lumbung.backup.arriving import restore_municipality
from lumbung.backup.reading import check_archive, open_archive
from lumbung.backup.restoring import restore_whole
from lumbung.settings import Settings
from tests.backup.filled import Db, back_up, checksums, destination_of, destroy, files_of, fill
from tests.waiting_python import WaitingPython
from tests.world import World

# Runs in a process of its own, which kills itself with a signal that nobody can catch.
_SCRIPT = """
import os, signal, sys
from importlib import import_module
from pathlib import Path
import_module("wsgi")
from sqlalchemy import NullPool, create_engine
from lumbung.backup import arriving, restoring, unpacking, writing
from lumbung.backup.writing import Source, make_archive
from lumbung.files.disk import FileDisk
from lumbung.secrets import KeyRing
from lumbung.settings import Settings

what, when, at, path = sys.argv[1:5]
settings = Settings.from_environment()
ring = KeyRing.from_secrets(settings.secret_key)
engine = create_engine(settings.migration_database_url, poolclass=NullPool)
disk = FileDisk(settings.files_root)
seen = 0

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def tell(stage, done, of):
    global seen
    if stage == when:
        seen += 1
        if seen > int(at):
            die()

if when == "placed":
    place = unpacking.Unpacked.place
    unpacking.Unpacked.place = lambda self: (place(self), die())

if what == "backup":
    make_archive(Source(engine=engine, files=disk, ring=ring), Path(path), tell=tell)
elif what == "whole":
    restoring.restore_whole(restoring.Place(engine=engine, files=disk, ring=ring), Path(path), tell=tell)
else:
    arriving.restore_municipality(
        arriving.Place(engine=engine, files=disk, ring=ring), Path(path), replace=True, tell=tell
    )
"""


def kill_at(
    waiting: WaitingPython, settings: Settings, what: str, when: str, at: int, path: Path, source_root: Path
) -> None:
    """Run it and see it die by SIGKILL at this point."""
    assert settings.migration_database_url is not None
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "MIGRATION_DATABASE_URL": settings.migration_database_url,
        "SECRET_KEY": settings.secret_key,
        "LUMBUNG_INSTANCE": str(settings.instance),
        "PYTHONPATH": f"{source_root / 'platform'}:{source_root}",
    }
    command = [sys.executable, "-c", _SCRIPT, what, when, str(at), str(path)]
    done = waiting.start(command, environment=environment, folder=source_root)
    _, errors = done.communicate(120)
    assert done.returncode == -signal.SIGKILL, errors[-2000:]


@pytest.mark.parametrize(("when", "at"), [("tables", 20), ("files", 0)])
def test_a_killed_backup_leaves_no_archive_and_the_next_one_clears_up(
    when: str,
    at: int,
    session: Db,
    world: World,
    settings: Settings,
    tmp_path: Path,
    source_root: Path,
    waiting: WaitingPython,
) -> None:
    fill(session, world)
    session.remove()
    target = tmp_path / "arsip" / "semua.tar"
    kill_at(waiting, settings, "backup", when, at, target, source_root)
    assert not target.exists()
    back_up(settings, target)
    assert [path.name for path in target.parent.iterdir()] == ["semua.tar"]
    with open_archive(target) as archive:
        check_archive(archive)


# The first round of telling is the check of the archive, before anything is written.
@pytest.mark.parametrize(("when", "at"), [("tables", 70), ("files", 1), ("placed", 0)])
def test_a_killed_restore_leaves_an_empty_database_and_can_be_run_again(
    when: str,
    at: int,
    session: Db,
    world: World,
    settings: Settings,
    tmp_path: Path,
    admin_conninfo: str,
    source_root: Path,
    waiting: WaitingPython,
) -> None:
    fill(session, world)
    session.remove()
    archive = tmp_path / "semua.tar"
    back_up(settings, archive)
    files = files_of(settings)
    destroy(settings, admin_conninfo)
    kill_at(waiting, settings, "whole", when, at, archive, source_root)
    assert not any(checksums(settings).values())
    restore_whole(destination_of(settings), archive)
    assert checksums(settings)["records"]
    assert {key: data for key, data in files_of(settings).items() if not key.startswith(".")} == files
    assert not list(settings.files_root.glob(".restoring-*"))


@pytest.mark.parametrize(("when", "at"), [("tables", 60), ("placed", 0)])
def test_a_killed_replacement_leaves_the_municipality_as_it_was(
    when: str,
    at: int,
    session: Db,
    world: World,
    settings: Settings,
    tmp_path: Path,
    source_root: Path,
    waiting: WaitingPython,
) -> None:
    fill(session, world)
    session.remove()
    archive = tmp_path / "tangsel.tar"
    back_up(settings, archive, tenant_id=world.tangsel.id)
    rows, files = checksums(settings), files_of(settings)
    kill_at(waiting, settings, "municipality", when, at, archive, source_root)
    assert checksums(settings) == rows
    assert {key: data for key, data in files_of(settings).items() if not key.startswith(".")} == files
    restore_municipality(destination_of(settings), archive, replace=True)
