"""`/api/v1` of a portal: what the public may read and send, as programs see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app_catalog.installations.services import disable_app
from app_runtime.api.statements import Statements
from app_runtime.records.models import Record, RecordFile
from app_runtime.records.running_app import running_app
from lumbung.db import as_tenant
from lumbung.ids import new_id
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.models import Municipality
from tests.app_runtime.api_calls import LIST, send
from tests.app_runtime.stage import Sessions, Stage, set_stage
from tests.app_runtime.work_desk import open_desk
from tests.browsing import Browser, browse
from tests.lumbung.test_routed_statements import unrouted
from tests.statements import statements_of
from tests.world import World


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    """SIARAN in Tangsel that publishes at once."""
    return set_stage(session, world, publish="at_once")


@pytest.fixture
def program(app: LumbungFlask, world: World) -> Browser:
    """A program that asks Tangsel's portal."""
    return browse(app, world.tangsel.host)


def report(stage: Stage, **values: Any) -> Record:
    """A committed report."""
    record = stage.report(values).record
    stage.session.commit()
    return record


def test_a_list_has_what_the_public_may_read_and_nothing_else(stage: Stage, program: Browser) -> None:
    record = report(stage, description="rahasia-uraian", reporter={"name": "rahasia-nama", "phone": "0812 3456 7890"})
    answer = program.get(LIST)
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["next"] is None
    (found,) = answer.json["items"]
    assert list(found) == [
        "id",
        "title",
        "number",
        "state",
        "created_at",
        "due",
        "updated_at",
        "place",
        "fields",
        "url",
    ]
    assert found["id"] == str(record.id)
    assert found["fields"]["category"] == "street-light"
    assert set(found["fields"]) == {"title", "category", "photos", "answer", "after", "reason"}
    assert found["place"] == [106.71, -6.29]
    assert "rahasia" not in answer.text
    assert browse(program.app, program.host).get(found["url"]).status_code == 200


def test_statements_name_the_municipality_and_no_private_values(stage: Stage) -> None:
    definition = running_app(stage.session, stage.installation).definition
    statements = Statements([definition], "report")
    filters = frozenset({"after", "bbox", "state", "category", "updated_since"})
    for read in (statements.a_list(filters, geojson=True), statements.one("id"), statements.one("number")):
        text = read.sql.decode()
        assert "private" not in text
        for number in range(1, 20):
            text = text.replace(f"${number}::", f"%(p{number})s::")
        assert unrouted(text) == []


def test_only_published_records_that_are_not_hidden_are_there(stage: Stage, program: Browser) -> None:
    shown, hidden, unpublished = report(stage), report(stage), report(stage)
    hidden.hidden_at = hidden.created_at
    unpublished.published = False
    stage.session.commit()
    answer = program.get(LIST)
    assert answer.json is not None
    assert [one["id"] for one in answer.json["items"]] == [str(shown.id)]
    for record in (hidden, unpublished):
        assert program.get(f"{LIST}/{record.id}").status_code == 404
        assert program.get(f"{LIST}/{record.number}").status_code == 404
    for reference in (str(shown.id), str(shown.number)):
        one = program.get(f"{LIST}/{reference}")
        assert one.json is not None
        assert one.json["id"] == str(shown.id)


def test_pages_follow_one_another_without_gap_or_repeat(stage: Stage, program: Browser) -> None:
    made = [str(report(stage, title=f"Lampu nomor {n}").id) for n in range(7)]
    target, seen = f"{LIST}?limit=3", []
    while target:
        answer = program.get(target)
        assert answer.json is not None
        seen += [one["id"] for one in answer.json["items"]]
        target = answer.json["next"]
        assert ("Link" in answer.headers) == bool(target)
    assert seen == made[::-1]


def test_the_next_page_is_of_the_same_question(stage: Stage, program: Browser) -> None:
    made = [str(report(stage, category=category).id) for category in ("road", "street-light") * 2]
    answer = program.get(f"{LIST}?category=road&category=street-light&limit=1")
    seen = []
    while answer.json is not None and answer.json["items"]:
        seen += [one["id"] for one in answer.json["items"]]
        if answer.json["next"] is None:
            break
        answer = program.get(answer.json["next"])
    assert seen == made[::-1]


def test_filters_narrow_a_list(stage: Stage, program: Browser) -> None:
    lamp = report(stage)
    road = report(stage, title="Jalan berlubang", category="road", place=[106.8, -6.3])
    stage.act(road, "dispatcher", "assign", agency="dlh")
    lamp.updated_at = lamp.updated_at - timedelta(days=2)
    stage.session.commit()
    since = (road.updated_at - timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    expected = {
        "state=received": [lamp],
        "state=received,assigned": [road, lamp],
        "category=road": [road],
        "bbox=106.7,-6.3,106.75,-6.2": [lamp],
        f"updated_since={since}": [road],
        "state=fixed": [],
    }
    for query, records in expected.items():
        answer = program.get(f"{LIST}?{query}")
        assert answer.json is not None, answer.text
        assert [one["id"] for one in answer.json["items"]] == [str(one.id) for one in records], query


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=00000005099999",
        "limit=x",
        "after=xx",
        "bbox=1,2,3",
        "bbox=nan,0,1,1",
        "updated_since=2026-01-01",
        "updated_since=0001-01-01T00:00:00%2B23:59",
        "after=MjAyNi0wMS0wMVQwMDowMDowMCAwMWEyMDQ2Ny01YzI2LTc0ZTctYTYzNC0zNTAxOWU5NDMxYzk",
        "cost=1",
        "description=x",
        "format=xml",
        "state='",
        "q=lampu",
    ],
)
def test_a_question_that_does_not_fit_is_told_where(stage: Stage, program: Browser, query: str) -> None:
    answer = program.get(f"{LIST}?{query}")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert list(answer.json["errors"]) == [query.partition("=")[0]]


def test_a_time_in_the_oddest_zone_is_a_time(stage: Stage, program: Browser) -> None:
    report(stage)
    answer = program.get(f"{LIST}?updated_since=2026-01-01T00:00:00%2B23:59")
    assert answer.status_code == 200
    assert answer.json is not None
    assert len(answer.json["items"]) == 1


def test_a_list_is_geojson_for_who_asks(stage: Stage, program: Browser) -> None:
    record = report(stage)
    for answer in (
        program.get(f"{LIST}?format=geojson"),
        program.get(LIST, headers={"Accept": "application/geo+json"}),
    ):
        assert answer.content_type == "application/geo+json"
        assert answer.json is not None
        (feature,) = answer.json["features"]
        assert feature["geometry"] == {"type": "Point", "coordinates": [106.71, -6.29]}
        assert feature["properties"]["number"] == record.number
        assert "Accept" in answer.headers["Vary"]


def test_what_has_not_changed_is_not_sent_again(stage: Stage, program: Browser) -> None:
    record = report(stage)
    for path in (LIST, f"{LIST}/{record.id}", "/api/v1", "/api/v1/openapi.json"):
        first = program.get(path)
        tag = first.headers["ETag"]
        assert not tag.startswith("W/")
        again = program.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.text) == (304, "")
    report(stage)
    assert program.get(LIST, headers={"If-None-Match": tag}).status_code == 200


def test_photos_have_addresses_until_they_are_hidden(app: LumbungFlask, session: Sessions, world: World) -> None:
    desk = open_desk(app, session, world, publish="at_once")
    record_id = desk.report("Lampu mati", photos=2)
    program = browse(app, desk.place.host)

    def photos() -> list[str]:
        answer = program.get(f"{LIST}/{record_id}")
        assert answer.json is not None
        return [photo["url"] for photo in answer.json["fields"]["photos"]]

    addresses = photos()
    assert len(addresses) == 2
    assert all(program.get(address).status_code == 200 for address in addresses)
    with as_tenant(session, desk.place.id):
        photo = session.scalars(select(RecordFile).order_by(RecordFile.position)).first()
        assert photo is not None
        photo.hidden_at = photo.created_at
        session.commit()
    assert photos() == addresses[1:]


def test_another_municipalitys_record_answers_as_one_that_is_nowhere(
    session: Sessions, world: World, stage: Stage, program: Browser
) -> None:
    record = report(stage)
    set_stage(session, world, world.surabaya, publish="at_once")
    other = browse(program.app, world.surabaya.host)
    assert other.get(LIST).json == {"items": [], "next": None}
    answers = [other.get(f"{LIST}/{reference}") for reference in (record.id, new_id())]
    masked = [answer.text.replace(answer.headers["X-Request-Id"], "~") for answer in answers]
    assert masked[0] == masked[1]
    assert {answer.status_code for answer in answers} == {404}


def test_cookies_mean_nothing_and_none_is_given(
    app: LumbungFlask, world: World, stage: Stage, program: Browser
) -> None:
    record = report(stage)
    record.published = False
    stage.session.commit()
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    assert admin.get(f"/work/siaran/{record.id}").status_code == 200
    for path in (LIST, "/api/v1"):
        answer = admin.get(path)
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
    assert admin.get(f"{LIST}/{record.id}").status_code == 404


def test_any_site_may_read_and_none_may_send(stage: Stage, program: Browser) -> None:
    report(stage)
    elsewhere = {"Origin": "https://elsewhere.test"}
    assert program.get(LIST, headers=elsewhere).headers["Access-Control-Allow-Origin"] == "*"
    before = program.open("OPTIONS", LIST, headers={**elsewhere, "Access-Control-Request-Method": "POST"})
    assert "POST" not in before.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" not in before.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Origin" not in send(program, **elsewhere).headers
    as_form = program.post(LIST, {"title": "Lampu mati", "category": "road"}, headers=elsewhere)
    assert as_form.status_code == 415


def test_an_app_that_is_switched_off_and_a_municipality_that_is_suspended_stop_at_once(
    session: Sessions, world: World, stage: Stage, program: Browser
) -> None:
    record = report(stage)
    detail = f"{LIST}/{record.id}"
    assert program.get(detail).status_code == 200
    disable_app(session, stage.installation, reason="Pemeliharaan")
    session.commit()
    assert {program.get(path).status_code for path in (LIST, detail)} == {program.get("/siaran").status_code}
    assert program.get(LIST).status_code >= 400
    stage.installation.status = "enabled"
    session.commit()
    assert program.get(detail).status_code == 200
    place = session.get_one(Municipality, world.tangsel.id)
    place.status = "suspended"
    session.commit()
    assert {program.get(path).status_code for path in (LIST, detail, "/api/v1")} == {421}
    assert send(program).status_code == 421
    place.status = "preparing"
    session.commit()
    assert {program.get(path).status_code for path in (LIST, detail, "/api/v1")} == {503}
    place.status, place.slug = "active", "tangsel-baru"
    session.commit()
    assert program.get(detail).status_code == 421


def test_a_domain_that_was_taken_away_answers_no_more(
    app: LumbungFlask, session: Sessions, world: World, stage: Stage
) -> None:
    """Also one that begins as the municipality's own name does."""
    detail = f"{LIST}/{report(stage).id}"
    place = session.get_one(Municipality, world.tangsel.id)
    place.domain = f"{place.slug}.go.test"
    session.commit()
    elsewhere = browse(app, place.domain)
    assert {elsewhere.get(path).status_code for path in (LIST, detail)} == {200}
    place.domain = None
    session.commit()
    assert {elsewhere.get(path).status_code for path in (LIST, detail)} == {421}


def test_an_app_that_moved_answers_at_its_new_place_alone(session: Sessions, stage: Stage, program: Browser) -> None:
    report(stage)
    assert program.get(LIST).status_code == 200
    stage.installation.slug = "lapor"
    session.commit()
    assert program.get(LIST).status_code == 404
    assert program.get("/api/v1/lapor/report").status_code == 200


def test_a_list_that_is_known_asks_the_database_once(app: LumbungFlask, stage: Stage, program: Browser) -> None:
    report(stage)
    program.get(LIST)
    with statements_of(app) as heard:
        assert program.get(LIST).status_code == 200
    assert heard == []


def test_what_nobody_offers_is_not_there(stage: Stage, program: Browser) -> None:
    for path in ("/api/v1/nothing/report", "/api/v1/siaran/nothing", f"{LIST}/{new_id()}", f"{LIST}/a/b", "/api/v2"):
        answer = program.get(path)
        assert answer.status_code == 404
        assert answer.content_type == "application/problem+json"
    unknown = browse(program.app, "nobody.lumbung.test").get(LIST)
    assert unknown.status_code == 421


def test_the_start_tells_what_there_is(stage: Stage, program: Browser) -> None:
    found = program.get("/api/v1").json
    assert found is not None
    assert found["municipality"]["region_code"] == "36.74"
    ((app,), (kind,)) = found["apps"], found["apps"][0]["records"]
    assert (app["id"], kind["id"], kind["reads"], kind["sends"]) == ("siaran", "report", True, True)
    assert program.get(kind["url"]).status_code == 200
    assert program.get(found["openapi"]).status_code == 200


def test_openapi_says_what_is_taken_and_given(stage: Stage, program: Browser) -> None:
    report(stage)
    document = program.get("/api/v1/openapi.json").json
    assert document is not None
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == {
        "/api/v1/areas",
        LIST,
        f"{LIST}/{{reference}}",
        f"{LIST}/export.{{kind}}",
    }
    schemas = document["components"]["schemas"]
    sent = schemas["siaran.report.sent"]
    assert set(sent["required"]) == {"title", "category"}
    assert set(sent["properties"]) == {"title", "description", "category", "place", "reporter"}
    assert "street-light" in sent["properties"]["category"]["enum"]
    assert sent["properties"]["title"]["minLength"] == 5
    listed = program.get(LIST).json
    assert listed is not None
    described = schemas["siaran.report"]["properties"]
    assert set(listed["items"][0]) == set(described)
    assert set(listed["items"][0]["fields"]) == set(described["fields"]["properties"])
    english = program.get("/api/v1/openapi.json", headers={"Accept-Language": "en"}).json
    assert english is not None
    assert english["info"]["title"].startswith("Interface")
