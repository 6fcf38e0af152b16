"""Somebody looks for an app among many, compares, wishes for what is missing, and a publisher takes it up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from lumbung.db import now
from tests.generated_apps.filling import checked_package, checked_packages, fill_catalog
from tests.generated_apps.packages import copy_of
from tests.journeys.conftest import Person, Served
from tests.siaran import enable_siaran

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]
WISH = "Antrean puskesmas dari rumah"


def test_choosing_and_wishing_among_many_apps(served: Served, person: Callable[..., Person]) -> None:
    packages = list(checked_packages(60))
    twin = copy_of(packages[5][0], slug="salinan", name="Salinan Kota", place=2)
    fill_catalog(served.session, [*packages, (twin, checked_package(twin))], municipalities=30)
    enable_siaran(served.session, served.world)
    anybody = person()
    page = anybody.page
    anybody.go("/apps")
    # What the browser holds is not sent again, and its scripts go on.
    again = page.reload()
    assert again is not None
    assert again.status in (200, 304)
    anybody.see("catalog")
    boxes = page.locator("main article input[name=app]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("button", name="Bandingkan yang dicentang").click()
    page.get_by_role("heading", name="Bandingkan aplikasi").wait_for()
    assert page.locator("h2 a").count() == 2
    anybody.see("compared")
    for path, name in (
        ("/apps?page=2", "second-page"),
        ("/regions/adoption", "map"),
        ("/regions/36.74", "region"),
        ("/wishes", "no-wishes"),
        ("/docs", "docs"),
    ):
        anybody.go(path)
        anybody.see(name)

    evaluator = person()
    surabaya = served.world.surabaya
    evaluator.sign_in(surabaya.accounts["evaluator"], to="/handover?to=surabaya&next=/manage/wishes")
    form = evaluator.page
    form.locator("[name=title]").fill(WISH)
    form.locator("[name=problem]").fill("Warga datang subuh untuk mengambil nomor, lalu menunggu berjam-jam.")
    form.locator("[name=serves]").fill("Pasien puskesmas")
    form.locator("[name=category]").select_option("health")
    evaluator.see("wish")
    form.get_by_role("button", name="Tampilkan").click()
    form.get_by_text("Keinginan daerah Anda tampil di hub.").wait_for()
    evaluator.see("wished")

    maintainer = person()
    maintainer.sign_in(served.world.tangsel.accounts["admin"], to="/wishes")
    desk = maintainer.page
    desk.get_by_role("link", name=WISH).click()
    desk.locator("[name=until]").fill((now() + timedelta(days=60)).date().isoformat())
    maintainer.see("wish-to-take-up")
    desk.get_by_role("button", name="Kami kerjakan", exact=True).click()
    desk.get_by_text("Dicatat: Anda mengerjakannya.").wait_for()
    desk.locator("select[name=app]").select_option("siaran")
    desk.get_by_role("button", name="Nyatakan terwujud").click()
    desk.get_by_text("Semua yang menginginkannya diberi tahu.").wait_for()
    maintainer.see("fulfilled")
    served.work()
    subjects = [str(mail["Subject"]) for mail in served.mailbox.to(surabaya.accounts["evaluator"].email)]
    assert [subject for subject in subjects if WISH in subject], subjects

    curator = person()
    curator.sign_in(served.world.operator, to="/curator/overlaps")
    assert curator.page.get_by_text("Salinan Kota").count() >= 1
    curator.see("overlaps")
