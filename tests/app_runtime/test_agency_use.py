"""How agencies work with an app, and the hints where it is used little."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, scoped_session

from app_catalog.figures.low_use import low_use
from app_catalog.installations.services import disable_app
from app_runtime.clocks.firing import fire_due_clocks
from app_runtime.figures.agency_use import AgencyUse, list_agency_use
from lumbung.db import now, set_clock
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Stage, set_stage
from tests.browsing import browse, words_of
from tests.world import World

Sessions = scoped_session[Session]
RUBBISH = {"title": "Sampah menumpuk", "category": "rubbish"}


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    with set_clock(now() - timedelta(days=60)):
        return set_stage(session, world)


def uses(stage: Stage) -> dict[str, AgencyUse]:
    found = list_agency_use(stage.session, stage.installation)
    return {use.agency.key if use.agency else "": use for use in found}


def hints(stage: Stage) -> dict[str, str]:
    return {hint.id: hint.agency for hint in low_use(stage.session, stage.installation)}


def test_each_agency_that_the_app_covers_is_counted_apart(stage: Stage) -> None:
    lamp = stage.report().record
    stage.report()
    stage.report(RUBBISH)
    stage.act(lamp, "handler", "respond", answer="Diperiksa.")
    found = uses(stage)
    assert set(found) == {"dishub", "dlh", "diskominfo"}
    dishub, dlh = found["dishub"], found["dlh"]
    assert (dishub.received, dishub.handled, dishub.open, dishub.officials, dishub.active) == (2, 1, 2, 1, 1)
    assert (dlh.received, dlh.handled, dlh.open, dlh.officials, dlh.active) == (1, 0, 1, 1, 0)
    assert dishub.last_at is not None
    assert dlh.last_at is None


def test_what_is_older_than_thirty_days_is_not_counted_but_stays_open(stage: Stage) -> None:
    with set_clock(now() - timedelta(days=40)):
        lamp = stage.report().record
        stage.act(lamp, "handler", "respond", answer="Diperiksa.")
    dishub = uses(stage)["dishub"]
    assert (dishub.received, dishub.handled, dishub.open, dishub.active) == (0, 0, 1, 0)


def test_an_agency_that_leaves_work_for_a_week_is_named(stage: Stage) -> None:
    with set_clock(now() - timedelta(days=8)):
        stage.report(RUBBISH)
    lamp = stage.report().record
    stage.act(lamp, "handler", "respond", answer="Diperiksa.")
    assert hints(stage) == {"agency-silent": "dlh", "officials-idle": ""}


def test_nothing_new_for_two_weeks_is_a_hint(stage: Stage) -> None:
    assert "no-new-records" in hints(stage)
    with set_clock(now() - timedelta(days=15)):
        stage.report()
    assert "no-new-records" in hints(stage)
    stage.report()
    assert "no-new-records" not in hints(stage)


def test_many_red_marks_are_a_hint(stage: Stage) -> None:
    with set_clock(now() - timedelta(days=5)):
        for number in range(5):
            stage.report({"title": f"Lampu mati {number}"})
    fire_due_clocks(stage.session, stage.place.id)
    assert hints(stage)["deadlines-missed"] == "dishub"


def test_an_app_that_was_just_enabled_or_is_disabled_gets_no_hints(stage: Stage) -> None:
    with set_clock(stage.installation.created_at + timedelta(days=13)):
        assert hints(stage) == {}
    assert hints(stage) != {}
    disable_app(stage.session, stage.installation, reason="Pindah aplikasi")
    assert hints(stage) == {}


def test_the_administrator_sees_agencies_and_hints(
    stage: Stage, app: LumbungFlask, world: World, session: Sessions
) -> None:
    with set_clock(now() - timedelta(days=8)):
        stage.report(RUBBISH)
    session.commit()
    page = words_of(browse(app, world.tangsel.host, world.tangsel.accounts["admin"]).get("/manage/apps/siaran/figures"))
    assert "Dinas Lingkungan Hidup tidak menangani apa pun selama 30 hari" in page
    assert "Menurut dinas, 30 hari terakhir" in page
