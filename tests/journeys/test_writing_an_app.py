"""Somebody who never saw Lumbung reads the guide, writes an app in the browser, and plays its scenarios."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys.conftest import Person, Served
from tests.siaran import add_publisher

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("desk")]


def test_from_the_guide_to_a_package(served: Served, person: Callable[..., Person]) -> None:
    add_publisher(served.session, served.world)
    served.session.commit()
    author = person()
    author.sign_in(served.world.tangsel.accounts["admin"], to="/docs/guide")
    author.see("guide")

    author.go("/publish/tangsel/builder")
    author.see("begin")
    author.page.locator("input[name=app_id]").fill("surat-warga")
    author.page.locator("input[name=name]").fill("Surat Warga")
    author.page.get_by_role("button", name="Mulai").click()
    shown = author.page.frame_locator("iframe")
    shown.get_by_text("Apa yang Anda perlukan?").wait_for()
    author.see("builder")

    author.page.locator("summary", has_text="records/request.yaml").click()
    source = author.page.locator("textarea[name='file:records/request.yaml']")
    good = source.input_value()
    source.fill(good.replace("from: received", "form: received"))
    author.page.get_by_text("Mungkin maksudnya").wait_for()
    author.see("mistake")
    source.fill(good.replace("Apa yang Anda perlukan?", "Apa keperluan Anda?"))
    shown.get_by_text("Apa keperluan Anda?").wait_for()

    author.page.get_by_role("button", name="Kirim yang tersimpan").click()
    author.page.wait_for_url("**/publish/tangsel/apps/surat-warga")
    author.page.get_by_role("link", name="Jalankan skenario versi 0.1.0").click()
    author.page.get_by_role("link", name="Jalankan 3 skenario").click()
    author.page.get_by_text("Semua lulus").wait_for()
    author.see("played")
