"""Sending messages: stored with the change that they tell of, delivered by the worker."""

from __future__ import annotations

import json
import smtplib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select, update

from lumbung import secrets
from lumbung.db.clock import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.i18n import current_language, speaking, t
from lumbung.ids import new_id
from lumbung.messages.kinds import Channel
from lumbung.messages.mail import (
    AnyMessage,
    build_mail,
    clean_address,
    clean_header,
    make_message_id,
    sender_address,
)
from lumbung.messages.manners import AT_ONCE, Manner, declared_manners
from lumbung.messages.models import Message, MessageStatus, PlatformMessage
from lumbung.messages.smtp import SmtpServer
from lumbung.outbox import GiveUp, Payload, effect_handler, enqueue_effect, schedule_wakeup
from lumbung.push import DeviceGoneError, push, vapid_key
from lumbung.settings import Settings

SEND_MESSAGE = "send_message"
RELEASE_MESSAGES = "release_messages"
MOOT = "recipient is not to be told any more"
DOCUMENTATION_DOMAINS = tuple(f"{before}example.{domain}" for domain in ("com", "net", "org") for before in ("@", "."))


def channel_available(channel: str) -> bool:
    """Whether a message by this channel can be promised to anybody: `email` needs SMTP_URL, `push` needs
    VAPID_PRIVATE_KEY."""
    if channel == Channel.PUSH:
        return vapid_key() is not None
    return channel == Channel.EMAIL and _settings().smtp_url is not None


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
    manner: Manner = AT_ONCE,
) -> AnyMessage:
    """An e-mail of the session's municipality (of the hub when it has none), sent once the transaction
    commits.

    `subject_ref` is type and id of what it tells about. With `secret` (a link that signs somebody in) its
    texts are encrypted and erased once it is sent. `calendar` is an iCalendar text that goes along as a file.
    `manner` is how the recipient wants to be told; a message of a municipality that waits goes with others in one.
    Without a mail server, or to a documentation address such as `@example.org`, the message is kept with status
    `no_channel` and never sent: look at `channel_available` before promising one. Raises Invalid when `to` is not
    one plain address.
    """
    address = clean_address(to)
    # The demonstration's people live at documentation addresses (RFC 2606, section 3), where nobody can be reached.
    available = channel_available(Channel.EMAIL) and not address.lower().endswith(DOCUMENTATION_DOMAINS)
    message = new_message(session, Channel.EMAIL, address, subject=subject, secret=secret, about=subject_ref)
    message.sender_name = clean_header(sender_name) if sender_name else None
    message.text = closed(message, text, part="text")
    message.html = None if html is None else closed(message, html, part="html")
    message.calendar = calendar
    message.status = MessageStatus.QUEUED if available else MessageStatus.NO_CHANNEL
    if isinstance(message, Message):
        message.topic = manner.topic
    _send_or_keep(session, message, manner=manner, due_at=due_at)
    return message


def send_push(
    session: AnySession,
    *,
    device_id: UUID,
    title: str,
    body: str,
    address: str,
    subject_ref: tuple[str, object] | None = None,
    manner: Manner = AT_ONCE,
    secret: bool = True,
) -> AnyMessage:
    """A notification to one browser of the session's municipality, sent once the transaction commits; `address` is what
    it opens, a path of the portal. It says a number and what happened, never a name. With `secret` (the address opens
    a record) it is kept sealed until it is sent. Raises ValueError when the session belongs to no municipality.
    """
    if current_tenant(session) is None:
        raise ValueError("Only municipalities notify browsers.")
    message = new_message(session, Channel.PUSH, str(device_id), subject=title, secret=secret, about=subject_ref)
    message.text = closed(message, json.dumps({"body": body, "url": address}), part="text")
    message.status = MessageStatus.QUEUED if channel_available(Channel.PUSH) else MessageStatus.NO_CHANNEL
    _send_or_keep(session, message, manner=manner)
    return message


def new_message(
    session: AnySession,
    channel: Channel,
    recipient: str,
    *,
    subject: str,
    secret: bool,
    about: tuple[str, object] | None = None,
) -> AnyMessage:
    """A message of the session's municipality (or the hub) that is not stored yet and has no text."""
    tenant_id = current_tenant(session)
    message = PlatformMessage() if tenant_id is None else Message(tenant_id=tenant_id, language=current_language())
    message.id = new_id()
    message.created_at = now()
    message.channel, message.recipient = channel, recipient
    message.subject = clean_header(subject)
    message.secret = secret
    message.status = MessageStatus.QUEUED
    message.message_id = make_message_id(message.id, _settings())
    if about is not None:
        message.subject_type, message.subject_id = about[0], str(about[1])
    return message


def _send_or_keep(session: AnySession, message: AnyMessage, *, manner: Manner, due_at: datetime | None = None) -> None:
    waits = message.status == MessageStatus.QUEUED and manner.waits_until is not None and isinstance(message, Message)
    if isinstance(message, Message) and (waits or message.channel == Channel.PUSH):
        message.grounds = " ".join(manner.grounds) or None
    if waits and isinstance(message, Message) and manner.waits_until is not None:
        message.waits_until = manner.waits_until
        schedule_wakeup(session, RELEASE_MESSAGES, manner.waits_until)
    session.add(message)
    session.flush()
    if message.status == MessageStatus.QUEUED and not waits:
        enqueue_effect(session, SEND_MESSAGE, {"message_id": str(message.id)}, due_at=due_at)


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
        settle(session, message, MessageStatus.FAILED, error=reason)


@effect_handler(SEND_MESSAGE, on_failure=_note_failure)
def deliver_message(session: AnySession, payload: Payload) -> None:
    """Hand a stored message to the mail server, or to the browser's push service. A crash after that repeats it with
    the same Message-ID or topic.

    Raises GiveUp when the server refuses the address or the message for good.
    """
    message = _find(session, payload)
    if message is None:
        raise GiveUp("message is gone")
    if message.status == MessageStatus.SENT:
        return
    if isinstance(message, Message) and not is_due(session, message):
        settle(session, message, MessageStatus.FAILED, error=MOOT)
    elif message.channel == Channel.PUSH:
        _push(session, message)
    else:
        _mail(session, message)


def _mail(session: AnySession, message: AnyMessage) -> None:
    settings = _settings()
    if settings.smtp_url is None:
        raise ConnectionError("SMTP_URL is not set")
    text, stop = opened(message, message.text, part="text"), None
    if isinstance(message, Message) and message.topic:
        stop = declared_manners().stop_address(session, message.topic)
        with speaking(message.language):
            text += "\n" + t("Berhenti menerima surel seperti ini: {link}", "Stop e-mails like this: {link}", link=stop)
            text += "\n"
    mail = build_mail(
        message,
        text=text,
        html=None if message.html is None else opened(message, message.html, part="html"),
        settings=settings,
        stop=stop,
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
    settle(session, message, MessageStatus.SENT)


def _push(session: AnySession, message: AnyMessage) -> None:
    """A browser that is gone is dropped, and the message with it: it can never be reached again."""
    manners, device_id, key = declared_manners(), UUID(message.recipient), vapid_key()
    device = manners.find_device(session, device_id)
    if key is None:
        raise ConnectionError("VAPID_PRIVATE_KEY is not set")
    if device is None:
        settle(session, message, MessageStatus.FAILED, error="device is gone")
        return
    said = {"title": message.subject, "tag": str(message.id), **json.loads(opened(message, message.text, part="text"))}
    try:
        push(
            device,
            json.dumps(said, ensure_ascii=False).encode(),
            key=key,
            contact=sender_address(_settings()),
            topic=message.id.hex,
            loopback=_settings().testing,
        )
    except DeviceGoneError as gone:
        manners.forget_device(session, device_id)
        settle(session, message, MessageStatus.FAILED, error=str(gone))
        return
    settle(session, message, MessageStatus.SENT)


def is_due(session: AnySession, message: Message) -> bool:
    """Whether its recipient is to be told still; people leave, lose a role, or sign out on a device meanwhile."""
    return message.grounds is None or declared_manners().still_hold(session, message.grounds)


def settle(session: AnySession, message: AnyMessage, status: MessageStatus, *, error: str | None = None) -> None:
    """Note what became of a message, and of those that it carried. What was secret goes once it is sent."""
    message.status, message.last_error = status, error
    message.sent_at = now() if status == MessageStatus.SENT else None
    if message.secret and message.status == MessageStatus.SENT:
        message.text, message.html = "", None
    if not isinstance(message, Message):
        return
    carried = update(Message).where(Message.tenant_id == message.tenant_id, Message.bundle_id == message.id)
    became = {"status": status, "sent_at": message.sent_at, "last_error": error}
    session.execute(carried.values(became).execution_options(synchronize_session=False))
    if status == MessageStatus.SENT:
        secret = carried.where(Message.secret).values(text="", html=None)
        session.execute(secret.execution_options(synchronize_session=False))


def _find(session: AnySession, payload: Payload) -> AnyMessage | None:
    model: Any = PlatformMessage if current_tenant(session) is None else Message
    query = select(model).where(model.id == UUID(payload["message_id"]))
    found: AnyMessage | None = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    return found


def closed(message: AnyMessage, value: str, *, part: str) -> str:
    """A text as it is stored with the message: encrypted when the message is secret."""
    return secrets.encrypt(value, context=_context(message, part)) if message.secret else value


def opened(message: AnyMessage, value: str, *, part: str) -> str:
    """What `closed` was given."""
    return secrets.decrypt(value, context=_context(message, part)) if message.secret else value


def _context(message: AnyMessage, part: str) -> str:
    owner = message.tenant_id if isinstance(message, Message) else "platform"
    return f"{message.__tablename__}:{owner}:{message.id}:{part}"


def _settings() -> Settings:
    settings: Settings = current_app.lumbung  # type: ignore[attr-defined]
    return settings
