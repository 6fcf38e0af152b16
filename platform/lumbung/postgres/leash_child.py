"""Run by path, as its own process: tie this process to its parent, then become the given command.

    python -I -S leash_child.py PARENT_PID DEATH_SIGNAL UID GID COMMAND...

A file of its own and free of imports from Lumbung, because it runs before the user is switched and again
for every child. Doing this between fork and exec of the parent instead would run Python code in a forked
copy of a process that may have threads, which can hang.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
NOT_FOUND = 127


def main() -> None:
    """Drop to UID and GID unless they are -1, ask the kernel for DEATH_SIGNAL when the parent ends, and
    exec.
    """
    parent, death_signal, uid, gid = (int(value) for value in sys.argv[1:5])
    command = sys.argv[5:]
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    # After the switch of user, which would clear it.
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    # A parent that died before the line above is never reported by the kernel.
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    try:
        os.execv(command[0], command)  # noqa: S606 - a fixed command without a shell is what is wanted.
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        sys.exit(NOT_FOUND)


if __name__ == "__main__":
    main()
