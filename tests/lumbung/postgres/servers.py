"""Servers of a test: whom to ask, whom to kill, and who may run them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from lumbung.postgres import account
from lumbung.postgres.roles import RoleNames

ROLES = RoleNames()


PROJECT = Path(__file__).parents[3]


# Starts a cluster, says who serves it, and waits to be killed.
PARENT = """
import json, sys, time
from pathlib import Path
from lumbung.postgres.cluster import EmbeddedCluster
cluster = EmbeddedCluster(Path(sys.argv[1]), base=Path(sys.argv[2]) if len(sys.argv) > 2 else None)
cluster.start()
urls = cluster.ensure_database()
print(json.dumps({"server": cluster.process.pid, "port": cluster.port, "url": urls.migration}), flush=True)
time.sleep(600)
"""


def libpq(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


def wait_until(condition: Callable[[], bool], seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A process that ended and was not asked for its exit code yet has no command line any more.
    command = Path(f"/proc/{pid}/cmdline")
    return not command.parent.parent.exists() or bool(command.exists() and command.read_bytes())


def as_ordinary_user() -> tuple[str, dict[str, object]]:
    """A Python, and options of `subprocess`, to run Lumbung with as somebody who is not root.

    Root's Python and checkout may lie in its home folder, where nobody else can run them; then root itself has to do.
    """
    if os.geteuid() != 0:
        return sys.executable, {}
    nobody = account._find("nobody")
    assert nobody is not None
    path = os.pathsep.join([*(place for place in sys.path if place), str(PROJECT / "platform")])
    options: dict[str, object] = {
        "user": nobody.uid,
        "group": nobody.gid,
        "extra_groups": [],
        "cwd": "/",
        "env": {"PATH": os.defpath, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
    }
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            subprocess.run(
                [python, "-c", "import lumbung.postgres.cluster"],
                check=True,
                capture_output=True,
                **options,  # type: ignore[call-overload]
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return python, options
    return sys.executable, {}
