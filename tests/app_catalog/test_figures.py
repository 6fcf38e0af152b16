"""Published figures: by consent alone, without what could point to a person, gone when the consent goes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.comparison.services import compare_apps
from app_catalog.figures.models import MonthlyFigures, PublishedFigures
from app_catalog.figures.publishing import public_row, publish_figures
from app_catalog.figures.reading import read_app_figures
from app_catalog.installations.models import Installation
from app_catalog.installations.services import disable_app, enable_again, list_installations
from app_catalog.releases.models import App
from app_runtime.figures import keeping
from app_runtime.figures.months import reckon_anew, reckon_months
from lumbung.db import as_tenant, now, set_clock, use_tenant
from lumbung.ids import new_id
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.models import Municipality
from tests.app_runtime.stage import Stage, set_stage
from tests.browsing import browse, words_of
from tests.siaran import publish_siaran
from tests.world import World

Sessions = scoped_session[Session]
PUBLIC = "/manage/apps/siaran/public"
SETTINGS = "/manage/apps/siaran"
EVERYWHERE = ("/", "/apps", "/apps/siaran", "/apps/siaran/figures", "/api/v1/apps/siaran/figures", "/regions")


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    stage = set_stage(session, world)
    for number in range(7):
        stage.report({"title": f"Lampu mati {number}"})
    session.commit()
    return stage


def agree(app: LumbungFlask, world: World, consent: str | None = "1") -> None:
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    assert admin.post_form(SETTINGS, {"public_numbers": consent}, to=PUBLIC).status_code == 303


def published(session: Sessions) -> list[PublishedFigures]:
    session.expire_all()
    return list(session.scalars(select(PublishedFigures)))


def test_nothing_is_published_without_consent_and_nothing_stays_when_it_is_taken_back(
    app: LumbungFlask, session: Sessions, world: World, stage: Stage
) -> None:
    citizen = browse(app, world.tangsel.host)
    assert "Belum ada angka" in words_of(citizen.get("/open-data"))
    assert citizen.get("/open-data/siaran.csv").status_code == 404
    agree(app, world)
    assert {row.created for row in published(session)} == {7}
    page = citizen.get("/open-data")
    assert "SIARAN" in words_of(page)
    assert 'value="7"' in page.text
    agree(app, world, None)
    assert published(session) == []
    assert citizen.get("/open-data/siaran.json").status_code == 404
    assert "Belum ada angka" in words_of(citizen.get("/open-data"))


def test_who_agreed_to_the_first_page_has_not_agreed_to_open_data(
    app: LumbungFlask, session: Sessions, world: World, stage: Stage
) -> None:
    stage.installation.public_numbers = True
    publish_figures(session, stage.installation)
    session.commit()
    assert published(session) == []
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    assert "Simpan sekali lagi" in words_of(admin.get(SETTINGS))
    agree(app, world)
    assert published(session) != []
    assert "Simpan sekali lagi" not in words_of(admin.get(SETTINGS))


def test_consent_that_is_taken_back_while_figures_are_being_reckoned_is_taken_back(
    app: LumbungFlask, session: Sessions, world: World, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree(app, world)
    session.expire_all()
    reckon = reckon_months
    taking_back: list[Thread] = []

    def interrupted(of: Sessions, installation: Installation) -> None:
        reckon(of, installation)
        taking_back.append(Thread(target=agree, args=(app, world, None)))
        taking_back[0].start()
        taking_back[0].join(5)

    monkeypatch.setattr(keeping, "reckon_months", interrupted)
    with as_tenant(session, world.tangsel.id):
        keeping.keep_figures(session)
        session.commit()
    taking_back[0].join(30)
    assert published(session) == []


def test_a_job_that_began_before_the_consent_was_taken_back_publishes_nothing(
    app: LumbungFlask, session: Sessions, world: World, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree(app, world)
    session.expire_all()
    listed = list_installations

    def listed_before(of: Sessions, **options: bool) -> Sequence[Installation]:
        found = listed(of, **options)
        agree(app, world, None)
        return found

    monkeypatch.setattr(keeping, "list_installations", listed_before)
    with as_tenant(session, world.tangsel.id):
        keeping.keep_figures(session)
        session.commit()
    assert published(session) == []


def test_a_disabled_app_shows_no_figures_until_it_is_enabled_again(
    app: LumbungFlask, session: Sessions, world: World, stage: Stage
) -> None:
    agree(app, world)
    use_tenant(session, world.tangsel.id)
    installation = session.scalars(select(Installation)).one()
    disable_app(session, installation, reason="Perawatan")
    assert published(session) == []
    enable_again(session, installation)
    session.commit()
    assert published(session) != []


def test_the_files_say_licence_and_columns_and_are_not_sent_twice(
    app: LumbungFlask, session: Sessions, world: World, stage: Stage
) -> None:
    agree(app, world)
    citizen = browse(app, world.tangsel.host)
    document = citizen.get("/open-data/siaran.json")
    told = json.loads(document.text)
    assert told["licence"] == "CC-BY-4.0"
    assert set(told["items"][0]) == set(told["columns"])
    assert told["items"][0]["created"] == 7
    assert told["items"][0]["final"] is False
    table = citizen.get("/open-data/siaran.csv")
    header, first = table.text.splitlines()[:2]
    assert header.split(",") == list(told["columns"])
    assert first.startswith(f"{told['items'][0]['month']},,,7,0")
    for answer, path in ((document, "json"), (table, "csv")):
        again = citizen.get(f"/open-data/siaran.{path}", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
        assert "creativecommons.org" in answer.headers["Link"]


def test_what_is_about_few_people_is_withheld(session: Sessions, stage: Stage) -> None:
    def shown(month: date, version: str = "", **values: Any) -> dict[str, Any]:
        filled: dict[str, Any] = {
            column.name: 0 for column in MonthlyFigures.__table__.columns if column.type.python_type is int
        }
        row = MonthlyFigures(**{**filled, "month": month, "version": version, "record_type": version, **values})
        return public_row(stage.installation, "Kota", row, date(2026, 6, 1))

    few = shown(date(2026, 5, 1), people=4, agencies=2, answered=4, answer_median=9, closed=4, close_median=9, rated=4)
    assert [few[name] for name in ("people", "agencies", "answer_median", "close_median", "rated", "rating_mean")] == [
        None
    ] * 6
    values: dict[str, Any] = {
        "people": 5,
        "agencies": 2,
        "answered": 5,
        "answer_median": 9,
        "closed": 5,
        "close_median": 8,
        "rated": 5,
    }
    enough = shown(date(2026, 5, 1), **values, rating_sum=2_200)
    assert {name: enough[name] for name in values} == values
    assert enough["rating_mean"] == 4.4
    part = shown(date(2026, 5, 1), "1.0.0", **values)
    assert (part["people"], part["agencies"], part["close_median"]) == (None, None, 8)
    running = shown(date(2026, 6, 1), **values)
    assert (running["answer_median"], running["close_median"], running["closed"]) == (None, None, 5)


def test_no_page_of_the_hub_shows_figures_of_who_has_not_agreed(
    app: LumbungFlask, session: Sessions, world: World, stage: Stage
) -> None:
    hub = browse(app, "lumbung.test")
    silent = {path: words_of(hub.get(path)) for path in EVERYWHERE}
    with as_tenant(session, world.tangsel.id):
        for number in range(9):
            stage.report({"title": f"Lampu mati lagi {number}"})
        session.commit()
    # Whatever happens inside changes nothing outside.
    assert {path: words_of(hub.get(path)) for path in EVERYWHERE} == silent
    assert json.loads(hub.get(EVERYWHERE[4]).text)["months"] == []
    assert "Belum ada angka" in words_of(hub.get("/apps/siaran/figures"))
    agree(app, world)
    spoken = json.loads(hub.get(EVERYWHERE[4]).text)
    assert [month["created"] for month in spoken["months"]] == [16]
    assert "Pemakaian dan hasil" in words_of(hub.get("/apps/siaran"))
    agree(app, world, None)
    assert {path: words_of(hub.get(path)) for path in EVERYWHERE} == silent


def test_a_suspended_municipality_is_left_out(app: LumbungFlask, session: Sessions, world: World, stage: Stage) -> None:
    agree(app, world)
    session.get_one(Municipality, world.tangsel.id).status = "suspended"
    session.commit()
    assert json.loads(browse(app, "lumbung.test").get(EVERYWHERE[4]).text)["months"] == []


def test_versions_are_compared_once_enough_stands_behind_each(
    app: LumbungFlask, session: Sessions, world: World, stage: Stage
) -> None:
    last = (now().date().replace(day=1) - timedelta(days=1)).replace(day=1)
    listed = session.scalars(select(App)).one()
    places = [world.tangsel.id, world.surabaya.id, another_place(session)]
    for version, created, seconds in (("0.8.0", 20, 7_200), ("0.9.0", 12, 3_600)):
        for place in places:
            with as_tenant(session, place):
                rated = {"rated": 12, "rating_mean": 3.0 if version == "0.8.0" else 4.5}
                few = {"rated": 5, "rating_mean": 1.0} if (version, place) == ("0.8.0", places[2]) else rated
                session.add(
                    published_row(
                        place, listed.id, last, version, created=created, closed=10, close_median=seconds, **few
                    )
                )
    for place in places:
        with as_tenant(session, place):
            # What merely arrives is no use: the third has handled too few.
            handled = {"closed": 20, "people": 6, "agencies": 2} if place != places[2] else {"closed": 4}
            session.add(published_row(place, listed.id, last, "", created=32, rated=17, rating_mean=3.5, **handled))
            before = (last - timedelta(days=1)).replace(day=1)
            if place == places[0]:
                session.add(published_row(place, listed.id, before, "", created=9, answered=9))
    session.commit()
    found = read_app_figures(session, listed.id)
    assert (found.publishing, found.used, found.used_before) == (3, 2, 1)
    assert found.last is not None
    assert (found.last.staffed, found.last.people, found.last.agencies) == (2, 12, 4)
    assert (found.rated, found.rating_mean) == (51, 3.5)
    assert {one.version: (one.rated, one.satisfaction) for one in found.compared} == {
        "0.8.0": (29, None),
        "0.9.0": (36, 4.5),
    }
    assert {one.version: (one.close_seconds, one.created) for one in found.compared} == {
        "0.8.0": (7_200, 60),
        "0.9.0": (3_600, 36),
    }
    page = words_of(browse(app, "lumbung.test").get("/apps/siaran/figures"))
    assert "0.8.0" in page
    assert "naik 1" in page
    document = json.loads(browse(app, "lumbung.test").get(EVERYWHERE[4]).text)
    assert document["satisfaction"] == {"rated": 51, "mean": 3.5, "scale": 5}
    assert (document["adoption"]["truly_used"], document["adoption"]["people"]) == (2, 12)
    assert {one["version"]: one["rating_mean"] for one in document["versions"]} == {"0.8.0": None, "0.9.0": 4.5}
    with as_tenant(session, places[2]):
        session.delete(session.scalars(select(PublishedFigures).where(
            PublishedFigures.tenant_id == places[2], PublishedFigures.version == "0.8.0")).one())  # fmt: skip
        session.commit()
    assert read_app_figures(session, listed.id).compared == []
    assert "belum dapat dibandingkan" in words_of(browse(app, "lumbung.test").get("/apps/siaran/figures"))


def test_a_month_begins_by_the_clock_of_the_hub_and_versions_are_in_their_order(
    session: Sessions, world: World, stage: Stage
) -> None:
    listed = session.scalars(select(App)).one()
    with as_tenant(session, world.tangsel.id):
        for version, month in (("", 10), ("0.10.0", 9), ("0.9.0", 9), ("0.8.0", 10)):
            session.add(published_row(world.tangsel.id, listed.id, date(2026, month, 1), version, closed=9))
        session.commit()
    # Half past midnight in Jakarta; in Greenwich it is still October.
    with set_clock(datetime(2026, 10, 31, 17, 30, tzinfo=UTC)):
        found = read_app_figures(session, listed.id)
        (compared,) = compare_apps(session, ["siaran"]).apps
        assert (found.last_month, found.used) == (date(2026, 10, 1), 1)
        assert compared.said.truly_used == 1
    assert [one.version for one in found.versions] == ["0.10.0", "0.9.0", "0.8.0"]


def test_the_hub_s_document_has_an_etag_and_unknown_apps_are_missing(app: LumbungFlask, stage: Stage) -> None:
    hub = browse(app, "lumbung.test")
    first = hub.get(EVERYWHERE[4])
    assert hub.get(EVERYWHERE[4], headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert hub.get("/apps/tidak-ada/figures").status_code == 404
    assert hub.get("/api/v1/apps/tidak-ada/figures").status_code == 404


def test_figures_of_a_month_that_is_over_are_published_with_their_times(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    then = now() - timedelta(days=60)
    with set_clock(then):
        stage = set_stage(session, world)
        for number in range(6):
            record = stage.report({"title": f"Lampu mati {number}"}).record
            with set_clock(then + timedelta(hours=2)):
                stage.act(record, "dispatcher", "reject", reason="Bukan kewenangan.")
        session.commit()
    # It was all written in this very minute, as if a worker had slept since: forget that.
    reckon_anew(session, stage.installation)
    session.commit()
    agree(app, world)
    row = next(row for row in published(session) if not row.version)
    assert (row.closed, row.close_median, row.people) == (6, 7_200, None)
    assert datetime.now(UTC) - row.published_at < timedelta(minutes=5)


def another_place(session: Sessions) -> Any:
    place = Municipality(
        region_code="32.73", slug="bandung", name="Kota Bandung", timezone="Asia/Jakarta", status="active",
        activated_at=now(), terms_version="1", terms_accepted_at=now(),
    )  # fmt: skip
    session.add(place)
    session.commit()
    return place.id


def test_the_page_of_open_data_does_not_grow_for_ever_and_its_files_hold_all(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    siaran, _ = publish_siaran(session, world)
    months = [date(2010 + number // 12, 1 + number % 12, 1) for number in range(100)]
    with as_tenant(session, world.surabaya.id):
        session.add_all(
            published_row(world.surabaya.id, siaran.id, month, version) for month in months for version in ("", "0.9.0")
        )
        session.commit()
    citizen = browse(app, world.surabaya.host)
    words = words_of(citizen.get("/open-data"))
    assert "April 2018" in words
    assert "Desember 2015" not in words
    assert "24 bulan terakhir" in words
    assert citizen.get("/open-data/siaran.csv").text.count("\n") == 1 + 2 * len(months)
    assert len((citizen.get("/open-data/siaran.json").json or {})["items"]) == 2 * len(months)


def published_row(place: Any, app_id: Any, month: date, version: str, **values: Any) -> PublishedFigures:
    counts = dict.fromkeys(
        ("created", "closed", "closed_success", "reopened", "answered", "answered_in_time", "due", "in_time"), 0
    )
    return PublishedFigures(
        tenant_id=place, id=new_id(), app_id=app_id, municipality_name="Kota", month=month, version=version,
        record_type="report" if version else "", final=True, published_at=now(), **{**counts, **values},
    )  # fmt: skip
