"""Municipalities that help others, and the publisher's material."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, scoped_session

from app_catalog.assistance.models import AppMaterial, AssistanceAddress, AssistanceOffer
from app_catalog.figures.models import PublishedFigures
from app_catalog.installations.models import Installation
from app_catalog.publishers.models import Publisher
from app_catalog.reviews.models import Review
from lumbung.db import as_tenant, now
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.assisting import PATH, Scene, set_scene, step
from tests.browsing import Browser, browse, words_of
from tests.world import Place, World

Sessions = scoped_session[Session]
HELPING = "/manage/apps/siaran/helping"
MATERIAL = "/publish/tangsel/apps/siaran/material"
PDF = b"%PDF-1.4\n%lain\n1 0 obj<<>>endobj\n%%EOF\n"


@pytest.fixture
def scene(app: LumbungFlask, session: Sessions, world: World) -> Scene:
    return set_scene(app, session, world)


def test_who_may_be_asked_finds_the_requests_in_the_menu(scene: Scene, world: World) -> None:
    places = {who: browse(scene.app, world.surabaya.host, world.surabaya.accounts[who]) for who in ("admin", "handler")}
    found = {who: '/assistance"' in browser.get("/").text for who, browser in places.items()}
    assert found == {"admin": True, "handler": False}


def run_well(scene: Scene, place: Place) -> None:
    """The municipality has run SIARAN for long, publishes figures, says so, and has reviewed it."""
    admin = browse(scene.app, place.host, place.accounts["admin"])
    assert (
        admin.post_form("/manage/apps/siaran", {"announced": "1"}, to="/manage/apps/siaran/public").status_code == 303
    )
    session = scene.session
    first = now().date().replace(day=1)
    last_month = (first - timedelta(days=1)).replace(day=1)
    with as_tenant(session, place.id):
        installation = session.scalars(select(Installation).where(Installation.tenant_id == place.id)).one()
        session.execute(update(Installation).values(enabled_at=now() - timedelta(days=120)))
        counts = dict.fromkeys(
            ("created", "closed", "closed_success", "reopened", "answered", "answered_in_time", "due", "in_time"), 40
        )
        name = place.municipality.name
        session.add(
            PublishedFigures(
                tenant_id=place.id,
                app_id=installation.app_id,
                municipality_name=name,
                month=last_month,
                version="",
                record_type="",
                final=True,
                published_at=now(),
                **counts,
            )
        )
        session.add(
            Review(
                tenant_id=place.id,
                app_id=installation.app_id,
                version="0.9.0",
                stars=5,
                words="Dipakai setiap hari.",
                author="Evaluator",
                municipality_name=name,
                updated_at=now(),
            )
        )
        session.commit()


def admin_of(scene: Scene, place: Place) -> Browser:
    return browse(scene.app, place.host, place.accounts["admin"])


def test_who_does_not_run_it_well_cannot_offer(scene: Scene) -> None:
    browser = admin_of(scene, scene.world.tangsel)
    page = words_of(browser.get(HELPING))
    assert "Memakainya sedikitnya 90 hari" in page
    assert "Tawarkan bantuan" not in page
    assert step(browser, HELPING, "", forms="online") == 303
    assert scene.session.scalars(select(AssistanceOffer)).all() == []


def test_who_only_receives_records_does_not_use_it_well(scene: Scene, world: World) -> None:
    run_well(scene, world.surabaya)
    with as_tenant(scene.session, world.surabaya.id):
        figures = scene.session.scalars(select(PublishedFigures)).one()
        figures.answered, figures.closed = 4, 3
        scene.session.commit()
    browser = admin_of(scene, world.surabaya)
    assert "Tawarkan bantuan" not in words_of(browser.get(HELPING))
    assert step(browser, HELPING, "", forms="online") == 303
    assert scene.session.scalars(select(AssistanceOffer)).all() == []


def test_a_partner_is_shown_asked_and_helps(scene: Scene, world: World) -> None:
    # Tangsel asks, which publishes SIARAN itself: only a partner can be asked.
    run_well(scene, world.surabaya)
    helper = admin_of(scene, world.surabaya)
    assert step(helper, HELPING, "") == 422
    assert step(helper, HELPING, "", forms="online", words="Kami tunjukkan kotak kerja kami.") == 303
    hub = browse(scene.app, "lumbung.test")
    shown = words_of(hub.get("/apps/siaran/learn"))
    assert "Kami tunjukkan kotak kerja kami." in shown
    assert "memakainya 120 hari" in shown
    assert "menangani 40 berkas sebulan" in shown
    assert "Kota Surabaya" in hub.get("/apps/siaran").text
    asker = admin_of(scene, world.tangsel)
    wish = {"topic": "starting", "form": "online", "words": "Kami baru mulai dan perlu contoh nyata."}
    answer = asker.post_form(PATH, {**wish, "helpers": f"partner:{world.surabaya.id}"})
    assert answer.status_code == 303, answer.text
    case_id = answer.headers["Location"].rpartition("/")[2]
    (told,) = scene.letters(world.surabaya)
    assert told.recipient == "admin@surabaya.test"
    desk = browse(scene.app, "lumbung.test", world.surabaya.accounts["admin"])
    at = f"/assistance/{case_id}"
    assert step(desk, at, "answer", answer="accept") == 303
    assert "Kota Surabaya" in scene.letters(world.tangsel)[-1].subject
    assert browse(scene.app, "lumbung.test", world.tangsel.accounts["admin"]).get(at).status_code == 404
    assert step(helper, HELPING, "end") == 303
    assert "Kami tunjukkan" not in hub.get("/apps/siaran/learn").text
    assert desk.get(at).status_code == 200


def let_tangsel_be_a_partner(scene: Scene) -> str:
    """SIARAN's publisher is a community from here on, so that Tangsel is asked as a partner; its key in forms."""
    publisher = scene.session.scalars(select(Publisher).where(Publisher.slug == "tangsel")).one()
    publisher.kind, publisher.municipality_id = "community", None
    scene.session.commit()
    run_well(scene, scene.world.tangsel)
    assert step(admin_of(scene, scene.world.tangsel), HELPING, "", forms="online") == 303
    return f"partner:{scene.world.tangsel.id}"


def test_a_publisher_is_no_partner_of_its_own_app(scene: Scene) -> None:
    run_well(scene, scene.world.tangsel)
    assert step(admin_of(scene, scene.world.tangsel), HELPING, "", forms="online") == 303
    page = scene.asker.get(PATH).text
    assert scene.publisher_key in page
    assert f"partner:{scene.world.tangsel.id}" not in page


def test_a_request_is_handed_on_to_a_partner(scene: Scene) -> None:
    partner = let_tangsel_be_a_partner(scene)
    case = scene.asked()
    at = f"/assistance/{case.id}"
    handed = {"answer": "hand_on", "reason": "Mereka lebih dekat dengan Anda."}
    assert step(scene.publisher, at, "answer", **handed, to="x") == 422
    assert step(scene.publisher, at, "answer", **{**handed, "reason": ""}, to=partner) == 422
    assert step(scene.publisher, at, "answer", **handed, to=partner) == 303
    assert "meneruskan" in scene.letters(scene.world.surabaya)[-1].subject
    assert "meminta pendampingan" in scene.letters(scene.world.tangsel)[-1].subject
    # The same person answers for the partner now, and no longer for the publisher.
    assert "Anda menjawab sebagai Kota Tangerang Selatan." in words_of(scene.publisher.get(at))
    assert step(scene.publisher, at, "answer", answer="accept") == 303
    found = scene.case()
    assert (found.state, found.publisher_id, found.partner_id) == ("accepted", None, scene.world.tangsel.id)


def test_the_first_to_accept_helps_and_the_others_are_told(scene: Scene) -> None:
    partner = let_tangsel_be_a_partner(scene)
    case = scene.asked(helpers=[scene.publisher_key, partner])
    assert step(scene.publisher, f"/assistance/{case.id}", "answer", answer="accept") == 303
    assert scene.case().partner_id is None
    assert "sudah ditangani" in scene.letters(scene.world.tangsel)[-1].subject
    scene.session.rollback()
    states = scene.session.execute(select(AssistanceAddress.partner_id, AssistanceAddress.state)).all()
    assert {state for partner_id, state in states if partner_id} == {"taken"}


def test_material_is_shown_to_everybody_and_removed(scene: Scene) -> None:
    link = {"title_id": "Video kotak kerja", "title_en": "The inbox on video", "url": "https://video.example.org/1"}
    assert scene.publisher.post_form(MATERIAL, link).status_code == 303
    file = (io.BytesIO(PDF), "../Panduan petugas.pdf")
    assert step(scene.publisher, MATERIAL, "", title_id="Panduan petugas", file=file) == 303
    hub = browse(scene.app, "lumbung.test")
    page = hub.get("/apps/siaran/learn")
    assert "https://video.example.org/1" in page.text
    scene.session.rollback()
    kept = scene.session.scalars(select(AppMaterial).where(AppMaterial.kind == "file")).one()
    answer = hub.get(f"/apps/siaran/learn/{kept.id}.pdf")
    assert answer.data == PDF
    assert answer.mimetype == "application/pdf"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    again = hub.get(f"/apps/siaran/learn/{kept.id}.pdf", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert "Video kotak kerja" in scene.asker.get(PATH).text
    english = hub.get("/apps/siaran/learn?lang=en")
    assert "The inbox on video" in english.text
    assert step(scene.publisher, MATERIAL, "", remove=str(kept.id)) == 303
    assert hub.get(f"/apps/siaran/learn/{kept.id}.pdf").status_code == 404


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"title_id": "", "url": "https://a.example.org"}, "title_id"),
        ({"title_id": "Dua", "url": ""}, "url"),
        ({"title_id": "Jahat", "url": "javascript:alert(1)"}, "url"),
        ({"title_id": "Jahat", "url": "http://a.example.org"}, "url"),
        ({"title_id": "Jahat", "file": b"<html><script>alert(1)</script>"}, "file"),
        ({"title_id": "Jahat", "file": b"PK\x03\x04 archive"}, "file"),
        ({"title_id": "Jahat", "file": b"<script>alert(1)</script>" + PDF}, "file"),
        ({"title_id": "\u202e\x01", "url": "https://a.example.org"}, "title_id"),
    ],
)
def test_hostile_or_unfit_material_is_refused(scene: Scene, answers: dict[str, object], field: str) -> None:
    sent = {
        name: (io.BytesIO(value), "bahan.pdf") if isinstance(value, bytes) else value for name, value in answers.items()
    }
    answer = scene.publisher.post_form(MATERIAL, sent)
    assert answer.status_code == 422
    assert f"f-{field}-error" in answer.text
    assert scene.session.scalars(select(AppMaterial)).all() == []


def test_a_file_that_is_too_large_is_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("material", "material_views"):
        monkeypatch.setattr(f"app_catalog.assistance.{module}.MOST_BYTES", len(PDF))
    file = (io.BytesIO(PDF + b"0"), "besar.pdf")
    answer = scene.publisher.post_form(MATERIAL, {"title_id": "Besar", "file": file})
    assert answer.status_code == 422
    assert "f-file-error" in answer.text


def test_only_the_publisher_keeps_material(scene: Scene) -> None:
    outsider = browse(scene.app, "lumbung.test", scene.world.surabaya.accounts["admin"])
    assert outsider.get(MATERIAL).status_code in (403, 404)
