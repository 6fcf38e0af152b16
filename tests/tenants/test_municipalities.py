"""From a region on the hub to an open portal."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import as_tenant, now
from lumbung.errors import Invalid
from lumbung.i18n import Text
from lumbung.web.sites import LumbungFlask
from tenants.calendars.models import CalendarDay
from tenants.municipalities import checklist as steps
from tenants.municipalities.first_steps import first_steps
from tenants.municipalities.models import Municipality
from tenants.municipalities.services import change_slug, slug_error
from tenants.regions import sections
from tests.browsing import browse, csrf_token, words_of
from tests.world import World

AnySession = scoped_session[Session]
AMBON = "81.71"


def prepare(session: AnySession, world: World, **values: Any) -> Municipality:
    """Put Tangsel back to preparing."""
    municipality = world.tangsel.municipality
    municipality.status = "preparing"
    for name, value in values.items():
        setattr(municipality, name, value)
    session.commit()
    return municipality


def test_regions_are_searched_and_say_who_takes_part(app: LumbungFlask, world: World) -> None:
    hub = browse(app)
    assert "Kota Tangerang Selatan" in words_of(hub.get("/regions"))
    found = words_of(hub.get("/regions?q=tangsel"))
    assert "Kota Tangerang Selatan" in found
    assert "Ikut serta" in found
    assert "Kota Ambon" in words_of(hub.get("/regions?province=81"))
    assert "Tidak ditemukan" in words_of(hub.get("/regions?q=atlantis"))
    assert hub.get("/regions?q=%00%ff" + "x" * 500).status_code == 200


def test_a_region_leads_to_its_portal_or_to_the_claim(app: LumbungFlask, world: World) -> None:
    hub = browse(app)
    assert "https://tangsel.lumbung.test/" in hub.get("/regions/36.74").text
    assert f"/claim/{AMBON}" in hub.get(f"/regions/{AMBON}").text
    assert hub.get("/regions/99.99").status_code == 404


def test_other_features_add_sections_to_a_region(
    app: LumbungFlask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sections, "_sources", [])
    section = sections.RegionSection(
        title=Text("Bagian uji", "Section"), template="regions/_entry.html", values={"n": 1}
    )
    sections.register_region_section(lambda session, municipality: section)
    hub = browse(app)
    assert "Bagian uji" in words_of(hub.get("/regions/36.74"))
    assert "Bagian uji" not in words_of(hub.get(f"/regions/{AMBON}"))


def test_another_slug_retires_the_old_one_for_good(app: LumbungFlask, session: AnySession, world: World) -> None:
    operator = browse(app, account=world.operator)
    path = "/operator/municipalities/36.74"
    assert operator.post_form(path, {"slug": "tangerang-selatan"}, to=f"{path}/slug").status_code == 303
    assert browse(app, "tangsel.lumbung.test").get("/seal").status_code == 421
    session.expire_all()
    assert slug_error(session, "tangsel", municipality_id=world.surabaya.id) is not None
    assert slug_error(session, "tangsel", municipality_id=world.tangsel.id) is None
    with pytest.raises(Invalid):
        change_slug(session, world.surabaya.municipality, "tangsel")
    assert operator.post_form(path, {"slug": "surabaya"}, to=f"{path}/slug").status_code == 422


def test_a_suspended_portal_answers_nobody_until_it_continues(
    app: LumbungFlask, session: AnySession, world: World
) -> None:
    operator = browse(app, account=world.operator)
    path = "/operator/municipalities/36.74"
    operator.post_form(path, to=f"{path}/status")
    assert browse(app, world.tangsel.host).get("/").status_code == 421
    assert operator.post_form(path, to=f"{path}/status").status_code == 303
    assert browse(app, world.tangsel.host).get("/").status_code != 421


def test_residents_wait_while_officials_prepare(
    app: LumbungFlask, session: AnySession, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is run for residents is told by the layer that it lives in; one page is lent to it here.
    monkeypatch.setattr(app.view_functions["manage.seal"], "__module__", "app_runtime.pages.views")
    resident = browse(app, world.tangsel.host)
    assert resident.get("/seal").status_code == 404
    prepare(session, world, contact_phone="(021) 555")
    page = resident.get("/seal")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "3600")
    assert "sedang disiapkan" in words_of(page)
    assert "(021) 555" in words_of(page)
    assert resident.get("/brand.css").status_code == 200
    assert resident.get("/manage").status_code == 302
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    assert admin.get("/seal").status_code == 404
    assert "Portal belum dibuka" in words_of(admin.get("/manage"))


def test_the_checklist_lets_the_portal_open_when_it_is_done(
    app: LumbungFlask, session: AnySession, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "_sources", [first_steps])
    ready: list[bool] = []

    def app_step(session: Any, municipality: Municipality) -> list[steps.ChecklistItem]:
        title = Text("Aplikasi pertama", "First app")
        return [
            steps.ChecklistItem(
                id="app", title=title, what=title, href="/manage/apps", done=bool(ready), needed=True, order=80
            )
        ]

    steps.register_checklist_item(app_step)
    prepare(session, world, centre_lon=None)
    with as_tenant(session, world.tangsel.id):
        session.add(
            CalendarDay(tenant_id=world.tangsel.id, day=date(now().year, 8, 17), name="Merdeka", kind="national")
        )
        session.commit()
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    token = csrf_token(admin.get("/manage").text)
    refused = admin.post("/manage/open", {"csrf_token": token})
    assert refused.status_code == 409
    assert "Letak di peta" in words_of(refused)
    assert "Aplikasi pertama" in words_of(refused)
    place = {"place.text": "-6.29, 106.71", "brand_colour": "#224466"}
    assert admin.post_form("/manage/municipality", place).status_code == 303
    ready.append(True)
    assert "Buka portal" in words_of(admin.get("/manage"))
    assert admin.post_form("/manage", to="/manage/open").status_code == 303
    session.expire_all()
    municipality = session.get(Municipality, world.tangsel.id)
    assert municipality is not None
    assert (municipality.status, municipality.activated_at is not None) == ("active", True)
    assert (municipality.centre_lon, municipality.centre_lat) == (106.71, -6.29)


@pytest.mark.parametrize("path", ["/manage", "/manage/municipality", "/manage/agencies", "/manage/people"])
def test_only_admins_manage(app: LumbungFlask, world: World, path: str) -> None:
    place = world.tangsel
    assert browse(app, place.host, place.accounts["handler"]).get(path).status_code == 403
    assert browse(app, place.host, world.surabaya.accounts["admin"]).get(path).status_code == 403
    assert browse(app, place.host).get(path).status_code == 302
