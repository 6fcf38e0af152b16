"""The operators' page: how the platform fares."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, scoped_session

import app_runtime.operations.overview as overview_module
from app_runtime.operations.overview import read_overview
from lumbung.db import now, shift_clock
from lumbung.doctor import Finding
from lumbung.outbox.models import Wakeup
from lumbung.outbox.sweep import run_periodics
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.work_desk import open_desk
from tests.browsing import browse
from tests.world import World

Sessions = scoped_session[Session]


def _measure(app: LumbungFlask) -> None:
    run_periodics(app, names=["metrics.measure"])


def _page(app: LumbungFlask, world: World) -> str:
    return browse(app, "lumbung.test", world.operator).get("/operator/health").get_data(as_text=True)


def test_an_operator_sees_every_municipality_in_numbers(app: LumbungFlask, session: Sessions, world: World) -> None:
    desk = open_desk(app, session, world, publish="at_once")
    desk.report("Lampu rahasia", photos=1)
    session.commit()
    session.remove()
    _measure(app)
    page = _page(app, world)
    for place in (world.tangsel, world.surabaya):
        assert place.municipality.name in page
    assert "siaran 0.9.0" in page
    assert "Lampu rahasia" not in page
    assert "utuh" in page
    assert "PostgreSQL" in page
    assert "Tidak ada pekerja" not in page


def test_only_operators_see_it(app: LumbungFlask, world: World) -> None:
    admin = browse(app, "lumbung.test", world.tangsel.accounts["admin"])
    assert admin.get("/operator/health").status_code == 403
    assert browse(app, "lumbung.test").get("/operator/health").status_code == 302


def test_without_a_worker_the_page_says_so(app: LumbungFlask, session: Sessions, world: World) -> None:
    assert "Tidak ada pekerja" in _page(app, world)
    _measure(app)
    assert "Tidak ada pekerja" not in _page(app, world)
    with shift_clock(timedelta(minutes=10)):
        assert "Tidak ada pekerja" in _page(app, world)


def test_a_queue_that_is_behind_is_red(app: LumbungFlask, session: Sessions, world: World) -> None:
    desk = open_desk(app, session, world, publish="at_once")
    desk.report()
    session.execute(update(Wakeup).values(due_at=now() - timedelta(minutes=5)))
    session.commit()
    _measure(app)
    assert "Antrean tertinggal" in _page(app, world)


def test_a_broken_wall_is_the_first_thing_on_the_page(
    app: LumbungFlask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        overview_module, "examine_url", lambda url: [Finding("row-security", "rows of others are seen", ("records",))]
    )
    page = _page(app, world)
    assert "Dinding antardaerah rusak" in page
    assert "row-security: records" in page


def test_numbers_are_those_of_the_database(app: LumbungFlask, session: Sessions, world: World) -> None:
    desk = open_desk(app, session, world, publish="at_once")
    for number in range(3):
        desk.report(f"Laporan {number}")
    with shift_clock(timedelta(days=30)):
        session.remove()
        _measure(app)
        seen = read_overview(session, app.lumbung)
        row = next(row for row in seen.rows if row.slug == desk.place.slug)
        assert (row.apps, row.records_open) == (1, 3)
        assert row.clocks_due >= 3
        assert row.troubled
        assert seen.rows[0] == row
        assert seen.clocks_due == row.clocks_due
