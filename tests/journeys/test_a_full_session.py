"""A citizen books a place in a session that is full, takes another, and the administrator sees what is kept of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lumbung.db import as_tenant
from tests.journeys.conftest import Person, Served
from tests.pagu import enable_pagu, make

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]


def test_who_finds_a_session_full_takes_another(served: Served, person: Callable[..., Person]) -> None:
    world = served.world
    installation = enable_pagu(served.session, world)
    with as_tenant(served.session, world.tangsel.id):
        for name in ("Sari", "Budi"):
            make(
                served.session,
                installation,
                "visit",
                person=name,
                clinic="ciputat",
                date="2026-03-02",
                session="morning",
            )
        served.session.commit()
    citizen = person()
    page = citizen.page
    citizen.go(served.portal("tangsel") + "/pagu/visit")
    page.locator("input[name=person]").fill("Joko Susilo")
    page.locator("input[name=clinic][value=ciputat]").check()
    page.locator("input[name=date]").fill("2026-03-02")
    page.locator("input[name=session][value=morning]").check()
    page.get_by_role("button", name="Kirim", exact=True).click()
    page.get_by_text("Sesi ini sudah penuh. Pilih sesi lain.").wait_for()
    assert page.locator("input[name=person]").input_value() == "Joko Susilo"
    citizen.see("full")
    page.locator("input[name=session][value=noon]").check()
    page.get_by_role("button", name="Kirim", exact=True).click()
    page.get_by_text("Tempat sudah dipesan.").wait_for()
    admin = person()
    admin.sign_in(world.tangsel.accounts["admin"])
    admin.go(served.portal("tangsel") + "/manage/retention")
    admin.page.get_by_role("heading", name="Pagu dan Kunjungan").wait_for()
    admin.see("retention")
