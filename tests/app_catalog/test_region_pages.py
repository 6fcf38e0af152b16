"""What a region gives and asks, and where apps are used: only what municipalities said in public."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.models import Adoption
from app_catalog.installations.services import access_installation
from app_catalog.regions.adoption import PLACES, use_by_province
from app_catalog.releases.models import App
from app_catalog.requests.services import write_request
from app_catalog.wishes.services import wish
from lumbung.db import as_tenant
from lumbung.web.access import Visitor
from lumbung.web.sites import LumbungFlask
from tenants.regions.reference import provinces
from tests.browsing import browse, words_of
from tests.generated_apps.filling import checked_packages, fill_catalog
from tests.siaran import enable_siaran
from tests.statements import statements_of
from tests.world import World

Sessions = scoped_session[Session]


def test_every_province_has_a_tile_of_its_own() -> None:
    assert set(PLACES) == set(provinces())
    assert len(set(PLACES.values())) == len(PLACES)


def test_a_region_says_what_it_gives_asks_and_wishes_for(app: LumbungFlask, session: Sessions, world: World) -> None:
    enable_siaran(session, world)
    enable_siaran(session, world, world.surabaya)
    visitor = Visitor(account_id=world.surabaya.accounts["evaluator"].id, name="Eva")
    with as_tenant(session, world.surabaya.id):
        asked = access_installation(session, "siaran")
        write_request(session, visitor, asked, kind="idea", title="Peta tanpa jaringan", words="")
        problem = "Warga menunggu berjam-jam tanpa tahu gilirannya."
        wish(session, visitor, title="Antrean puskesmas", problem=problem, serves="Pasien", category="health")
        session.commit()
    giving = words_of(browse(app).get("/regions/36.74"))
    assert "Yang diberikan kepada daerah lain" in giving
    assert "Yang diminta dan diinginkan" not in giving
    asking = words_of(browse(app).get("/regions/35.78"))
    assert "Yang diberikan" not in asking
    assert "Peta tanpa jaringan" in asking
    assert "Antrean puskesmas" in asking
    assert 'term="wishes"' in browse(app).get("/regions/35.78/news.atom").text


def test_the_map_counts_who_said_so(app: LumbungFlask, session: Sessions, world: World) -> None:
    enable_siaran(session, world)
    enable_siaran(session, world, world.surabaya)
    siaran = session.scalars(select(App).where(App.slug == "siaran")).one()
    by_code = {one.code: one for one in use_by_province(session, siaran)}
    assert (by_code["36"].using, by_code["35"].using, by_code["31"].using) == (1, 1, 0)
    assert by_code["31"].step == 0 < by_code["36"].step
    with as_tenant(session, world.tangsel.id):
        adoption = session.scalars(select(Adoption).where(Adoption.tenant_id == world.tangsel.id)).one()
        adoption.ended_at = adoption.since
        session.commit()
    world.surabaya.municipality.status = "suspended"
    session.commit()
    assert all(not one.using for one in use_by_province(session))
    assert "0 daerah, 0 layanan" in words_of(browse(app).get("/apps/siaran/adoption"))


def test_the_table_holds_what_the_map_shows_in_one_question(app: LumbungFlask, session: Sessions, world: World) -> None:
    fill_catalog(session, checked_packages(24), municipalities=40)
    with statements_of(app) as heard:
        page = browse(app).get("/regions/adoption").text
    assert page.count("<rect") == page.count('<th scope="row"') == len(provinces())
    assert len(heard) <= 3
    assert {one.using for one in use_by_province(session)} >= {1, 2}
