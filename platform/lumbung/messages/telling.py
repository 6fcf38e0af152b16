"""One letter to several people, each in the own language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text, speaking
from lumbung.messages.services import send_email


class Reader(Protocol):
    """Who can be written to: an account."""

    @property
    def email(self) -> str: ...

    @property
    def language(self) -> str: ...


def tell_each(
    session: AnySession, readers: Iterable[Reader], *, subject: Text, text: Text, about: tuple[str, object]
) -> None:
    """An e-mail to each reader in the reader's language; `about` is type and id of what it tells of (`send_email`)."""
    for reader in readers:
        with speaking(reader.language):
            send_email(session, to=reader.email, subject=str(subject), text=str(text), subject_ref=about)
