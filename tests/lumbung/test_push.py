"""Notifications to a real push service on the loopback: sealed, signed, tried again, or over."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import now, set_clock, use_tenant
from lumbung.messages import Message, send_push
from lumbung.outbox import Effect, drain
from lumbung.push import VapidKey, make_private_key, push
from lumbung.push.resting import REST, SLOW
from lumbung.settings import SettingsError
from lumbung.web.sites import LumbungFlask
from tenants.preferences.devices import keep_device
from tenants.preferences.models import PushDevice
from tests.push_service import FakeBrowser, PushService
from tests.world import World

Db = scoped_session[Session]


@pytest.fixture
def service() -> Iterator[PushService]:
    running = PushService()
    yield running
    running.stop()


@pytest.fixture
def key() -> VapidKey:
    return VapidKey.from_private(make_private_key())


@pytest.fixture
def pushing(app: LumbungFlask, key: VapidKey, monkeypatch: pytest.MonkeyPatch) -> LumbungFlask:
    configured = dataclasses.replace(
        app.lumbung, vapid_private_key=key.private, mail_from="Lumbung <halo@lumbung.test>"
    )
    monkeypatch.setattr(app, "lumbung", configured)
    return app


@pytest.fixture
def phone(service: PushService) -> FakeBrowser:
    return FakeBrowser(endpoint=f"{service.address}/one")


def kept(session: Db, world: World, phone: FakeBrowser) -> UUID:
    """The phone as a device of Tangsel. Browsers bring https only, so that the loopback is put there afterwards."""
    use_tenant(session, world.tangsel.id)
    asked = dataclasses.replace(phone.subscription, endpoint="https://push.contoh.id/one")
    device = keep_device(session, asked, account_id=world.tangsel.accounts["handler"].id, user_agent="")
    device.endpoint = phone.endpoint
    session.flush()
    return device.id


def notify(session: Db, world: World, device_id: UUID, **changes: Any) -> Message:
    values: dict[str, Any] = {"title": "SIARAN", "body": "ADU-0012: Sudah dijawab", "address": "/track/ABC"}
    message = send_push(session, device_id=device_id, **(values | changes))
    assert isinstance(message, Message)
    session.commit()
    return message


def status(session: Db, message: Message) -> tuple[str, str | None]:
    session.expire_all()
    found = session.scalars(select(Message).where(Message.id == message.id)).one()
    return found.status, found.last_error


def test_only_the_browser_reads_what_was_sent_and_knows_who_sent_it(
    pushing: LumbungFlask, session: Db, world: World, service: PushService, phone: FakeBrowser, key: VapidKey
) -> None:
    message = notify(session, world, kept(session, world, phone))
    assert "/track/ABC" not in message.text
    drain(pushing)
    (sent,) = service.sent
    assert b"ADU-0012" not in sent.body
    assert phone.read(sent.body) == {
        "title": "SIARAN", "body": "ADU-0012: Sudah dijawab", "url": "/track/ABC", "tag": str(message.id),
    }  # fmt: skip
    claims = sent.claims(key.public)
    assert (claims["aud"], claims["sub"]) == (service.address, "mailto:halo@lumbung.test")
    assert 0 < claims["exp"] - now().timestamp() <= 24 * 3600
    assert (sent.headers["content-encoding"], sent.headers["topic"]) == ("aes128gcm", message.id.hex)
    assert int(sent.headers["ttl"]) > 0
    assert status(session, message) == ("sent", None)
    session.expire_all()
    assert session.scalars(select(Message.text)).one() == ""


@pytest.mark.parametrize("answer", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    pushing: LumbungFlask, session: Db, world: World, service: PushService, phone: FakeBrowser, answer: int
) -> None:
    service.status = answer
    message = notify(session, world, kept(session, world, phone))
    drain(pushing)
    assert status(session, message) == ("failed", "device is gone")
    assert session.scalars(select(PushDevice)).all() == []
    drain(pushing)
    assert len(service.sent) == 1


def test_a_busy_service_is_tried_again_later_under_the_same_topic(
    pushing: LumbungFlask, session: Db, world: World, service: PushService, phone: FakeBrowser
) -> None:
    service.status = 429
    message = notify(session, world, kept(session, world, phone))
    drain(pushing)
    drain(pushing)
    assert len(service.sent) == 1
    service.status = 201
    begun = now()
    with set_clock(begun + timedelta(minutes=2)):
        drain(pushing)
    assert [one.headers["topic"] for one in service.sent] == [message.id.hex] * 2
    assert status(session, message) == ("sent", None)


def test_what_is_refused_for_good_is_given_up(
    pushing: LumbungFlask, session: Db, world: World, service: PushService, phone: FakeBrowser
) -> None:
    service.status = 403
    message = notify(session, world, kept(session, world, phone))
    drain(pushing)
    assert status(session, message) == ("failed", "the push service answered 403")


@pytest.mark.parametrize("address", ["https://10.0.0.7/x", "https://169.254.169.254/x", "https://192.168.1.1:8443/x"])
def test_nothing_is_sent_into_a_private_network(
    pushing: LumbungFlask, session: Db, world: World, phone: FakeBrowser, address: str
) -> None:
    phone.endpoint = address
    message = notify(session, world, kept(session, world, phone))
    drain(pushing)
    assert status(session, message) == ("failed", "the address leads into a private network")
    assert session.scalars(select(PushDevice)).all() == [], "it would be refused at each message"


def test_a_device_of_a_former_key_is_not_called(
    pushing: LumbungFlask,
    session: Db,
    world: World,
    service: PushService,
    phone: FakeBrowser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    device_id = kept(session, world, phone)
    monkeypatch.setattr(pushing, "lumbung", dataclasses.replace(pushing.lumbung, vapid_private_key=make_private_key()))
    message = notify(session, world, device_id)
    drain(pushing)
    assert (service.sent, status(session, message)) == ([], ("failed", "device is gone"))


def test_the_outbox_holds_neither_the_browser_nor_the_text(
    pushing: LumbungFlask, session: Db, world: World, phone: FakeBrowser
) -> None:
    notify(session, world, kept(session, world, phone))
    payload = json.dumps(session.scalars(select(Effect.payload)).one())
    assert all(word not in payload for word in (phone.endpoint, "ADU-0012", "/track"))


def test_a_key_that_is_none_is_named_at_once() -> None:
    with pytest.raises(SettingsError, match="VAPID_PRIVATE_KEY"):
        VapidKey.from_private("bukan kunci")


def test_a_service_that_holds_a_call_up_is_left_alone_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    called, clock = list[str](), [1_000.0]

    def held_up(address: str, body: bytes, headers: dict[str, str], *, loopback: bool = False) -> int:
        called.append(address)
        clock[0] += SLOW
        raise ConnectionError("no answer")

    monkeypatch.setattr("lumbung.push.sending.post", held_up)
    monkeypatch.setattr("lumbung.push.resting.time", SimpleNamespace(monotonic=lambda: clock[0]))
    key = VapidKey.from_private(make_private_key())

    def send(endpoint: str) -> None:
        device = FakeBrowser(endpoint).subscription
        with pytest.raises(OSError, match="answer"):
            push(device, b"{}", key=key, contact="a@contoh.id", topic="t")

    for host in ("a.lambat.test", "b.lambat.test", "c.lambat.test"):
        send(f"https://{host}/1")
    assert called == ["https://a.lambat.test/1"]
    send("https://lain.test/1")
    clock[0] += REST
    send("https://b.lambat.test/1")
    assert called[1:] == ["https://lain.test/1", "https://b.lambat.test/1"]
