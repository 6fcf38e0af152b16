"""What the people of a preview would have got: nothing is sent from one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.messages.models import Message
from lumbung.messages.services import opened
from lumbung.secrets import UndecryptableError

MOST = 100


@dataclass(frozen=True, slots=True)
class WrittenMessage:
    """A message in plain words, with the page of what it tells about."""

    at: datetime
    channel: str
    to: str
    subject: str
    text: str
    href: str | None


def list_written(session: AnySession) -> Sequence[WrittenMessage]:
    """The newest messages of the session's municipality, at most 100."""
    query = select(Message).where(Message.tenant_id == current_tenant(session))
    rows = session.scalars(query.order_by(Message.created_at.desc(), Message.id.desc()).limit(MOST)).all()
    return [
        WrittenMessage(row.created_at, row.channel, row.recipient, row.subject, _text(row), _about(row)) for row in rows
    ]


def _text(message: Message) -> str:
    try:
        return opened(message, message.text, part="text")
    except UndecryptableError:
        return ""


def _about(message: Message) -> str | None:
    return f"/work/{message.subject_id}" if message.subject_type == "record" else None
