"""Tangsel invites a maintainer by mail and hands SIARAN over to a community, which accepts it."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage
from typing import cast

import pytest

from tests.app_catalog.packages import approved_publisher
from tests.journeys.conftest import Person, Served
from tests.siaran import publish_siaran

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("desk")]


def test_an_app_is_handed_over(served: Served, person: Callable[..., Person]) -> None:
    world = served.world
    publish_siaran(served.session, world)
    approved_publisher(served.session, world.surabaya.accounts["admin"], slug="komunitas", name="Komunitas Warga")
    owner = person()
    page = owner.page
    owner.sign_in(world.tangsel.accounts["admin"], to="/publish/tangsel/people")
    page.get_by_label("Surel").fill(world.stranger.email)
    page.get_by_role("button", name="Buat undangan").click()
    page.get_by_text("Surel dengan tautan ini dikirim").wait_for()
    owner.go("/publish/tangsel/people")
    page.get_by_role("button", name="Kirim lagi").wait_for()
    owner.see("invited")
    served.work()
    (letter,) = served.mailbox.to(world.stranger.email)
    text = str(cast("EmailMessage", letter).get_content())
    found = re.search(r"http://\S+/publish/invitations/\S+", text)
    assert found is not None
    assert "invites you" in text
    guest = person()
    guest.sign_in(world.stranger, to=found[0])
    guest.page.get_by_role("button", name="Terima undangan").click()
    guest.page.get_by_text("Anda kini mewakili Kota Tangerang Selatan.").wait_for()

    owner.go("/publish/tangsel/apps/siaran")
    page.get_by_role("link", name="Serahkan kepada penerbit lain").click()
    page.get_by_label("Alamat singkat").fill("komunitas")
    page.get_by_label("Alasan").fill("Kalian yang merawatnya sekarang.")
    owner.see("to-whom")
    page.get_by_role("button", name="Tawarkan").click()
    page.get_by_text("sedang ditawarkan").wait_for()
    owner.see("on-offer")

    taker = person()
    taker.sign_in(world.surabaya.accounts["admin"], to="/publish/komunitas")
    taker.see("offered")
    taker.page.get_by_role("link", name="Lihat dan jawab").click()
    taker.page.get_by_text("Kalian yang merawatnya sekarang.").wait_for()
    taker.see("answer")
    taker.page.get_by_role("button", name="Terima", exact=True).click()
    taker.page.get_by_role("dialog").get_by_role("button", name="Terima", exact=True).click()
    taker.page.get_by_text("Aplikasi ini kini milik Komunitas Warga.").wait_for()
    taker.go("/apps/siaran/0.9.0")
    taker.page.get_by_text("kini Komunitas Warga").wait_for()
