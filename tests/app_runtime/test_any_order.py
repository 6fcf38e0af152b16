"""Whatever people do in whatever order: a record is open as its state says, and its history explains it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from app_runtime.clocks.firing import fire_due_clocks
from app_runtime.records.creating import Created
from app_runtime.records.running_app import app_of_record
from app_runtime.workflow.acting import allowed_actions
from lumbung.db import set_clock
from lumbung.errors import Conflict, Forbidden, Invalid, NotFound
from tests.app_runtime.stage import Sessions, Stage, set_stage
from tests.world import World

ANSWERS: dict[str, dict[str, Any]] = {
    "assign": {"agency": "dlh"},
    "respond": {"answer": "Baik."},
    "ask": {"question": "Di mana?"},
    "reply": {"reply": "Di sini."},
    "fix": {"after": ["a.jpg"]},
    "reject": {"reason": "Bukan kami."},
    "reopen": {},
}
PEOPLE = ("dispatcher", "handler", "cleaner", "head", "admin", "reporter")


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    return set_stage(session, world)


def test_any_order_of_actions_leaves_a_record_that_explains_itself(stage: Stage) -> None:
    class AnyOrder(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.moment = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
            with set_clock(self.moment):
                self.created: Created = stage.report()

        @rule(action=strategies.sampled_from(sorted(ANSWERS)), person=strategies.sampled_from(PEOPLE))
        def act(self, action: str, person: str) -> None:
            record = self.created.record
            actor = stage.citizen(self.created.tracking_code) if person == "reporter" else stage.actor(person)
            with set_clock(self.moment):
                offered = [one.id for one in allowed_actions(stage.session, record, actor)]
                before = (record.state, record.open)
                try:
                    stage.act(record, actor, action, **ANSWERS[action])
                    assert action in offered
                except (Conflict, Forbidden, NotFound, Invalid):
                    assert action not in offered
                    assert (record.state, record.open) == before

        @rule(hours=strategies.integers(1, 100))
        def wait(self, hours: int) -> None:
            self.moment += timedelta(hours=hours)
            with set_clock(self.moment):
                fire_due_clocks(stage.session, stage.place.id)

        @invariant()
        def open_as_the_state_says(self) -> None:
            record = self.created.record
            kind = app_of_record(stage.session, record).record_type("report")
            assert kind.workflow is not None
            ended = kind.workflow.states[record.state].end is not None
            assert record.open is not ended
            assert (record.closed_at is not None) is ended
            clocks = [stage.clock(record, name) for name in ("respond", "fix")]
            assert record.overdue is any(clock.state == "breached" for clock in clocks)
            finished = [clock.state in ("met", "met_late", "ended") and clock.next_at is None for clock in clocks]
            assert not ended or all(finished)

        @invariant()
        def history_explains_the_state(self) -> None:
            rows = stage.history(self.created.record)
            assert [row.sequence for row in rows] == list(range(1, self.created.record.version + 1))
            state = "received"
            for row in rows:
                assert row.kind != "action" or row.from_state == state
                state = row.to_state or state
            assert state == self.created.record.state

        def teardown(self) -> None:
            stage.session.rollback()

    quick = settings(
        max_examples=12,
        stateful_step_count=14,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(AnyOrder, settings=quick)
