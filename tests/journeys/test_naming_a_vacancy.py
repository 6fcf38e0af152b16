"""An application names its vacancy: from the vacancy's page on a phone, and back to it at work."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app_runtime.records.creating import create_record
from app_runtime.records.models import Record
from app_runtime.workflow.acting import take_action
from lumbung.db import as_tenant
from tests.app_runtime.test_children_together import actor
from tests.journeys.conftest import Person, Served
from tests.named_records import LOKER
from tests.small_app import enable_small

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]


def test_naming_a_vacancy(served: Served, person: Callable[..., Person]) -> None:
    session, world = served.session, served.world
    loker = enable_small(session, world, LOKER, roles=[("admin", "clerk")])
    with as_tenant(session, world.tangsel.id):
        clerk = actor(session, world, loker, "admin")
        for name in ("Sopir", "Satpam"):
            made = create_record(session, loker, clerk, "job", {"job": name, "pay": 5_000_000}).record
            take_action(session, made, clerk, "publish", {})
        job = made.id
        session.commit()
    citizen, portal = person(), served.portal("tangsel")
    citizen.go(f"{portal}/loker/job/{job}")
    citizen.see("vacancy")
    citizen.page.get_by_role("link", name="Lamar").click()
    vacancy = citizen.page.locator("[name=job]")
    assert vacancy.input_value() == "LK/002"
    vacancy.fill("")
    vacancy.press_sequentially("sop")
    citizen.page.wait_for_function("() => document.querySelector('datalist option')?.value === 'LK/001 · Sopir'")
    vacancy.fill("LK/001 · Sopir")
    citizen.see("form")
    citizen.page.locator("[name=letter]").fill("Halo")
    citizen.page.get_by_role("button", name="Kirim").click()
    citizen.page.get_by_text("Sudah kami terima").first.wait_for()
    with as_tenant(session, world.tangsel.id):
        sent = session.scalars(select(Record).where(Record.record_type == "application")).one()
        first = session.scalars(select(Record).where(Record.number == "LK/001")).one()
        assert sent.data["job"] == str(first.id)
        session.commit()
    official = person("desk")
    official.sign_in(world.tangsel.accounts["admin"], to=f"{portal}/work/loker/{first.id}")
    official.go(f"{portal}/work/loker/{first.id}")
    official.see("named-by")
    official.page.get_by_role("link", name="Lamaran LK/001 Sopir").click()
    official.page.get_by_role("link", name="LK/001 · Sopir").wait_for()
    official.see("names")
