"""Being asked to stop: Ctrl-C, SIGTERM, a closed terminal, or a `make` that was killed."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequested(BaseException):
    """Raised once, in the main thread, wherever it is, when this process is asked to stop."""


@contextmanager
def stop_on_signals() -> Iterator[None]:
    """Raise `StopRequested` for the first signal inside; later ones are ignored, so that stopping is not
    cut short.
    """
    asked = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if not asked:
            asked = True
            raise StopRequested

    # A shell that starts us by nohup has SIGHUP ignored already, and that is to stay so.
    ignored = {number for number in _STOPPING if signal.getsignal(number) == signal.SIG_IGN}
    before = {number: signal.signal(number, stop) for number in _STOPPING if number not in ignored}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class ParentWatch:
    """Whether the process that started this one is still there."""

    def __init__(self) -> None:
        self._parent = os.getppid()

    def gone(self) -> bool:
        """True when the parent has ended since this was made."""
        return os.getppid() != self._parent
