"""The whole loop as a machine: a publisher, a municipality, its records, and whatever comes, with kills in any place.

A kill comes before any statement of a step (the process dies), or at its end (the database's connection is cut before
the commit). After each step, done or not: nothing is half done, nothing is lost, and history explains what there is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import semver
from hypothesis import strategies
from hypothesis.stateful import precondition, rule
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app_catalog.installations.effective import _settled
from app_catalog.installations.services import change_settings, disable_app, enable_again
from app_catalog.installations.versions import set_policy, switch_version
from app_catalog.publishers.models import Publisher
from app_catalog.releases.changing import promote_release, yank_release
from app_catalog.releases.models import Release
from app_catalog.releases.shelves import approve_release
from app_catalog.releases.states import newest_event
from app_catalog.releases.submission import submit_package
from app_catalog.reviews.services import write_review
from app_runtime.clocks.firing import fire_due_clocks
from app_runtime.records.creating import Created
from app_runtime.records.updating import update_record
from app_runtime.upgrades.automatic import take_new_versions
from app_runtime.upgrades.running import run_move_step, start_move, start_undo
from lumbung.db import set_clock, use_tenant
from lumbung.errors import LumbungError
from tests.app_runtime.loop_ground import Killed, dying_before
from tests.app_runtime.loop_invariants import LoopInvariants
from tests.app_runtime.loop_packages import ARCHIVES, CHANNELS, PACKAGES, mapping_between, price_field
from tests.app_runtime.stage import LAMP, Sessions
from tests.app_runtime.test_any_order import ANSWERS
from tests.siaran import AGENCIES

BEGUN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
STATES = ("received", "assigned", "waiting", "fixed", "rejected")
KILLS = strategies.one_of(strategies.none(), strategies.none(), strategies.integers(1, 40), strategies.just("cut"))
Kill = int | str | None


class WholeLoop(LoopInvariants):
    """One publisher, one municipality, and whatever comes."""

    def __init__(self) -> None:
        super().__init__()
        self.session = self.stage.session
        self.session.rollback()
        self.ground.put_back()
        self.session.expire_all()
        _settled.clear()
        use_tenant(self.session, self.stage.place.id)
        self.moment = BEGUN
        self.at, self.left, self.policy = "0.9.0", set[str](), "by_hand"
        self.catalog = {"0.9.0": "published"}
        self.promoted = self.reviewed = False
        self.enabled = True
        self.made: list[tuple[Created, dict[str, Any]]] = []
        self.create()

    # What people do, each in a transaction of its own.

    def attempt(self, kill: Kill, act: Callable[[], object]) -> str:
        """Do something; `done`, or `refused` or `killed`, which leave nothing."""
        outcome = "done"
        try:
            with set_clock(self.moment):
                if isinstance(kill, int):
                    with dying_before(kill):
                        act()
                else:
                    act()
            if kill == "cut":
                self.ground.cut(_backend_of(self.session))
            self.session.commit()
            assert kill != "cut", "A commit without a connection."
        except LumbungError:
            outcome = "refused"
        except Killed:
            outcome = "killed"
        except OperationalError:
            assert kill == "cut"
            outcome = "killed"
        self.session.rollback()
        self.session.expire_all()
        use_tenant(self.session, self.stage.place.id)
        return outcome

    @precondition(lambda self: bool(set(PACKAGES) - set(self.catalog)))
    @rule(pick=strategies.integers(0, 9), kill=KILLS)
    def publish(self, pick: int, kill: Kill) -> None:
        version = sorted(set(PACKAGES) - set(self.catalog))[pick % len(set(PACKAGES) - set(self.catalog))]
        if self.attempt(kill, lambda: publish_version(self.session, version)) == "done":
            self.catalog[version] = "published"

    @precondition(lambda self: self.catalog.get("0.11.0") == "published" and not self.promoted)
    @rule(kill=KILLS)
    def promote(self, kill: Kill) -> None:
        def act() -> None:
            use_tenant(self.session, None)
            promote_release(self.session, self.app(), "0.11.0", account_id=None)

        self.promoted = self.attempt(kill, act) == "done"

    @precondition(lambda self: len(self.catalog) > 1)
    @rule(pick=strategies.integers(0, 9), kill=KILLS)
    def yank(self, pick: int, kill: Kill) -> None:
        version = sorted(self.catalog)[pick % len(self.catalog)]

        def act() -> None:
            use_tenant(self.session, None)
            yank_release(self.session, self.app(), version, account_id=None, reason="Salah hitung tenggat")

        outcome = self.attempt(kill, act)
        assert (outcome == "refused") is (self.catalog[version] == "yanked" and outcome != "killed")
        if outcome == "done":
            self.catalog[version] = "yanked"

    @rule()
    def create(self) -> None:
        values = {"title": f"Lampu nomor {len(self.made)} mati", "reporter": {"name": "Budi"}}
        if self.at == "0.11.0":
            values["team"] = "Regu Timur"
        made: list[Created] = []
        if self.attempt(None, lambda: made.append(self.stage.report(values))) == "done":
            self.made.append((made[0], {**LAMP, **values}))
        assert bool(made) is self.enabled

    @rule(
        pick=strategies.integers(0, 99),
        action=strategies.sampled_from(sorted(ANSWERS)),
        person=strategies.sampled_from(("dispatcher", "handler", "cleaner", "reporter")),
        kill=KILLS,
    )
    def act(self, pick: int, action: str, person: str, kill: Kill) -> None:
        created, _ = self.made[pick % len(self.made)]
        actor = self.stage.citizen(created.tracking_code) if person == "reporter" else self.stage.actor(person)
        self.attempt(kill, lambda: self.stage.act(created.record, actor, action, **ANSWERS[action]))

    @rule(pick=strategies.integers(0, 99), amount=strategies.integers(1, 9), kill=KILLS)
    def price(self, pick: int, amount: int, kill: Kill) -> None:
        record = self.made[pick % len(self.made)][0].record
        version = self.version_of(record)
        value: Any = f"Rp {amount}" if version == "0.11.0" else amount * 10_000
        who = self.stage.actor("dispatcher")
        self.attempt(kill, lambda: update_record(self.session, record, who, {price_field(version): value}))

    @rule(pick=strategies.integers(0, 9), kill=KILLS)
    def switch(self, pick: int, kill: Kill) -> None:
        version = sorted(self.catalog)[pick % len(self.catalog)]
        offered = version != self.at and (self.catalog[version] == "published" or version in self.left)
        release = self.release(version)
        outcome = self.attempt(kill, lambda: switch_version(self.session, self.stage.installation, release))
        assert outcome == "killed" or (outcome == "done") is offered
        if outcome == "done":
            self.left.add(self.at)
            self.at = version

    @rule(policy=strategies.sampled_from(("by_hand", "patches", "minors")), kill=KILLS)
    def follow(self, policy: str, kill: Kill) -> None:
        """The update policy, and then what comes by itself."""
        installation = self.stage.installation
        chosen = self.attempt(None, lambda: set_policy(self.session, installation, policy=policy, channel="stable"))
        assert chosen == "done"
        outcome = self.attempt(kill, lambda: take_new_versions(self.session, self.stage.place.id))
        if outcome == "done":
            self._check_taken(policy)

    def _check_taken(self, policy: str) -> None:
        now_at = self.session.get_one(Release, self.stage.installation.release_id).version
        if now_at == self.at:
            return
        before, after = semver.Version.parse(self.at), semver.Version.parse(now_at)
        assert after > before
        assert policy == "minors" or (policy == "patches" and before.minor == after.minor)
        assert self.enabled
        assert self.catalog[now_at] == "published"
        assert now_at not in self.left
        assert now_at != "0.11.0" or self.promoted
        self.left.add(self.at)
        self.at = now_at

    @rule(
        states=strategies.sets(strategies.sampled_from(STATES), min_size=1), pick=strategies.integers(0, 9), kill=KILLS
    )
    def move(self, states: set[str], pick: int, kill: Kill) -> None:
        others = sorted(self.left - {self.at})
        if not others:
            return
        source = others[pick % len(others)]
        self.attempt(
            kill,
            lambda: start_move(
                self.session,
                self.stage.installation,
                "report",
                from_digest=self.release(source).digest,
                to_digest=self.release(self.at).digest,
                states=sorted(states),
                mapping=mapping_between(source, self.at),
            ),
        )

    @rule(pick=strategies.integers(0, 99), kill=KILLS)
    def step(self, pick: int, kill: Kill) -> None:
        moves = self.moves()
        if moves:
            move_id = moves[pick % len(moves)].id
            self.attempt(kill, lambda: run_move_step(self.session, move_id, most=2))

    @rule(pick=strategies.integers(0, 99), kill=KILLS)
    def undo(self, pick: int, kill: Kill) -> None:
        moves = self.moves()
        if moves:
            move = moves[pick % len(moves)]
            self.attempt(kill, lambda: start_undo(self.session, move))

    @rule(pick=strategies.integers(0, 99), back=strategies.booleans())
    def all_in_one_go(self, pick: int, back: bool) -> None:
        """What people do in one go, which single steps seldom come to."""
        self.price(pick, 5, None)
        self.publish(pick, None) if set(PACKAGES) - set(self.catalog) else None
        self.switch(pick, None)
        self.move(set(STATES), pick, None)
        for _ in range(3):
            self.step(-1, None)
        if back and self.moves():
            self.undo(-1, None)
            self.step(-1, None)
            self.step(-1, None)

    @rule(within=strategies.sampled_from(("PT12H", "PT48H", "P3D")), kill=KILLS)
    def configure(self, within: str, kill: Kill) -> None:
        overrides = {"categories": AGENCIES, "respond_within": within}
        self.attempt(kill, lambda: change_settings(self.session, self.stage.installation, overrides=overrides))

    @rule(kill=KILLS)
    def disable_or_enable(self, kill: Kill) -> None:
        installation = self.stage.installation
        act = (
            (lambda: disable_app(self.session, installation, reason="Sementara"))
            if self.enabled
            else (lambda: enable_again(self.session, installation))
        )
        done = self.attempt(kill, act)
        assert done == "done" or kill
        if done == "done":
            self.enabled = not self.enabled

    @rule(stars=strategies.integers(1, 5), leaves=strategies.booleans(), kill=KILLS)
    def review(self, stars: int, leaves: bool, kill: Kill) -> None:
        """The municipality judges the app, and may leave it right after, or come back."""
        words = "Kami memakainya setiap hari."
        visitor = self.stage.visitor("evaluator")
        installation = self.stage.installation
        done = self.attempt(kill, lambda: write_review(self.session, visitor, installation, stars=stars, words=words))
        assert done == "done" or kill
        self.reviewed = self.reviewed or done == "done"
        if leaves:
            self.disable_or_enable(None)

    @rule(hours=strategies.integers(1, 60), kill=KILLS)
    def wait(self, hours: int, kill: Kill) -> None:
        self.moment += timedelta(hours=hours)
        self.attempt(kill, lambda: fire_due_clocks(self.session, self.stage.place.id))


def publish_version(session: Sessions, version: str) -> None:
    """A version in the catalog, approved by a curator when it has to be."""
    use_tenant(session, None)
    publisher = session.scalars(select(Publisher)).one()
    release = submit_package(session, publisher, ARCHIVES[version], channel=CHANNELS[version])
    assert isinstance(release, Release), [str(one)[:300] for one in release.report.problems]
    state = newest_event(session, release.id)
    if state is not None and state.kind == "submitted":
        approve_release(session, release.id, account_id=None)


def _backend_of(session: Sessions) -> int:
    driver: Any = session.connection().connection.driver_connection
    pid: int = driver.info.backend_pid
    return pid
