"""`/notifications`: what I want to be told, when not, on which devices; and one click that stops e-mails."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, scoped_session

from lumbung.audit.models import AuditEntry
from lumbung.db import now, set_clock, use_tenant
from lumbung.ids import new_id
from lumbung.messages import MessageKind, declared_manners
from lumbung.push import make_private_key
from lumbung.web.sites import LumbungFlask
from tenants.accounts.models import AccountSession
from tenants.accounts.sessions import (
    HUB,
    end_token,
    find_session,
    list_sessions,
    open_session,
    revoke_all_sessions,
    revoke_session,
)
from tenants.accounts.supervision import disable_account
from tenants.preferences.choices import topic_of
from tenants.preferences.devices import MOST_DEVICES, TooManyDevices, devices_of, keep_device
from tenants.preferences.models import MessageChoice, PushDevice, QuietHours
from tests.browsing import Browser, browse, csrf_token, words_of
from tests.push_service import FakeBrowser
from tests.world import World

AnySession = scoped_session[Session]
PAGE = "/notifications"


@pytest.fixture
def official(app: LumbungFlask, session: AnySession, world: World) -> Browser:
    """A handler of Tangsel; the session belongs to Tangsel."""
    use_tenant(session, world.tangsel.id)
    return browse(app, world.tangsel.host, world.tangsel.accounts["handler"])


@pytest.fixture
def with_key(app: LumbungFlask, monkeypatch: pytest.MonkeyPatch) -> LumbungFlask:
    monkeypatch.setattr(app, "lumbung", dataclasses.replace(app.lumbung, vapid_private_key=make_private_key()))
    return app


def manner(session: AnySession, world: World, kind: MessageKind) -> tuple[bool, bool]:
    account_id = world.tangsel.accounts["handler"].id
    use_tenant(session, world.tangsel.id)
    session.expire_all()
    found = declared_manners().of_accounts(session, [account_id], kind)[account_id]
    return found.email, found.push


def test_what_is_not_ticked_does_not_come_and_what_is_needed_comes_anyway(
    official: Browser, session: AnySession, world: World
) -> None:
    assert manner(session, world, MessageKind.TASKS) == (True, True)
    assert official.post_form(PAGE, {"wanted": "tasks.push"}, to=f"{PAGE}/choices").status_code == 303
    session.rollback()
    assert manner(session, world, MessageKind.TASKS) == (False, True)
    assert manner(session, world, MessageKind.OWN_RECORDS) == (False, False)
    # Superiors are told of missed deadlines, and nobody is left outside.
    assert manner(session, world, MessageKind.DEADLINES) == (True, False)
    assert manner(session, world, MessageKind.SECURITY) == (True, False)
    text = words_of(official.get(PAGE))
    assert "Surelnya tidak dapat dimatikan" in text
    # Elsewhere everything is as before.
    with_other = session.scalars(select(MessageChoice.tenant_id)).all()
    assert set(with_other) == {world.tangsel.id}


def test_a_resident_is_not_asked_about_work(app: LumbungFlask, session: AnySession, world: World) -> None:
    citizen = browse(app, world.tangsel.host, world.surabaya.accounts["admin"])
    text = words_of(citizen.get(PAGE))
    assert "Laporan dan permohonan saya" in text
    assert "Pekerjaan untuk saya" not in text
    assert "Pengingat menunggu hari kerja" not in text


def test_my_own_hours_go_before_the_municipalitys(official: Browser, session: AnySession, world: World) -> None:
    own = {"whose": "own", "on": "1", "begins": "20:00", "ends": "07.30"}
    assert official.post_form(PAGE, own, to=f"{PAGE}/hours").status_code == 303
    session.rollback()
    row = session.scalars(select(QuietHours)).one()
    assert (row.enabled, row.begins, row.ends) == (True, time(20), time(7, 30))
    wrong = official.post_form(PAGE, {**own, "ends": "soon"}, to=f"{PAGE}/hours")
    assert wrong.status_code == 422
    assert "Tulis jam seperti 21.00." in words_of(wrong)
    official.post_form(PAGE, {"whose": "municipal"}, to=f"{PAGE}/hours")
    session.rollback()
    assert session.scalars(select(QuietHours)).all() == []


def test_the_admin_sets_the_municipalitys_hours_and_it_is_audited(
    app: LumbungFlask, session: AnySession, world: World
) -> None:
    use_tenant(session, world.tangsel.id)
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    page = "/manage/notifications"
    assert admin.post_form(page, {"on": "1", "begins": "22:00", "ends": "05:00"}).status_code == 303
    session.rollback()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "quiet_hours.changed")).one()
    assert entry.after == {"on": True, "begins": "22:00", "ends": "05:00", "working_days": False}
    same = admin.post_form(page, {"on": "1", "begins": "22:00", "ends": "22:00"})
    assert same.status_code == 422


def test_without_a_key_the_page_says_so_and_takes_no_device(official: Browser, session: AnySession) -> None:
    assert "Notifikasi ponsel belum disiapkan" in words_of(official.get(PAGE))
    assert official.post_form(PAGE, FakeBrowser().form, to=f"{PAGE}/devices").status_code == 409


def test_a_device_is_mine_until_i_stop_it(
    with_key: LumbungFlask, official: Browser, session: AnySession, world: World
) -> None:
    phone = FakeBrowser()
    for _ in range(2):
        assert official.post_form(PAGE, phone.form, to=f"{PAGE}/devices").status_code == 303
    session.rollback()
    device = session.scalars(select(PushDevice)).one()
    other = browse(with_key, world.tangsel.host, world.tangsel.accounts["admin"])
    assert other.post_form(PAGE, {}, to=f"{PAGE}/devices/{device.id}/remove").status_code == 404
    assert official.post_form(PAGE, {}, to=f"{PAGE}/devices/{device.id}/remove").status_code == 303
    session.rollback()
    assert session.scalars(select(PushDevice)).all() == []


def test_a_browser_that_asks_many_times_at_once_is_one_device(
    with_key: LumbungFlask, official: Browser, session: AnySession
) -> None:
    sent = {**FakeBrowser().form, "csrf_token": csrf_token(official.get(PAGE).text)}
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda _: official.post(f"{PAGE}/devices", sent).status_code, range(8))
    assert set(answers) == {303}
    assert len(session.scalars(select(PushDevice)).all()) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": "http://push.contoh.id/a"},
        {"endpoint": "https://push.contoh.id/" + "a" * 2000},
        {"p256dh": "AAAA"},
        {"auth": "!"},
        {"auth": "QUJD"},
        {"endpoint": ""},
    ],
)
def test_what_is_no_subscription_is_refused(
    with_key: LumbungFlask, official: Browser, session: AnySession, changes: dict[str, str]
) -> None:
    answer = official.post_form(PAGE, FakeBrowser().form | changes, to=f"{PAGE}/devices")
    assert answer.status_code == 422
    assert session.scalars(select(PushDevice)).all() == []


def test_a_person_has_only_so_many_devices(with_key: LumbungFlask, session: AnySession, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    account_id = world.tangsel.accounts["handler"].id
    open_session(session, world.tangsel.accounts["handler"], HUB)
    phone = FakeBrowser()
    for number in range(MOST_DEVICES):
        one = dataclasses.replace(phone.subscription, endpoint=f"https://push.contoh.id/{number}")
        keep_device(session, one, account_id=account_id, user_agent="")
    with pytest.raises(TooManyDevices):
        keep_device(session, phone.subscription, account_id=account_id, user_agent="")


def _end_on_hub(session: AnySession, account_id: UUID) -> None:
    for one in list_sessions(session, account_id):
        if one.parent_id is None:
            revoke_session(session, account_id, one.id)


ENDS: dict[str, Callable[[Browser, AnySession, UUID], object]] = {
    "signed out here": lambda mine, *_: mine.post_form("/signed-out", to="/sign-out"),
    "signed out everywhere": lambda _, session, account_id: revoke_all_sessions(session, account_id),
    "ended from elsewhere": lambda _, session, account_id: _end_on_hub(session, account_id),
    "run out on the hub": lambda _, session, account_id: session.execute(
        update(AccountSession).where(AccountSession.parent_id.is_(None)).values(expires_at=now())
    ),
    "disabled": lambda _, session, account_id: disable_account(session, new_id(), account_id),
}


@pytest.mark.parametrize("ended", ENDS)
def test_a_device_is_told_nothing_of_its_account_once_nobody_is_signed_in_there(
    with_key: LumbungFlask, session: AnySession, world: World, ended: str
) -> None:
    place, account = world.tangsel, world.tangsel.accounts["handler"]
    mine = browse(with_key, place.host, account)
    assert mine.post_form(PAGE, FakeBrowser().form, to=f"{PAGE}/devices").status_code == 303

    def told() -> int:
        session.rollback()
        use_tenant(session, place.id)
        return len(devices_of(session, [account.id]).get(account.id, ()))

    assert told() == 1
    ENDS[ended](mine, session, account.id)
    session.commit()
    assert told() == 0
    # Whoever signs in there later is asked anew, and another device of the same person changes nothing.
    if ended != "disabled":
        again = browse(with_key, place.host, account)
        assert "Didaftarkan" not in words_of(again.get(PAGE))
        assert told() == 0


def test_a_portal_that_is_come_to_once_more_from_the_hub_goes_on_notifying(
    with_key: LumbungFlask, session: AnySession, world: World
) -> None:
    place, account = world.tangsel, world.tangsel.accounts["handler"]
    hub = open_session(session, account, HUB)
    parent = find_session(session, hub, HUB)
    assert parent is not None
    first = open_session(session, account, "tangsel", parent_id=parent.id)
    use_tenant(session, place.id)
    known = find_session(session, first, "tangsel")
    assert known is not None
    keep_device(session, FakeBrowser().subscription, account_id=account.id, user_agent="", session_id=known.id)
    end_token(session, first)
    assert devices_of(session, [account.id]) == {}
    open_session(session, account, "surabaya", parent_id=parent.id)
    assert devices_of(session, [account.id]) == {}
    open_session(session, account, "tangsel", parent_id=parent.id)
    assert len(devices_of(session, [account.id])[account.id]) == 1


def test_a_device_of_an_unknown_session_is_told_until_its_person_signs_out_everywhere(
    with_key: LumbungFlask, session: AnySession, world: World
) -> None:
    account = world.tangsel.accounts["handler"]
    use_tenant(session, world.tangsel.id)
    tokens = [open_session(session, account, HUB) for _ in range(2)]
    keep_device(session, FakeBrowser().subscription, account_id=account.id, user_agent="")
    end_token(session, tokens[0])
    assert len(devices_of(session, [account.id])[account.id]) == 1
    revoke_all_sessions(session, account.id)
    with set_clock(now() + timedelta(seconds=1)):
        open_session(session, account, HUB)
        assert devices_of(session, [account.id]) == {}


def test_one_click_stops_without_a_cookie_and_looking_stops_nothing(
    app: LumbungFlask, session: AnySession, world: World
) -> None:
    use_tenant(session, world.tangsel.id)
    account_id = world.tangsel.accounts["handler"].id
    topics = f"{topic_of(account_id, MessageKind.TASKS)} {topic_of(account_id, MessageKind.OWN_RECORDS)}"
    path = declared_manners().stop_address(session, topics).removeprefix(f"https://{world.tangsel.host}")
    stranger = browse(app, world.tangsel.host)
    assert "Berhenti menerima surel?" in words_of(stranger.get(path))
    session.rollback()
    assert manner(session, world, MessageKind.TASKS) == (True, True)
    answer = app.test_client().post(
        path, base_url=f"https://{world.tangsel.host}", data={"List-Unsubscribe": "One-Click"}
    )
    assert answer.status_code == 200
    session.rollback()
    assert manner(session, world, MessageKind.TASKS) == (False, True)
    assert manner(session, world, MessageKind.OWN_RECORDS) == (False, True)
    again = app.test_client().post(path, base_url=f"https://{world.tangsel.host}", data={"again": "1"})
    assert "Surel ini dikirim lagi" in words_of(again)
    session.rollback()
    assert manner(session, world, MessageKind.TASKS) == (True, True)


def test_a_token_is_for_one_municipality_and_never_for_what_is_needed(
    app: LumbungFlask, session: AnySession, world: World
) -> None:
    use_tenant(session, world.tangsel.id)
    account_id = world.tangsel.accounts["handler"].id
    path = declared_manners().stop_address(session, topic_of(account_id, MessageKind.TASKS))
    token = path.rpartition("/")[2]
    other = app.test_client().post(f"{PAGE}/stop/{token}", base_url=f"https://{world.surabaya.host}")
    assert other.status_code == 404
    broken = app.test_client().post(f"{PAGE}/stop/{token}x", base_url=f"https://{world.tangsel.host}")
    assert broken.status_code == 404
    use_tenant(session, world.tangsel.id)
    needed = declared_manners().stop_address(session, topic_of(account_id, MessageKind.DEADLINES))
    token = needed.rpartition("/")[2]
    answer = app.test_client().post(f"{PAGE}/stop/{token}", base_url=f"https://{world.tangsel.host}")
    assert answer.status_code == 404
