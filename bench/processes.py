"""Processes and the processor time that they use."""

from __future__ import annotations

import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
WORKERS, THREADS = 2, 4
_START_SECONDS = 60


def family(pid: int) -> list[int]:
    """A process with all that descends from it."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError, ValueError):
            continue
    found, added = [pid], True
    while added:
        more = [process for process, parent in parents.items() if parent in found and process not in found]
        found += more
        added = bool(more)
    return found


def cpu_seconds(pid: int) -> float:
    """Processor time of a process, its living descendants, and the children that they have reaped."""
    total = 0
    for member in family(pid):
        try:
            fields = Path(f"/proc/{member}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += sum(int(field) for field in fields[11:15])
    return total / TICK


@contextmanager
def serving(
    python: Path,
    application: str,
    port: int,
    *,
    folder: Path,
    environment: Mapping[str, str],
    log: Path,
    check: tuple[str, str],
) -> Iterator[int]:
    """Serve a WSGI application by gunicorn, the same way for every system; gives the process id.

    `check` are the host name and path that must answer 200 first. Raises RuntimeError when it does not.
    """
    command: Sequence[str] = [
        str(python), "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
        "--workers", str(WORKERS), "--threads", str(THREADS), "--keep-alive", "30", "--log-level", "error",
        "--no-control-socket",
    ]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, **environment}, stdout=output, stderr=output)
    try:
        _wait_for(port, *check, log)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int, host: str, path: str, log: Path) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host})
    for _ in range(_START_SECONDS * 5):
        try:
            urllib.request.urlopen(request, timeout=10).close()
            return
        except urllib.error.HTTPError as error:
            raise RuntimeError(
                f"{host}{path}: {error.code}\n{error.read()[:500]!r}\n{log.read_text()[-2000:]}"
            ) from error
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(log.read_text()[-2000:])
