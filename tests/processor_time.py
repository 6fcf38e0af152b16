"""Holds code to an amount of processor time, so that hostile input cannot keep a worker busy.

A shared machine makes the same work two and three times as dear, and a test must not fail for that: the suite allows
`PATIENCE` times of what is promised, far less than an attack takes that works. `make soak` allows what is promised.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

PATIENCE = 1 if os.environ.get("EXACT_TIMES") else 10


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Break off what takes more of the processor's time; only on the main thread, and never within another one.

    Raises
    ------
    AssertionError
        The time is over: in the midst of what runs, so that what never ends fails too.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"It took more than {seconds * PATIENCE:g} seconds of the processor.")

    former = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds * PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, former)
