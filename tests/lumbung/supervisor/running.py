"""A supervisor in a process of its own, and who runs beside it."""

import http.client
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

# What gunicorn serves in these tests: it says which process answers.
WSGI = """
import os

def create_app():
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(os.getpid()).encode()]
    return application
"""


RUNNER = """
import json, sys
from dataclasses import replace
from pathlib import Path
from lumbung.supervisor import Step, SupervisorSettings, run

told = json.loads(sys.argv[1])
settings = SupervisorSettings.from_environment(
    prepare=[Step(id, en, action) for id, en, action in told["prepare"]],
    announce=lambda address: [f"announced {address}"],
)
worker = told["worker"] or [sys.executable, "-c", "import time; time.sleep(600)"]
sys.exit(run(replace(settings, root=Path(told["root"]), web_workers=1, worker=worker)))
"""


class Running:
    """A supervisor in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]", instance: Path, port: int) -> None:
        self.process, self.instance, self.port = process, instance, port

    def wait_until_ready(self) -> list[str]:
        """The lines it printed, up to the announcement."""
        assert self.process.stdout is not None
        lines = []
        for line in self.process.stdout:
            lines.append(line.rstrip("\n"))
            if line.startswith("announced"):
                return lines
        pytest.fail("\n".join(lines))

    def get(self, **headers: str) -> str:
        """What the web answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/", headers=headers)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def answers(self) -> bool:
        """Whether the web answers at all."""
        try:
            return bool(self.get())
        except (OSError, http.client.HTTPException):
            return False

    def children(self) -> list[int]:
        """Every living process that was started for this instance, the supervisor itself left out."""
        wanted = f"LUMBUNG_INSTANCE={self.instance}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except OSError:
                continue
        return [pid for pid in found if pid != self.process.pid]


Start = Callable[..., Running]


def wait_until(condition: Callable[[], bool], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def command_of(pid: int) -> bytes:
    """What a living process runs; nothing for one that has ended, also when nobody asked for its exit code yet."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def refused(running: Running) -> str:
    """The one line that a supervisor gives when it cannot start."""
    _, errors = running.process.communicate(timeout=30)
    assert running.process.returncode == 1
    lines = errors.splitlines()
    assert len(lines) == 1, errors
    assert " / " in lines[0]
    assert "Traceback" not in errors
    assert not running.children()
    return lines[0]
