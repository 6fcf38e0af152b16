"""What time it is, in one place, so that scenarios and tests can move the clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_frozen: ContextVar[datetime | None] = ContextVar("lumbung_clock", default=None)


def now() -> datetime:
    """The present moment in UTC, or the moment that `set_clock` says."""
    return _frozen.get() or datetime.now(UTC)


@contextmanager
def set_clock(moment: datetime) -> Iterator[None]:
    """Inside the block `now()` answers `moment`. Blocks may be nested."""
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)
