"""No connection carries one municipality's key to the next visitor, whatever happened on it before."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg
from sqlalchemy.orm import Session, scoped_session

from lumbung.postgres.testing import SuiteServer
from lumbung.settings import Settings
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.work_desk import open_desk
from tests.browsing import browse
from tests.proofs.churn import Churn, LeakySession
from tests.world import World

Sessions = scoped_session[Session]


def churn_of(settings: Settings, server: SuiteServer, world: World, seconds: float) -> Churn:
    tenants = (world.tangsel.id, world.surabaya.id)
    return Churn(settings.database_url, server.admin_conninfo, tenants, seconds)


def test_no_foreign_row_is_seen_in_a_churned_pool(
    settings: Settings, suite_server: SuiteServer, session: Sessions, world: World
) -> None:
    done = churn_of(settings, suite_server, world, 2.5).run()
    assert done.foreign == []
    # Every way of going wrong did occur, or the test would have shown nothing.
    ends = " ".join(done.ends)
    for word in ("read", "thrown", "QueryCanceled", "AdminShutdown", "visit", "savepoint"):
        assert word in ends, done.ends
    assert done.works > 300


def test_a_setting_for_the_whole_connection_does_leak(
    settings: Settings, suite_server: SuiteServer, session: Sessions, world: World
) -> None:
    """The control: without it the test above might be looking at nothing."""
    churn = churn_of(settings, suite_server, world, 1)
    churn.session_class = LeakySession
    assert churn.run().foreign


def test_pages_hold_nothing_foreign_while_connections_are_cancelled_and_killed(
    app: LumbungFlask, suite_server: SuiteServer, settings: Settings, session: Sessions, world: World
) -> None:
    places = (world.tangsel, world.surabaya)
    for place in places:
        desk = open_desk(app, session, world, place, publish="at_once")
        for number in range(3):
            desk.report(f"Kenari {place.slug} nomor {number}")
    stop, statuses, foreign = threading.Event(), Counter[int](), list[str]()

    def disturb() -> None:
        dice = random.Random(7)
        database = settings.database_url.rsplit("/", 1)[1]
        with psycopg.connect(suite_server.admin_conninfo, autocommit=True) as admin:
            while not stop.wait(0.03):
                how = "pg_terminate_backend" if dice.random() < 0.3 else "pg_cancel_backend"
                admin.execute(
                    f"SELECT {how}(pid) FROM pg_stat_activity WHERE datname = %s AND usename = 'lumbung_app' "
                    "AND state <> 'idle' LIMIT 1",
                    [database],
                )

    def visit(number: int) -> None:
        browsers = [browse(app, place.host) for place in places]
        for turn in range(12):
            mine, other = places[(number + turn) % 2], places[(number + turn + 1) % 2]
            answer = browsers[(number + turn) % 2].get("/siaran/public-reports")
            statuses[answer.status_code] += 1
            if f"Kenari {other.slug}" in answer.text:
                foreign.append(f"{mine.slug} shows {other.slug}")
            assert answer.status_code != 200 or f"Kenari {mine.slug}" in answer.text

    disturbing = threading.Thread(target=disturb)
    disturbing.start()
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(visit, range(8)))
    finally:
        stop.set()
        disturbing.join()
    assert foreign == []
    assert set(statuses) <= {200, 503}, statuses
    assert statuses[200] > 10
    assert statuses[503] > 0, "Nothing was disturbed."
