"""The end of quiet hours: what waited for one person by one channel goes as one message (ADR 52)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from sqlalchemy import select

from lumbung.db.clock import now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import speaking, t
from lumbung.messages.kinds import Channel
from lumbung.messages.models import Message, MessageStatus
from lumbung.messages.services import (
    MOOT,
    RELEASE_MESSAGES,
    SEND_MESSAGE,
    closed,
    is_due,
    new_message,
    opened,
    settle,
)
from lumbung.outbox import enqueue_effect, register_wakeup_handler, schedule_wakeup

AT_A_TIME = 500
_MOST_TOPICS = 8
"""So that the address that stops them stays short enough for one line of a letter's head."""


def release_messages(session: AnySession, tenant_id: UUID) -> None:
    """Send what has waited long enough: alone, or several for one recipient in one; to whom is not to be told any more,
    nothing.

    All of it happens in the wake-up's transaction: whoever is killed over it leaves everything waiting, and the wake-up
    comes again.
    """
    due = session.scalars(
        select(Message)
        .where(
            Message.tenant_id == tenant_id,
            Message.waits_until <= now(),
            Message.status == MessageStatus.QUEUED,
        )
        .order_by(Message.channel, Message.recipient, Message.id)
        .limit(AT_A_TIME)
        .with_for_update(skip_locked=True)
    ).all()
    asked = dict[str | None, bool]()
    for message in due:
        if message.grounds not in asked:
            asked[message.grounds] = is_due(session, message)
        if not asked[message.grounds]:
            message.waits_until = None
            settle(session, message, MessageStatus.FAILED, error=MOOT)
    told = [message for message in due if asked[message.grounds]]
    for _, group in groupby(told, key=lambda one: (one.channel, one.recipient)):
        _release(session, list(group))
    session.flush()
    if len(due) == AT_A_TIME:
        schedule_wakeup(session, RELEASE_MESSAGES, now())


def _release(session: AnySession, waiting: Sequence[Message]) -> None:
    for message in waiting:
        message.waits_until = None
    # An invitation goes with a file of its own, and a letter in HTML has a look of its own.
    plain = [message for message in waiting if message.html is None and message.calendar is None]
    alone: Sequence[Message] = waiting
    if len(plain) > 1:
        bundle = _push_bundle(session, plain) if plain[0].channel == Channel.PUSH else _mail_bundle(session, plain)
        grounds = [set((message.grounds or "").split()) for message in plain]
        bundle.grounds = " ".join(sorted(set.intersection(*grounds))) or None
        session.add(bundle)
        session.flush()
        for message in plain:
            message.bundle_id = bundle.id
        alone = [bundle, *(message for message in waiting if message not in plain)]
    for message in alone:
        enqueue_effect(session, SEND_MESSAGE, {"message_id": str(message.id)})


def _mail_bundle(session: AnySession, waiting: Sequence[Message]) -> Message:
    newest = waiting[-1]
    with speaking(newest.language):
        subject = t("{n} pemberitahuan untuk Anda", "{n} messages for you", n=len(waiting))
        head = t(
            "Ini terkumpul selama jam tenang, dari yang paling awal.",
            "These came together in quiet hours, the earliest first.",
        )
        secret = any(message.secret for message in waiting)
        bundle = new_message(session, Channel.EMAIL, newest.recipient, subject=subject, secret=secret)
    assert isinstance(bundle, Message)
    parts = [
        f"{n}. {message.subject}\n\n{opened(message, message.text, part='text').strip()}"
        for n, message in enumerate(waiting, 1)
    ]
    bundle.sender_name = newest.sender_name
    topics = list(dict.fromkeys(message.topic for message in waiting if message.topic))
    bundle.topic = " ".join(topics[:_MOST_TOPICS]) or None
    bundle.text = closed(bundle, "\n\n----------\n\n".join([head, *parts]) + "\n", part="text")
    return bundle


def _push_bundle(session: AnySession, waiting: Sequence[Message]) -> Message:
    newest = waiting[-1]
    said = [json.loads(opened(message, message.text, part="text")) for message in waiting]
    with speaking(newest.language):
        subject = t("{n} kabar baru", "{n} pieces of news", n=len(waiting))
        bundle = new_message(session, Channel.PUSH, newest.recipient, subject=subject, secret=True)
    assert isinstance(bundle, Message)
    body = "\n".join(dict.fromkeys(one["body"] for one in said[-4:]))
    bundle.text = closed(bundle, json.dumps({"body": body, "url": said[-1]["url"]}), part="text")
    return bundle


register_wakeup_handler(RELEASE_MESSAGES, release_messages)
