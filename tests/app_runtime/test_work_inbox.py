"""The officials' inbox: who sees what, in which order, under which tab."""

from __future__ import annotations

import pytest

from lumbung.web.sites import LumbungFlask
from tests.app_runtime.work_desk import Desk, Sessions, open_desk, page_of
from tests.browsing import words_of
from tests.world import World


@pytest.fixture
def desk(app: LumbungFlask, session: Sessions, world: World) -> Desk:
    return open_desk(app, session, world)


def test_each_agency_sees_its_own_and_the_dispatcher_everything(desk: Desk) -> None:
    desk.report("Lampu jalan mati")
    desk.report("Sampah menumpuk", category="rubbish")
    seen = {
        person: words_of(desk.browser(person).get("/work?tab=all"))
        for person in ("handler", "cleaner", "dispatcher", "head", "admin")
    }
    assert "Lampu jalan mati" in seen["handler"]
    assert "Sampah" not in seen["handler"]
    assert "Sampah menumpuk" in seen["cleaner"]
    assert "Lampu jalan" not in seen["cleaner"]
    assert "Lampu jalan mati" in seen["head"]
    assert "Sampah" not in seen["head"]
    for person in ("dispatcher", "admin"):
        assert "Lampu jalan mati" in seen[person]
        assert "Sampah menumpuk" in seen[person]


def test_a_published_report_of_another_agency_is_no_work(app: LumbungFlask, session: Sessions, world: World) -> None:
    desk = open_desk(app, session, world, publish="at_once")
    found = desk.report()
    assert desk.record(found).published
    cleaner = desk.browser("cleaner")
    assert "Lampu jalan" not in words_of(cleaner.get("/work?tab=all"))
    assert cleaner.get(page_of(found)).status_code == 404
    assert "Belum ada laporan" in words_of(desk.browser("evaluator").get("/work"))
