"""What the use of a target came to in the sponsored months; the layer that keeps figures tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from lumbung.db.tenancy import AnySession


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Use from month to month (their first days, both within). `received`, `handled`, `due` and `in_time` count records
    and deadlines, `municipalities` those that used it and publish their figures, `apps` the apps that they used.

    It is the use of the target, not of the money: nothing says what would have been without it.
    """

    since: date
    until: date
    received: int
    handled: int
    due: int
    in_time: int
    municipalities: int
    apps: int

    @property
    def in_time_share(self) -> int | None:
        """How many of a hundred deadlines were kept; None without any."""
        return round(100 * self.in_time / self.due) if self.due else None


class UseSource(Protocol):
    """Tells the use of a target by what municipalities have published of it."""

    def read(self, session: AnySession, *, kind: str, target_id: str, since: date, until: date) -> Use | None:
        """The use in these months; None when nothing is published of it."""
        ...


_source: list[UseSource] = []


def register_use(source: UseSource) -> None:
    """From now on use is told by `source`."""
    _source[:] = [source]


def read_use(session: AnySession, *, kind: str, target_id: str, since: date, until: date) -> Use | None:
    """The use of a target between two days, by whole months; None when nothing is known."""
    if not _source:
        return None
    months = {"since": since.replace(day=1), "until": until.replace(day=1)}
    return _source[0].read(session, kind=kind, target_id=target_id, **months)
