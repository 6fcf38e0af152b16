"""Wake-ups and periodic functions run when they are due, inside their municipality."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from lumbung.db import now, set_clock, use_tenant
from lumbung.outbox import PeriodicRun, drain, handlers, run_periodics, schedule_wakeup
from tests.lumbung.outbox_probe import Db, Recorder, count, record
from tests.world import World


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Registered for effects and wake-ups of the kind `probe`, for the test only."""
    return record(monkeypatch)


def test_due_wakeups_of_one_kind_make_one_call_in_their_municipality(
    app: Flask, session: Db, world: World, recorder: Recorder
) -> None:
    start = now()
    for place, minutes in ((world.tangsel, 1), (world.tangsel, 1), (world.tangsel, 2), (world.surabaya, 60)):
        use_tenant(session, place.id)
        session.execute(select(1))
        schedule_wakeup(session, "probe", start + timedelta(minutes=minutes))
        session.commit()
    assert count(session, "wakeups") == 3
    with set_clock(start + timedelta(minutes=5)):
        assert drain(app) == 1
    assert recorder.calls == [str(world.tangsel.id)]
    with set_clock(start + timedelta(minutes=60)):
        assert drain(app) == 1
    assert recorder.calls[1:] == [str(world.surabaya.id)]


def test_a_wakeup_whose_handler_fails_comes_back(app: Flask, session: Db, world: World, recorder: Recorder) -> None:
    start = now()
    recorder.fail = ValueError()
    for seconds in (1, 2):
        use_tenant(session, world.tangsel.id)
        session.execute(select(1))
        schedule_wakeup(session, "probe", start + timedelta(seconds=seconds))
    session.commit()
    with set_clock(start + timedelta(seconds=5)):
        assert drain(app) == 0
    recorder.fail = None
    with set_clock(start + timedelta(seconds=20)):
        assert drain(app) == 0
    with set_clock(start + timedelta(seconds=60)):
        assert drain(app) == 1
    assert count(session, "wakeups") == 0


def test_a_handler_may_ask_for_the_same_moment_again(app: Flask, session: Db, world: World, recorder: Recorder) -> None:
    start = now()
    left = [True, False]

    def again(inner: Any, tenant_id: UUID) -> None:
        if left.pop(0):
            schedule_wakeup(inner, "probe", start)

    handlers._wakeups["probe"] = again
    use_tenant(session, world.tangsel.id)
    session.execute(select(1))
    schedule_wakeup(session, "probe", start)
    session.commit()
    assert drain(app) == 2
    assert left == []


def test_a_wakeup_needs_a_municipality(session: Db, world: World) -> None:
    session.execute(select(1))
    with pytest.raises(ValueError, match="municipality"):
        schedule_wakeup(session, "probe", now())


def test_periodic_functions_run_in_every_municipality_and_not_before_their_time(
    app: Flask, session: Db, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def probe(inner: Any) -> None:
        seen.append(inner.scalar(text("SELECT count(*) FROM agencies")))
        if len(seen) == 1:
            raise OSError

    monkeypatch.setitem(
        handlers._periodics, "probe", handlers.RegisteredPeriodic("probe", probe, seconds=60, per_tenant=True)
    )
    session.commit()
    start = now()
    with set_clock(start):
        run_periodics(app, only_due=True, names=["probe"])
        run_periodics(app, only_due=True, names=["probe"])
    assert seen == [3, 3]
    with set_clock(start + timedelta(seconds=61)):
        assert run_periodics(app, only_due=True, names=["probe"]) == 1
    assert len(seen) == 4
    assert session.scalar(select(func.count()).select_from(PeriodicRun)) == 1
