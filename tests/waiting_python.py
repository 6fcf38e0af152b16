"""A Python that has imported Lumbung and waits: who wants `lumbung …` as a process of its own gets a fork of it.

Importing takes seconds of a processor, and the proofs of what is killed start process after process. A fork has memory,
environment, connections and threads of its own and dies alone. That a Python which was just started comes up as well is
seen in `tests/lumbung/supervisor` and by the long proofs, which fork nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO

from lumbung.starting import keep_what_is_there
from tests.remembered_templates import remember_templates

_ROOT = Path(__file__).resolve().parent.parent
_WAIT = "import sys; from tests.waiting_python import wait_for_order; exec(wait_for_order(*sys.argv[1:]))"
_IMPORTED = (
    "wsgi",
    "app_catalog.cli",
    "app_runtime.imports.cli",
    "lumbung.backup.cli",
    "lumbung.outbox.cli",
    "gunicorn.app.wsgiapp",
    "gunicorn.workers.gthread",
)
_NUMBER = struct.Struct("!q")
_OFTEN_SECONDS = 0.02


@dataclass
class Fork:
    """A process that was forked, to be used as one of `subprocess`."""

    pid: int
    _told: socket.socket
    _output: Path
    _errors: Path
    returncode: int | None = None

    def poll(self) -> int | None:
        """How it ended (less than nothing: by this signal), None while it runs."""
        return self._look(0)

    def wait(self, timeout: float | None = None) -> int:
        """How it ended. Raises `subprocess.TimeoutExpired` when it still runs after so many seconds."""
        ended = self._look(timeout)
        if ended is None:
            raise subprocess.TimeoutExpired("fork", timeout or 0)
        return ended

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """All that it wrote, to stdout and to stderr. Raises as `wait` does."""
        self.wait(timeout)
        return self._output.read_text("utf-8"), self._errors.read_text("utf-8")

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """kill -9, unless it has ended."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Forget it."""
        self._told.close()

    def _look(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], timeout)[0]:
            self.returncode = _read_number(self._told)
        return self.returncode


class WaitingPython:
    """Forks at any time; all of them end with it."""

    def __init__(self, templates: Path, imported: Sequence[str] = _IMPORTED) -> None:
        self._orders, other = socket.socketpair()
        kept = {key: value for key, value in os.environ.items() if "DATABASE_URL" not in key}
        with other:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _WAIT, str(other.fileno()), str(templates), *imported],
                stdin=subprocess.DEVNULL,
                env=kept | {"PYTHONPATH": os.pathsep.join([str(_ROOT / "platform"), str(_ROOT)])},
                cwd=_ROOT,
                pass_fds=[other.fileno()],
                start_new_session=True,
            )
        self._forks: list[Fork] = []
        self._folder = Path(tempfile.mkdtemp(prefix="lumbung-forks-"))

    def start(
        self, command: Sequence[str], *, environment: Mapping[str, str], folder: Path, output: IO[bytes] | None = None
    ) -> Fork:
        """A fork that runs `[sys.executable, "-c" or "-m", …]`; what it writes goes to `output`, or is kept."""
        assert command[0] == sys.executable
        told, telling = socket.socketpair()
        number = len(self._forks)
        written = self._folder / f"{number}.output", self._folder / f"{number}.errors"
        order = json.dumps([list(command[1:]), dict(environment), str(folder)]).encode()
        with telling, written[0].open("wb") as out, written[1].open("wb") as errors:
            numbers = [telling.fileno(), *(file.fileno() for file in ((output, output) if output else (out, errors)))]
            socket.send_fds(self._orders, [_NUMBER.pack(len(order))], numbers)
            self._orders.sendall(order)
        fork = Fork(_read_number(told), told, *written)
        self._forks.append(fork)
        return fork

    def stop(self) -> None:
        """End it, and what it forked."""
        self._orders.close()
        self._process.wait()
        for fork in self._forks:
            fork.close()
        shutil.rmtree(self._folder)


@contextlib.contextmanager
def waiting_python(templates: Path) -> Iterator[WaitingPython]:
    """One that ends with the block; what its forks compile is kept in the folder `templates`."""
    waiting = WaitingPython(templates)
    try:
        yield waiting
    finally:
        waiting.stop()


def wait_for_order(number: str, templates: str, *imported: str) -> str:
    """In a fork: the program that it is to run. Where it was forked from, this ends with the orders.

    Leaving the running to the caller lets a fork end as any Python does, by whatever way.
    """
    for name in imported:
        import_module(name)
    remember_templates(Path(templates))
    keep_what_is_there()
    # A thread would be missing in the forks, with whatever it holds.
    assert threading.active_count() == 1
    orders = socket.socket(fileno=int(number))
    running: dict[int, socket.socket] = {}
    while True:
        if select.select([orders], [], [], _OFTEN_SECONDS if running else None)[0]:
            size, given, _, _ = socket.recv_fds(orders, _NUMBER.size, 3)
            if not size:
                break
            order = orders.recv(_NUMBER.unpack(size)[0], socket.MSG_WAITALL)
            pid = os.fork()
            if pid == 0:
                for one in (orders, *running.values()):
                    one.close()
                return _become(given, *json.loads(order))
            running[pid] = socket.socket(fileno=given[0])
            running[pid].sendall(_NUMBER.pack(pid))
            os.close(given[1])
            os.close(given[2])
        _tell_of_ended(running)
    for pid in running:
        os.kill(pid, signal.SIGKILL)
    raise SystemExit


def _become(given: Sequence[int], words: list[str], environment: dict[str, str], folder: str) -> str:
    """Be in every way but one what `python <words>` would be; the program it would run."""
    os.setsid()
    os.dup2(given[1], 1)
    os.dup2(given[2], 2)
    for one in given:
        os.close(one)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    kind, program, *rest = words
    sys.argv = [kind, *rest]
    if kind == "-m":
        return f"import runpy; runpy.run_module({program!r}, run_name='__main__', alter_sys=True)"
    assert kind == "-c"
    return program


def _tell_of_ended(running: dict[int, socket.socket]) -> None:
    for pid in list(running):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            with running.pop(pid) as told, contextlib.suppress(OSError):
                told.sendall(_NUMBER.pack(os.waitstatus_to_exitcode(status)))


def _read_number(told: socket.socket) -> int:
    said = told.recv(_NUMBER.size, socket.MSG_WAITALL)
    assert said, "The Python that waits has ended."
    number: int = _NUMBER.unpack(said)[0]
    return number
