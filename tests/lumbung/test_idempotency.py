"""A retry never makes a second record."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import db, now, set_clock, use_tenant
from lumbung.errors import BadRequest
from lumbung.idempotency import Submission, once
from lumbung.outbox import run_periodics
from tests.world import World

Db = scoped_session[Session]
KEY = "0123456789abcdef"


class Maker:
    """Makes a new result at every call."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> dict[str, Any]:
        self.calls += 1
        return {"number": self.calls}


def test_the_same_key_gets_the_first_result(session: Db, world: World) -> None:
    make = Maker()
    use_tenant(session, world.tangsel.id)
    assert once(session, "report", KEY, make) == {"number": 1}
    assert once(session, "report", KEY, make) == {"number": 1}
    session.commit()
    assert once(session, "report", KEY, make) == {"number": 1}
    assert make.calls == 1


def test_other_scopes_keys_and_municipalities_are_other_submissions(session: Db, world: World) -> None:
    make = Maker()
    use_tenant(session, world.tangsel.id)
    once(session, "report", KEY, make)
    once(session, "report", KEY + "x", make)
    once(session, "comment", KEY, make)
    use_tenant(session, world.surabaya.id)
    assert once(session, "report", KEY, make) == {"number": 4}


def test_a_submission_that_was_rolled_back_can_be_made_again(session: Db, world: World) -> None:
    make = Maker()
    use_tenant(session, world.tangsel.id)
    once(session, "report", KEY, make)
    session.rollback()
    assert once(session, "report", KEY, make) == {"number": 2}


def test_an_attempt_that_fails_leaves_the_key_free(session: Db, world: World) -> None:
    def fail() -> dict[str, Any]:
        raise LookupError

    use_tenant(session, world.tangsel.id)
    with pytest.raises(LookupError):
        once(session, "report", KEY, fail)
    session.rollback()
    assert once(session, "report", KEY, Maker()) == {"number": 1}


@pytest.mark.parametrize("first_commits", [True, False])
def test_the_second_of_two_at_once_waits_for_the_first(
    app: Flask, session: Db, world: World, first_commits: bool
) -> None:
    make = Maker()
    use_tenant(session, world.tangsel.id)
    once(session, "report", KEY, make)
    results: list[dict[str, Any]] = []
    second_at_work = threading.Event()

    def second() -> None:
        with app.app_context():
            use_tenant(db.session, world.tangsel.id)
            db.session.execute(select(1))
            second_at_work.set()
            results.append(once(db.session, "report", KEY, make))
            db.session.commit()

    thread = threading.Thread(target=second)
    thread.start()
    assert second_at_work.wait(10)
    thread.join(0.3)
    assert thread.is_alive()
    assert results == []
    if first_commits:
        session.commit()
    else:
        session.rollback()
    thread.join(10)
    assert results == ([{"number": 1}] if first_commits else [{"number": 2}])


@pytest.mark.parametrize("key", ["", "short", "x" * 201, "with space", "tab\there", "ünicode-key"])
def test_a_key_that_is_none_is_a_bad_request(session: Db, world: World, key: str) -> None:
    use_tenant(session, world.tangsel.id)
    with pytest.raises(BadRequest):
        once(session, "report", key, Maker())


def test_submissions_are_forgotten_after_three_days(app: Flask, session: Db, world: World) -> None:
    use_tenant(session, world.tangsel.id)
    once(session, "report", KEY, Maker())
    session.commit()
    start = now()
    for hours, left in ((71, 1), (73, 0)):
        with set_clock(start + timedelta(hours=hours)):
            run_periodics(app, names=["forget-old-submissions"])
        assert session.scalar(select(func.count()).select_from(Submission)) == left
        session.rollback()
