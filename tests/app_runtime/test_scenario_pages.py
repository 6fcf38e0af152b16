"""Scenarios on demand: under a municipality's own settings, and for a version of one's own app."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.releases.scenarios import ScenarioReport
from app_runtime.scenarios import views
from app_runtime.scenarios.runner import EngineRunner
from lumbung.limits import Limit
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.models import Municipality
from tests.app_runtime.work_desk import Desk, open_desk
from tests.browsing import Browser, browse
from tests.world import World

Sessions = scoped_session[Session]
AT = "/manage/apps/siaran/scenarios"


@pytest.fixture
def desk(app: LumbungFlask, session: Sessions, world: World) -> Desk:
    """SIARAN in Tangsel, where reports go straight to an agency: the publisher's scenarios expect otherwise."""
    return open_desk(app, session, world, straight_to_agency=True)


def _steps(admin: Browser) -> list[str]:
    told, at = [], "?place=0"
    while at:
        answer = admin.open("GET", AT + at, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        told.append(answer.text)
        found = re.search(r'hx-get="[^"?]*(\?[^"]+)"', answer.text)
        at = found[1].replace("&amp;", "&") if found else ""
    return told


def test_an_admin_sees_which_scenario_fails_under_own_settings_and_why(desk: Desk, session: Sessions) -> None:
    admin = desk.browser("admin")
    before = session.scalar(select(func.count()).select_from(Municipality))
    assert "Jalankan 8 skenario" in admin.get(AT).text
    told = _steps(admin)
    assert len(told) == 8
    whole = admin.get(f"{AT}?run=all").text
    for page in ("".join(told), whole):
        assert "Diharapkan" in page
        assert "Yang terjadi" in page
        assert "2026-01-05 08:00" in page
        assert "skenario gagal" in page
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Municipality)) == before
    assert admin.get(f"{AT}?place=99").status_code == 200
    assert admin.open("GET", f"{AT}?place=99", headers={"HX-Request": "true"}).status_code == 404


def test_who_plays_too_often_is_told_to_wait(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "WHOLE", Limit("scenarios-whole-test", 1, 3600))
    monkeypatch.setattr(EngineRunner, "run_with_settings", lambda *_: ScenarioReport())
    admin = desk.browser("admin")
    assert [admin.get(f"{AT}?run=all").status_code for _ in range(2)] == [200, 429]
    assert desk.browser("handler").get(AT).status_code == 403


def test_a_publisher_plays_a_version_of_its_own_and_nobody_elses(desk: Desk, app: LumbungFlask, world: World) -> None:
    at = "/publish/tangsel/apps/siaran/0.9.0/scenarios"
    member = browse(app, "lumbung.test", world.tangsel.accounts["admin"])
    assert "Semua lulus" in member.get(f"{at}?run=all").text
    assert browse(app, "lumbung.test", world.surabaya.accounts["admin"]).get(at).status_code == 404
    assert member.get("/publish/tangsel/apps/siaran/9.9.9/scenarios").status_code == 404
