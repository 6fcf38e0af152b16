"""A maintainer ends the support of SIARAN 0.9; Surabaya reads it, finds the way, and the mapping is there already."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from app_catalog.deprecations.reading import today_in_jakarta
from app_catalog.installations.services import get_installation
from app_catalog.installations.versions import switch_version
from lumbung.db import as_tenant
from tests.app_runtime.stage import Stage
from tests.journeys.conftest import Person, Served
from tests.next_siaran import publish_next
from tests.siaran import enable_siaran

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("desk")]
MAPPING = '{"report": {"states": {"waiting": "assigned"}, "fields": {"cost": "expense"}}}'


def test_support_of_a_version_ends(served: Served, person: Callable[..., Person]) -> None:
    world, session = served.world, served.session
    installation = enable_siaran(session, world, world.surabaya)
    installation_id = installation.id
    with as_tenant(session, world.surabaya.id):
        Stage(session, world.surabaya, installation).report({"title": "Lampu mati"})
        session.commit()
    newest = publish_next(session, world)
    maintainer = person()
    maintainer.sign_in(world.tangsel.accounts["admin"], to="/publish/tangsel/apps/siaran")
    page = maintainer.page
    page.locator("a[href$='/0.9.0/deprecate']").click()
    page.get_by_label("Alasan").fill("Tenggatnya salah hitung di hari libur.")
    page.locator("[name=until]").fill((today_in_jakarta() + timedelta(days=10)).isoformat())
    page.locator("form").evaluate_all("forms => forms.forEach(form => form.noValidate = true)")
    page.locator("[name=successor_version]").select_option("0.10.0")
    page.locator("[name=mapping]").fill(MAPPING)
    page.get_by_role("button", name="Umumkan").click()
    page.get_by_text("Beri daerah waktu").first.wait_for()
    maintainer.see("too-soon")
    page.locator("[name=until]").fill((today_in_jakarta() + timedelta(days=60)).isoformat())
    page.get_by_role("button", name="Umumkan").click()
    page.get_by_text("Diumumkan.").wait_for()
    maintainer.see("announced")
    maintainer.go("/apps/siaran/0.9.0")
    maintainer.see("in-the-catalog")

    served.work()
    letters = served.mailbox.to(world.surabaya.accounts["admin"].email)
    assert any("Dukungan" in str(letter["Subject"]) for letter in letters)
    admin = person()
    admin.sign_in(world.surabaya.accounts["admin"], to="/handover?to=surabaya&next=/manage/apps")
    admin.page.get_by_text("Tenggatnya salah hitung").wait_for()
    admin.see("shelf")
    admin.go(f"{served.portal('surabaya')}/manage/apps/siaran/versions")
    admin.see("versions")
    admin.page.get_by_role("link", name="Lihat arti versi 0.10.0 bagi kami").click()
    admin.page.get_by_role("heading", name="Pakai versi 0.10.0").wait_for()
    session.rollback()
    with as_tenant(session, world.surabaya.id):
        switch_version(session, get_installation(session, installation_id), newest)
        session.commit()
    admin.go(f"{served.portal('surabaya')}/manage/apps/siaran/versions")
    admin.page.get_by_role("link", name="Pindahkan Laporan").click()
    admin.page.get_by_text("diusulkan penerbitnya").wait_for()
    assert admin.page.locator("[name='states.waiting']").input_value() == "assigned"
    assert admin.page.locator("[name='fields.cost']").input_value() == "expense"
    admin.see("proposed")
