"""E-mail through a real mail server on the loopback: once, or later, or not at all."""

from __future__ import annotations

import dataclasses
import smtplib
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from lumbung.db import now, set_clock, use_tenant
from lumbung.messages import PlatformMessage, channel_available, send_email
from lumbung.messages.services import deliver_message
from lumbung.messages.smtp import SmtpServer
from lumbung.outbox import drain
from lumbung.outbox.delivery import retry_delay
from lumbung.web.sites import LumbungFlask
from tests.lumbung.messages.post import Db, Postbox, stored, write
from tests.world import World


def test_an_email_arrives_in_proper_utf8(with_mail: LumbungFlask, session: Db, world: World, postbox: Postbox) -> None:
    message = write(session, world.tangsel.id, html="<p>“lampu padam”</p>", sender_name="Kota Tangerang Selatan")
    assert postbox.mails == []
    assert drain(with_mail) == 1
    (mail,) = postbox.mails
    assert postbox.envelopes[0].rcpt_tos == ["siti@warga.test"]
    assert postbox.envelopes[0].mail_from == "halo@lumbung.test"
    assert mail["Subject"] == "Laporan Anda sudah diterima — terima kasih"
    assert mail["From"] == "Kota Tangerang Selatan <halo@lumbung.test>"
    assert mail["To"] == "siti@warga.test"
    assert mail["Message-ID"] == f"<{message.id}@lumbung.test>"
    assert mail["Date"].datetime == message.created_at.replace(microsecond=0)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<pesan.lumbung.test>"
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert rich is not None
    assert "“lampu padam” sudah kami terima" in plain.get_content()
    assert "“lampu padam”" in rich.get_content()
    after = stored(session, message)
    assert (after.status, after.sent_at is not None) == ("sent", True)


def test_the_hub_sends_too(with_mail: LumbungFlask, session: Db, world: World, postbox: Postbox) -> None:
    message = write(session, None)
    assert isinstance(message, PlatformMessage)
    assert drain(with_mail) == 1
    assert [mail["Message-ID"] for mail in postbox.mails] == [message.message_id]


def test_a_rolled_back_change_sends_nothing(
    with_mail: LumbungFlask, session: Db, world: World, postbox: Postbox
) -> None:
    use_tenant(session, world.tangsel.id)
    send_email(session, to="siti@warga.test", subject="x", text="x")
    session.rollback()
    assert drain(with_mail) == 0
    assert postbox.mails == []


def test_without_a_mail_server_nothing_is_promised(app: LumbungFlask, session: Db, world: World) -> None:
    assert not channel_available("email")
    message = write(session, world.tangsel.id)
    assert stored(session, message).status == "no_channel"
    assert drain(app) == 0


def test_a_message_waits_until_the_mail_server_is_back(
    with_mail: LumbungFlask, session: Db, world: World, smtp_port: int
) -> None:
    start = now()
    message = write(session, world.tangsel.id)
    with set_clock(start + timedelta(seconds=1)):
        assert drain(with_mail) == 0
    use_tenant(session, world.tangsel.id)
    assert stored(session, message).status == "queued"
    session.rollback()
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=smtp_port)
    controller.start()
    try:
        with set_clock(start + timedelta(seconds=1) + retry_delay(1)):
            assert drain(with_mail) == 1
    finally:
        controller.stop()
    assert [mail["Message-ID"] for mail in box.mails] == [message.message_id]
    assert stored(session, message).status == "sent"


def test_a_crash_after_sending_repeats_the_same_message_id(
    with_mail: LumbungFlask, session: Db, world: World, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = now()
    message = write(session, world.tangsel.id)
    handed_over = SmtpServer.send

    def crash(*args: Any, **how: Any) -> None:
        handed_over(*args, **how)
        raise KeyboardInterrupt

    with monkeypatch.context() as crashing:
        crashing.setattr(SmtpServer, "send", crash)
        with pytest.raises(KeyboardInterrupt):
            drain(with_mail)
    with set_clock(start + timedelta(seconds=1)):
        assert drain(with_mail) == 1
    assert [mail["Message-ID"] for mail in postbox.mails] == [message.message_id] * 2
    assert postbox.mails[0]["Date"] == postbox.mails[1]["Date"]


def test_a_message_that_was_sent_is_not_sent_again(
    with_mail: LumbungFlask, session: Db, world: World, postbox: Postbox
) -> None:
    message = write(session, world.tangsel.id)
    drain(with_mail)
    use_tenant(session, world.tangsel.id)
    deliver_message(session, {"message_id": str(message.id)})
    assert len(postbox.mails) == 1


def test_a_server_that_hangs_up_after_taking_a_message_has_taken_it(
    with_mail: LumbungFlask, session: Db, world: World, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang_up(connection: smtplib.SMTP) -> None:
        connection.close()
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")

    monkeypatch.setattr(smtplib.SMTP, "quit", hang_up)
    write(session, world.tangsel.id)
    assert drain(with_mail) == 1
    assert len(postbox.mails) == 1


@pytest.mark.parametrize(
    ("answer", "status", "error"),
    [
        ("550 5.1.1 no such user siti@warga.test", "failed", "address refused (550)"),
        ("451 4.7.1 try again", "queued", None),
    ],
)
def test_a_refused_address_is_given_up_only_when_refused_for_good(
    with_mail: LumbungFlask, session: Db, world: World, postbox: Postbox, answer: str, status: str, error: str | None
) -> None:
    postbox.refuse = answer
    message = write(session, world.tangsel.id)
    assert drain(with_mail) == 0
    after = stored(session, message)
    assert (after.status, after.last_error) == (status, error)


def test_nothing_is_said_in_clear_when_starttls_is_asked_for(
    with_mail: LumbungFlask,
    session: Db,
    world: World,
    postbox: Postbox,
    smtp_port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = f"smtp://127.0.0.1:{smtp_port}?starttls=1"
    monkeypatch.setattr(with_mail, "lumbung", dataclasses.replace(with_mail.lumbung, smtp_url=url))
    message = write(session, world.tangsel.id)
    assert drain(with_mail) == 0
    assert postbox.mails == []
    assert stored(session, message).status == "queued"
