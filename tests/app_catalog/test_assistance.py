"""Asking for help, answering, handing on, talking, closing and thanking."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.assistance.answering import count_to_answer
from app_catalog.assistance.models import AssistanceAddress, AssistanceMessage, AssistanceThanks
from lumbung.audit.models import AuditEntry
from lumbung.db import as_tenant
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.services import set_status
from tests.app_catalog.assisting import PATH, Scene, set_scene, step
from tests.browsing import browse, words_of
from tests.world import World

Sessions = scoped_session[Session]


@pytest.fixture
def scene(app: LumbungFlask, session: Sessions, world: World) -> Scene:
    return set_scene(app, session, world)


def test_a_request_reaches_the_publisher_in_the_readers_language(scene: Scene) -> None:
    scene.session.get_one(type(scene.world.stranger), scene.world.tangsel.accounts["admin"].id).language = "en"
    scene.session.commit()
    case = scene.asked()
    assert (case.state, case.contact_email) == ("asked", "admin@surabaya.test")
    (letter,) = scene.letters()
    assert letter.recipient == "admin@tangsel.test"
    assert "asks for help with" in letter.subject
    assert f"https://lumbung.test/assistance/{case.id}" in letter.text
    listed = scene.publisher.get("/assistance")
    assert "Kota Surabaya" in words_of(listed)
    shown = words_of(scene.publisher.get(f"/assistance/{case.id}"))
    assert "Dua puluh petugas dinas" in shown
    assert "admin@surabaya.test" in shown


@pytest.mark.parametrize(
    "changed", [{"topic": "x"}, {"words": "terlalu singkat"}, {"form": ""}, {"helpers": None}, {"contact": "nobody"}]
)
def test_what_does_not_fit_is_said_and_kept(scene: Scene, changed: dict[str, str | None]) -> None:
    answer = scene.ask(**changed)
    assert answer.status_code == 422
    assert f"f-{next(iter(changed))}-error" in answer.text
    with as_tenant(scene.session, scene.world.surabaya.id):
        assert scene.session.scalars(select(AssistanceMessage)).all() == []


def test_only_who_is_asked_finds_the_case(scene: Scene) -> None:
    case = scene.asked()
    others = (
        browse(scene.app, "lumbung.test", scene.world.surabaya.accounts["admin"]),
        browse(scene.app, "lumbung.test", scene.world.tangsel.accounts["handler"]),
        browse(scene.app, "lumbung.test", scene.world.operator),
    )
    for browser in others:
        assert browser.get(f"/assistance/{case.id}").status_code == 404
        assert "Kota Surabaya" not in words_of(browser.get("/assistance")).partition("Pendampingan")[2]
    neighbour = browse(scene.app, scene.world.tangsel.host, scene.world.tangsel.accounts["admin"])
    assert neighbour.get(f"{PATH}/{case.id}").status_code == 404
    assert (
        browse(scene.app, scene.world.surabaya.host, scene.world.surabaya.accounts["evaluator"]).get(PATH).status_code
        == 403
    )


def test_accepting_is_told_and_both_sides_talk(scene: Scene) -> None:
    case = scene.accepted()
    assert (case.state, case.helper_name) == ("accepted", "Kota Tangerang Selatan")
    (told,) = scene.letters(scene.world.surabaya)
    assert "bersedia mendampingi" in told.subject
    assert f"https://surabaya.lumbung.test{PATH}/{case.id}" in told.text
    own = f"{PATH}/{case.id}"
    assert step(scene.asker, own, "message", message="Kapan bisa mulai?") == 303
    assert "Kapan bisa mulai?" in scene.letters()[-1].text
    assert step(scene.publisher, f"/assistance/{case.id}", "message", message="Minggu depan.") == 303
    assert "Minggu depan." in scene.letters(scene.world.surabaya)[-1].text
    for page in (scene.asker.get(own), scene.publisher.get(f"/assistance/{case.id}")):
        assert "Kapan bisa mulai?" in page.text
        assert "Minggu depan." in page.text
    assert step(scene.asker, own, "message", message="   ") == 422


def test_a_refusal_has_its_reason_and_others_may_be_asked(scene: Scene) -> None:
    case = scene.asked()
    at = f"/assistance/{case.id}"
    assert step(scene.publisher, at, "answer", answer="decline", reason="Tidak.") == 422
    assert step(scene.publisher, at, "answer") == 422
    assert step(scene.publisher, at, "answer", answer="decline", reason="Tim kami sedang penuh.") == 303
    assert scene.case().state == "declined"
    assert "Tim kami sedang penuh." in scene.letters(scene.world.surabaya)[-1].text
    assert scene.publisher.get(at).status_code == 404
    assert step(scene.asker, f"{PATH}/{case.id}", "ask-others", helpers=scene.publisher_key) == 422


def test_withdrawing_hides_the_case_from_who_was_asked(scene: Scene) -> None:
    case = scene.asked()
    assert step(scene.asker, f"{PATH}/{case.id}", "withdraw") == 303
    assert scene.case().state == "withdrawn"
    assert "menarik" in scene.letters()[-1].subject
    assert scene.publisher.get(f"/assistance/{case.id}").status_code == 404
    assert step(scene.asker, f"{PATH}/{case.id}", "message", message="Halo?") == 303
    scene.session.rollback()
    with as_tenant(scene.session, scene.world.surabaya.id):
        assert "Halo?" not in scene.session.scalars(select(AssistanceMessage.words)).all()


def test_nobody_reads_the_case_of_a_municipality_while_it_is_suspended(scene: Scene, session: Sessions) -> None:
    case = scene.accepted()
    scene.asked()
    place = scene.world.surabaya.municipality
    for status, answer in (("suspended", 404), ("active", 200)):
        set_status(session, place, status)
        session.commit()
        assert scene.publisher.get(f"/assistance/{case.id}").status_code == answer
        assert (str(case.id) in scene.publisher.get("/assistance").text) is (answer == 200)
        waiting = count_to_answer(session, scene.world.tangsel.accounts["admin"].id)
        assert waiting == (answer == 200)


def test_accepting_twice_changes_nothing(scene: Scene) -> None:
    case = scene.accepted()
    at = f"/assistance/{case.id}"
    assert step(scene.publisher, at, "answer", answer="accept") == 303
    assert step(scene.publisher, at, "answer", answer="decline", reason="Ternyata tidak bisa.") == 303
    assert scene.case().state == "accepted"
    assert len(scene.letters(scene.world.surabaya)) == 1


def test_thanks_are_public_by_consent_alone(scene: Scene) -> None:
    case = scene.accepted()
    own = f"{PATH}/{case.id}"
    assert step(scene.asker, own, "rate", stars="5") == 303
    assert scene.case().rating is None
    assert step(scene.publisher, f"/assistance/{case.id}", "finish", words="Senang membantu.") == 303
    assert scene.case().state == "done"
    assert step(scene.asker, own, "rate", stars="9") == 422
    assert step(scene.asker, own, "rate", stars="5", thanks="Sangat sabar.") == 303
    assert scene.session.scalars(select(AssistanceThanks)).all() == []
    assert "Sangat sabar." in scene.publisher.get(f"/assistance/{case.id}").text
    assert step(scene.asker, own, "rate", stars="5", thanks="Sangat sabar.", public="1") == 303
    scene.session.rollback()
    assert [one.words for one in scene.session.scalars(select(AssistanceThanks))] == ["Sangat sabar."]
    assert step(scene.asker, own, "rate", stars="4", thanks="Sangat sabar.") == 303
    scene.session.rollback()
    assert scene.session.scalars(select(AssistanceThanks)).all() == []


def test_every_step_is_in_the_audit_of_who_asked(scene: Scene) -> None:
    scene.accepted()
    with as_tenant(scene.session, scene.world.surabaya.id):
        actions = scene.session.scalars(
            select(AuditEntry.action).where(AuditEntry.subject_type == "assistance").order_by(AuditEntry.id)
        ).all()
        assert actions == ["assistance.asked", "assistance.accepted"]
    scene.session.rollback()
    assert [one.state for one in scene.session.scalars(select(AssistanceAddress))] == ["accepted"]
