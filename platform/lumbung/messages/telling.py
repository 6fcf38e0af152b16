"""One letter to several people, each in the own language and as each wants to be told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.i18n import Text, speaking
from lumbung.messages.kinds import MessageKind
from lumbung.messages.manners import AT_ONCE, declared_manners
from lumbung.messages.services import send_email


class Reader(Protocol):
    """Who can be written to: an account."""

    @property
    def id(self) -> UUID: ...

    @property
    def email(self) -> str: ...

    @property
    def language(self) -> str: ...


def tell_each(
    session: AnySession,
    readers: Iterable[Reader],
    *,
    subject: Text,
    text: Text,
    about: tuple[str, object],
    kind: MessageKind = MessageKind.ADMINISTRATION,
) -> None:
    """An e-mail to each reader in the reader's language; `about` is type and id of what it tells of (`send_email`).

    In a municipality who switched this kind off gets none, and others perhaps in the morning. Letters of the hub go at
    once: it has no zone and no night.
    """
    people = list(readers)
    known = {}
    if people and current_tenant(session) is not None:
        known = dict(declared_manners().of_accounts(session, [reader.id for reader in people], kind))
    for reader in people:
        manner = known.get(reader.id, AT_ONCE)
        if not manner.email:
            continue
        with speaking(reader.language):
            send_email(session, to=reader.email, subject=str(subject), text=str(text), subject_ref=about, manner=manner)
