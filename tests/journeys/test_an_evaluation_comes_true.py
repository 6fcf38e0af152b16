"""A point of an evaluation becomes a request, is supported, comes with the next version, and is told to who asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from lumbung.db import as_tenant, now
from tests.app_runtime.stage import Stage
from tests.journeys.conftest import Person, Served
from tests.next_siaran import publish_next
from tests.siaran import enable_siaran

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("desk")]
POINT = "Cetak surat jawaban dari halaman laporan"


def test_a_point_of_an_evaluation_is_fixed_and_told(served: Served, person: Callable[..., Person]) -> None:
    surabaya, tangsel = served.world.surabaya, served.world.tangsel
    _two_run_siaran(served)
    evaluator = person()
    evaluator.sign_in(surabaya.accounts["evaluator"], to="/handover?to=surabaya&next=/manage/evaluations")
    page = evaluator.page
    today = now().date()
    page.locator("[name=first]").fill((today - timedelta(days=30)).isoformat())
    page.locator("[name=last]").fill((today - timedelta(days=1)).isoformat())
    page.get_by_role("button", name="Mulai", exact=True).click()
    for name in ("ease", "reliability", "fit", "support", "effect"):
        page.locator(f"#f-{name}_score-4").check()
        page.locator(f"[name={name}_reason]").fill("Petugas memakainya tanpa dibantu.")
    page.locator("[name=summary]").fill("Layak dipakai semua daerah.")
    page.locator("[name=should_change]").fill(f"- {POINT}\n- Peta tanpa jaringan")
    page.get_by_role("button", name="Kirim evaluasi").click()
    page.get_by_role("heading", name="Menjadi permintaan").wait_for()
    evaluator.see("evaluation-with-requests")

    neighbour = person()
    neighbour.sign_in(tangsel.accounts["admin"], to="/handover?to=tangsel&next=/manage/apps/siaran/requests")
    wanted = neighbour.page.locator("li.lb-row", has_text=POINT)
    wanted.get_by_role("button", name="Kami juga perlu ini").click()
    neighbour.page.get_by_text("Dukungan daerah Anda tercatat.").wait_for()
    neighbour.see("supported")

    publish_next(served.session, served.world)
    neighbour.go("/publish/tangsel/requests")
    neighbour.see("desk")
    neighbour.page.get_by_role("link", name=POINT).click()
    neighbour.page.locator("[name=state]").select_option("fixed")
    neighbour.page.locator("[name=fixed_version]").select_option("0.10.0")
    neighbour.page.locator("[name=note]").fill("Ada di menu laporan.")
    neighbour.see("decision")
    neighbour.page.get_by_role("button", name="Tampilkan keputusan").click()
    neighbour.page.get_by_text("Keputusan tampil").wait_for()
    served.work()
    for place in (surabaya, tangsel):
        mails = [str(mail["Subject"]) for mail in served.mailbox.to(place.accounts["evaluator"].email)]
        assert [subject for subject in mails if POINT in subject and "0.10.0" in subject], mails
    mail = served.mailbox.to(surabaya.accounts["admin"].email)[-1]
    link = re.search(r"http\S+/versions/0\.10\.0", str(mail.get_payload(decode=True), "utf-8"))  # type: ignore[arg-type]
    assert link is not None

    admin = person()
    admin.sign_in(surabaya.accounts["admin"], to="/handover?to=surabaya&next=/manage/apps/siaran/versions/0.10.0")
    admin.page.get_by_role("button", name="Pakai versi 0.10.0").wait_for()
    assert admin.page.url == link[0]
    for path in ("/apps/siaran/roadmap", "/apps/siaran/requests"):
        admin.go(path)
        admin.page.get_by_text(POINT).wait_for()
        admin.see(path.rpartition("/")[2])
    admin.page.get_by_role("link", name=POINT).click()
    admin.page.get_by_text("Berasal dari evaluasi Kota Surabaya").wait_for()
    admin.see("request")


def _two_run_siaran(served: Served) -> None:
    """SIARAN in Tangsel and Surabaya, where reports have arrived."""
    enable_siaran(served.session, served.world, served.world.tangsel)
    installation = enable_siaran(served.session, served.world, served.world.surabaya)
    with as_tenant(served.session, served.world.surabaya.id):
        stage = Stage(served.session, served.world.surabaya, installation)
        stage.report({"title": "Lampu mati di simpang"})
        served.session.commit()
