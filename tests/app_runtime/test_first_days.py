"""The checklist of the first 30 days: computed from what happened, shown to a helper only by consent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, scoped_session

from app_catalog.assistance.first_days import first_days
from app_catalog.installations.models import Installation
from lumbung.db import as_tenant, now, set_clock
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.assisting import PATH, set_scene, step
from tests.app_runtime.stage import Stage, set_stage
from tests.browsing import browse, words_of
from tests.world import World

Sessions = scoped_session[Session]


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    with set_clock(now() - timedelta(days=20)):
        return set_stage(session, world, world.surabaya)


def days(stage: Stage) -> dict[str, int | None]:
    stage.session.expire_all()
    with as_tenant(stage.session, stage.place.id):
        installation = stage.session.get_one(Installation, (stage.place.id, stage.installation.id))
        return {found.id: found.day for found in first_days(stage.session, installation)}


def test_a_step_is_done_on_the_day_when_it_happened(stage: Stage) -> None:
    began = now() - timedelta(days=20)
    found = days(stage)
    assert (found["settings"], found["record"], found["in_time"], found["review"]) == (1, None, None, None)
    assert found["heads"] is None, "Two of the three agencies have no head."
    with set_clock(began + timedelta(days=5)):
        lamp = stage.report().record
    assert days(stage)["record"] == 6
    with set_clock(began + timedelta(days=6)):
        stage.act(lamp, "handler", "respond", answer="Diperiksa.")
        stage.session.commit()
    assert (days(stage)["record"], days(stage)["in_time"]) == (6, 7)


def test_an_answer_that_came_late_is_no_first_answer_in_time(stage: Stage) -> None:
    began = now() - timedelta(days=20)
    with set_clock(began):
        lamp = stage.report().record
    with set_clock(began + timedelta(days=15)):
        stage.act(lamp, "handler", "respond", answer="Diperiksa.")
    assert days(stage)["in_time"] is None


def test_the_apps_page_shows_the_steps_and_where_use_is_low(stage: Stage, app: LumbungFlask) -> None:
    stage.session.commit()
    page = browse(app, stage.place.host, stage.place.accounts["admin"]).get("/manage/apps/siaran")
    words = words_of(page)
    assert "30 hari pertama" in words
    assert "Berkas pertama masuk" in words
    assert 'id="low-use"' in page.text
    assert "/manage/apps/siaran/assistance?topic=low_use#new" in page.text


def test_a_helper_sees_the_progress_by_consent_while_the_case_is_open(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    scene = set_scene(app, session, world)
    case = scene.accepted()
    at = f"/assistance/{case.id}"
    assert 'id="progress"' not in scene.publisher.get(at).text
    assert step(scene.asker, f"{PATH}/{case.id}", "finish") == 303
    case = scene.asked(shares_progress="1")
    at = f"/assistance/{case.id}"
    assert 'id="progress"' not in scene.publisher.get(at).text
    assert step(scene.publisher, at, "answer", answer="accept") == 303
    shown = scene.publisher.get(at)
    assert 'id="progress"' in shown.text
    assert "/manage/people" not in shown.text
    assert step(scene.asker, f"{PATH}/{case.id}", "finish") == 303
    assert 'id="progress"' not in scene.publisher.get(at).text
