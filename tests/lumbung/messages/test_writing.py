"""What an e-mail may hold, and what is kept of it."""

from __future__ import annotations

import pytest
from jinja2 import DictLoader
from sqlalchemy import text
from sqlalchemy.orm import Session, scoped_session

from lumbung.errors import Invalid
from lumbung.messages import channel_available, list_messages, render_email, send_email
from lumbung.outbox import drain
from lumbung.web.sites import LumbungFlask, Site
from tests.lumbung.messages.post import Db, Postbox, stored, write
from tests.world import World


def test_no_other_channel_is_available(with_mail: LumbungFlask, session: Db) -> None:
    assert channel_available("email")
    assert not channel_available("whatsapp")


def test_what_was_written_about_a_thing_can_be_listed(with_mail: LumbungFlask, session: Db, world: World) -> None:
    first = write(session, world.tangsel.id)
    write(session, world.tangsel.id, subject_ref=("record", "43"))
    write(session, world.surabaya.id)
    second = write(session, world.tangsel.id)
    assert [message.id for message in list_messages(session, "record", "42")] == [first.id, second.id]


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
