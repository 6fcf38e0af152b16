"""What others read holds no letter that nobody sees: none that breaks a feed, none that turns the text around."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.assistance.meetings import is_link
from app_catalog.assistance.models import AssistanceCase, AssistanceMeeting, AssistanceMessage
from app_catalog.deprecations.services import Announced, deprecate
from app_catalog.evaluations.models import SubmittedEvaluation
from app_catalog.releases.changing import yank_release
from app_catalog.releases.models import App
from app_catalog.wishes.models import Wish, WishClaim, WishRuling
from lumbung.db import as_tenant, now
from lumbung.plain_text import plain_text
from lumbung.web.sites import LumbungFlask
from tenants.answers import Answers
from tests.app_catalog.assisting import PATH, Scene, proposal, set_scene, step
from tests.app_catalog.test_evaluations import GOOD, start
from tests.app_catalog.test_wishes import ANSWERS
from tests.browsing import browse
from tests.world import World

Sessions = scoped_session[Session]
HIDDEN = "\u202e\x01\ufffe\u2066"
"""Turns of direction, a control character that XML refuses, and what is no character."""


@pytest.fixture
def scene(app: LumbungFlask, session: Sessions, world: World) -> Scene:
    return set_scene(app, session, world)


def _hide(written: str) -> str:
    return f"{written[:3]}{HIDDEN}{written[3:]}"


def _rows(scene: Scene, model: type[Any]) -> list[Any]:
    scene.session.rollback()
    with as_tenant(scene.session, scene.world.surabaya.id):
        rows = list(scene.session.scalars(select(model)))
        for row in rows:
            scene.session.expunge(row)
    return rows


def test_wishes_and_what_is_said_about_them(app: LumbungFlask, scene: Scene) -> None:
    evaluator = browse(app, scene.world.surabaya.host, scene.world.surabaya.accounts["evaluator"])
    hidden = {name: _hide(answer) for name, answer in ANSWERS.items() if name != "category"}
    assert evaluator.post_form("/manage/wishes", ANSWERS | hidden).status_code == 303
    made = scene.session.scalars(select(Wish)).one()
    assert {name: getattr(made, name) for name in ANSWERS} == ANSWERS
    ElementTree.fromstring(browse(app).get("/wishes.atom").text)

    until = (now() + timedelta(days=9)).date().isoformat()
    to = f"/publish/tangsel/wishes/{made.id}"
    assert scene.publisher.post_form(
        f"/wishes/{made.id}", {"until": until, "note": _hide("Mulai bulan depan.")}, to=to
    ).status_code == 303  # fmt: skip
    assert scene.session.scalars(select(WishClaim)).one().note == "Mulai bulan depan."
    curator = browse(app, "lumbung.test", scene.world.operator)
    answer = curator.post_form(
        f"/wishes/{made.id}", {"kind": "hidden", "reason": _hide("Bukan keinginan.")}, to=f"/curator/wishes/{made.id}"
    )
    assert answer.status_code == 303, answer.text
    assert scene.session.scalars(select(WishRuling)).one().reason == "Bukan keinginan."


def test_evaluations(app: LumbungFlask, scene: Scene) -> None:
    evaluator = browse(app, scene.world.surabaya.host, scene.world.surabaya.accounts["evaluator"])
    hidden = {name: _hide(answer) for name, answer in GOOD.items() if not name.endswith("_score")}
    filled = GOOD | hidden | {"should_change": _hide("Peta luring"), "step": "submit"}
    assert evaluator.post_form(start(evaluator), filled).status_code == 303
    published = scene.session.scalars(select(SubmittedEvaluation)).one()
    assert published.summary == GOOD["summary"]
    assert published.should_change == "Peta luring"
    assert {given["reason"] for given in published.scores.values()} == {"Petugas memakainya tanpa dibantu."}
    ElementTree.fromstring(browse(app).get("/regions/35.78/news.atom").text)


def test_cases_of_help(scene: Scene) -> None:
    words = "Dua puluh petugas dinas belum pernah memakai kotak kerja."
    case = scene.asked(words=_hide(words), suitable=_hide("Selasa pagi"))
    at = f"/assistance/{case.id}"
    assert step(scene.publisher, at, "answer", answer="accept") == 303
    assert step(scene.publisher, at, "message", message=_hide("Baik.\nSampai nanti.")) == 303
    written = proposal() | {"title": _hide("Mengenal kotak kerja"), "form": "on_site", "place": _hide("Balai kota")}
    assert step(scene.publisher, at, "", target=f"{at}/meetings", **written) == 303
    assert step(scene.asker, f"{PATH}/{case.id}", "finish", words=_hide("Terima kasih.")) == 303
    assert step(scene.asker, f"{PATH}/{case.id}", "rate", stars="5", thanks=_hide("Sabar sekali.")) == 303
    kept = _rows(scene, AssistanceCase)[0]
    assert (kept.words, kept.suitable, kept.thanks) == (words, "Selasa pagi", "Sabar sekali.")
    meeting = _rows(scene, AssistanceMeeting)[0]
    assert (meeting.title, meeting.place) == ("Mengenal kotak kerja", "Balai kota")
    said = [message.words for message in _rows(scene, AssistanceMessage)]
    assert "Baik.\nSampai nanti." in said
    assert not [words for words in said if set(words) & set(HIDDEN)]


def test_why_versions_end(scene: Scene) -> None:
    app = scene.session.scalars(select(App)).one()
    account_id = scene.world.tangsel.accounts["admin"].id
    until = (now() + timedelta(days=90)).date()
    told = deprecate(scene.session, app, None, Announced(_hide("Diganti yang baru"), until), account_id=account_id)
    assert told.reason == "Diganti yang baru"
    event = yank_release(scene.session, app, "0.9.0", account_id=account_id, reason=_hide("Bocor di peta"))
    assert event.reason == "Bocor di peta"
    scene.session.rollback()


def test_what_forms_read() -> None:
    answers = Answers({"name": _hide("Antrean"), "about": _hide("Satu\nDua")})
    assert answers.text("name", most=20).replace(" ", "") == "Antrean"
    assert "\u202e" not in answers.text("about", most=20, lines=True)


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\u2800", "\u3164", "\u200d", "\ufe0f", "\u2060", "\U000e0041", "\xad\u0301"]
)
def test_what_nobody_sees_is_no_text(app: LumbungFlask, world: World, unseen: str) -> None:
    evaluator = browse(app, world.surabaya.host, world.surabaya.accounts["evaluator"])
    assert evaluator.post_form("/manage/wishes", ANSWERS | {"title": unseen * 12}).status_code == 422


@pytest.mark.parametrize("unseen", ["\u200b", "\u2060", "\ufeff", "\xad", "\u061c", "\U000e0041"])
def test_two_names_that_look_the_same_are_the_same(unseen: str) -> None:
    assert plain_text(f"SIA{unseen}RAN") == "SIARAN"
    assert plain_text("Satu\u2028Dua\r\nTiga") == "Satu\nDua\nTiga"
    # Emoji and scripts are put together by joiners.
    assert plain_text("👩\u200d🏫 नमस्\u200cते") == "👩\u200d🏫 नमस्\u200cते"


@pytest.mark.parametrize(
    "place", ["https://zoom.us@evil.example/j/1", "https://zoom.us\\@evil.example", "javascript:alert(1)//https://x"]
)
def test_a_link_that_looks_like_another_site_is_none(place: str) -> None:
    assert is_link("https://zoom.us/j/1?pwd=a@b")
    assert not is_link(place)
