"""Questions over all records of an app, which packages write: asked as long as the room waits, left out after that."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from lumbung.db.tenancy import AnySession

SECONDS = 4.0
"""So long a page waits for all its figures; no single one takes longer either."""
_CANCELLED = "57014"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long figures are waited for; without `until` they are waited for however long they take."""

    until: float | None = None

    def rows(self, session: AnySession, query: Any) -> Sequence[Any] | None:
        """The rows of a `select()`; None when they could not be had in time."""
        if self.until is None:
            return session.execute(query).all()
        if time.monotonic() >= self.until:
            return None
        try:
            with session.begin_nested():
                return session.execute(query).all()
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _CANCELLED:
                raise
            return None


PATIENT = Patience()


@contextmanager
def waiting(session: AnySession) -> Iterator[Patience]:
    """Inside the block the database gives up what takes too long."""
    session.execute(text(f"SET LOCAL statement_timeout = {int(SECONDS * 1000)}"))
    yield Patience(time.monotonic() + SECONDS)
    session.execute(text("SET LOCAL statement_timeout TO DEFAULT"))
