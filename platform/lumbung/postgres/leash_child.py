"""Run by path, as its own process: tie this process to its parent, then become the given command.

    python -I -S leash_child.py kernel|watch PARENT_PID DEATH_SIGNAL UID GID COMMAND...

A file of its own and free of imports from Lumbung, because it runs anew for every child, before the user is
switched. Doing this between fork and exec of the parent instead would run Python code in a forked copy of a
process that may have threads, which can hang.
"""

import ctypes
import os
import signal
import subprocess
import sys
from types import FrameType

PR_SET_PDEATHSIG = 1
NOT_FOUND = 127
POLL_SECONDS = 0.5


def main() -> None:
    """Drop to UID and GID unless they are -1, then run the command, which gets DEATH_SIGNAL when the parent ends.

    With `kernel` Linux sees to that and this process becomes the command; with `watch` it stays and looks itself.
    """
    mode = sys.argv[1]
    parent, death_signal, uid, gid = (int(value) for value in sys.argv[2:6])
    command = sys.argv[6:]
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    try:
        if mode == "watch":
            sys.exit(watch(command, parent, death_signal))
        # After the switch of user, which would clear it.
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        # A parent that died before the line above is never reported by the kernel.
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        os.execv(command[0], command)  # noqa: S606 - a fixed command without a shell is what is wanted.
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        sys.exit(NOT_FOUND)


def watch(command: list[str], parent: int, death_signal: int) -> int:
    """Run the command, hand signals on to it, and end it when the parent has gone; its exit code as a shell
    has it.
    """
    child = subprocess.Popen(command)  # noqa: S603 - the commands are Lumbung's own.

    def hand_on(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, hand_on)
    while True:
        try:
            code = child.wait(POLL_SECONDS)
        except subprocess.TimeoutExpired:
            if os.getppid() != parent:
                child.send_signal(death_signal)
                code = child.wait()
            else:
                continue
        return code if code >= 0 else 128 - code


if __name__ == "__main__":
    main()
