"""A permit is issued as a PDF, a stranger verifies it by its code, and the officials' live room shows what happens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from app_runtime.documents.models import IssuedDocument
from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from lumbung.db import as_tenant
from lumbung.files import get_file, open_file
from tests.izin import enable_izin
from tests.journeys.conftest import Person, Served
from tests.pagu import enable_pagu, make

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]


def test_a_permit_is_verified(served: Served, person: Callable[..., Person], tmp_path: Path) -> None:
    world, session = served.world, served.session
    portal = served.portal("tangsel")
    installation = enable_izin(session, world)
    values = {"text": "Kedai Kopi Serpong", "kind": "board", "owner": {"name": "Sari"}, "until": "2027-03-01"}
    record = create_record(session, installation, SYSTEM, "permit", values, channel="api").record
    news = {"headline": "Loket buka hari Sabtu", "body": "## Jam\n\nLoket **buka** pukul 08.00 sampai 12.00."}
    create_record(session, installation, SYSTEM, "news", news, channel="api").record.published = True
    session.commit()
    record_id = record.id
    clerk = person()
    clerk.sign_in(world.tangsel.accounts["handler"], to=f"{portal}/work/izin/{record_id}")
    clerk.page.get_by_role("button", name="Terbitkan").first.click()
    clerk.page.get_by_text("Berlaku", exact=True).first.wait_for()
    served.work()
    clerk.go(f"{portal}/work/izin/{record_id}")
    clerk.page.get_by_role("link", name="Buka berkas 1").wait_for()
    clerk.see("issued")
    with as_tenant(session, world.tangsel.id):
        code = session.scalars(select(IssuedDocument.code)).one()
        with open_file(get_file(session, session.scalars(select(IssuedDocument.file_id)).one())) as opened:
            (tmp_path / "izin.pdf").write_bytes(opened.read())
    stranger = person()
    stranger.go(f"{portal}/izin/news")
    stranger.page.get_by_role("link", name="Loket buka hari Sabtu").wait_for()
    stranger.see("news")
    stranger.go(f"{portal}/verify")
    stranger.see("ask")
    stranger.page.locator("input[name=code]").fill(code.lower())
    stranger.page.get_by_role("button", name="Periksa", exact=True).click()
    stranger.page.get_by_text("Dokumen ini sah dan berlaku.").wait_for()
    stranger.see("valid")
    stranger.page.locator("input[type=file]").set_input_files(tmp_path / "izin.pdf")
    stranger.page.get_by_role("button", name="Bandingkan").click()
    stranger.page.get_by_text("sama persis").wait_for()
    stranger.page.emulate_media(media="print")
    assert stranger.page.get_by_text("Sidik digital").is_visible()
    assert not stranger.page.get_by_role("button", name="Bandingkan").is_visible()
    assert not stranger.page.locator("header.lb-head").is_visible()
    assert stranger.page.locator(".lb-print-head").inner_text().startswith("Kota Tangerang Selatan")
    stranger.page.emulate_media(media="screen")
    with as_tenant(session, world.tangsel.id):
        spots = enable_pagu(session, world)
    with as_tenant(session, world.tangsel.id):
        for title in ("Lubang Ciputat", "Lubang Serpong"):
            make(session, spots, "spot", title=title, place=[106.7, -6.3], sort="hole", width=120)
        session.commit()
    clerk.go(f"{portal}/live")
    clerk.page.get_by_role("heading", name="Baru saja").wait_for()
    clerk.see("live")
