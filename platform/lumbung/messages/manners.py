"""How one person wants to be told of one kind of thing, now. Who people are is known above the host, so that the
answer comes from there (ADR 11, ADR 52)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from flask import Flask, current_app

from lumbung.db.tenancy import AnySession
from lumbung.messages.kinds import MessageKind
from lumbung.push import Subscription

_EXTENSION = "lumbung_manners"


@dataclass(frozen=True)
class Manner:
    """Which channels are wanted, until when a message has to wait (None: it goes at once), and under which topic its
    e-mails can be stopped with one click (None: they cannot). `grounds` are why this person is told at all, without
    spaces: they are asked about again before a message is sent that had to wait, or that goes to a browser."""

    email: bool = True
    push: bool = False
    waits_until: datetime | None = None
    topic: str | None = None
    grounds: tuple[str, ...] = ()


AT_ONCE = Manner()


class Manners(Protocol):
    """Knows what people chose; lives in `tenants`. All of it is about the session's municipality."""

    def of_accounts(
        self, session: AnySession, account_ids: Collection[UUID], kind: MessageKind
    ) -> Mapping[UUID, Manner]:
        """The manner of each account."""
        ...

    def of_others(self, session: AnySession, kind: MessageKind) -> Manner:
        """The manner of who has no account: a reporter with an address, the mailbox of an agency."""
        ...

    def stop_address(self, session: AnySession, topics: str) -> str:
        """Where one click stops the e-mails of these topics, which are separated by spaces."""
        ...

    def still_hold(self, session: AnySession, grounds: str) -> bool:
        """Whether all of these grounds, which are separated by spaces, hold still."""
        ...

    def find_device(self, session: AnySession, device_id: UUID) -> Subscription | None:
        """The browser of this id, or None when it is gone."""
        ...

    def forget_device(self, session: AnySession, device_id: UUID) -> None:
        """Drop a browser that nothing can be sent to."""
        ...


def declare_manners(app: Flask, manners: Manners) -> None:
    """Let `manners` answer for this application."""
    app.extensions[_EXTENSION] = manners


def declared_manners() -> Manners:
    """Who answers. Raises KeyError when nobody was declared."""
    found: Manners = current_app.extensions[_EXTENSION]
    return found
