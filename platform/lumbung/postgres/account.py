"""Whom the server runs as: PostgreSQL refuses root, so root lends it a system user of its own."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lumbung.postgres.errors import PostgresError

SYSTEM_USER = "lumbung-db"


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the operating system, by its numbers."""

    uid: int
    gid: int


def server_account() -> Account | None:
    """The user that the server runs as when this process is root, made when missing; None for everybody else.

    Raises `PostgresError` when there is neither such a user, nor a way to make one, nor `nobody`.
    """
    if os.geteuid() != 0:
        return None
    account = _find(SYSTEM_USER)
    if account is None:
        _make_system_user()
        account = _find(SYSTEM_USER) or _find("nobody")
    if account is None or account.uid == 0:
        raise PostgresError(
            f"PostgreSQL tidak boleh berjalan sebagai root, dan pengguna {SYSTEM_USER} tidak dapat dibuat. "
            "Jalankan sebagai pengguna biasa.",
            f"PostgreSQL must not run as root, and the user {SYSTEM_USER} cannot be made. Run as an ordinary user.",
        )
    return account


def owner_of(data: Path) -> Account | None:
    """The ordinary user who owns `data`; None when it does not exist or belongs to root.

    A database that an ordinary user made is served as that user, also when root starts it the next time.
    """
    try:
        found = data.stat()
    except FileNotFoundError:
        return None
    return Account(uid=found.st_uid, gid=found.st_gid) if found.st_uid else None


def _find(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def _make_system_user() -> None:
    """Ask the system's own tool for the user; the caller looks whether it is there, so a lost race is no
    failure.
    """
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None:
        return
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    subprocess.run(  # noqa: S603 - a fixed command.
        [program, *options, "--shell", "/usr/sbin/nologin", SYSTEM_USER], capture_output=True, check=False
    )
