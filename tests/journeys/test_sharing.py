"""Tangsel publishes SIARAN; Surabaya enables it in its own way, judges it, and is answered."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app_catalog.definitions.source import pack
from app_catalog.evaluations.criteria import CRITERIA
from tests.journeys.conftest import Person, Served
from tests.siaran import SIARAN, add_publisher, publish_siaran

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("desk")]


def test_publish_and_enable(
    served: Served, person: Callable[..., Person], tmp_path_factory: pytest.TempPathFactory
) -> None:
    add_publisher(served.session, served.world)
    served.session.commit()
    archive = tmp_path_factory.mktemp("package") / "siaran-0.9.0.zip"
    archive.write_bytes(pack(SIARAN))

    maintainer = person()
    maintainer.go("/")
    maintainer.see("hub")
    maintainer.sign_in(served.world.tangsel.accounts["admin"], to="/publish", typed=True)
    maintainer.see("publish")
    maintainer.page.get_by_role("link", name="Kota Tangerang Selatan").first.click()
    maintainer.page.wait_for_url("**/publish/tangsel")
    maintainer.see("publisher")
    maintainer.page.locator("a[href$='/upload']").first.click()
    maintainer.page.locator("input[type=file]").first.set_input_files(archive)
    maintainer.see("upload")
    maintainer.page.locator("form:has(input[type=file]) button[type=submit]").first.click()
    maintainer.page.get_by_text("Menunggu kurator").first.wait_for()
    maintainer.see("waiting")

    curator = person()
    curator.sign_in(served.world.operator, to="/curator/releases")
    curator.page.get_by_text("Ini terbitan pertama aplikasi ini.").wait_for()
    curator.see("to-approve")
    curator.page.get_by_role("button", name="Terbitkan").click()
    curator.page.get_by_role("dialog").get_by_role("button", name="Terbitkan").click()
    curator.page.get_by_text("Versi 0.9.0 terbit.").wait_for()
    curator.see("approved")

    admin = person()
    admin.sign_in(served.world.surabaya.accounts["admin"], to="/apps")
    admin.see("catalog")
    admin.page.get_by_role("link", name="SIARAN").first.click()
    admin.see("app")
    admin.page.get_by_role("link", name="Pakai di").first.click()
    admin.page.wait_for_url("**/manage/apps/siaran/enable")
    admin.see("enable")
    admin.page.get_by_label("Nama sendiri").fill("Wargaku")
    admin.page.get_by_label("Langsung ke dinas").check()
    for number in range(6):
        admin.page.locator(f"select[name='categories.{number}.agency']").select_option("dlh")
    admin.page.get_by_role("button", name="Aktifkan sekarang").click()
    admin.page.get_by_text("Aplikasi sudah aktif di portal.").wait_for()
    admin.see("enabled")

    admin.go("/apps/siaran")
    admin.page.get_by_text("Wargaku").first.wait_for()
    admin.see("app-in-use")


def test_evaluate_and_reply(served: Served, person: Callable[..., Person]) -> None:
    from tests.siaran import enable_siaran

    publish_siaran(served.session, served.world)
    enable_siaran(served.session, served.world, served.world.surabaya)
    portal = served.portal("surabaya")

    evaluator = person()
    evaluator.sign_in(served.world.surabaya.accounts["evaluator"], to="/handover?to=surabaya&next=/manage/evaluations")
    evaluator.see("evaluations")
    evaluator.page.get_by_role("button", name="Mulai").click()
    evaluator.page.get_by_role("heading", name="Angka periode ini").wait_for()
    evaluator.see("draft")
    for criterion in CRITERIA:
        evaluator.page.locator(f"#f-{criterion.id}_score-4").check()
        evaluator.page.locator(f"#f-{criterion.id}_reason").fill("Petugas memakainya tanpa dibantu.")
    evaluator.page.locator("#f-summary").fill("Layak dipakai semua daerah.")
    evaluator.page.get_by_role("button", name="Kirim evaluasi").click()
    evaluator.page.get_by_text("Evaluasi terkirim").wait_for()
    evaluator.see("submitted")
    served.work()
    assert served.mailbox.to(served.world.tangsel.accounts["admin"].email)

    maintainer = person()
    maintainer.sign_in(served.world.tangsel.accounts["admin"], to="/publish/replies")
    maintainer.see("judgements")
    maintainer.page.locator("textarea[name=words]").first.fill("Terima kasih, kami perbaiki di versi berikutnya.")
    maintainer.page.get_by_role("button", name="Tampilkan jawaban").first.click()
    maintainer.page.get_by_text("Jawaban Anda sudah tampil.").wait_for()
    maintainer.see("replied")
    served.work()
    assert served.mailbox.to(served.world.surabaya.accounts["evaluator"].email)

    anybody = person()
    anybody.go("/apps/siaran")
    anybody.page.get_by_text("Terima kasih, kami perbaiki").wait_for()
    anybody.see("app-judged")
    anybody.page.get_by_role("link", name="Baca evaluasi lengkap").click()
    anybody.page.get_by_text("Layak dipakai semua daerah.").wait_for()
    anybody.see("evaluation")
    assert portal.endswith(served.address.rsplit(":", 1)[1])
