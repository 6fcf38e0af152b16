"""Documents are sent from a phone, judged at a desk, and what was refused is asked for again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from app_runtime.records.models import Record
from app_runtime.records.tracking import tracking_code_of
from lumbung.db import as_tenant
from tests.app_runtime.test_pages_form import photo
from tests.checklist_app import PERMITS
from tests.journeys.conftest import Person, Served
from tests.small_app import enable_small

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]


def test_documents_one_by_one(served: Served, person: Callable[..., Person], tmp_path: Path) -> None:
    session, world = served.session, served.world
    enable_small(session, world, PERMITS, roles=[("admin", "clerk")])
    picture = tmp_path / "ktp.jpg"
    picture.write_bytes(photo())
    citizen, portal = person(), served.portal("tangsel")
    citizen.go(f"{portal}/izin/ajukan")
    citizen.page.locator("[name=business]").fill("Warung Sari")
    for item in ("ktp", "lease-deed"):
        citizen.page.locator(f"[name='documents:{item}']").set_input_files(picture)
    citizen.see("form")
    citizen.page.get_by_role("button", name="Kirim").click()
    citizen.page.get_by_text("Sudah kami terima").first.wait_for()
    with as_tenant(session, world.tangsel.id):
        sent = session.scalars(select(Record)).one()
        code = tracking_code_of(sent)
        session.commit()
    official, page = person("desk"), f"{portal}/work/izin/{sent.id}"
    official.sign_in(world.tangsel.accounts["admin"], to=page)
    official.go(page)
    official.page.get_by_label("KTP: putusan").select_option("accepted")
    official.page.get_by_label("Bukti sewa: putusan").select_option("refused")
    official.page.get_by_label("Bukti sewa: catatan pemeriksa").fill("Tanda tangan tidak terbaca")
    official.see("judging")
    official.page.get_by_role("button", name="Periksa dokumen").click()
    official.page.get_by_text("Perlu diperbaiki").first.wait_for()
    official.page.locator("#action-send_back summary").click()
    official.page.locator("#action-send_back button[type=submit]").click()
    official.page.get_by_text("Perlu dilengkapi").first.wait_for()
    citizen.go(f"{portal}/track/{code}")
    citizen.page.get_by_text("Tanda tangan tidak terbaca").first.wait_for()
    assert citizen.page.locator("[name='documents:ktp']").count() == 0
    citizen.see("asked-again")
