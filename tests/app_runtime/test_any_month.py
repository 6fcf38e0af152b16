"""Whatever happens to records, in whatever order: figures equal a plain recount, and forgetting changes none.

A machine reports, answers, closes, reopens, rates, moves between versions, imports old records, forgets people, deletes
what is old, and lets months pass. After each step the figures shown are those that were frozen, as they were then, and
for the open months what SQL counts from history.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select

from app_catalog.figures.models import FrozenFigures
from app_catalog.installations.versions import switch_version
from app_catalog.releases.models import Release
from app_runtime.clocks.firing import fire_due_clocks
from app_runtime.figures.months import frozen_until, list_figures, reckon_months
from app_runtime.imports.running import run_batch
from app_runtime.imports.schemas import read_mapping
from app_runtime.imports.services import begin_import, start_import
from app_runtime.records.creating import Created
from app_runtime.records.erasure import erase_person
from app_runtime.records.models import (
    Record,
    RecordClock,
    RecordHistory,
    RecordHistoryPrivate,
)
from app_runtime.satisfaction.models import SatisfactionAnswer
from app_runtime.satisfaction.services import answer_question
from app_runtime.upgrades.mapping import Mapping
from app_runtime.upgrades.models import MovedRecord
from app_runtime.upgrades.running import run_move_step, start_move
from lumbung.db import set_clock, use_tenant
from lumbung.errors import LumbungError
from lumbung.postgres.roles import DatabaseUrls
from tests.app_runtime.import_files import feature, geojson
from tests.app_runtime.importing import FLOOD
from tests.app_runtime.recount import NAMES, Figures, ids_written, recount
from tests.app_runtime.stage import Sessions, Stage, set_stage
from tests.next_siaran import changed_siaran, publish_archive
from tests.siaran import BUNDLED
from tests.world import World

JAKARTA = ZoneInfo("Asia/Jakarta")
BEGIN = datetime(2026, 3, 27, 1, tzinfo=UTC)
NOTHING_UNDER_WAY = -timedelta(milliseconds=1)
THREE = "satisfaction: {ask_on: [fixed, rejected], scale: 3}\nduplicates: {within"
NEXT = {"records/report.yaml": [("duplicates: {within", THREE)]}
"""0.10 asks about rejected reports too, on another scale."""


class AnyMonth(RuleBasedStateMachine):
    """One municipality, its reports, two versions, and time."""

    stage: ClassVar[Stage]
    releases: ClassVar[list[Release]]

    def __init__(self) -> None:
        super().__init__()
        self.session = self.stage.session
        self.point = self.session.begin_nested()
        self.moment = BEGIN
        self.made: list[Created] = []
        self.deleted: set[Any] = set()
        self.frozen: Figures = {}
        self.counted: set[Any] = set()
        self.imports = 0

    def teardown(self) -> None:
        self.point.rollback()
        self.session.expire_all()

    @initialize(score=strategies.integers(1, 5))
    def begin(self, score: int) -> None:
        """A month that has begun: one report is open, one closed and rated, one closed and opened again."""
        for _ in range(3):
            self.report()
            self.wait(3)
        self.act(1, "fix")
        self.rate(1, score)
        self.act(2, "reject")
        self.wait(5)
        self.act(2, "reopen")

    def attempt(self, act: Any) -> None:
        """What the app does not allow now changes nothing."""
        with set_clock(self.moment):
            inner = self.session.begin_nested()
            try:
                act()
            except LumbungError:
                inner.rollback()
            else:
                inner.commit()

    def pick(self, number: int) -> Created | None:
        left = [one for one in self.made if one.record.id not in self.deleted]
        return left[number % len(left)] if left else None

    @rule()
    def report(self) -> None:
        with set_clock(self.moment):
            self.made.append(self.stage.report({"reporter": {"name": "Budi", "email": "budi@contoh.id"}}))

    @rule(
        number=strategies.integers(0, 9),
        action=strategies.sampled_from(["respond", "fix", "fix", "reject", "reopen", "assign"]),
    )
    def act(self, number: int, action: str) -> None:
        one = self.pick(number)
        if one is None:
            return
        acts: dict[str, tuple[Any, dict[str, Any]]] = {
            "respond": ("handler", {"answer": "Diperiksa."}),
            "fix": ("handler", {"after": ["sesudah.jpg"]}),
            "reject": ("dispatcher", {"reason": "Bukan kewenangan."}),
            "reopen": (self.stage.citizen(one.tracking_code), {}),
            "assign": ("dispatcher", {"agency": "dlh" if number % 2 else "dishub"}),
        }
        who, answers = acts[action]
        self.attempt(lambda: self.stage.act(one.record, who, action, **answers))

    @rule(number=strategies.integers(0, 9), score=strategies.integers(1, 5))
    def rate(self, number: int, score: int) -> None:
        one = self.pick(number)
        if one is not None:
            citizen = self.stage.citizen(one.tracking_code)
            self.attempt(
                lambda: answer_question(self.session, one.record, citizen, score=score, words="Menurut saya begitu.")
            )

    @rule(
        number=strategies.integers(0, 9),
        score=strategies.integers(2, 3),
        again=strategies.integers(2, 3),
        forget=strategies.booleans(),
    )
    def close_and_rate(self, number: int, score: int, again: int, forget: bool) -> None:
        """What people do in one go, which single steps seldom come to."""
        self.act(number, "fix")
        self.rate(number, score)
        self.wait(26)
        self.rate(number, again)
        if forget:
            self.forget_person(number)

    @rule()
    def switch_and_move(self) -> None:
        present = self.stage.installation.definition_digest
        after = next(release for release in self.releases if release.digest != present)
        self.attempt(lambda: switch_version(self.session, self.stage.installation, after))

        def move() -> None:
            begun = start_move(
                self.session,
                self.stage.installation,
                "report",
                from_digest=present,
                to_digest=after.digest,
                states=["received", "assigned", "fixed"],
                mapping=Mapping(),
            )
            while run_move_step(self.session, begun.id).status == "running":
                pass

        self.attempt(move)

    @rule(number=strategies.integers(0, 9), score=strategies.integers(1, 5))
    def close_move_and_rate(self, number: int, score: int) -> None:
        """What was closed by one version is rated when the record is on the other."""
        self.act(number, "fix")
        self.switch_and_move()
        self.rate(number, score)

    @rule(days=strategies.integers(1, 120), closed=strategies.booleans())
    def bring_in(self, days: int, closed: bool) -> None:
        self.imports += 1
        at = self.moment - timedelta(days=days)
        values = {"title": f"Banjir lama {self.imports}", "text": "Air masuk rumah", "created_at": at.isoformat()}
        mapping = {**FLOOD, "history": "closed" if closed else "as_is", "unmapped": "initial"}

        def bring() -> None:
            found = begin_import(
                self.session,
                self.stage.installation,
                "report",
                data=geojson([feature((106.71, -6.29), image_url=None, **values)]),
                name=f"lama-{self.imports}.geojson",
            )
            start_import(self.session, found.id, mapping=read_mapping(mapping), by_worker=False)
            while found.status == "running":
                found = run_batch(self.session, found.id)

        self.attempt(bring)

    @rule(number=strategies.integers(0, 9))
    def forget_person(self, number: int) -> None:
        one = self.pick(number)
        if one is None:
            return
        before = self.shown()
        with set_clock(self.moment):
            erase_person(self.session, one.record)
        assert self.shown() == before

    @rule()
    def delete_what_is_old(self) -> None:
        """As retention does, once every month in which something happened is frozen."""
        until = frozen_until(self.session, self.stage.installation)
        if until is None:
            return
        before = self.shown()
        old = list(
            self.session.scalars(
                select(Record.id).where(Record.updated_at < until, Record.open.is_(False), ~Record.id.in_(self._late()))
            )
        )
        self.deleted |= set(old)
        notes = select(RecordHistory.id).where(RecordHistory.record_id.in_(old))
        for model, column, values in (
            (RecordHistoryPrivate, RecordHistoryPrivate.history_id, notes),
            (MovedRecord, MovedRecord.record_id, old),
            (SatisfactionAnswer, SatisfactionAnswer.record_id, old),
            (RecordClock, RecordClock.record_id, old),
            (RecordHistory, RecordHistory.record_id, old),
        ):
            self.session.execute(delete(model).where(column.in_(values)), execution_options=_PLAIN)
        assert self.shown() == before

    def _late(self) -> Any:
        return select(RecordHistory.record_id).where(~RecordHistory.id.in_(list(self.counted)))

    @rule(hours=strategies.sampled_from([1, 5, 26, 26, 100, 400]))
    def wait(self, hours: int) -> None:
        self.moment += timedelta(hours=hours)
        with set_clock(self.moment):
            fire_due_clocks(self.session, self.stage.place.id)

    @rule(hours=strategies.sampled_from([26, 400, 800]))
    def keep(self, hours: int) -> None:
        """The hourly job; the clocks fire later than they should, as when a worker slept."""
        self.moment += timedelta(hours=hours)
        before = self.border()
        expected = self.expected()
        with set_clock(self.moment):
            reckon_months(self.session, self.stage.installation, under_way=NOTHING_UNDER_WAY)
        after = self.border()
        if after != before:
            # What is shown of the months that have just been frozen is what was counted of them until now.
            self.frozen = {key: row for key, row in expected.items() if key[0] < after}
            self.counted = ids_written(self.session)

    def border(self) -> Any:
        found = self.session.scalar(select(FrozenFigures.before))
        return found if found is not None else datetime(1900, 1, 1, tzinfo=UTC).date()

    def expected(self) -> Figures:
        return self.frozen | recount(self.session, self.stage.place.id, before=self.border(), counted=self.counted)

    def shown(self) -> Figures:
        with set_clock(self.moment):
            rows = list_figures(self.session, self.stage.installation)
        return {(row.month, row.version, row.record_type): {name: getattr(row, name) for name in NAMES} for row in rows}

    @invariant()
    def figures_are_what_was_frozen_and_what_history_says(self) -> None:
        self.session.flush()
        assert self.shown() == self.expected()


_PLAIN = {"synchronize_session": False}


@pytest.fixture
def stage(session: Sessions, world: World, database: DatabaseUrls) -> Iterator[Stage]:
    with set_clock(BEGIN - timedelta(days=20)):
        made = set_stage(session, world, package=BUNDLED)
        AnyMonth.releases = [
            session.scalars(select(Release)).one(),
            publish_archive(session, world, changed_siaran(NEXT)),
        ]
        use_tenant(session, made.place.id)
    session.commit()
    # Deleting by retention is the platform's, past the application, which may not.
    with psycopg.connect(database.migration.replace("+psycopg", "", 1)) as owner:
        owner.execute("SET ROLE lumbung_owner")
        owner.execute("GRANT DELETE ON record_history TO lumbung_app")
    yield made
    session.rollback()
    with psycopg.connect(database.migration.replace("+psycopg", "", 1)) as owner:
        owner.execute("SET ROLE lumbung_owner")
        owner.execute("REVOKE DELETE ON record_history FROM lumbung_app")


EXAMPLES = 8


def test_figures_equal_a_recount_after_any_step_and_forgetting_changes_none(stage: Stage) -> None:
    try_any_month(stage, EXAMPLES)


def try_any_month(stage: Stage, examples: int) -> None:
    """Let the machine run, always the same way."""
    AnyMonth.stage = stage
    run_state_machine_as_test(
        AnyMonth,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            phases=[Phase.generate],
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
