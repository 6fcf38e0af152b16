"""A publisher asks; a regional admin answers on a phone with evidence, sees the comparison, and takes the paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app_catalog.evaluations.facts import count_facts
from app_catalog.evaluations.models import Evaluation
from app_catalog.installations.models import Installation
from app_catalog.releases.models import App
from lumbung.db import as_tenant, now, set_clock
from lumbung.outbox import run_periodics
from tests.app_catalog.campaign_stage import COMPLAINTS, publish_elsewhere
from tests.app_runtime.stage import Stage
from tests.journeys.conftest import Person, Served
from tests.siaran import enable_siaran

pytestmark = pytest.mark.journey
POINT = "Cetak surat jawaban dari halaman laporan"


@pytest.mark.parametrize("screen", ["phone"], indirect=True)
def test_a_campaign_is_answered_with_evidence(served: Served, person: Callable[..., Person], tmp_path: Path) -> None:
    tangsel, surabaya = served.world.tangsel, served.world.surabaya
    installation = _surabaya_has_run_siaran(served)
    maintainer = person("desk")
    maintainer.sign_in(tangsel.accounts["admin"], to="/publish/tangsel/campaigns")
    maintainer.see("campaigns")
    maintainer.page.get_by_role("link", name="Buka kampanye").click()
    page = maintainer.page
    page.locator("[name=title_id]").fill("Evaluasi SIARAN semester ini")
    page.locator("[name=title_en]").fill("Evaluation of SIARAN, this half-year")
    maintainer.see("new-campaign")
    page.locator("[name=first]").fill((now().date() - timedelta(days=30)).isoformat())
    page.locator("[name=last]").fill((now().date() - timedelta(days=1)).isoformat())
    page.get_by_role("button", name="Buka kampanye").click()
    page.get_by_text("Kampanye dibuka").wait_for()
    maintainer.see("campaign-empty")
    run_periodics(served.app, names=["tend-campaigns"])
    served.work()
    mail = served.mailbox.to(surabaya.accounts["evaluator"].email)[-1]
    assert "Mohon evaluasi" in str(mail["Subject"])

    evaluator = person()
    evaluator.sign_in(surabaya.accounts["evaluator"], to="/handover?to=surabaya&next=/manage/evaluations")
    evaluator.see("asked")
    evaluator.page.get_by_role("button", name="Mulai menjawab").click()
    evaluator.page.get_by_role("heading", name="Angka periode ini").wait_for()
    evaluator.page.get_by_text("Nilai sebelumnya dan daerah serupa").click()
    evaluator.see("answering")
    _fill_in(evaluator, tmp_path)
    evaluator.see("with-evidence")
    evaluator.page.locator("[name=public]").check()
    evaluator.page.locator("[name=with_facts]").check()
    evaluator.page.locator("[name=should_change]").fill(POINT)
    evaluator.page.get_by_role("button", name="Kirim evaluasi").click()
    evaluator.page.get_by_role("heading", name="Menjadi permintaan").wait_for()
    evaluator.page.get_by_text("rata-rata 3 kota yang menerbitkan").first.wait_for()
    evaluator.see("submitted")
    with evaluator.page.expect_response(lambda answer: answer.url.endswith(".pdf")) as got:
        evaluator.page.evaluate("fetch(document.querySelector('a[href$=\".pdf\"]').href)")
    assert got.value.body().startswith(b"%PDF-")
    with as_tenant(served.session, surabaya.id):
        kept = served.session.scalars(select(Evaluation)).one()
        counted = count_facts(served.session, installation, first=kept.period_start, last=kept.period_end)
        assert kept.facts == counted.as_json()
        assert counted.records == 1
    served.session.rollback()

    maintainer.page.reload()
    maintainer.page.get_by_role("link", name="Kota Surabaya").click()
    maintainer.page.get_by_role("link", name="bukti.pdf").wait_for()
    maintainer.see("answer")
    maintainer.go("/publish/tangsel/requests")
    maintainer.page.get_by_role("link", name=POINT).wait_for()
    for path, name in (("/regions/35.78", "region"), ("/apps/siaran", "app")):
        maintainer.go(path)
        maintainer.see(name)
    curator = person("desk")
    curator.sign_in(served.world.operator, to="/curator/campaigns")
    curator.see("curator")
    for path, name in (("/curator/campaigns/new", "curator-new"), ("/curator/rubrics", "rubrics"),
                       ("/curator/rubrics/complaints", "rubric")):  # fmt: skip
        curator.go(path)
        curator.see(name)


def _surabaya_has_run_siaran(served: Served) -> Installation:
    with set_clock(now() - timedelta(days=60)):
        installation = enable_siaran(served.session, served.world, served.world.surabaya)
    with as_tenant(served.session, served.world.surabaya.id), set_clock(now() - timedelta(days=3)):
        Stage(served.session, served.world.surabaya, installation).report({"title": "Lampu mati di simpang"})
        served.session.commit()
    app_id = served.session.scalars(select(App.id).where(App.slug == "siaran")).one()
    for code, score in (("31.71", 3), ("31.73", 4), ("32.73", 5)):
        publish_elsewhere(served.session, app_id, code, score=score)
    return installation


def _fill_in(evaluator: Person, folder: Path) -> None:
    page = evaluator.page
    for one in COMPLAINTS.criteria:
        page.locator(f"#f-{one.id}_score-4").check()
        page.locator(f"[name='{one.id}_reason']").fill("Petugas memakainya tanpa dibantu.")
    page.locator("[name=summary]").fill("Layak dipakai semua daerah.")
    proof = folder / "bukti.pdf"
    proof.write_bytes(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    page.locator("#f-evidence_answers").set_input_files(proof)
    page.get_by_role("button", name="Simpan draf").click()
    page.get_by_text("Draf disimpan.").wait_for()
    page.get_by_role("link", name="bukti.pdf").wait_for()
