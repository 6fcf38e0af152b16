"""Publishing, enabling, upgrading, moving, going back, disabling, reviewing in any order, killed in any place."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from psycopg.conninfo import make_conninfo

from app_catalog.releases.scenarios import ScenarioReport
from app_runtime.upgrades import automatic
from lumbung.db import set_clock
from lumbung.postgres.testing import SuiteServer
from tests.app_runtime.loop_ground import Ground
from tests.app_runtime.loop_packages import PACKAGES
from tests.app_runtime.stage import Sessions, set_stage
from tests.app_runtime.whole_loop import BEGUN, STATES, WholeLoop, publish_version
from tests.world import World

EXAMPLES = int(os.environ.get("LOOP_EXAMPLES") or 3)


@pytest.fixture
def loop(
    session: Sessions,
    world: World,
    suite_server: SuiteServer,
    worker_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[type[WholeLoop]]:
    """The machine on its ground; the proofs of versions are taken as passed, for they change nothing."""
    monkeypatch.setattr(automatic, "play_scenarios", lambda *_: ScenarioReport(()))
    with set_clock(BEGUN):
        WholeLoop.stage, WholeLoop.world = set_stage(session, world), world
    WholeLoop.ground = Ground(make_conninfo(suite_server.admin_conninfo, dbname=f"test_{worker_id}"))
    for version in PACKAGES:
        # The proofs are played once, by nobody who may die.
        with set_clock(BEGUN):
            publish_version(session, version)
        session.rollback()
    WholeLoop.ground.remember()
    yield WholeLoop
    WholeLoop.ground.forget()


def test_whatever_comes_in_whatever_order_and_dies_in_whatever_place(loop: type[WholeLoop]) -> None:
    quick = settings(
        max_examples=EXAMPLES,
        stateful_step_count=16,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate],
    )
    run_state_machine_as_test(loop, settings=quick)


def test_a_straight_way_through_all_of_it(loop: type[WholeLoop]) -> None:
    """What any order may miss for long: each thing once, and everything looked at in between."""
    machine = loop()
    steps: tuple[Callable[[], None], ...] = (
        lambda: machine.price(0, 5, None),
        lambda: machine.publish(0, None),
        lambda: machine.switch(0, None),
        lambda: machine.move(set(STATES), 0, None),
        lambda: machine.step(-1, None),
        machine.create,
        lambda: machine.act(0, "reject", "dispatcher", None),
        lambda: machine.undo(-1, None),
        lambda: machine.step(-1, None),
        lambda: machine.configure("PT12H", None),
        lambda: machine.wait(60, None),
        lambda: machine.review(4, True, None),
        lambda: machine.disable_or_enable(None),
        lambda: machine.yank(0, None),
        lambda: machine.yank(0, 9),
    )
    for step in steps:
        step()
        machine.look_at_everything()
    machine.teardown()
