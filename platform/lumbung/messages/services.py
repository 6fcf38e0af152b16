"""Sending messages: stored with the change that they tell of, delivered by the worker."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from lumbung import secrets
from lumbung.db.clock import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.ids import new_id
from lumbung.messages.mail import (
    AnyMessage,
    build_mail,
    clean_address,
    clean_header,
    make_message_id,
    sender_address,
)
from lumbung.messages.models import Message, MessageStatus, PlatformMessage
from lumbung.messages.smtp import SmtpServer
from lumbung.outbox import GiveUp, Payload, effect_handler, enqueue_effect
from lumbung.settings import Settings

SEND_MESSAGE = "send_message"
EMAIL: Literal["email"] = "email"
DOCUMENTATION_DOMAINS = tuple(f"{before}example.{domain}" for domain in ("com", "net", "org") for before in ("@", "."))


def channel_available(channel: str) -> bool:
    """Whether a message by this channel can be promised to anybody; `email` needs SMTP_URL."""
    return channel == EMAIL and _settings().smtp_url is not None


def send_email(
    session: AnySession,
    *,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    sender_name: str | None = None,
    subject_ref: tuple[str, object] | None = None,
    secret: bool = False,
    due_at: datetime | None = None,
    calendar: str | None = None,
) -> AnyMessage:
    """An e-mail of the session's municipality (of the hub when it has none), sent once the transaction
    commits.

    `subject_ref` is type and id of what it tells about. With `secret` (a link that signs somebody in) its
    texts are encrypted and erased once it is sent. `calendar` is an iCalendar text that goes along as a file. Without a
    mail server, or to a documentation address such as `@example.org`, the message is kept with status `no_channel` and
    never sent: look at `channel_available` before promising one. Raises Invalid when `to` is not one plain address.
    """
    settings = _settings()
    message_id = new_id()
    tenant_id = current_tenant(session)
    address = clean_address(to)
    # The demonstration's people live at documentation addresses (RFC 2606, section 3), where nobody can be reached.
    available = channel_available(EMAIL) and not address.lower().endswith(DOCUMENTATION_DOMAINS)
    message = PlatformMessage() if tenant_id is None else Message(tenant_id=tenant_id)
    message.id = message_id
    message.created_at = now()
    message.channel = EMAIL
    message.sender_name = clean_header(sender_name) if sender_name else None
    message.recipient = address
    message.subject = clean_header(subject)
    message.secret = secret
    message.text = _closed(message, text, part="text")
    message.html = None if html is None else _closed(message, html, part="html")
    message.calendar = calendar
    message.status = MessageStatus.QUEUED if available else MessageStatus.NO_CHANNEL
    message.message_id = make_message_id(message_id, settings)
    if subject_ref is not None:
        message.subject_type, message.subject_id = subject_ref[0], str(subject_ref[1])
    session.add(message)
    session.flush()
    if available:
        enqueue_effect(session, SEND_MESSAGE, {"message_id": str(message_id)}, due_at=due_at)
    return message


def list_messages(session: AnySession, subject_type: str, subject_id: object) -> Sequence[AnyMessage]:
    """The messages of the session's municipality (or the hub) about one thing, in the order in which they
    were written, with what became of them."""
    model: Any = PlatformMessage if current_tenant(session) is None else Message
    query = (
        select(model).where(model.subject_type == subject_type, model.subject_id == str(subject_id)).order_by(model.id)
    )
    return session.scalars(query).all()


def _note_failure(session: AnySession, payload: Payload, reason: str) -> None:
    message = _find(session, payload)
    if message is not None:
        message.status, message.last_error = MessageStatus.FAILED, reason


@effect_handler(SEND_MESSAGE, on_failure=_note_failure)
def deliver_message(session: AnySession, payload: Payload) -> None:
    """Hand a stored message to the mail server. A crash after that repeats it with the same Message-ID.

    Raises GiveUp when the server refuses the address or the message for good.
    """
    message = _find(session, payload)
    if message is None:
        raise GiveUp("message is gone")
    if message.status == MessageStatus.SENT:
        return
    settings = _settings()
    if settings.smtp_url is None:
        raise ConnectionError("SMTP_URL is not set")
    mail = build_mail(
        message,
        text=_opened(message, message.text, part="text"),
        html=None if message.html is None else _opened(message, message.html, part="html"),
        settings=settings,
    )
    try:
        SmtpServer.from_url(settings.smtp_url).send(mail, sender=sender_address(settings), recipient=message.recipient)
    except smtplib.SMTPRecipientsRefused as error:
        codes = {code for code, _ in error.recipients.values()}
        if all(500 <= code < 600 for code in codes):
            raise GiveUp(f"address refused ({', '.join(str(code) for code in sorted(codes))})") from error
        raise
    except smtplib.SMTPDataError as error:
        if 500 <= error.smtp_code < 600:
            raise GiveUp(f"message refused ({error.smtp_code})") from error
        raise
    message.status, message.sent_at, message.last_error = MessageStatus.SENT, now(), None
    if message.secret:
        message.text, message.html = "", None


def _find(session: AnySession, payload: Payload) -> AnyMessage | None:
    model: Any = PlatformMessage if current_tenant(session) is None else Message
    query = select(model).where(model.id == UUID(payload["message_id"]))
    found: AnyMessage | None = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    return found


def _closed(message: AnyMessage, value: str, *, part: str) -> str:
    return secrets.encrypt(value, context=_context(message, part)) if message.secret else value


def _opened(message: AnyMessage, value: str, *, part: str) -> str:
    return secrets.decrypt(value, context=_context(message, part)) if message.secret else value


def _context(message: AnyMessage, part: str) -> str:
    owner = message.tenant_id if isinstance(message, Message) else "platform"
    return f"{message.__tablename__}:{owner}:{message.id}:{part}"


def _settings() -> Settings:
    settings: Settings = current_app.lumbung  # type: ignore[attr-defined]
    return settings
