"""A mail server on the loopback that remembers, and e-mails to send through it."""

from __future__ import annotations

import email
import socket
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID

from aiosmtpd.smtp import SMTP, Envelope
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import use_tenant
from lumbung.messages import Message, PlatformMessage, send_email

Db = scoped_session[Session]


class Postbox:
    """What a mail server has taken in; `refuse` is what it answers to addresses, `crash` happens after it took
    a message."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.refuse: str | None = None

    async def handle_RCPT(  # noqa: N802 - the server's own name for it.
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse is not None:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802 - as above.
        assert isinstance(envelope.content, bytes)
        self.envelopes.append(envelope)
        mail = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write(session: Db, tenant_id: UUID | None, **changes: Any) -> Message | PlatformMessage:
    """One e-mail, committed."""
    use_tenant(session, tenant_id)
    values: dict[str, Any] = {
        "to": "siti@warga.test",
        "subject": "Laporan Anda sudah diterima — terima kasih",
        "text": "Kepada Ibu Siti,\nlaporan “lampu padam” sudah kami terima.\n",
        "subject_ref": ("record", "42"),
    }
    message = send_email(session, **(values | changes))
    session.commit()
    return message


def stored(session: Db, message: Message | PlatformMessage) -> Message | PlatformMessage:
    session.expire_all()
    model: Any = type(message)
    found: Message | PlatformMessage = session.scalars(select(model).where(model.id == message.id)).one()
    return found
