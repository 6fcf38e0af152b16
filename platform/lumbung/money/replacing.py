"""Agreements that another one took the place of: what is paid for them would reach nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from lumbung.db.tenancy import AnySession
from lumbung.money.models import Agreement

Successor = Callable[[AnySession, Agreement], UUID | None]
_successors: dict[str, Successor] = {}
_S = TypeVar("_S", bound=Successor)


def names_successor(kind: str) -> Callable[[_S], _S]:
    """Let the decorated function say which agreement took the place of one of `kind`, if any did."""

    def register(successor: _S) -> _S:
        if kind in _successors:
            raise ValueError(f"Agreements of kind {kind!r} have somebody who names successors already.")
        _successors[kind] = successor
        return successor

    return register


def successor_of(session: AnySession, agreement: Agreement) -> UUID | None:
    """The id of the agreement that took the place of this one; None for one that stands by itself."""
    successor = _successors.get(agreement.kind)
    return None if successor is None else successor(session, agreement)
