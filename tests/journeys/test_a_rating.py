"""A citizen says how satisfied she is, the agency reads it, the administrator sees what it comes to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from app_catalog.installations.models import Installation
from app_catalog.releases.models import App
from lumbung.db import as_tenant, now, set_clock
from lumbung.files import store_photo
from tests.app_catalog.test_figures import another_place, published_row
from tests.app_runtime.stage import Stage
from tests.app_runtime.test_pages_form import photo
from tests.journeys.conftest import Person, Served
from tests.siaran import BUNDLED, enable_siaran

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]


def test_a_citizen_rates_and_the_agency_reads_it(served: Served, person: Callable[..., Person]) -> None:
    place, portal = served.world.tangsel, served.portal("tangsel")
    code, record = _fixed_report(served)
    sari = person()
    sari.go(f"{portal}/track/{code}")
    page = sari.page
    page.get_by_role("heading", name="Seberapa puas Anda?").wait_for()
    sari.see("asked")
    page.locator("#f-score-4").check()
    page.get_by_label("Mengapa?").fill("Cepat, tetapi kabelnya masih terlihat.")
    page.get_by_role("button", name="Kirim penilaian").click()
    page.get_by_text("Anda memberi 4 dari 5. Terima kasih.").wait_for()
    page.get_by_text("Ubah penilaian").click()
    sari.see("rated")
    page.locator("#f-score-5").check()
    page.get_by_role("button", name="Kirim penilaian").click()
    page.get_by_text("Anda memberi 5 dari 5. Terima kasih.").wait_for()

    handler = person()
    handler.sign_in(place.accounts["handler"], to=f"/handover?to=tangsel&next=/work/siaran/{record}")
    handler.page.get_by_text("Cepat, tetapi kabelnya masih terlihat.").wait_for()
    handler.see("read")
    admin = person()
    admin.sign_in(place.accounts["admin"], to="/handover?to=tangsel&next=/manage/apps/siaran/figures")
    admin.page.get_by_role("heading", name="Menurut dinas, 30 hari terakhir").wait_for()
    admin.see("figures")


def test_the_catalog_tells_what_ratings_come_to(served: Served, person: Callable[..., Person]) -> None:
    enable_siaran(served.session, served.world, package=BUNDLED)
    app = served.session.scalars(select(App)).one()
    last = (now().date().replace(day=1) - timedelta(days=1)).replace(day=1)
    for place in (served.world.tangsel.id, served.world.surabaya.id, another_place(served.session)):
        with as_tenant(served.session, place):
            for version, mean in (("", 4.2), ("0.9.0", 3.9), ("0.9.1", 4.4)):
                counts = {"created": 40, "closed": 30, "closed_success": 28, "due": 60, "in_time": 51}
                told = {"close_median": 93_600, "rated": 14, "rating_mean": mean}
                staff = {} if version else {"people": 8, "agencies": 4}
                served.session.add(published_row(place, app.id, last, version, **counts, **told, **staff))
            served.session.commit()
    anybody = person()
    anybody.go("/apps/siaran/figures")
    anybody.page.get_by_text("4,4 (42)").wait_for()
    anybody.see("catalog")


def _fixed_report(served: Served) -> tuple[str, str]:
    place, session = served.world.tangsel, served.session
    with set_clock(now() - timedelta(days=20)):
        enable_siaran(session, served.world, place, package=BUNDLED)
    with as_tenant(session, place.id):
        stage = Stage(session, place, session.scalars(select(Installation)).one())
        with set_clock(now() - timedelta(days=10)):
            stage.report({"title": "Sampah menumpuk", "category": "rubbish"})
        made = stage.report({"reporter": {"name": "Sari", "email": "sari@warga.id"}})
        stage.act(made.record, "handler", "respond", answer="Kami ganti hari ini.")
        after = [str(store_photo(session, photo("green")).id)]
        stage.act(made.record, "handler", "fix", after=after)
        session.commit()
        return made.tracking_code, str(made.record.id)
