"""What time it is, in one place, so that scenarios and tests can move the clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_frozen: ContextVar[datetime | None] = ContextVar("lumbung_clock", default=None)
_shift = timedelta(0)


def now() -> datetime:
    """The present moment in UTC, or the moment that `set_clock` says."""
    return _frozen.get() or datetime.now(UTC) + _shift


@contextmanager
def set_clock(moment: datetime) -> Iterator[None]:
    """Inside the block `now()` answers `moment`, in this context alone. Blocks may be nested."""
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)


@contextmanager
def shift_clock(by: timedelta) -> Iterator[None]:
    """Inside the block `now()` runs ahead by `by` in all threads; for tests that drive a server from a browser."""
    global _shift
    before = _shift
    _shift = before + by
    try:
        yield
    finally:
        _shift = before
