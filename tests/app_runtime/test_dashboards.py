"""Dashboards: figures and charts over what their reader may see, and nothing else."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app_catalog.definitions.model.charts import Unit
from app_runtime.dashboards.periods import moved, start_of, window_around
from lumbung.db import as_tenant, set_clock
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions
from tests.browsing import Browser, browse
from tests.meetings import copy, enable_meetings, meeting_files, plan
from tests.small_app import codes_of
from tests.statements import statements_of
from tests.world import World

PAGE = "/rapat/figures"
MOMENT = datetime(2026, 11, 23, 3, tzinfo=UTC)


def _fill(session: Sessions, world: World) -> None:
    rapat = enable_meetings(session, world)
    place = world.tangsel
    plan(session, place, rapat, "A", kind="open", cost=1_000_000, held_on="2026-10-02", unit="dishub")
    plan(session, place, rapat, "B", kind="open", cost=2_000_000, held_on="2026-12-31")
    plan(session, place, rapat, "C", kind="inner", cost=500_000, starts="2026-11-20T17:30:00+00:00", unit="dlh")
    plan(session, place, rapat, "D", held_on="1999-01-01")


def figures(browser: Browser) -> dict[str, str]:
    """The figures of the page by their labels."""
    found = re.findall(r'lb-stat-label">([^<]*)</p>\s*<p class="lb-stat-value[^"]*">([^<]*)<', browser.get(PAGE).text)
    return dict(found)


def bars(browser: Browser, chart: str) -> dict[str, str]:
    """The numbers of one chart by the names of its bars."""
    part = browser.get(PAGE).text.split(f'id="chart-{chart}"', 1)[1].split("</section>", 1)[0]
    return dict(re.findall(r'<th scope="row">([^<]*)</th><td[^>]*>([^<]*)</td>', part))


def test_charts_count_by_state_option_and_time(session: Sessions, world: World, app: LumbungFlask) -> None:
    with set_clock(MOMENT):
        _fill(session, world)
        clerk = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
        # `public` is among those whom the page is for, so that everybody reads it as everybody.
        assert figures(clerk) == {"Semua rapat": "2", "Biaya": "Rp 3.000.000", "Biaya rata-rata": "Rp 1.500.000"}
        assert bars(clerk, "states") == {"Direncanakan": "2"}
        assert bars(clerk, "kinds") == {"Terbuka": "Rp 3.000.000"}
        assert bars(clerk, "months") == {"Okt 2026": "1", "Nov 2026": "0", "Des 2026": "1"}
        assert bars(clerk, "made") == {"Minggu 23 Nov 2026": "2"}
        assert "Terbuka" in clerk.get(f"{PAGE}/figures").text


def test_officials_see_figures_over_what_their_roles_read(session: Sessions, world: World, app: LumbungFlask) -> None:
    with set_clock(MOMENT):
        files = meeting_files()
        inner = files["pages/figures.yaml"].decode().replace("for: [clerk, unit, public]", "for: [clerk, unit, chief]")
        rapat = enable_meetings(session, world, pages={"figures": inner})
        place = world.tangsel
        plan(session, place, rapat, "A", kind="open", cost=1_000_000, unit="dishub")
        plan(session, place, rapat, "B", kind="inner", cost=2_000_000, unit="dlh")
        plan(session, place, rapat, "C", starts="2026-11-20T17:30:00+00:00")
        clerk = browse(app, place.host, place.accounts["handler"])
        assert figures(clerk)["Semua rapat"] == "3"
        assert bars(clerk, "kinds") == {"Terbuka": "Rp 1.000.000", "Dalam": "Rp 2.000.000"}
        assert bars(clerk, "days") == {"21 Nov 2026": "1"}, (
            "half past five in the evening UTC is the day after in Jakarta"
        )
        unit = browse(app, place.host, place.accounts["head"])
        assert figures(unit) == {"Semua rapat": "1", "Biaya": "Rp 1.000.000", "Biaya rata-rata": "Rp 1.000.000"}
        chief = browse(app, place.host, place.accounts["dispatcher"])
        # Whose role reads no cost sums what everybody reads.
        assert figures(chief) == {"Semua rapat": "3", "Biaya": "Rp 1.000.000", "Biaya rata-rata": "Rp 1.000.000"}
        assert bars(chief, "states") == {"Direncanakan": "3"}
        assert browse(app, place.host).get(PAGE).status_code == 404
    with set_clock(MOMENT + timedelta(minutes=2)):
        with statements_of(app) as heard:
            clerk.get(f"{PAGE}/figures")
        assert len([one for one in heard if "FROM records" in one]) == 8, "one statement for each"


def test_a_chart_that_cannot_be_drawn_is_refused() -> None:
    def codes(chart: str, role: str = "clerk") -> set[str]:
        page = f"kind: dashboard\nfor: {role}\nrecord: meeting\ncharts:\n  one: {{{chart}, label: {{id: A, en: A}}}}\n"
        return codes_of(meeting_files(figures=page))

    assert codes("count: meeting, by: state") == codes("sum: cost, by: unit") == set()
    assert codes("count: meetings") == {"unknown-record"}
    assert codes("sum: topic") == codes("average: meeting.kind") == {"unknown-number-field"}
    assert codes("count: meeting, sum: cost") == codes("by: state") == {"exactly-one"}
    assert codes("count: meeting, by: topic") == codes("count: meeting, by: id") == {"not-grouped"}
    assert codes("count: meeting, by: nothing") == {"unknown-attribute"}
    assert codes("count: meeting, by: held_on") == {"date-without-unit"}
    assert codes("count: meeting, by: state, unit: day") == codes("count: meeting, unit: day") == {"unit-without-date"}
    assert codes("count: meeting, only: [gone]") == {"unknown-state"}
    assert codes("count: meeting, by: unit", "public") == {"field-not-public"}


@pytest.mark.parametrize("unit", ["day", "week", "month"])
@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(-40, 40))
def test_periods_follow_one_another_without_a_gap(unit: Unit, day: date, by: int) -> None:
    start = start_of(unit, day)
    assert start <= day < moved(unit, start, 1)
    assert moved(unit, moved(unit, start, by), -by) == start
    starts = window_around(unit, day, ahead=True).starts
    assert start in starts
    assert all(moved(unit, one, 1) == after for one, after in pairwise(starts))


def test_of_many_groups_the_largest_are_shown_and_all_others_as_one(
    session: Sessions, world: World, app: LumbungFlask
) -> None:
    charts = {"count": "{count: meeting", "sum": "{sum: cost", "average": "{average: cost"}
    page = "kind: dashboard\nfor: clerk\nrecord: meeting\ntitle: {id: Angka, en: Figures}\ncharts:\n" + "".join(
        f"  {name}: {begun}, by: unit, label: {{id: A, en: A}}}}\n" for name, begun in charts.items()
    )
    rapat, place = enable_meetings(session, world, pages={"figures": page}), world.tangsel
    largest = plan(session, place, rapat, "A", cost=10_000, unit="dlh")
    copy(session, place, largest, 280)
    with as_tenant(session, place.id):
        # Units 1 to 230 have a row each, whose cost is their number; unit 1 has fifty more.
        session.execute(
            text(
                "UPDATE records SET data = data || jsonb_build_object('unit', md5(unit::text)::uuid, 'cost', unit)"
                " FROM (SELECT id AS copied, CASE WHEN n > 230 THEN 1 ELSE n END AS unit"
                " FROM (SELECT id, substr(number, 2)::int AS n FROM records WHERE number LIKE 'C%') AS one) AS made"
                " WHERE id = copied"
            )
        )
        session.commit()
    clerk = browse(app, place.host, place.accounts["handler"])
    drawn = {name: bars(clerk, name) for name in charts}
    total = sum(range(1, 217)) + 50
    assert {name: found["216 lainnya"] for name, found in drawn.items()} == {
        "count": "216",
        "sum": f"Rp {total:,}".replace(",", "."),
        "average": f"Rp {round(total / 266)}",
    }
    assert next(iter(drawn["sum"].values())) == "Rp 10.000"


def test_a_dashboard_is_reckoned_once_a_minute_for_each_reader(
    session: Sessions, world: World, app: LumbungFlask
) -> None:
    page = meeting_files()["pages/figures.yaml"].decode().replace("public]", "chief]")
    place = world.tangsel
    with set_clock(MOMENT):
        rapat = enable_meetings(session, world, pages={"figures": page})
        plan(session, place, rapat, "A", kind="inner", unit="dlh")
        clerk = browse(app, place.host, place.accounts["handler"])
        assert figures(clerk)["Semua rapat"] == "1"
        plan(session, place, rapat, "B", kind="inner", unit="dlh")
    with set_clock(MOMENT + timedelta(seconds=59)):
        assert figures(clerk)["Semua rapat"] == "1"
        assert figures(browse(app, place.host, place.accounts["head"]))["Semua rapat"] == "0"
    with set_clock(MOMENT + timedelta(seconds=60)):
        assert figures(clerk)["Semua rapat"] == "2"
