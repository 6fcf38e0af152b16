"""One Lumbung per instance folder: who runs it, and how a second one is told."""

import contextlib
import json
import os
import time
from pathlib import Path

from lumbung.postgres.errors import explained
from lumbung.postgres.home import FileLock, read_state
from lumbung.supervisor.errors import SupervisorError

# A killed parent, or one that was closed a moment ago, gets this long to leave.
_PATIENCE_SECONDS = 1.0
_STOPPING_SECONDS = 45.0


class InstanceClaim:
    """The right to run on an instance folder; it ends with the process that holds it, however that process
    ends.
    """

    def __init__(self, instance: Path) -> None:
        self._note = instance / "run.json"
        self._lock = FileLock(instance / "run.lock")

    def take(self, address: str) -> None:
        """Take the claim, waiting for one that is just stopping. Raises `SupervisorError` when somebody
        else runs.
        """
        begin = time.monotonic()
        with explained(self._note.parent):
            self._note.parent.mkdir(parents=True, exist_ok=True)
            while not self._lock.acquire():
                other = read_state(self._note)
                patience = _STOPPING_SECONDS if other.get("stopping") else _PATIENCE_SECONDS
                if time.monotonic() - begin > patience:
                    pid, where = other.get("pid", "?"), other.get("address", "?")
                    raise SupervisorError(
                        f"Lumbung sudah berjalan di folder ini: {where} (pid {pid}). Hentikan dahulu.",
                        f"Lumbung already runs in this folder: {where} (pid {pid}). Stop it first.",
                    )
                time.sleep(0.1)
            self._write({"pid": os.getpid(), "address": address})

    def stopping(self) -> None:
        """Tell a next one that it is worth waiting; a full disk does not keep this one from stopping."""
        with contextlib.suppress(OSError):
            self._write({"pid": os.getpid(), "stopping": True})

    def release(self) -> None:
        """Give the claim back; nothing happens when it is not held."""
        self._lock.release()

    def _write(self, note: dict[str, object]) -> None:
        self._note.write_text(json.dumps(note), "utf-8")
