"""Following a report on one's own phone, and how residents and officials are told of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from app_runtime.notifications.following import forget_contacts, record_topic
from app_runtime.notifications.models import RecordFollower, RecordSilence
from app_runtime.records.actors import Actor
from app_runtime.records.creating import create_record
from app_runtime.records.erasure import erase_person
from app_runtime.records.models import Record
from lumbung.db import now, set_clock, use_tenant
from lumbung.messages import Message, declared_manners
from lumbung.messages.services import MOOT
from lumbung.outbox import drain
from lumbung.push import VapidKey, make_private_key
from lumbung.web.sites import LumbungFlask
from tenants.accounts.sessions import HUB, open_session
from tenants.people.models import Membership, RoleGrant
from tenants.preferences.choices import save_choices
from tenants.preferences.devices import keep_device
from tenants.preferences.models import PushDevice
from tests.app_runtime.stage import LAMP, Sessions, Stage, set_stage
from tests.browsing import Browser, browse, words_of
from tests.push_service import FakeBrowser, PushService
from tests.world import World

PERSON = {"name": "Budi Santoso", "email": "budi@contoh.id"}
NIGHT = datetime(2026, 3, 2, 15, tzinfo=UTC)
"""Ten in the evening in Jakarta."""


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    return set_stage(session, world)


@pytest.fixture
def service() -> Iterator[PushService]:
    running = PushService()
    yield running
    running.stop()


@pytest.fixture
def telling(app: LumbungFlask, monkeypatch: pytest.MonkeyPatch) -> LumbungFlask:
    """The application with both channels; the mail server is not there."""
    key = VapidKey.from_private(make_private_key())
    settings = dataclasses.replace(app.lumbung, vapid_private_key=key.private, smtp_url="smtp://localhost:1")
    monkeypatch.setattr(app, "lumbung", settings)
    return app


def follow(stage: Stage, browser: Browser, code: str, phone: FakeBrowser, service: PushService) -> None:
    """As the script does; browsers bring https only, so that the loopback is put there afterwards."""
    answer = browser.post_form(f"/track/{code}", phone.form, to=f"/track/{code}/devices/follow")
    assert answer.status_code == 303
    stage.session.rollback()
    use_tenant(stage.session, stage.place.id)
    device = stage.session.scalars(select(PushDevice)).one()
    device.endpoint = f"{service.address}/phone"
    stage.session.commit()


def made(stage: Stage) -> tuple[Any, str]:
    created = stage.report({"reporter": PERSON})
    code = str(created.tracking_code)
    stage.session.commit()
    return created.record.id, code


def record_of(stage: Stage, record_id: Any) -> Record:
    use_tenant(stage.session, stage.place.id)
    return stage.session.scalars(select(Record).where(Record.id == record_id)).one()


def test_a_phone_follows_by_the_code_and_hears_the_number_and_the_state_alone(
    telling: LumbungFlask, stage: Stage, service: PushService
) -> None:
    record_id, code = made(stage)
    phone, resident = FakeBrowser(), browse(telling, stage.place.host)
    assert "Beri tahu saya di perangkat ini" in words_of(resident.get(f"/track/{code}"))
    follow(stage, resident, code, phone, service)
    assert "Diikuti 1 perangkat." in words_of(resident.get(f"/track/{code}"))
    record = record_of(stage, record_id)
    stage.act(record, "handler", "respond", answer="Pak Budi, kami datang sore ini.")
    number = record.number
    stage.session.commit()
    drain(telling)
    drain(telling)
    said = phone.read(service.sent[-1].body)
    assert said["url"] == f"/track/{code}"
    assert str(number) in said["body"]
    assert "Budi" not in str(said)
    assert "sore" not in str(said)
    assert len(service.sent) == 1


def test_who_stops_hears_nothing_more(telling: LumbungFlask, stage: Stage, service: PushService) -> None:
    record_id, code = made(stage)
    resident = browse(telling, stage.place.host)
    follow(stage, resident, code, FakeBrowser(), service)
    answer = resident.post_form(f"/track/{code}", {}, to=f"/track/{code}/devices/unfollow")
    assert answer.status_code == 303
    stage.session.rollback()
    stage.act(record_of(stage, record_id), "handler", "respond", answer="Ya.")
    stage.session.commit()
    drain(telling)
    drain(telling)
    assert service.sent == []
    # Nobody's browser is kept for nothing.
    assert stage.session.scalars(select(PushDevice)).all() == []


def test_a_wrong_code_follows_nothing(telling: LumbungFlask, stage: Stage) -> None:
    _, code = made(stage)
    resident = browse(telling, stage.place.host)
    wrong = resident.post_form(f"/track/{code}", FakeBrowser().form, to="/track/AAAA-AAAA-AAAA-A/devices/follow")
    assert wrong.status_code in (404, 422)
    assert stage.session.scalars(select(RecordFollower)).all() == []


def test_a_device_of_an_account_opens_nothing_once_its_person_signed_out(
    telling: LumbungFlask, stage: Stage, service: PushService
) -> None:
    resident = stage.place.accounts["handler"]
    phone = FakeBrowser()
    open_session(stage.session, stage.place.accounts["handler"], HUB)
    device = keep_device(stage.session, phone.subscription, account_id=resident.id, user_agent="")
    device.endpoint = f"{service.address}/phone"
    citizen = Actor(kind="resident", account_id=resident.id)
    made = create_record(stage.session, stage.installation, citizen, "report", LAMP)
    stage.act(made.record, "dispatcher", "reject", reason="Milik provinsi")
    stage.session.commit()
    drain(telling)
    drain(telling)
    own = [said for sent in service.sent if (said := phone.read(sent.body))["title"]]
    assert f"/track/mine/{made.record.id}" in {said["url"] for said in own}
    assert str(made.tracking_code) not in str(own)


def test_after_signing_out_a_device_hears_of_what_it_follows_by_the_code_alone(
    telling: LumbungFlask, stage: Stage, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "lumbung", dataclasses.replace(telling.lumbung, quiet_hours="21:00-06:00"))
    resident = stage.place.accounts["handler"]
    phone, browser = FakeBrowser(), browse(telling, stage.place.host, resident)
    record_id, code = made(stage)
    with set_clock(NIGHT):
        follow(stage, browser, code, phone, service)
        citizen = Actor(kind="resident", account_id=resident.id)
        own = create_record(stage.session, stage.installation, citizen, "report", LAMP).record
        stage.act(record_of(stage, record_id), "handler", "respond", answer="Ya.")
        stage.act(own, "dispatcher", "reject", reason="Milik provinsi")
        stage.session.commit()
        drain(telling)
        use_tenant(stage.session, stage.place.id)
        waiting = stage.session.scalars(select(Message).where(Message.channel == "push")).all()
        assert {str(one.subject_id) for one in waiting} == {str(record_id), str(own.id)}
        stage.session.commit()
        browser.post_form("/signed-out", to="/sign-out")
    with set_clock(NIGHT + timedelta(hours=8, minutes=1)):
        for _ in range(3):
            drain(telling)
    assert [phone.read(sent.body)["url"] for sent in service.sent] == [f"/track/{code}"]
    with set_clock(NIGHT + timedelta(hours=12)):
        stage.act(record_of(stage, record_id), "handler", "respond", answer="Besok.")
        stage.session.commit()
        for _ in range(3):
            drain(telling)
    assert [phone.read(sent.body)["url"] for sent in service.sent] == [f"/track/{code}"] * 2


@pytest.mark.parametrize("lost", ["membership", "role", "assignment"])
def test_who_has_no_part_in_it_by_the_morning_is_not_told(
    telling: LumbungFlask, stage: Stage, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    monkeypatch.setattr(telling, "lumbung", dataclasses.replace(telling.lumbung, quiet_hours="21:00-06:00"))
    record_id, _ = made(stage)
    drain(telling)
    mine = (Message.recipient == "handler@tangsel.test", Message.subject_id == str(record_id))
    with set_clock(NIGHT):
        stage.act(record_of(stage, record_id), "dispatcher", "assign", agency="dishub", note="Segera")
        stage.session.commit()
        drain(telling)
        use_tenant(stage.session, stage.place.id)
        (waiting,) = stage.session.scalars(select(Message).where(*mine, Message.waits_until.is_not(None))).all()
        member = stage.session.scalars(
            select(Membership).where(Membership.id == stage.place.members["handler"].id)
        ).one()
        if lost == "membership":
            member.ended_at = now()
        elif lost == "role":
            held = (RoleGrant.tenant_id == stage.place.id, RoleGrant.membership_id == member.id)
            stage.session.execute(delete(RoleGrant).where(*held))
        else:
            stage.act(record_of(stage, record_id), "dispatcher", "assign", agency="dlh", note="Salah alamat")
        stage.session.commit()
    with set_clock(NIGHT + timedelta(hours=8, minutes=1)):
        drain(telling)
    stage.session.expire_all()
    use_tenant(stage.session, stage.place.id)
    told = stage.session.scalars(select(Message).where(Message.id == waiting.id)).one()
    assert (told.status, told.last_error) == ("failed", MOOT)


def test_an_official_is_notified_of_work_and_may_turn_it_off(
    telling: LumbungFlask, stage: Stage, service: PushService
) -> None:
    account_id = stage.place.accounts["handler"].id
    phone = FakeBrowser()
    open_session(stage.session, stage.place.accounts["handler"], HUB)
    device = keep_device(stage.session, phone.subscription, account_id=account_id, user_agent="")
    device.endpoint = f"{service.address}/phone"
    record_id, _ = made(stage)
    record = record_of(stage, record_id)
    stage.act(record, "dispatcher", "assign", agency="dishub", note="Segera")
    stage.session.commit()
    drain(telling)
    drain(telling)
    said = phone.read(service.sent[0].body)
    assert said["url"] == f"/work/{record_id}"
    assert said["body"].startswith("Untuk Anda: ")
    use_tenant(stage.session, stage.place.id)
    save_choices(stage.session, account_id, [], member=True)
    stage.act(record_of(stage, record_id), "dispatcher", "assign", agency="dishub", note="Sekali lagi")
    stage.session.commit()
    before = set(stage.session.scalars(select(Message.id)))
    drain(telling)
    drain(telling)
    use_tenant(stage.session, stage.place.id)
    fresh = stage.session.scalars(select(Message).where(Message.id.not_in(before))).all()
    assert [message for message in fresh if message.recipient in (str(device.id), "handler@tangsel.test")] == []


def test_what_a_reporter_did_is_answered_at_once_and_the_rest_waits_for_the_morning(
    telling: LumbungFlask, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "lumbung", dataclasses.replace(telling.lumbung, quiet_hours="21:00-06:00"))
    with set_clock(NIGHT):
        created = stage.report({"reporter": PERSON})
        stage.session.commit()
        drain(telling)
        use_tenant(stage.session, stage.place.id)
        received = stage.session.scalars(select(Message).where(Message.recipient == PERSON["email"])).one()
        assert received.waits_until is None
        record = record_of(stage, created.record.id)
        stage.act(record, "handler", "respond", answer="Kami datang besok.")
        stage.session.commit()
        drain(telling)
    use_tenant(stage.session, stage.place.id)
    newest = stage.session.scalars(
        select(Message).where(Message.recipient == PERSON["email"]).order_by(Message.id.desc())
    ).first()
    assert newest is not None
    assert newest.waits_until == datetime(2026, 3, 2, 23, tzinfo=UTC)
    assert newest.topic == record_topic(created.record.id)


def test_a_reporter_without_an_account_stops_letters_about_one_report(telling: LumbungFlask, stage: Stage) -> None:
    record_id, _ = made(stage)
    drain(telling)
    use_tenant(stage.session, stage.place.id)
    path = declared_manners().stop_address(stage.session, record_topic(record_id))
    client, origin = telling.test_client(), f"https://{stage.place.host}"
    stopped = client.post(path.removeprefix(origin), base_url=origin, data={"List-Unsubscribe": "One-Click"})
    assert "laporan ADU" in words_of(stopped) or stopped.status_code == 200
    stage.session.rollback()
    use_tenant(stage.session, stage.place.id)
    assert stage.session.scalars(select(RecordSilence.record_id)).all() == [record_id]
    written = len(stage.session.scalars(select(Message)).all())
    stage.act(record_of(stage, record_id), "handler", "respond", answer="Ya.")
    stage.session.commit()
    drain(telling)
    use_tenant(stage.session, stage.place.id)
    assert len(stage.session.scalars(select(Message)).all()) == written
    again = client.post(path.removeprefix(origin), base_url=origin, data={"again": "1"})
    assert again.status_code == 200
    stage.session.rollback()
    use_tenant(stage.session, stage.place.id)
    assert stage.session.scalars(select(RecordSilence)).all() == []


def test_erasing_a_person_forgets_how_they_were_reached(
    telling: LumbungFlask, stage: Stage, service: PushService
) -> None:
    record_id, code = made(stage)
    follow(stage, browse(telling, stage.place.host), code, FakeBrowser(), service)
    drain(telling)
    use_tenant(stage.session, stage.place.id)
    assert "budi@contoh.id" in stage.session.scalars(select(Message.recipient)).all()
    erase_person(stage.session, record_of(stage, record_id))
    stage.session.commit()
    use_tenant(stage.session, stage.place.id)
    assert "budi@contoh.id" not in stage.session.scalars(select(Message.recipient)).all()
    assert stage.session.scalars(select(PushDevice)).all() == []
    assert stage.session.scalars(select(RecordFollower)).all() == []
    forget_contacts(stage.session, record_of(stage, record_id))
