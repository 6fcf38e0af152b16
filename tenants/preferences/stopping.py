"""One click in an e-mail stops such e-mails, without signing in (RFC 8058)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import NotFound
from lumbung.i18n import Text
from lumbung.messages import KINDS, MessageKind
from lumbung.settings import Settings
from tenants.preferences.choices import stop_kind

STOP_PATH = "/notifications/stop/{token}"


class Stopper(Protocol):
    """Stops the e-mails of one topic (`wanted` turns them on again) and says what they were about.

    Raises NotFound for what is not known here any more.
    """

    def __call__(self, session: AnySession, subject_id: UUID, rest: str, *, wanted: bool) -> Text: ...


_stoppers: dict[str, Stopper] = {}


def stops(prefix: str) -> Callable[[Stopper], Stopper]:
    """Let the decorated function stop topics `<prefix>:<id>:<rest>`. Raises ValueError when the prefix is taken."""

    def register(stopper: Stopper) -> Stopper:
        if _stoppers.setdefault(prefix, stopper) is not stopper:
            raise ValueError(f"Topics {prefix!r} are stopped by another function.")
        return stopper

    return register


def sign_topics(session: AnySession, topics: str) -> str:
    """A token for the session's municipality alone; nobody makes one for somebody else."""
    return _serializer(session).dumps(topics.split())


def read_topics(session: AnySession, token: str) -> list[str]:
    """What `sign_topics` was given. Raises NotFound when the token was not made for the session's municipality."""
    try:
        names = _serializer(session).loads(token)
    except BadSignature as error:
        raise NotFound from error
    return [str(name) for name in names]


def set_topics(session: AnySession, topics: Sequence[str], *, wanted: bool = False) -> list[Text]:
    """Stop the e-mails of these topics, or turn them on again; twice is once. Returns what they are about.

    Raises NotFound when none of them is known any more.
    """
    told = []
    for name in topics:
        prefix, _, rest = name.partition(":")
        subject_id, _, rest = rest.partition(":")
        try:
            told.append(_stoppers[prefix](session, UUID(subject_id), rest, wanted=wanted))
        except (NotFound, KeyError, ValueError):
            continue
    if not told:
        raise NotFound
    return told


@stops("account")
def _stop_kind(session: AnySession, subject_id: UUID, rest: str, *, wanted: bool) -> Text:
    kind = MessageKind(rest)
    stop_kind(session, subject_id, kind, wanted=wanted)
    return KINDS[kind].label


def _serializer(session: AnySession) -> URLSafeSerializer:
    settings: Settings = current_app.lumbung  # type: ignore[attr-defined]
    # The last one signs; the former ones are still known, newest last.
    keys = [*reversed(settings.former_secret_keys), settings.secret_key]
    return URLSafeSerializer(keys, salt=f"stop-messages:{current_tenant(session)}")
