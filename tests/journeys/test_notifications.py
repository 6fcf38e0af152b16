"""A resident follows a report on the phone, an official says how to be told, and one click stops e-mails."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from lumbung.db import use_tenant
from lumbung.messages import MessageKind
from lumbung.push import make_private_key
from tenants.preferences.choices import topic_of
from tenants.preferences.models import PushDevice
from tenants.preferences.reaching import PeoplesManners
from tests.journeys.conftest import Person, Served
from tests.journeys.reporting import send, tracking_code, write_report
from tests.push_service import FakeBrowser
from tests.siaran import enable_siaran

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]

SUBSCRIBED = """
const said = %s;
Object.defineProperty(Notification, "permission", { get: () => window.lbAnswer ?? "default" });
Notification.requestPermission = async () => (window.lbAnswer = "granted");
PushManager.prototype.subscribe = async function (options) {
  window.lbAsked = options.userVisibleOnly;
  return { endpoint: said.endpoint, options, toJSON: () => said };
};
"""
"""Stands for what a browser without a screen lacks: the person's permission, and the push service of its maker. The
script that shows notifications is registered for real, under the page's own policy."""


@pytest.fixture
def with_key(served: Served) -> Iterator[Served]:
    """The served application with a key for notifications."""
    before = served.app.lumbung
    served.app.lumbung = replace(before, vapid_private_key=make_private_key(), quiet_hours="21:00-06:00")
    yield served
    served.app.lumbung = before


def test_a_resident_follows_a_report_on_the_phone(with_key: Served, person: Callable[..., Person]) -> None:
    served, place = with_key, with_key.world.tangsel
    enable_siaran(served.session, served.world)
    portal, phone = served.portal("tangsel"), FakeBrowser()
    citizen = person()
    one = phone.subscription
    said = {"endpoint": one.endpoint, "keys": {"p256dh": one.p256dh, "auth": one.auth}}
    citizen.page.add_init_script(SUBSCRIBED % json.dumps(said))
    write_report(citizen, portal)
    send(citizen)
    code = tracking_code(citizen)
    button = citizen.page.get_by_role("button", name="Beri tahu saya di ponsel ini")
    button.wait_for()
    citizen.see("done")
    button.click()
    citizen.page.get_by_text("Perangkat ini akan diberi tahu.").wait_for()
    citizen.see("followed")
    use_tenant(served.session, place.id)
    assert served.session.scalars(select(PushDevice.p256dh)).all() == [one.p256dh]
    served.session.rollback()

    worker = f"{portal}/notifications/worker.js"
    known = "address => navigator.serviceWorker.getRegistration(address).then((one) => one.active.scriptURL)"
    assert citizen.page.evaluate(known, worker) == worker
    citizen.page.goto(f"{portal}/track/{code}")
    citizen.page.get_by_role("button", name="Hentikan di semua perangkat").click()
    citizen.page.locator("dialog[open]").get_by_role("button", name=re.compile("Hentikan")).click()
    citizen.page.get_by_text("Tidak ada perangkat yang diberi tahu lagi.").wait_for()


def test_an_official_says_how_to_be_told(with_key: Served, person: Callable[..., Person]) -> None:
    served, place = with_key, with_key.world.tangsel
    portal = served.portal("tangsel")
    admin = person()
    admin.sign_in(place.accounts["admin"], to=f"{portal}/notifications")
    page = admin.page
    page.get_by_role("heading", name="Pemberitahuan", exact=True).wait_for()
    admin.see("choices")
    page.get_by_role("group", name="Pekerjaan untuk saya").get_by_label("Surel").uncheck()
    page.get_by_role("button", name="Simpan pilihan").click()
    page.get_by_text("Pilihan Anda tersimpan.").wait_for()
    assert not page.get_by_role("group", name="Pekerjaan untuk saya").get_by_label("Surel").is_checked()
    page.get_by_label("Jam saya sendiri").check()
    page.get_by_role("button", name="Simpan jam tenang").click()
    page.get_by_text("Jam tenang Anda tersimpan.").wait_for()
    admin.go(f"{portal}/manage/notifications")
    page.get_by_role("heading", name="Jam tenang", exact=True).wait_for()
    admin.see("municipal")
    page.get_by_role("button", name="Simpan jam tenang").click()
    page.get_by_text("Jam tenang tersimpan").wait_for()

    use_tenant(served.session, place.id)
    topic = topic_of(place.accounts["admin"].id, MessageKind.ADMINISTRATION)
    address = PeoplesManners().stop_address(served.session, topic)
    served.session.rollback()
    stranger = person()
    stranger.go(address)
    stranger.page.get_by_role("heading", name="Berhenti menerima surel?").wait_for()
    stranger.see("ask")
    stranger.page.get_by_role("button", name="Ya, hentikan").click()
    stranger.page.get_by_text("Surel ini tidak dikirim lagi:").wait_for()
    stranger.see("stopped")
