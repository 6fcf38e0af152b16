"""What holds after every step of the whole loop, whatever came and died."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

import semver
from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import func, select

from app_catalog.definitions.settings_values import effective_settings
from app_catalog.installations.adoptions import find_adoption
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.effective import installed_settings, settings_at
from app_catalog.installations.held_values import find_misfits
from app_catalog.installations.models import InstalledDefinition, VersionChange
from app_catalog.installations.services import agency_keys
from app_catalog.installations.values import check_settings
from app_catalog.releases.loading import forget_loaded
from app_catalog.releases.models import App, Release
from app_catalog.releases.states import list_states
from app_catalog.reviews.rating import rate_app
from app_catalog.reviews.services import find_review
from app_runtime.figures.months import list_figures
from app_runtime.records.creating import Created
from app_runtime.records.models import Record, RecordClock, RecordHistory, RecordHistoryPrivate
from app_runtime.records.values import field_values
from app_runtime.upgrades.models import MovedRecord, RecordMove
from lumbung.db import set_clock, use_tenant
from tests.app_runtime.loop_ground import Ground
from tests.app_runtime.loop_history import replay
from tests.app_runtime.loop_packages import CHANNELS
from tests.app_runtime.stage import Sessions, Stage
from tests.app_runtime.test_figures import NAMES, _recount
from tests.world import World


class LoopInvariants(RuleBasedStateMachine):
    """What the machine knows of the place, and what must hold there."""

    stage: ClassVar[Stage]
    world: ClassVar[World]
    ground: ClassVar[Ground]
    session: Sessions
    moment: datetime
    at: str
    left: set[str]
    """Versions that new records were made by before."""
    catalog: dict[str, str]
    """What has become of each version."""
    promoted: bool
    reviewed: bool
    enabled: bool
    made: list[tuple[Created, dict[str, Any]]]

    @invariant()
    def no_record_is_lost(self) -> None:
        ids = set(self.session.scalars(select(Record.id)))
        assert {created.record.id for created, _ in self.made} == ids

    @invariant()
    def every_record_is_whole_by_its_own_definition(self) -> None:
        for created, _ in self.made:
            record = created.record
            kind = definition_by_digest(self.session, record.definition_digest).records["report"]
            assert kind.workflow is not None
            assert record.state in kind.workflow.states
            assert record.open is (kind.workflow.states[record.state].end is None)
            assert (record.closed_at is None) is record.open
            assert {name for name in record.data if ":" not in name} <= set(kind.fields)
            clocks = self.session.scalars(select(RecordClock).where(RecordClock.record_id == record.id)).all()
            running = [clock for clock in clocks if clock.state not in ("met", "met_late", "ended")]
            assert record.open or not running
            assert {clock.clock for clock in running} <= set(kind.clocks)

    @invariant()
    def history_explains_state_version_and_values(self) -> None:
        private = {row.history_id: row.values or {} for row in self.session.scalars(select(RecordHistoryPrivate)).all()}
        for created, values in self.made:
            rows = self.stage.history(created.record)
            assert [row.sequence for row in rows] == list(range(1, created.record.version + 1))
            state, digest, told = replay(rows, private, values)
            kind = definition_by_digest(self.session, digest).records["report"]
            assert (created.record.state, created.record.definition_digest) == (state, digest)
            assert field_values(created.record, kind) == {name: told[name] for name in told if name in kind.fields}

    @invariant()
    def moves_count_what_they_did(self) -> None:
        rows = self.session.execute(
            select(MovedRecord.move_id, MovedRecord.outcome, func.count()).group_by(
                MovedRecord.move_id, MovedRecord.outcome
            )
        )
        found = {(move_id, outcome): count for move_id, outcome, count in rows}
        for move in self.moves():
            assert move.moved == sum(found.get((move.id, name), 0) for name in ("moved", "undone", "kept"))
            assert move.refused == found.get((move.id, "refused"), 0)
            assert move.undone == found.get((move.id, "undone"), 0)

    @invariant()
    def the_installation_is_at_the_end_of_its_changes(self) -> None:
        installation = self.stage.installation
        assert installation.definition_digest == self.release(self.at).digest
        assert installation.release_id == self.release(self.at).id
        changes = self.session.scalars(select(VersionChange).order_by(VersionChange.id)).all()
        ends = [self.release("0.9.0").digest, *(change.to_digest for change in changes)]
        assert [change.from_digest for change in changes] == ends[:-1]
        assert ends[-1] == installation.definition_digest
        assert {change.from_version for change in changes} == self.left
        adoption = find_adoption(self.session, installation)
        assert adoption is not None
        assert (adoption.ended_at is None) is self.enabled
        assert not self.enabled or adoption.version == self.at

    @invariant()
    def settings_are_valid_for_every_version_that_records_are_on(self) -> None:
        installation = self.stage.installation
        stored = settings_at(self.session, installation.id, installation.settings_version)
        present = definition_by_digest(self.session, installation.definition_digest)
        values = effective_settings(present, stored.overrides)
        assert check_settings(present, values, agencies=agency_keys(self.session)) == {}
        for digest in {created.record.definition_digest for created, _ in self.made}:
            definition = definition_by_digest(self.session, digest)
            assert find_misfits(definition, installed_settings(self.session, installation, definition)) == set()

    @invariant()
    def every_definition_that_is_named_is_pinned(self) -> None:
        pinned = set(self.session.scalars(select(InstalledDefinition.digest)))
        named = set(self.session.scalars(select(Record.definition_digest).distinct()))
        named |= set(self.session.scalars(select(RecordHistory.definition_digest).distinct()))
        assert named | {self.stage.installation.definition_digest} <= pinned

    @invariant()
    def a_review_counts_while_the_app_runs(self) -> None:
        review = find_review(self.session, self.stage.installation.app_id)
        assert (review is not None) is self.reviewed
        assert review is None or (review.archived_at is None) is self.enabled
        assert rate_app(self.session, self.stage.installation.app_id).number == int(self.reviewed and self.enabled)

    @invariant()
    def the_catalog_offers_what_is_published(self) -> None:
        states = {state.release.version: state for state in list_states(self.session, self.stage.installation.app_id)}
        assert {version: state.kind for version, state in states.items()} == self.catalog
        stable = [
            version
            for version, kind in self.catalog.items()
            if kind == "published" and (CHANNELS.get(version) != "beta" or self.promoted)
        ]
        wanted = stable or [version for version, kind in self.catalog.items() if kind == "published"]
        newest = max(wanted, key=semver.Version.parse, default=None)
        latest = self.app().latest_release_id
        assert latest == (self.release(newest).id if newest else None)

    def look_at_everything(self) -> None:
        """All that holds after each step, for whoever takes the steps without a machine."""
        for check in (
            self.no_record_is_lost,
            self.every_record_is_whole_by_its_own_definition,
            self.history_explains_state_version_and_values,
            self.moves_count_what_they_did,
            self.the_installation_is_at_the_end_of_its_changes,
            self.settings_are_valid_for_every_version_that_records_are_on,
            self.every_definition_that_is_named_is_pinned,
            self.a_review_counts_while_the_app_runs,
            self.the_catalog_offers_what_is_published,
        ):
            check()

    def teardown(self) -> None:
        """At the end: figures are what a recount says, and every definition can be verified and loaded anew."""
        self.session.rollback()
        use_tenant(self.session, self.stage.place.id)
        forget_loaded()
        for digest in self.session.scalars(select(InstalledDefinition.digest)).all():
            assert definition_by_digest(self.session, digest).digest == digest
        with set_clock(self.moment):
            shown = {
                (row.month, name): getattr(row, name)
                for row in list_figures(self.session, self.stage.installation)
                if not row.version
                for name in NAMES
            }
            assert shown == _recount(self.stage, date(2026, 1, 1))

    def app(self) -> App:
        return self.session.get_one(App, self.stage.installation.app_id)

    def release(self, version: str) -> Release:
        return self.session.scalars(select(Release).where(Release.version == version)).one()

    def version_of(self, record: Record) -> str:
        return definition_by_digest(self.session, record.definition_digest).version

    def moves(self) -> list[RecordMove]:
        return list(self.session.scalars(select(RecordMove).order_by(RecordMove.id)))
