"""Structured filters, and what the live room is told by them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app_catalog.definitions.building.live import build_where
from app_catalog.definitions.check import check_package
from app_catalog.installations.models import Installation
from app_runtime.clocks.firing import fire_due_clocks
from app_runtime.filtering.clauses import where_clause
from app_runtime.live.happenings import at_risk, newest
from app_runtime.live.layers import counters, layers
from app_runtime.live.measuring import indicators
from app_runtime.records.models import Record
from app_runtime.records.running_app import running_app
from app_runtime.workflow.acting import take_action
from lumbung.db import set_clock, use_tenant
from lumbung.i18n import speaking
from lumbung.web.access import Visitor
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions
from tests.pagu import PLANNER, edited, enable_pagu, make
from tests.small_app import next_small
from tests.statements import statements_of
from tests.world import World

MONDAY = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
SPOTS: dict[str, dict[str, Any]] = {
    "hole": {"sort": "hole", "width": 60, "wet": False, "marks": ["night"], "seen": "2026-03-01"},
    "lamp": {"sort": "lamp", "width": 9, "marks": ["rain", "school"], "seen": "2026-03-02"},
    "wide": {"sort": "hole", "width": 120, "wet": True, "seen": "2026-03-03"},
    "plain": {},
}


@pytest.fixture
def pagu(session: Sessions, world: World) -> Installation:
    """Pagu in Tangsel with four spots; the session belongs to the municipality."""
    enable_pagu(session, world)
    use_tenant(session, world.tangsel.id)
    installation = session.scalars(select(Installation)).one()
    with set_clock(MONDAY):
        for title, values in SPOTS.items():
            make(session, installation, "spot", title=title, place=[106.7, -6.3], **values)
    session.commit()
    return installation


@pytest.mark.parametrize(
    ("where", "titles"),
    [
        ({"sort": ["hole"]}, "hole wide"),
        ({"sort": ["hole", "lamp"], "open": [True]}, "hole lamp wide"),
        ({"not": {"sort": ["hole"]}}, "lamp plain"),
        ({"width": {"min": 60}}, "hole wide"),
        ({"width": {"min": 10, "max": 60}}, "hole"),
        ({"width": [9, 120]}, "lamp wide"),
        ({"marks": ["night", "school"]}, "hole lamp"),
        ({"wet": [False]}, "hole lamp plain"),
        ({"wet": [True]}, "wide"),
        ({"seen": {"max": "2026-03-02"}}, "hole lamp"),
        ({"any": [{"seen": ["2026-03-03"]}, {"sort": ["lamp"]}]}, "lamp wide"),
        ({"all": [{"sort": ["hole"]}, {"wet": [True]}]}, "wide"),
        ({"created_at": {"min": "2026-03-02T10:00:00+07:00"}, "state": ["open"]}, "hole lamp plain wide"),
        ({"created_at": {"min": "2026-03-02T10:00:01+07:00"}}, ""),
        ({"finder": ["x"]}, ""),
        ({"not": {"finder": ["x"]}, "agency": ["dishub"]}, ""),
        ({"unknown": ["x"]}, ""),
    ],
    ids=str,
)
def test_a_filter_finds_what_it_says(session: Sessions, pagu: Installation, where: dict[str, Any], titles: str) -> None:
    app = running_app(session, pagu)
    clause = where_clause(app, app.record_type("spot"), build_where(where))
    found = session.scalars(select(Record.title).where(Record.tenant_id == pagu.tenant_id, clause))
    assert " ".join(sorted(found)) == titles


def test_layers_counters_and_shares_are_reckoned(session: Sessions, world: World, pagu: Installation) -> None:
    with speaking("en"):
        layer = layers(session)[0]
        found = {one.id: (one.label, one.value) for one in counters(session)}
    assert (layer.app, layer.app_name, layer.id, layer.label, layer.total) == (
        "pagu", "Ceilings and Visits", "spots", "Open spots", 3,
    )  # fmt: skip
    assert sorted(feature["properties"]["red"] for feature in layer.features["features"]) == [False, False, True]
    assert found == {"wide": ("Wide", 1), "recent": ("Recent", 2)}
    first = session.scalars(select(Record).where(Record.title == "hole")).one()
    with set_clock(MONDAY + timedelta(hours=1)):
        take_action(session, first, PLANNER, "fix", {})
    with set_clock(MONDAY + timedelta(days=2)):
        fire_due_clocks(session, world.tangsel.id)
        measured = {one.id: (one.share, one.of) for one in indicators(session)}
    session.commit()
    assert measured == {"in_time": (0.25, 4), "fixed": (0.25, 4)}


def admin_of(world: World) -> Visitor:
    """The administrator of Tangsel."""
    member = world.tangsel.members["admin"]
    roles = frozenset({"tenant_admin"})
    return Visitor(account_id=member.account_id, membership_id=member.id, name="Admin", roles=roles)


def test_the_live_room_tells_what_happens_and_what_is_late(session: Sessions, world: World, pagu: Installation) -> None:
    del pagu
    first = session.scalars(select(Record).where(Record.title == "hole")).one()
    with set_clock(MONDAY + timedelta(hours=1)):
        take_action(session, first, PLANNER, "fix", {})
    with set_clock(MONDAY + timedelta(days=2)):
        fire_due_clocks(session, world.tangsel.id)
        with speaking("en"):
            happened, risks = newest(session, admin_of(world)), at_risk(session, admin_of(world))
            told_to_all = {one.what for one in newest(session)}
        # The public reads these records, and not when they are due.
        assert at_risk(session) == []
        assert told_to_all == {"New spot", "Fix"}
    session.commit()
    assert [one.what for one in happened][:4] == ["Deadline missed: Response"] * 3 + ["Fix"]
    assert happened[0].alarming
    assert happened[0].href == f"/work/{happened[0].record.id}"
    assert [(one.record.title, one.late) for one in risks] == [(name, True) for name in ("lamp", "wide", "plain")]


def test_the_live_room_reads_no_files_that_it_does_not_show(
    app: LumbungFlask, session: Sessions, world: World, pagu: Installation
) -> None:
    del pagu
    with statements_of(app) as heard:
        assert newest(session, admin_of(world))
    assert heard
    assert [statement for statement in heard if "record_files" in statement] == []


def test_what_happened_is_told_in_the_words_of_the_version_that_it_happened_by(
    session: Sessions, world: World, pagu: Installation
) -> None:
    first = session.scalars(select(Record).where(Record.title == "hole")).one()
    with set_clock(MONDAY + timedelta(hours=1)):
        take_action(session, first, PLANNER, "fix", {})
        session.commit()
        renamed = edited("records/spot.yaml", ("    fix: {from", "    mend: {from"), ("met_by: fix", "met_by: mend"))
        next_small(session, world, pagu, renamed.files)
        use_tenant(session, world.tangsel.id)
        with speaking("en"):
            assert next(iter(newest(session))).what == "Fix"
    session.commit()


def test_who_may_not_read_a_record_is_not_told_of_it(session: Sessions, world: World, pagu: Installation) -> None:
    with set_clock(MONDAY):
        make(session, pagu, "ceiling", office="dishub", year=2026, amount=1)
    session.commit()
    assert "ceiling" not in {one.record.record_type for one in newest(session)}
    assert "ceiling" in {one.record.record_type for one in newest(session, admin_of(world))}


def test_what_a_filter_can_never_find_is_named() -> None:
    report = check_package(
        edited(
            "app.yaml",
            ("where: {open: true, not: {sort: lamp}}", "where: {open: maybe, not: {sort: lamb}, colour: red}"),
            ("red: {any: [{overdue: true}, {width: {min: 100}}]}", "red: {any: [{finder: x}, {width: {min: wide}}]}"),
            (
                "where: {width: {min: 50, max: 99}, all: [{wet: false}, {marks: [night, rain]}]}",
                "where: {sort: {min: a}}",
            ),
            ("where: {seen: {min: 2026-03-02}, state: [open, fixed]}", "where: {seen: {min: March}, state: [gone]}"),
            ("kind: share, where: {state: fixed}", "kind: share, clock: respond"),
        )
    )
    found = {(problem.code, problem.path, problem.line > 0) for problem in report.errors}
    layer, counter = "live.layers.spots", "live.counters"
    assert found == {
        ("filter-value", f"{layer}.where.open", True),
        ("unknown-value", f"{layer}.where.not.0.sort", True),
        ("unknown-attribute", f"{layer}.where.colour", True),
        ("not-filtered", f"{layer}.red.any.0.finder", True),
        ("filter-value", f"{layer}.red.any.1.width", True),
        ("not-ranged", f"{counter}.wide.where.sort", True),
        ("filter-value", f"{counter}.recent.where.seen", True),
        ("unknown-value", f"{counter}.recent.where.state", True),
        ("missing-key", "indicators.fixed", True),
        ("key-needs-other", "indicators.fixed.clock", True),
    }
