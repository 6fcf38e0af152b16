"""How much a municipality keeps: each kind of thing has one counter, which counts by ranges of ids."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.files.models import StoredFile
from lumbung.messages.models import Message, MessageStatus
from lumbung.money.receipts import JAKARTA
from tenants.plans.catalogue import Resource

SETTLED_SECONDS = 3600
"""Ids older than this are all there: no transaction that made one is still open."""


class Span:
    """Which ids are counted: after the one, and up to the other; None where there is no end."""

    def __init__(self, after: UUID | None = None, upto: UUID | None = None) -> None:
        self.after, self.upto = after, upto

    def of(self, column: InstrumentedAttribute[UUID]) -> list[ColumnElement[bool]]:
        """The conditions on a column of ids."""
        found: list[ColumnElement[bool]] = []
        if self.after is not None:
            found.append(column > self.after)
        if self.upto is not None:
            found.append(column <= self.upto)
        return found


Counter = Callable[[AnySession, UUID, Span], int]
"""Counts in the session's municipality what has an id in the span; one statement, by the primary key."""

_counters: dict[Resource, Counter] = {}
_C = TypeVar("_C", bound=Counter)


def counts(resource: Resource) -> Callable[[_C], _C]:
    """Have the decorated function count this. Raises ValueError when another does already."""

    def register(counter: _C) -> _C:
        if resource in _counters:
            raise ValueError(f"{resource} is counted already.")
        _counters[resource] = counter
        return counter

    return register


def count(session: AnySession, tenant_id: UUID, resource: Resource, span: Span) -> int:
    """How much there is of this in the span; 0 where nothing of the kind can be kept."""
    counter = _counters.get(resource)
    return 0 if counter is None else counter(session, tenant_id, span)


def settled_id() -> UUID:
    """An id that is above all that were made up to an hour ago, and below all others (RFC 9562, section 5.7)."""
    milliseconds = int((time.time() - SETTLED_SECONDS) * 1000)
    return UUID(int=(milliseconds << 80) | 0x7 << 76 | 0b10 << 62)


def month_of(moment: datetime) -> str:
    """The month of a moment in the capital, as `2026-11`: the books have the same months."""
    return f"{moment.astimezone(JAKARTA):%Y-%m}"


@counts(Resource.FILES)
def _files(session: AnySession, tenant_id: UUID, span: Span) -> int:
    total = select(func.coalesce(func.sum(StoredFile.size), 0)).where(StoredFile.tenant_id == tenant_id)
    return int(session.scalar(total.where(*span.of(StoredFile.id))) or 0)


@counts(Resource.EMAILS)
def _emails(session: AnySession, tenant_id: UUID, span: Span) -> int:
    begins = now().astimezone(JAKARTA).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    sent = select(func.count()).where(
        Message.tenant_id == tenant_id,
        Message.channel == "email",
        Message.status != MessageStatus.NO_CHANNEL,
        Message.created_at >= begins,
    )
    return int(session.scalar(sent.where(*span.of(Message.id))) or 0)
