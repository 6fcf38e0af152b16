"""Child processes that die with their parent, also when the parent is killed with SIGKILL."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from lumbung.postgres.account import Account

# Only Linux tells a child that its parent has ended; elsewhere a small process in between looks for itself.
_MODE = "kernel" if sys.platform == "linux" else "watch"
_CHILD = Path(__file__).with_name("leash_child.py")


def start_leashed(
    command: Sequence[str],
    *,
    death_signal: signal.Signals,
    account: Account | None = None,
    output: IO[bytes] | int | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` (its first word is an absolute path) and return its process.

    It gets `death_signal` when the *thread* that called this ends (on Linux; the process elsewhere), so
    call from the main thread or from one that lives as long as the child. It has a session of its own:
    Ctrl-C reaches the parent only, which stops its children in order. `account` is whom it runs as;
    `output` takes both stdout and stderr. Raises `OSError` when no process can be made; a command that does
    not exist exits with 127.
    """
    uid, gid = (account.uid, account.gid) if account else (-1, -1)
    words = [_MODE, os.getpid(), int(death_signal), uid, gid]
    leash = [sys.executable, "-I", "-S", str(_CHILD), *map(str, words)]
    return subprocess.Popen(  # noqa: S603 - the commands are Lumbung's own.
        [*leash, *command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=dict(environment) if environment is not None else None,
        cwd=folder,
        start_new_session=True,
    )


def stop_process(process: subprocess.Popen[bytes], steps: Sequence[tuple[signal.Signals, float]]) -> int:
    """Send each signal in turn, waiting its seconds, until `process` has ended; SIGKILL comes last. Its
    exit code.
    """
    for step, seconds in steps:
        if process.poll() is not None:
            break
        process.send_signal(step)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
    if process.poll() is None:
        process.kill()
    return process.wait()
