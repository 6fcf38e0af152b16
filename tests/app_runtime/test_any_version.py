"""Whatever version comes in whatever order, with steps that are killed: no half state, no lost record, and a history
that explains what there is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import VersionChange
from app_catalog.installations.services import change_settings, disable_app, enable_again
from app_catalog.installations.versions import switch_version
from app_catalog.releases.models import Release
from app_runtime.clocks.firing import fire_due_clocks
from app_runtime.records.creating import Created
from app_runtime.records.models import Record, RecordClock
from app_runtime.records.updating import update_record
from app_runtime.upgrades.mapping import Mapping
from app_runtime.upgrades.models import MovedRecord, RecordMove
from app_runtime.upgrades.running import run_move_step, start_move, start_undo
from lumbung.db import set_clock, use_tenant
from lumbung.errors import LumbungError
from tests.app_runtime.stage import Sessions, Stage, set_stage
from tests.app_runtime.test_any_order import ANSWERS
from tests.next_siaran import publish_next
from tests.siaran import AGENCIES
from tests.world import World

THERE = Mapping(states={"waiting": "assigned"}, fields={"cost": "expense"})
BACK = Mapping(fields={"expense": "cost"})
STATES = ("received", "assigned", "waiting", "fixed", "rejected")


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    made = set_stage(session, world)
    publish_next(session, world)
    use_tenant(session, made.place.id)
    return made


class AnyVersion(RuleBasedStateMachine):
    """One municipality, its records, and whatever comes."""

    stage: ClassVar[Stage]
    releases: ClassVar[dict[str, Release]]

    def __init__(self) -> None:
        super().__init__()
        self.moment = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
        self.made: list[Created] = []
        self.before = set(self.stage.session.scalars(select(RecordMove.id)))
        self.begin()
        self.create(0)

    def begin(self) -> None:
        """Every example begins alike, whatever the one before has left."""
        self.stage.session.refresh(self.stage.installation)
        if self.stage.installation.status != "enabled":
            enable_again(self.stage.session, self.stage.installation)
        if self.stage.installation.release_id != self.releases["0.9.0"].id:
            switch_version(self.stage.session, self.stage.installation, self.releases["0.9.0"])
        change_settings(self.stage.session, self.stage.installation, overrides={"categories": AGENCIES})
        self.stage.session.commit()
        self.at = "0.9.0"

    def attempt(self, *, killed: bool, act: Any) -> bool:
        """Do something in a transaction of its own and say whether it was done; a refusal or a kill leaves nothing."""
        with set_clock(self.moment):
            try:
                act()
            except LumbungError:
                killed = True
        if killed:
            self.stage.session.rollback()
        else:
            self.stage.session.commit()
        use_tenant(self.stage.session, self.stage.place.id)
        return not killed

    @rule(number=strategies.integers(0, 3))
    def create(self, number: int) -> None:
        with set_clock(self.moment):
            try:
                self.made.append(self.stage.report({"title": f"Lampu nomor {number} mati"}))
            except LumbungError:
                self.stage.session.rollback()
        self.stage.session.commit()

    @rule(
        pick=strategies.integers(0, 99),
        action=strategies.sampled_from(sorted(ANSWERS)),
        person=strategies.sampled_from(("dispatcher", "handler", "cleaner", "reporter")),
        killed=strategies.booleans(),
    )
    def act(self, pick: int, action: str, person: str, killed: bool) -> None:
        created = self.made[pick % len(self.made)]
        actor = self.stage.citizen(created.tracking_code) if person == "reporter" else self.stage.actor(person)
        self.attempt(killed=killed, act=lambda: self.stage.act(created.record, actor, action, **ANSWERS[action]))

    @rule(pick=strategies.integers(0, 99), amount=strategies.integers(1, 9), killed=strategies.booleans())
    def price(self, pick: int, amount: int, killed: bool) -> None:
        record = self.made[pick % len(self.made)].record
        self.stage.session.refresh(record)
        name = "cost" if record.definition_digest == self.releases["0.9.0"].digest else "expense"
        who = self.stage.actor("dispatcher")
        self.attempt(killed=killed, act=lambda: update_record(self.stage.session, record, who, {name: amount * 10_000}))

    @rule(version=strategies.sampled_from(("0.9.0", "0.10.0")), killed=strategies.booleans())
    def switch(self, version: str, killed: bool) -> None:
        release = self.releases[version]
        done = self.attempt(
            killed=killed, act=lambda: switch_version(self.stage.session, self.stage.installation, release)
        )
        assert done is not (killed or version == self.at)
        self.at = version if done else self.at

    @rule(states=strategies.sets(strategies.sampled_from(STATES), min_size=1), killed=strategies.booleans())
    def move(self, states: set[str], killed: bool) -> None:
        self.stage.session.refresh(self.stage.installation)
        present = self.stage.installation.definition_digest
        other = next(release.digest for release in self.releases.values() if release.digest != present)
        mapping = THERE if present == self.releases["0.10.0"].digest else BACK
        self.attempt(
            killed=killed,
            act=lambda: start_move(
                self.stage.session,
                self.stage.installation,
                "report",
                from_digest=other,
                to_digest=present,
                states=sorted(states),
                mapping=mapping,
                ids=[created.record.id for created in self.made],
            ),
        )

    @rule(pick=strategies.integers(0, 99), killed=strategies.booleans())
    def step(self, pick: int, killed: bool) -> None:
        moves = self.moves()
        if moves:
            self.attempt(
                killed=killed, act=lambda: run_move_step(self.stage.session, moves[pick % len(moves)].id, most=2)
            )

    @rule(pick=strategies.integers(0, 99), version=strategies.sampled_from(("0.9.0", "0.10.0")))
    def price_switch_and_move(self, pick: int, version: str) -> None:
        """What people do in one go, which single steps seldom come to."""
        self.price(pick, 5, killed=False)
        self.switch(version, killed=False)
        self.move(set(STATES), killed=False)
        for _ in range(3):
            self.step(-1, killed=False)

    @rule(pick=strategies.integers(0, 99), killed=strategies.booleans())
    def undo(self, pick: int, killed: bool) -> None:
        moves = self.moves()
        if moves:
            self.attempt(killed=killed, act=lambda: start_undo(self.stage.session, moves[pick % len(moves)]))

    @rule(within=strategies.sampled_from(("PT12H", "PT48H", "P3D")), killed=strategies.booleans())
    def configure(self, within: str, killed: bool) -> None:
        overrides = {"categories": AGENCIES, "respond_within": within}
        self.attempt(
            killed=killed, act=lambda: change_settings(self.stage.session, self.stage.installation, overrides=overrides)
        )

    @rule(killed=strategies.booleans())
    def disable_or_enable(self, killed: bool) -> None:
        self.stage.session.refresh(self.stage.installation)
        if self.stage.installation.status == "enabled":
            self.attempt(
                killed=killed, act=lambda: disable_app(self.stage.session, self.stage.installation, reason="Sementara")
            )
        else:
            self.attempt(killed=killed, act=lambda: enable_again(self.stage.session, self.stage.installation))

    @rule(hours=strategies.integers(1, 60))
    def wait(self, hours: int) -> None:
        self.moment += timedelta(hours=hours)
        self.attempt(killed=False, act=lambda: fire_due_clocks(self.stage.session, self.stage.place.id))

    def moves(self) -> list[RecordMove]:
        found = self.stage.session.scalars(select(RecordMove).order_by(RecordMove.id))
        return [move for move in found if move.id not in self.before]

    @invariant()
    def no_record_is_lost(self) -> None:
        ids = set(self.stage.session.scalars(select(Record.id)))
        assert {created.record.id for created in self.made} <= ids

    @invariant()
    def every_record_is_whole_by_its_own_definition(self) -> None:
        for created in self.made:
            record = created.record
            self.stage.session.refresh(record)
            kind = definition_by_digest(self.stage.session, record.definition_digest).records["report"]
            assert kind.workflow is not None
            assert record.state in kind.workflow.states
            assert record.open is (kind.workflow.states[record.state].end is None)
            assert (record.closed_at is None) is record.open
            assert {name for name in record.data if ":" not in name} <= set(kind.fields)
            clocks = self.stage.session.scalars(select(RecordClock).where(RecordClock.record_id == record.id)).all()
            running = [clock for clock in clocks if clock.state not in ("met", "met_late", "ended")]
            assert record.open or not running
            assert {clock.clock for clock in running} <= set(kind.clocks)

    @invariant()
    def history_explains_state_and_version(self) -> None:
        for created in self.made:
            rows = self.stage.history(created.record)
            assert [row.sequence for row in rows] == list(range(1, created.record.version + 1))
            assert rows[-1].to_state == created.record.state
            assert rows[-1].definition_digest == created.record.definition_digest

    @invariant()
    def moves_count_what_they_did(self) -> None:
        for move in self.moves():
            self.stage.session.refresh(move)
            outcomes = dict(
                self.stage.session.execute(
                    select(MovedRecord.outcome, func.count())
                    .where(MovedRecord.move_id == move.id)
                    .group_by(MovedRecord.outcome)
                ).all()
            )
            assert move.moved == sum(outcomes.get(name, 0) for name in ("moved", "undone", "kept"))
            assert move.refused == outcomes.get("refused", 0)
            assert move.undone == outcomes.get("undone", 0)

    @invariant()
    def new_records_are_of_the_version_that_was_chosen(self) -> None:
        self.stage.session.refresh(self.stage.installation)
        assert self.stage.installation.definition_digest == self.releases[self.at].digest
        last = self.stage.session.scalars(select(VersionChange).order_by(VersionChange.id.desc()).limit(1)).first()
        assert last is None or last.to_version == self.at


def test_any_order_of_versions_leaves_records_that_explain_themselves(stage: Stage) -> None:
    AnyVersion.stage = stage
    AnyVersion.releases = {release.version: release for release in stage.session.scalars(select(Release))}
    quick = settings(
        max_examples=6,
        stateful_step_count=18,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(AnyVersion, settings=quick)
