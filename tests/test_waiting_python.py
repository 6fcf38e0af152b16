"""What is forked ends as any process does, says what it wrote, and knows nothing of the others."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.waiting_python import Fork, WaitingPython


def run(waiting: WaitingPython, program: str, *words: str, **more: str) -> Fork:
    environment = dict(os.environ) | more
    return waiting.start([sys.executable, "-c", program, *words], environment=environment, folder=Path("/"))


@pytest.mark.parametrize(
    ("program", "ended"),
    [
        ("pass", 0),
        ("raise SystemExit(3)", 3),
        ("raise SystemExit('no')", 1),
        ("1 / 0", 1),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM),
    ],
)
def test_how_it_ended_is_told(waiting: WaitingPython, program: str, ended: int) -> None:
    assert run(waiting, program).wait(20) == ended


def test_it_has_words_an_environment_and_a_folder_of_its_own(waiting: WaitingPython) -> None:
    program = "import os, sys; print(sys.argv[1:], os.environ['OWN'], os.getcwd()); os.environ['LEFT'] = '1'; 1 / 0"
    told, errors = run(waiting, program, "a", "b", OWN="mine").communicate(20)
    assert told == "['a', 'b'] mine /\n"
    assert "ZeroDivisionError" in errors
    assert run(waiting, "import os; print(os.environ.get('LEFT'))").communicate(20) == ("None\n", "")


def test_it_runs_until_it_is_killed_or_what_it_came_from_ends(tmp_path: Path) -> None:
    waiting = WaitingPython(tmp_path, imported=())
    one, other = (run(waiting, "import time; time.sleep(600)") for _ in range(2))
    assert one.poll() is None
    one.kill()
    assert one.wait(20) == -signal.SIGKILL
    assert other.poll() is None
    waiting.stop()
    deadline = time.monotonic() + 20
    while Path(f"/proc/{other.pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
