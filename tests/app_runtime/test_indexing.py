"""Records by the fields that an app marks `indexed`: the same answers with the index as without."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from sqlalchemy import select, update

from app_catalog.definitions.model import SortKey
from app_catalog.definitions.model.filters import Condition, Where
from app_catalog.installations.indexes import InstalledIndex
from app_catalog.installations.models import Installation
from app_runtime.filtering.clauses import ranged_indexes, where_clause
from app_runtime.indexing.models import IndexEntry
from app_runtime.records.actors import SYSTEM
from app_runtime.records.listing import list_records
from app_runtime.records.models import Record
from app_runtime.records.running_app import running_app
from app_runtime.records.updating import update_record
from lumbung.db import db, use_tenant
from lumbung.web.sites import LumbungFlask
from tests.browsing import browse
from tests.small_app import Sessions
from tests.stalls import ASKED, enable_market, names
from tests.world import World


@pytest.fixture
def market(session: Sessions, world: World) -> Installation:
    """Stalls in Tangsel; the session belongs to the municipality."""
    return enable_market(session, world)


@pytest.mark.parametrize("ready", [True, False], ids=["by the index", "without it"])
def test_lists_are_the_same_with_an_index_and_without(session: Sessions, market: Installation, ready: bool) -> None:
    if not ready:
        session.execute(update(InstalledIndex).values(status="building"))
        session.commit()
    for asked, wanted in ASKED:
        assert names(session, market, **asked) == wanted, asked
        assert names(session, market, limit=2, **asked) == wanted, asked


RANGES: Sequence[tuple[Where, str]] = (
    (Where((Condition("rent", min=900, max=1000),)), "ab"),
    (Where((Condition("rent", max=900),)), "ac"),
    (Where((Condition("from", min="2026-01-01"),)), "ad"),
    (Where((Condition("from", max="2026-01-31"),)), "bd"),
    (Where((Condition("rent", min=900),), no=Where((Condition("from", min="2026-02-01"),))), "bd"),
    (Where(some=(Where((Condition("rent", min=9_000),)), Where((Condition("kind", ("cloth",)),)))), "bd"),
)


def test_ranges_are_the_same_with_an_index_and_without(session: Sessions, market: Installation) -> None:
    app = running_app(session, market)
    kind = app.definition.records["kiosk"]
    for where, wanted in RANGES:
        usable = ranged_indexes(app, "kiosk", where)
        assert usable.types.keys() == ({"from", "rent"} if where.no else usable.types.keys())
        for by in (usable, None):
            clause = where_clause(app, kind, where, by)
            assert ("index_entries" in str(clause)) == (by is not None)
            found = session.scalars(select(Record.title).where(Record.tenant_id == market.tenant_id, clause))
            assert "".join(sorted(found)) == wanted, (where, by)


def test_a_calendar_and_a_board_are_the_same_with_an_index_and_without(
    app: LumbungFlask, session: Sessions, market: Installation, world: World
) -> None:
    browser = browse(app, world.tangsel.host)
    shown = []
    for status in ("ready", "building"):
        session.execute(update(InstalledIndex).values(status=status))
        session.commit()
        days = browser.get("/pasar/days?month=2026-01").text
        racks = browser.get("/pasar/racks").text
        shown.append(tuple(re.findall(r">([a-e])</a>", page) for page in (days, racks)))
    # January's page has the first of February on it as well.
    assert sorted(shown[0][0]) == ["a", "d"]
    assert "".join(shown[0][1]) == "ecab"
    assert shown[0] == shown[1]


def test_a_cursor_is_good_while_the_index_comes(session: Sessions, market: Installation) -> None:
    sort = [SortKey("rent")]
    first = list_records(session, market, SYSTEM, "kiosk", sort=sort, limit=2)
    session.execute(update(InstalledIndex).values(status="building"))
    rest = list_records(session, market, SYSTEM, "kiosk", sort=sort, cursor=first.next_cursor)
    assert [one.title for one in (*first.items, *rest.items)] == [*"ecabd"]


def test_entries_follow_the_record(session: Sessions, market: Installation) -> None:
    record = session.scalars(select(Record).where(Record.title == "a")).one()
    update_record(session, record, SYSTEM, {"kind": "fish", "tags": ["big"], "rent": None})
    session.commit()
    query = select(IndexEntry.name, IndexEntry.text).where(IndexEntry.record_id == record.id)
    assert {tuple(row) for row in session.execute(query)} == {
        ("kiosk.kind", "fish"),
        ("kiosk.rent", ""),
        ("kiosk.from", "2026-02-01"),
        ("kiosk.tags", "big"),
        ("kiosk.roof", "true"),
    }
    assert names(session, market, filters={"kind": "fish"}) == "a"
    assert names(session, market, filters={"tags": "new"}) == "b"


def test_the_interface_and_the_page_go_by_the_index(app: LumbungFlask, market: Installation, world: World) -> None:
    browser = browse(app, world.tangsel.host)
    for ready in (True, False):
        for asked, wanted in (("kind=food", "eca"), ("kind=food,cloth", "ecba"), ("tags=big", "da"), ("kind=fish", "")):
            answer = browser.get(f"/api/v1/pasar/kiosk?{asked}")
            assert answer.json is not None, answer.data
            assert "".join(one["title"] for one in answer.json["items"]) == wanted, (ready, asked)
        first = browser.get("/api/v1/pasar/kiosk?kind=food&limit=2").json
        assert first is not None
        rest = browser.get("/api/v1/pasar/kiosk?" + first["next"].split("?", 1)[1]).json
        assert rest is not None
        assert [one["title"] for one in (*first["items"], *rest["items"])] == [*"eca"]
        use_tenant(db.session, world.tangsel.id)
        db.session.execute(update(InstalledIndex).values(status="building"))
        db.session.commit()
        db.session.remove()
