"""E-mail through a real mail server on the loopback."""

from __future__ import annotations

import dataclasses
import email
import smtplib
import socket
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from jinja2 import DictLoader
from sqlalchemy import select, text
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import now, set_clock, use_tenant
from lumbung.errors import Invalid
from lumbung.messages import (
    Message,
    PlatformMessage,
    channel_available,
    list_messages,
    render_email,
    send_email,
)
from lumbung.messages.services import deliver_message
from lumbung.messages.smtp import SmtpServer
from lumbung.outbox import drain
from lumbung.outbox.delivery import retry_delay
from lumbung.web.sites import LumbungFlask, Site
from tests.world import World

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


@pytest.fixture
def smtp_port() -> int:
    """Where the mail server is or will be."""
    return free_port()


@pytest.fixture
def postbox(smtp_port: int) -> Iterator[Postbox]:
    """A running mail server."""
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=smtp_port)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture
def with_mail(app: LumbungFlask, smtp_port: int, monkeypatch: pytest.MonkeyPatch) -> LumbungFlask:
    """The application with a mail server configured, running or not."""
    configured = dataclasses.replace(
        app.lumbung, smtp_url=f"smtp://127.0.0.1:{smtp_port}", mail_from="Lumbung <halo@lumbung.test>"
    )
    monkeypatch.setattr(app, "lumbung", configured)
    return app


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


def test_no_other_channel_is_available(with_mail: LumbungFlask, session: Db) -> None:
    assert channel_available("email")
    assert not channel_available("whatsapp")


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


def test_what_was_written_about_a_thing_can_be_listed(with_mail: LumbungFlask, session: Db, world: World) -> None:
    first = write(session, world.tangsel.id)
    write(session, world.tangsel.id, subject_ref=("record", "43"))
    write(session, world.surabaya.id)
    second = write(session, world.tangsel.id)
    assert [message.id for message in list_messages(session, "record", "42")] == [first.id, second.id]


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


def test_the_address_stands_in_the_message_only(with_mail: LumbungFlask, session: Db, world: World) -> None:
    write(session, world.tangsel.id)
    for table in ("outbox", "wakeups", "procrastinate.procrastinate_jobs"):
        rows = session.execute(text(f"SELECT t::text FROM {table} t")).scalars().all()
        assert len(rows) == 1
        assert "siti" not in rows[0]


def test_a_secret_message_is_sealed_and_erased_once_sent(
    with_mail: LumbungFlask, session: Db, world: World, postbox: Postbox
) -> None:
    message = write(session, None, text="https://lumbung.test/reset/abc\n", html="<a>abc</a>", secret=True)
    before = stored(session, message)
    assert "abc" not in before.text
    assert before.html is not None
    assert "abc" not in before.html
    drain(with_mail)
    body = postbox.mails[0].get_body(("plain",))
    assert body is not None
    assert "https://lumbung.test/reset/abc" in body.get_content()
    after = stored(session, message)
    assert (after.text, after.html) == ("", None)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "siti",
        "siti@",
        "@warga.test",
        "siti@warga.test\nBcc: all@warga.test",
        "siti@warga.test, all@warga.test",
        "Siti <siti@warga.test>",
        "siti@example..org",
        "si ti@warga.test",
        "siti@exa\rmple.org",
    ],
)
def test_only_one_plain_address_is_taken(with_mail: LumbungFlask, session: Db, world: World, address: str) -> None:
    with pytest.raises(Invalid):
        write(session, world.tangsel.id, to=address)


def test_a_header_cannot_be_smuggled_in(with_mail: LumbungFlask, session: Db, world: World, postbox: Postbox) -> None:
    write(
        session,
        world.tangsel.id,
        subject="Halo\r\nBcc: all@warga.test",
        sender_name="Kota\nX-Evil: 1",
        text="Halo\r\n.\r\nMAIL FROM:<evil@warga.test>\r\n",
    )
    drain(with_mail)
    (mail,) = postbox.mails
    assert mail["Subject"] == "Halo Bcc: all@warga.test"
    assert mail["Bcc"] is None
    assert mail["X-Evil"] is None
    assert postbox.envelopes[0].rcpt_tos == ["siti@warga.test"]
    assert "evil@warga.test" in mail.get_content()


def test_a_domain_outside_ascii_is_spelled_out(
    with_mail: LumbungFlask, session: Db, world: World, postbox: Postbox
) -> None:
    write(session, world.tangsel.id, to="siti@bücher.example")
    drain(with_mail)
    assert postbox.envelopes[0].rcpt_tos == ["siti@xn--bcher-kva.example"]


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


def test_a_template_gives_subject_text_and_html_in_the_recipients_language(
    app: LumbungFlask, session: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    loader = app.jinja_env.loader
    assert loader is not None
    frames = {name: loader.get_source(app.jinja_env, name)[0] for name in ("email.txt", "email.html")}
    templates = frames | {
        "probe.txt": "{% extends 'email.txt' %}{% block subject %}{{ t('Halo', 'Hello') }} & {{ name }}{% endblock %}"
        "{% block content %}{{ t('Isi', 'Body') }} {{ name }}{% endblock %}",
        "probe.html": "{% extends 'email.html' %}{% block content %}<p>{{ name }}</p>{% endblock %}",
        "plain.txt": "{% extends 'email.txt' %}{% block subject %}S{% endblock %}{% block content %}T{% endblock %}",
    }
    monkeypatch.setattr(app.jinja_env, "loader", DictLoader(templates))
    app.jinja_env.cache.clear()  # type: ignore[union-attr]
    site = Site(kind="hub", name="Lumbung")
    english = render_email("probe", language="en", site=site, name="<Siti>")
    assert english.subject == "Hello & <Siti>"
    assert "Body <Siti>" in english.text
    assert english.html is not None
    assert "&lt;Siti&gt;" in english.html
    assert render_email("probe", site=site, name="x").subject == "Halo & x"
    assert render_email("plain", site=site).html is None
    app.jinja_env.cache.clear()  # type: ignore[union-attr]


@pytest.mark.parametrize("address", ["a@example.org", "a@Tangsel.Example.ORG", "a@x.example.com", "a@example.net"])
def test_the_people_of_the_demonstration_get_no_mail(
    with_mail: LumbungFlask, session: scoped_session[Session], address: str
) -> None:
    message = send_email(session, to=address, subject="Halo", text="Halo")
    assert message.status == "no_channel"
    assert send_email(session, to="a@notexample.org", subject="Halo", text="Halo").status == "queued"
