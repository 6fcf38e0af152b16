"""Where an embedded server keeps its things, and what is written down about it."""

import fcntl
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lumbung.postgres.account import Account
from lumbung.postgres.errors import PostgresError, explained

SUPERUSER = "lumbung_admin"
_STATE = "postgres.json"
_SYSTEM_FOLDER = Path("/var/lib")


@dataclass(frozen=True, slots=True)
class ClusterHome:
    """The folders and files of one embedded server. `instance` is what the user sees, `base` holds the
    data.
    """

    instance: Path
    base: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.base / "data"

    @property
    def log(self) -> Path:
        """What the server prints."""
        return self.base / "server.log"

    @property
    def state(self) -> Path:
        """The small JSON file in the instance folder that says where the data is, and on which port it
        answers.
        """
        return self.instance / _STATE

    @property
    def secrets(self) -> Path:
        """The passwords, readable by the owner of this process only."""
        return self.base / "secrets.json"

    @property
    def lock(self) -> Path:
        """Locked by the process that runs the server, for as long as it runs."""
        return self.base / "lock"


def open_home(instance: Path, *, account: Account | None, base: Path | None = None) -> ClusterHome:
    """The home of the server of `instance`, its folders made when missing.

    The data stays where the state file says. A new one goes to `base` when given; else to
    `<instance>/postgres`, or, for root, to a folder under /var/lib that the server's user can reach. Raises
    `PostgresError` when a folder cannot be made or the data has gone from where it was.
    """
    instance = instance.resolve()
    with explained(instance):
        instance.mkdir(parents=True, exist_ok=True)
        state = instance / _STATE
        known = read_state(state).get("base")
        # Written relative to the instance when it is inside, so that a folder may be renamed.
        place = instance / known if known else base or _default_base(instance, account)
        if known and not place.is_dir():
            raise PostgresError(
                f"Folder basis data {place} hilang. Kembalikan, atau hapus {state} untuk mulai kosong.",
                f"The database folder {place} is gone. Put it back, or delete {state} to begin empty.",
            )
        place.mkdir(parents=True, exist_ok=True)
        # The server's user must pass through on its way to the data, and nothing more.
        place.chmod(0o711 if account else 0o700)
        home = ClusterHome(instance=instance, base=place)
        if not known:
            inside = place.is_relative_to(instance)
            write_state(home, {"base": str(place.relative_to(instance) if inside else place)})
    return home


def _default_base(instance: Path, account: Account | None) -> Path:
    if account is None:
        return instance / "postgres"
    # Never by the instance's path: who deletes that folder and begins anew there means to begin empty, and the former
    # data would come without its files and its key.
    return _SYSTEM_FOLDER / f"lumbung-{secrets.token_hex(6)}"


def read_state(path: Path) -> dict[str, Any]:
    """What the state file says; empty when there is none or it is damaged."""
    try:
        state = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def write_state(home: ClusterHome, values: Mapping[str, Any]) -> None:
    """Add `values` to the state file. Raises `OSError`."""
    _write_json(home.state, {**read_state(home.state), **values}, mode=0o644)


def passwords(home: ClusterHome, names: tuple[str, ...]) -> dict[str, str]:
    """A password for each of `names`, random at first and the same ever after. Raises `PostgresError`."""
    with explained(home.secrets):
        known = read_state(home.secrets)
        missing = {name: secrets.token_urlsafe(24) for name in names if name not in known}
        if missing:
            known |= missing
            _write_json(home.secrets, known, mode=0o600)
    return {name: str(known[name]) for name in names}


def _write_json(path: Path, values: Mapping[str, Any], *, mode: int) -> None:
    """Write whole or not at all, and be on the disk before the name appears."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(values, file, indent=2, sort_keys=True)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


class FileLock:
    """A lock that ends with the process that holds it, however that process ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Take the lock without waiting; False when somebody else holds it. Raises `OSError`."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Give the lock back; nothing happens when it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
