"""Messages that wait for the morning, and go as one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from lumbung.db import now, set_clock, use_tenant
from lumbung.i18n import Text, speaking
from lumbung.messages import Manner, Message, MessageKind, declared_manners, send_email
from lumbung.messages.services import MOOT
from lumbung.messages.telling import tell_each
from lumbung.outbox import Effect, drain
from lumbung.outbox.delivery import answer_wakeup
from lumbung.web.sites import LumbungFlask
from tenants.people.models import RoleGrant
from tenants.preferences.choices import stop_kind
from tests.lumbung.messages.post import Db, Postbox
from tests.world import World

EVENING = datetime(2026, 3, 2, 15, tzinfo=UTC)
MORNING = datetime(2026, 3, 2, 23, tzinfo=UTC)
"""22.00 and 06.00 in Jakarta."""


@pytest.fixture
def night(with_mail: LumbungFlask, monkeypatch: pytest.MonkeyPatch) -> Iterator[LumbungFlask]:
    """The application in the evening, where the platform's default is quiet from nine to six."""
    configured = dataclasses.replace(with_mail.lumbung, quiet_hours="21:00-06:00")
    monkeypatch.setattr(with_mail, "lumbung", configured)
    with set_clock(EVENING):
        yield with_mail


def write(session: Db, world: World, subject: str, **changes: Any) -> Message:
    use_tenant(session, world.tangsel.id)
    manner = declared_manners().of_others(session, MessageKind.OWN_RECORDS)
    values: dict[str, Any] = {"to": "siti@warga.test", "text": f"Tentang {subject}.\n", "manner": manner}
    message = send_email(session, subject=subject, **(values | changes))
    assert isinstance(message, Message)
    session.commit()
    return message


def morning(app: LumbungFlask) -> int:
    with set_clock(MORNING):
        done = drain(app)
        return done + drain(app)


def test_what_is_written_in_the_night_waits_for_the_morning(
    night: LumbungFlask, session: Db, world: World, postbox: Postbox
) -> None:
    message = write(session, world, "Laporan A")
    assert message.waits_until == MORNING
    drain(night)
    assert postbox.mails == []
    morning(night)
    (mail,) = postbox.mails
    assert (mail["Subject"], mail["Message-ID"]) == ("Laporan A", message.message_id)


def test_several_become_one_and_each_says_that_it_was_sent(
    night: LumbungFlask, session: Db, world: World, postbox: Postbox
) -> None:
    write(session, world, "Laporan A")
    write(session, world, "Laporan B", secret=True)
    with speaking("en"):
        write(session, world, "Report C", to="john@warga.test")
    use_tenant(session, world.surabaya.id)
    morning(night)
    first, second = sorted(postbox.mails, key=lambda mail: str(mail["To"]))
    assert (first["To"], first["Subject"]) == ("john@warga.test", "Report C")
    assert second["Subject"] == "2 pemberitahuan untuk Anda"
    text = second.get_body(("plain",))
    assert text is not None
    said = text.get_content()
    assert said.index("1. Laporan A") < said.index("Tentang Laporan A.") < said.index("2. Laporan B")
    use_tenant(session, world.tangsel.id)
    session.expire_all()
    stored = session.scalars(select(Message).order_by(Message.id)).all()
    assert {message.status for message in stored} == {"sent"}
    # What was secret is gone with the sending, in the bundle too.
    assert [message.text for message in stored if message.secret] == ["", ""]


def test_a_crash_in_the_morning_leaves_everything_waiting_and_doubles_nothing(
    night: LumbungFlask, session: Db, world: World, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(session, world, "Laporan A")
    write(session, world, "Laporan B")
    from lumbung.messages import bundling

    def killed(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as crash, set_clock(MORNING):
        crash.setattr(bundling, "enqueue_effect", killed)
        drain(night)
    use_tenant(session, world.tangsel.id)
    assert session.scalar(select(func.count()).select_from(Message).where(Message.waits_until.is_not(None))) == 2
    assert session.scalar(select(func.count()).select_from(Effect)) == 0
    session.commit()
    with set_clock(MORNING.replace(minute=5)):
        drain(night)
        drain(night)
    assert [mail["Subject"] for mail in postbox.mails] == ["2 pemberitahuan untuk Anda"]
    # Whoever looks once more finds nothing.
    with set_clock(MORNING.replace(hour=23, minute=30)):
        answer_wakeup(night, world.tangsel.id, "release_messages")
        drain(night)
    assert len(postbox.mails) == 1


def test_a_bundle_that_is_refused_for_good_fails_all_that_it_carried(
    night: LumbungFlask, session: Db, world: World, postbox: Postbox
) -> None:
    write(session, world, "Laporan A")
    write(session, world, "Laporan B")
    postbox.refuse = "550 No such user"
    morning(night)
    use_tenant(session, world.tangsel.id)
    session.expire_all()
    assert set(session.scalars(select(Message.status))) == {"failed"}


def test_what_lets_somebody_in_never_waits(night: LumbungFlask, session: Db, world: World, postbox: Postbox) -> None:
    use_tenant(session, world.tangsel.id)
    send_email(session, to="siti@warga.test", subject="Tautan masuk", text="x", secret=True)
    tell_each(
        session,
        [world.tangsel.accounts["admin"]],
        subject=Text("Ditarik", "Withdrawn"),
        text=Text("Bahaya", "Danger"),
        about=("yank", 1),
        kind=MessageKind.SECURITY,
    )
    session.commit()
    drain(night)
    assert [mail["Subject"] for mail in postbox.mails] == ["Tautan masuk", "Ditarik"]
    assert all(mail["List-Unsubscribe"] is None for mail in postbox.mails)


def test_who_switched_a_kind_off_gets_none_of_it(
    with_mail: LumbungFlask, session: Db, world: World, postbox: Postbox
) -> None:
    use_tenant(session, world.tangsel.id)
    people = [world.tangsel.accounts["admin"], world.tangsel.accounts["evaluator"]]
    stop_kind(session, people[0].id, MessageKind.ADMINISTRATION)
    tell_each(session, people, subject=Text("Versi", "Version"), text=Text("Baru", "New"), about=("version", 1))
    session.commit()
    drain(with_mail)
    (mail,) = postbox.mails
    assert mail["To"] == people[1].email


def test_who_is_no_administrator_any_more_in_the_morning_gets_no_letter_of_the_night(
    night: LumbungFlask, session: Db, world: World, postbox: Postbox
) -> None:
    place = world.tangsel
    use_tenant(session, place.id)
    people = [place.accounts["admin"], place.accounts["evaluator"]]
    for number in range(2):
        tell_each(session, people, subject=Text(f"V{number}", "V"), text=Text("Baru", "New"), about=("version", number))
    session.execute(
        delete(RoleGrant).where(
            RoleGrant.tenant_id == place.id, RoleGrant.membership_id == place.members["evaluator"].id
        )
    )
    session.commit()
    with set_clock(MORNING + timedelta(days=1)):
        drain(night)
        drain(night)
    assert [mail["To"] for mail in postbox.mails] == [people[0].email]
    use_tenant(session, place.id)
    session.expire_all()
    unsent = session.scalars(select(Message).where(Message.recipient == people[1].email)).all()
    assert {(message.status, message.last_error) for message in unsent} == {("failed", MOOT)}


def test_a_letter_says_where_one_click_stops_it_on_one_line(
    with_mail: LumbungFlask, session: Db, world: World, postbox: Postbox
) -> None:
    use_tenant(session, world.tangsel.id)
    reader = world.tangsel.accounts["admin"]
    tell_each(session, [reader], subject=Text("Versi", "Version"), text=Text("Baru", "New"), about=("version", 1))
    session.commit()
    drain(with_mail)
    raw = postbox.envelopes[0].content
    assert isinstance(raw, bytes)
    (line,) = [line for line in raw.split(b"\r\n") if line.lower().startswith(b"list-unsubscribe:")]
    assert line.startswith(b"List-Unsubscribe: <https://tangsel.lumbung.test/notifications/stop/")
    assert line.endswith(b">")
    assert len(line) < 998
    assert postbox.mails[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = postbox.mails[0].get_body(("plain",))
    assert text is not None
    assert "/notifications/stop/" in text.get_content()


def test_a_manner_without_waiting_is_sent_at_once(
    night: LumbungFlask, session: Db, world: World, postbox: Postbox
) -> None:
    write(session, world, "Laporan A", manner=Manner())
    drain(night)
    assert len(postbox.mails) == 1
    assert now() == EVENING
