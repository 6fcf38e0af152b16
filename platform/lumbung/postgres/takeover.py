"""What a killed run left behind: a server that still runs, or a pid file that points nowhere."""

import os
import signal
import subprocess
import time
from pathlib import Path

from lumbung.postgres.errors import PostgresError, explained

# Fast shutdown, then immediate, then by force. A server with a large write-ahead log needs its time to
# close cleanly.
_STEPS = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))


def clear_orphan(data: Path) -> None:
    """Stop the server that a dead parent left on `data`, and remove a pid file that names no server of it.

    Call only while holding the lock of the cluster: then no living parent owns the server.
    Raises `PostgresError` when the server belongs to somebody else or does not end.
    """
    pid_file = data / "postmaster.pid"
    with explained(pid_file):
        pid = _read_pid(pid_file)
        if pid is None:
            return
        for step, seconds in _STEPS:
            if not _serves(pid, data):
                # PostgreSQL itself trusts any living process with this number, and would refuse to start.
                pid_file.unlink(missing_ok=True)
                return
            os.kill(pid, step)
            _wait_until_gone(pid, data, seconds)
        if _serves(pid, data):
            raise PostgresError(
                f"PostgreSQL lama (pid {pid}) tidak mau berhenti. Hentikan prosesnya, lalu mulai lagi.",
                f"The old PostgreSQL (pid {pid}) does not stop. End that process, then start again.",
            )
        pid_file.unlink(missing_ok=True)


def _read_pid(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text("utf-8").split("\n", 1)[0])
    except FileNotFoundError:
        return None
    except ValueError:
        # Cut off by a full disk or a crash: it names nobody.
        pid_file.unlink(missing_ok=True)
        return None


def _serves(pid: int, data: Path) -> bool:
    """Whether `pid` is a living postgres on `data`, and not another program that was given the number
    since.
    """
    return str(data) in _command_of(pid)


def _command_of(pid: int) -> list[str]:
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        except (FileNotFoundError, ProcessLookupError):
            return []
    listed = subprocess.run(  # noqa: S603 - a fixed command and a number.
        ["/bin/ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    )
    return listed.stdout.split()


def _wait_until_gone(pid: int, data: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while _serves(pid, data) and time.monotonic() < deadline:
        time.sleep(0.05)
