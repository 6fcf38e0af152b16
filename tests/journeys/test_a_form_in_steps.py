"""A long form on a phone: page by page, left and gone on with, looked over, sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from app_runtime.records.models import Record
from lumbung.db import as_tenant
from tests.app_runtime.test_pages_form import photo
from tests.journeys.conftest import Person, Served
from tests.step_app import FORM, enable_steps

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]


def _on(page: Page) -> None:
    page.get_by_role("button", name="Lanjut", exact=True).click()


def _first_step(page: Page) -> None:
    page.locator("[name=subject]").fill("Papan toko roti")
    page.get_by_label("Papan nama").check()
    _on(page)
    page.get_by_role("heading", name="Ukuran").wait_for()


def test_a_form_in_steps(served: Served, person: Callable[..., Person], tmp_path: Path) -> None:
    enable_steps(served.session, served.world)
    picture = tmp_path / "papan.jpg"
    picture.write_bytes(photo())
    form = served.portal("tangsel") + FORM
    citizen = person()
    page = citizen.page
    citizen.go(form)
    page.locator("input[type=file]").set_input_files(picture)
    _first_step(page)
    height = page.locator("[name=height]")
    assert not height.is_visible()
    page.locator("[name=width]").fill("5")
    height.wait_for()
    height.fill("2")
    page.locator("[data-sum=area] output", has_text="10").wait_for()
    citizen.see("appears-at-once")
    _on(page)
    page.get_by_role("heading", name="Rincian").wait_for()
    page.go_back()
    page.get_by_role("heading", name="Ukuran").wait_for()
    assert page.locator("[name=height]").input_value() == "2"
    _on(page)
    page.get_by_role("heading", name="Rincian").wait_for()
    page.locator("[name='goods.0.what']").fill("Papan kayu")
    page.wait_for_function("() => Object.values(localStorage)[0].includes('Papan kayu')")

    citizen.go(form)
    page.get_by_role("button", name="Lanjutkan draf").wait_for()
    citizen.see("draft-offered")
    page.get_by_role("button", name="Lanjutkan draf").click()
    page.get_by_role("heading", name="Rincian").wait_for()
    assert page.locator("[name='goods.0.what']").input_value() == "Papan kayu"
    _on(page)
    page.locator("[name=nik]").fill("12")
    page.locator("[name='contact.name']").fill("Sari")
    _on(page)
    page.locator("[data-error-summary]").wait_for()
    citizen.see("refused")
    page.locator("[name=nik]").fill("3674010203040005")
    _on(page)
    page.get_by_role("heading", name="Periksa lalu kirim").wait_for()
    citizen.see("summary")
    page.get_by_role("button", name="Ubah Yang diajukan").click()
    page.locator("input[type=file]").set_input_files(picture)
    page.get_by_role("button", name="Simpan, kembali ke ringkasan").click()
    page.get_by_text("papan.jpg").wait_for()
    page.get_by_role("button", name="Kirim", exact=True).click()
    page.get_by_text("Sudah kami terima").wait_for()
    with as_tenant(served.session, served.world.tangsel.id):
        made = served.session.scalars(select(Record)).one()
        assert (made.data["width"], made.data["height"]) == (5, 2)
        assert made.data["goods"] == [{"what": "Papan kayu"}]
    assert "Papan" not in page.evaluate("JSON.stringify(localStorage)")

    member = person("desk")
    own = served.portal("tangsel") + "/track/mine"
    member.sign_in(served.world.tangsel.accounts["handler"], to=own)
    member.go(form)
    _first_step(member.page)
    member.page.get_by_role("button", name="Simpan, lanjutkan nanti").click()
    member.page.get_by_text("Lanjutkan kapan saja").wait_for()
    member.see("kept")
    member.go(own)
    member.see("own-drafts")
    member.page.get_by_role("link", name="Lanjutkan Ajukan").click()
    member.page.get_by_role("heading", name="Ukuran").wait_for()
