"""A filter by a district finds its villages: on pages, on maps, in files, at work and for programs."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, scoped_session

from app_catalog.definitions.model.filters import Condition, Where
from app_catalog.installations.indexes import InstalledIndex
from app_runtime.api import asking
from app_runtime.filtering.clauses import where_clause
from app_runtime.indexing import using
from app_runtime.records import running_app as running_apps
from app_runtime.records.models import Record
from app_runtime.records.running_app import running_app
from lumbung.db import as_tenant, use_tenant
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.models import Municipality
from tenants.regions.areas import AreaDistrict, Areas
from tests.browsing import Browser
from tests.field_app import LIST, FieldApp, enable_fields
from tests.statements import MOST_REPEATS, statements_of
from tests.world import World

Sessions = scoped_session[Session]
AREA: dict[str, Any] = {"type": "area", "label": {"id": "Wilayah", "en": "Area"}}
FIELDS: dict[str, Any] = {
    # The same value in each: with entries of its own, without, and of one kind alone.
    "fast": {**AREA, "indexed": True},
    "slow": AREA,
    "ward": {**AREA, "of": "village", "indexed": True},
    "place": {"type": "point", "label": {"id": "Tempat", "en": "Place"}},
    "day": {"type": "date", "label": {"id": "Hari", "en": "Day"}},
}
BOTH = ("fast", "slow")
PAGE = {"for": "public", "record": "entry", "filters": [*BOTH, "ward"]}
STATES = [f"s{number}" for number in range(2 * MOST_REPEATS)]
WORKFLOW = {
    "start": "s0",
    "states": {
        **{name: {"label": {"id": name}, "tone": "amber"} for name in STATES},
        "end": {"label": {"id": "Selesai"}, "tone": "green", "end": "success"},
    },
    "actions": {
        f"a{number}": {"label": {"id": "Lanjut"}, "from": one, "to": next_one, "by": ["keeper"]}
        for number, (one, next_one) in enumerate(zip(STATES, [*STATES[1:], "end"], strict=True))
    },
}
PARTS: dict[str, Any] = {
    "pages/peta.yaml": {**PAGE, "kind": "map", "title": {"id": "Peta"}, "popup": ["about"]},
    "pages/papan.yaml": {**PAGE, "kind": "board", "title": {"id": "Papan"}, "columns": ["slow"]},
    "pages/hari.yaml": {**PAGE, "kind": "calendar", "title": {"id": "Hari"}, "columns": ["slow"], "date": "day"},
}
PLACES = {
    "the district": "Serpong",
    "its namesake": "Serpong, Serpong",
    "its village": "Cilenggang, Serpong",
    "a district alike": "Serpong Utara",
    "a village of that": "Pakualam, Serpong Utara",
    "far away": "Ciputat, Ciputat",
    "nowhere": None,
}
"""What each record is about, and the area that it names."""
ASKED: Sequence[tuple[str, set[str]]] = (
    ("Serpong", {"the district", "its namesake", "its village"}),
    ("Serpong Utara", {"a district alike", "a village of that"}),
    ("Cilenggang, Serpong", {"its village"}),
    ("Serpong, Serpong", {"its namesake"}),
    ("Setu", set()),
)
"""What each filter finds."""


@pytest.fixture
def ragam(app: LumbungFlask, session: Sessions, world: World, tmp_path: Path) -> FieldApp:
    """An app with three fields of areas, and records in some."""
    return enable_fields(app, session, world, tmp_path, FIELDS, **PARTS)


@pytest.fixture
def filled(ragam: FieldApp) -> FieldApp:
    """The same with a record for each of `PLACES`."""
    for about, text in PLACES.items():
        post(ragam, about, text)
    return ragam


def post(ragam: FieldApp, about: str, text: str | None) -> None:
    ward = {"ward": text} if text is not None and "," in text else {}
    values = {"about": about, **({"fast": text, "slow": text} if text else {}), **ward}
    sent = json.dumps({**values, "place": [106.7, -6.3], "day": "2026-11-23"})
    made = ragam.visitor.open("POST", LIST, data=sent, content_type="application/json")
    assert made.status_code == 201, made.text


def on_page(browser: Browser, path: str, **asked: str) -> set[str]:
    page = browser.get(f"{path}?{urlencode(asked)}")
    assert page.status_code == 200
    return {about for about in PLACES if re.search(rf">\s*{re.escape(about)}\s*<", page.text)}


def on_map(browser: Browser, **asked: str) -> set[str]:
    found = browser.get(f"/ragam/peta/points.geojson?{urlencode(asked)}").get_json()
    return {one["properties"]["title"] for one in found["features"]}


def in_file(browser: Browser, path: str, **asked: str) -> set[str]:
    answer = browser.get(f"{path}?{urlencode(asked)}")
    assert answer.status_code == 200, answer.text
    text = "".join(cell for row in csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))) for cell in [*row, "\n"])
    return {about for about in PLACES if about in text}


def by_program(browser: Browser, query: str) -> set[str]:
    answer = browser.get(f"{LIST}?{query}")
    assert answer.status_code == 200, answer.text
    return {one["title"] for one in answer.get_json()["items"]}


@pytest.mark.parametrize("way", ["few by the index", "many by the index", "without it"])
def test_a_district_finds_its_villages_wherever_a_filter_is(
    filled: FieldApp, session: Sessions, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(using, "FEW", 0 if way == "many by the index" else using.FEW)
    if way == "without it":
        use_tenant(session, filled.world.tangsel.id)
        session.execute(update(InstalledIndex).values(status="building"))
        session.commit()
    anybody, keeper = filled.visitor, filled.browser()
    for text, wanted in ASKED:
        for name in BOTH:
            asked = {name: text}
            assert on_page(anybody, "/ragam/daftar", **asked) == wanted, asked
            assert on_page(anybody, "/ragam/daftar", **asked, sort="-created_at") == wanted, asked
            assert on_page(anybody, "/ragam/peta", **asked) == wanted, asked
            assert on_page(anybody, "/ragam/papan", **asked) == wanted, asked
            assert on_page(anybody, "/ragam/hari", **asked, month="2026-11") == wanted, asked
            assert on_map(anybody, **asked) == wanted, asked
            assert in_file(anybody, "/ragam/daftar/export.csv", **asked) == wanted, asked
            assert in_file(anybody, f"{LIST}/export.csv", **asked) == wanted, asked
            assert by_program(anybody, urlencode(asked)) == wanted, asked
        assert on_page(keeper, "/work", app="ragam", tab="all", **{"f.fast": text}) == wanted, text
        assert in_file(keeper, "/work/export.csv", app="ragam", tab="all", **{"f.fast": text}) == wanted, text
        assert by_program(anybody, urlencode({"fast": text, "slow": text})) == wanted, text


def test_several_areas_are_asked_for_at_once(filled: FieldApp) -> None:
    wanted = {"the district", "its namesake", "its village", "far away"}
    for name in BOTH:
        both = [(name, "Serpong"), (name, "Ciputat, Ciputat"), (name, "Cilenggang, Serpong")]
        assert by_program(filled.visitor, urlencode(both)) == wanted
        assert in_file(filled.visitor, f"{LIST}/export.csv?{urlencode(both)}#") == wanted


def test_the_next_page_is_of_the_district_too(filled: FieldApp) -> None:
    for name in BOTH:
        first = filled.visitor.get(f"{LIST}?{name}=Serpong&limit=2").get_json()
        assert f"{name}=Serpong&" in first["next"]
        rest = filled.visitor.get(f"{LIST}?{first['next'].split('?', 1)[1]}").get_json()
        found = [one["title"] for one in (*first["items"], *rest["items"])]
        assert found == ["its village", "its namesake", "the district"]


def test_the_filter_is_shown_as_the_district(filled: FieldApp) -> None:
    page = filled.visitor.get("/ragam/daftar?fast=Serpong").text
    assert '<option value="Serpong" selected>Serpong (seluruh kecamatan)</option>' in page
    assert '<option value="Cilenggang, Serpong">Cilenggang, Serpong</option>' in page
    assert f"/ragam/daftar/export.csv?{urlencode({'fast': 'Serpong'})}" in page
    english = filled.visitor.get("/ragam/daftar?fast=Serpong&lang=en").text
    assert '<option value="Serpong" selected>Serpong (the whole district)</option>' in english
    inbox = filled.browser().get("/work?app=ragam&tab=all&f.fast=Serpong").text
    assert '<option value="Serpong" selected>Serpong (seluruh kecamatan)</option>' in inbox


def test_a_field_of_villages_is_filtered_by_districts_too(filled: FieldApp) -> None:
    wanted = {"its namesake", "its village"}
    assert on_page(filled.visitor, "/ragam/daftar", ward="Serpong") == wanted
    assert by_program(filled.visitor, "ward=Serpong") == wanted
    assert on_page(filled.browser(), "/work", app="ragam", tab="all", **{"f.ward": "Serpong"}) == wanted


def test_programs_are_told_what_a_district_finds(ragam: FieldApp) -> None:
    paths = ragam.visitor.get("/api/v1/openapi.json").get_json()["paths"]
    for path in (LIST, f"{LIST}/export.{{kind}}"):
        told = {one["name"]: one.get("description") for one in paths[path]["get"]["parameters"]}
        assert told["ward"] == told["slow"]
        assert told["slow"].endswith("kecamatan menemukan juga kelurahan dan desanya.")


def test_what_few_have_is_looked_up_at_work_and_what_many_have_is_not(
    filled: FieldApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = filled.browser()
    for few in (1_000, 0):
        monkeypatch.setattr(using, "FEW", few)
        with statements_of(filled.app) as heard:
            keeper.get("/work?app=ragam&tab=all&f.fast=Serpong")
        entries = [one for one in heard if "index_entries" in one]
        # The count beforehand, and where they are few the counts of the tabs and the list.
        assert len(entries) == (3 if few else 1), entries


def test_names_that_districts_share_are_not_mixed_up(ragam: FieldApp, session: Sessions, world: World) -> None:
    for place, code in ((world.surabaya, "coba"), (world.tangsel, "35.78")):
        session.get_one(Municipality, place.id).region_code = code
        session.commit()
    for about, text in zip(
        PLACES, ("Wonorejo, Rungkut", "Wonorejo, Tegalsari", "Kenjeran, Bulak", "Kenjeran", "Rungkut"), strict=False
    ):
        post(ragam, about, text)
    first, second, village, district, around = [*PLACES][:5]
    for name in BOTH:
        for text, wanted in (("Rungkut", {first, around}), ("Tegalsari", {second}), ("Kenjeran", {district})):
            assert by_program(ragam.visitor, urlencode({name: text})) == wanted
            assert on_page(ragam.visitor, "/ragam/daftar", **{name: text}) == wanted
        assert by_program(ragam.visitor, f"{name}=Bulak") == {village}


def test_a_district_without_villages_finds_itself(filled: FieldApp, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = Areas((AreaDistrict("36.74.01", "Serpong", ()),))
    for module in (running_apps, asking):
        monkeypatch.setattr(module, "areas_of", lambda code: alone)
    for name in BOTH:
        asked = {name: "Serpong"}
        assert on_page(filled.visitor, "/ragam/daftar", **asked) == {"the district"}
        assert on_map(filled.visitor, **asked) == {"the district"}
        assert by_program(filled.visitor, urlencode(asked)) == {"the district"}


def test_a_municipality_of_another_code_has_other_villages_at_once(
    filled: FieldApp, session: Sessions, world: World
) -> None:
    wanted = {"the district", "its namesake", "its village"}
    assert by_program(filled.visitor, "fast=Serpong") == wanted
    session.get_one(Municipality, world.tangsel.id).region_code = "coba"
    session.commit()
    # Where the districts' villages are not known, a name is what it says.
    for name in BOTH:
        assert by_program(filled.visitor, f"{name}=Serpong") == {"the district"}
        assert in_file(filled.visitor, f"{LIST}/export.csv", **{name: "Serpong"}) == {"the district"}


def test_filters_of_packages_find_villages_too(filled: FieldApp, session: Sessions, world: World) -> None:
    with as_tenant(session, world.tangsel.id):
        app = running_app(session, filled.installation)
        kind = app.record_type("entry")

        def found(where: Where) -> set[str]:
            rows = select(Record.title).where(Record.tenant_id == world.tangsel.id, where_clause(app, kind, where))
            return set(session.scalars(rows))

        for text, wanted in ASKED:
            one = Where((Condition("slow", (text,)),))
            assert found(one) == wanted
            assert found(Where(no=one)) == PLACES.keys() - wanted
        # What is between two texts is in the order of letters, and nothing else.
        assert found(Where((Condition("slow", min="Setu", max="Setu"),))) == set()
        assert found(Where((Condition("slow", min="Serpong Utara", max="Serpong Utara"),))) == {"a district alike"}


@pytest.mark.parametrize("few", [0, 1_000], ids=["many", "few"])
def test_a_board_asks_once_how_many_a_district_has(
    app: LumbungFlask, session: Sessions, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    # A guard of all tests is red for what is asked once for each of so many columns.
    wide = enable_fields(app, session, world, tmp_path, FIELDS, **PARTS, record={"workflow": WORKFLOW})
    monkeypatch.setattr(using, "FEW", few)
    for about, text in PLACES.items():
        post(wide, about, text)
    with statements_of(app) as heard:
        assert on_page(wide.visitor, "/ragam/papan", fast="Serpong") == ASKED[0][1]
    assert sum("count(*) >" in one for one in heard) == 1
