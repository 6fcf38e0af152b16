"""The demonstration, loaded once for this module and looked at as people see it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select, text

from app_catalog.assistance.models import AssistanceCase
from app_catalog.campaigns.models import Campaign, CampaignAnswer
from app_catalog.evaluations.facts import count_facts
from app_catalog.evaluations.models import SubmittedEvaluation
from app_catalog.figures.models import PublishedFigures
from app_catalog.installations.services import access_installation
from app_catalog.releases.models import App
from app_catalog.reviews.models import PublisherReply, Review
from app_runtime.clocks.firing import fire_due_clocks
from app_runtime.demonstration.cities import CITIES
from app_runtime.demonstration.cli import demo
from app_runtime.demonstration.counting import SILENT
from app_runtime.demonstration.generated.profiles import PROFILES
from app_runtime.demonstration.loading import RealData, load_demonstration, require_no_real_data
from app_runtime.demonstration.progress import GENERATED, STEPS, WRITTEN, is_loaded
from app_runtime.demonstration.script import ADMIN, APP, EVALUATOR, HANDLER, OPERATOR_LOGIN, PASSWORD
from app_runtime.demonstration.sign_ins import demonstration_lines
from app_runtime.records.models import Record, RecordClock, RecordFile, RecordHistory
from lumbung.db import db, set_clock, use_tenant
from lumbung.doctor.examination import examine_url
from lumbung.messages.models import Message, PlatformMessage
from lumbung.outbox.models import Effect
from lumbung.postgres.testing import SuiteServer
from lumbung.settings import Settings, SettingsError
from lumbung.web.sites import LumbungFlask
from tenants.accounts.models import Account
from tenants.accounts.services import authenticate
from tenants.municipalities.claims import count_open_claims
from tenants.municipalities.models import Municipality
from tests.browsing import browse, words_of
from tests.conftest import EMPTY_ALL
from tests.processor_time import at_most

UNTIL = datetime.now(UTC)
SLUGS = tuple(city.slug for city in CITIES)


@dataclass(frozen=True)
class Loaded:
    """The application with the demonstration in it."""

    app: LumbungFlask
    settings: Settings
    steps: list[str]


@pytest.fixture(scope="module")
def emptied(_application: LumbungFlask, suite_server: SuiteServer, worker_id: str) -> Iterator[LumbungFlask]:
    """The application on a database that is emptied after the module only."""
    yield _application
    with _application.app_context():
        db.session.remove()
    conninfo = psycopg.conninfo.make_conninfo(suite_server.admin_conninfo, dbname=f"test_{worker_id}")
    with psycopg.connect(conninfo, autocommit=True) as admin:
        admin.execute(EMPTY_ALL)


@pytest.fixture(scope="module")
def loaded(emptied: LumbungFlask, settings: Settings, only_here: Callable[[str], None]) -> Loaded:
    """Loaded in two goes: the first one is cut off in the middle of the second city."""

    def cut_off(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    patch = pytest.MonkeyPatch()
    with emptied.app_context():
        told: list[str] = []

        def tell(step: str) -> None:
            told.append(step)
            if step == STEPS[1]:
                patch.setattr("app_runtime.demonstration.loading.live_month", cut_off)

        try:
            with pytest.raises(KeyboardInterrupt):
                load_demonstration(db.session, until=UNTIL, tell=tell)
        finally:
            patch.undo()
        db.session.rollback()
        db.session.remove()
        assert told == list(STEPS[:2])
        use_tenant(db.session, None)
        assert db.session.scalars(select(Municipality.slug)).all() == [SLUGS[0]]
        steps = load_demonstration(db.session, until=UNTIL)
        db.session.remove()
    return Loaded(emptied, settings, steps)


@pytest.fixture(params=SLUGS)
def city(loaded: Loaded, request: pytest.FixtureRequest) -> Iterator[Municipality]:
    """Each city in turn; the session belongs to it."""
    with loaded.app.app_context():
        use_tenant(db.session, None)
        found = db.session.scalars(select(Municipality).where(Municipality.slug == request.param)).one()
        use_tenant(db.session, found.id)
        yield found
        db.session.rollback()
        use_tenant(db.session, None)
        db.session.remove()


def records(city: Municipality) -> list[Record]:
    return list(db.session.scalars(select(Record).where(Record.tenant_id == city.id)))


def test_an_interrupted_load_goes_on_where_it_stopped(loaded: Loaded) -> None:
    assert loaded.steps == list(STEPS[1:])


def test_about_thirty_reports_stand_in_every_state(city: Municipality) -> None:
    found = records(city)
    assert 28 <= len(found) <= 34
    assert {record.state for record in found} == {"received", "assigned", "waiting", "fixed", "rejected"}
    assert len({record.title for record in found}) == len(found)
    assert any(record.hidden_at is not None for record in found)
    assert any(record.overdue and record.open for record in found)
    assert all(record.created_at <= UNTIL for record in found)
    assert all(record.created_at > UNTIL - timedelta(days=31) for record in found)
    assert sorted(record.number or "" for record in found)[0].endswith("/00001")


def test_clocks_were_met_missed_and_met_late_and_the_ladder_was_climbed(city: Municipality) -> None:
    clocks = list(db.session.scalars(select(RecordClock).where(RecordClock.tenant_id == city.id)))
    assert {"running", "met", "breached", "met_late"} <= {clock.state for clock in clocks}
    rungs = [clock.rungs_done for clock in clocks if clock.clock == "respond" and clock.state == "breached"]
    assert ["head", "city"] in rungs
    late = select(func.count()).where(RecordHistory.tenant_id == city.id, RecordHistory.changes.has_key("done_at"))
    assert db.session.scalar(late) == 0
    with set_clock(UNTIL):
        assert fire_due_clocks(db.session, city.id) == 0


def test_reports_are_unchecked_reopened_and_beside_each_other(city: Municipality) -> None:
    found = records(city)
    reopened = select(RecordHistory.record_id).where(
        RecordHistory.tenant_id == city.id, RecordHistory.kind == "action", RecordHistory.name == "reopen"
    )
    again = set(db.session.scalars(reopened))
    assert {record.state for record in found if record.id in again} == {"received", "fixed"}
    near = [
        (one, other)
        for one in found
        for other in found
        if one.created_at < other.created_at
        and one.data["category"] == other.data["category"]
        and abs(float(one.place_lon or 0) - float(other.place_lon or 0)) < 0.0003
        and abs(float(one.place_lat or 0) - float(other.place_lat or 0)) < 0.0003
    ]
    assert near
    if city.slug != "surabaya":
        assert any(not record.published and record.open for record in found)
    else:
        assert all(record.published for record in found)


def test_every_fixed_report_shows_a_photo_afterwards(city: Municipality) -> None:
    fixed = {record.id for record in records(city) if record.state == "fixed"}
    shown = set(
        db.session.scalars(
            select(RecordFile.record_id).where(RecordFile.tenant_id == city.id, RecordFile.field == "after")
        )
    )
    assert fixed
    assert fixed <= shown


def test_no_message_can_reach_anybody(city: Municipality) -> None:
    assert set(db.session.scalars(select(Message.status).where(Message.tenant_id == city.id))) == {"no_channel"}
    assert set(db.session.scalars(select(Effect.status).where(Effect.tenant_id == city.id))) == {"done"}
    use_tenant(db.session, None)
    assert set(db.session.scalars(select(PlatformMessage.status))) <= {"no_channel"}
    addresses = db.session.scalars(select(Account.email)).all()
    assert all(address.endswith(".example.org") or address.endswith("@example.org") for address in addresses)


def test_the_ribbon_is_on_every_page_that_answers(loaded: Loaded, city: Municipality) -> None:
    portal = browse(loaded.app, f"{city.slug}.lumbung.test")
    for path in ("/", f"/{APP}", "/track"):
        answer = portal.follow(portal.get(path))
        assert answer.status_code == 200, path
        assert "Data peragaan" in answer.text
    assert "Data peragaan" in portal.get("/tidak-ada").text


def test_people_at_work_find_their_pages(loaded: Loaded, city: Municipality) -> None:
    script = next(found for found in CITIES if found.slug == city.slug)
    people = ((ADMIN, "/manage"), (HANDLER, "/work"), (EVALUATOR, "/manage/evaluations"))
    use_tenant(db.session, None)
    for role, path in people:
        account = authenticate(db.session, script.address(script.with_role(role)), PASSWORD)
        portal = browse(loaded.app, f"{city.slug}.lumbung.test", account)
        answer = portal.follow(portal.get(path))
        assert answer.status_code == 200, (role, path)
        assert "Data peragaan" in answer.text


def test_one_city_judged_the_app_and_the_maintainer_replied(loaded: Loaded) -> None:
    with loaded.app.app_context():
        use_tenant(db.session, None)
        surabaya = db.session.scalars(select(Municipality.id).where(Municipality.slug == SLUGS[1])).one()
        review = db.session.scalars(select(Review).where(Review.tenant_id == surabaya)).one()
        evaluation = db.session.scalars(
            select(SubmittedEvaluation).where(SubmittedEvaluation.tenant_id == surabaya)
        ).one()
        replied = set(
            db.session.scalars(select(PublisherReply.subject_id).where(PublisherReply.municipality_id == surabaya))
        )
        assert replied == {review.id, evaluation.id}
        use_tenant(db.session, evaluation.tenant_id)
        installation = access_installation(db.session, APP)
        again = count_facts(
            db.session, installation, first=evaluation.period_start, last=evaluation.period_end
        ).as_json()
        assert again["records"] > 10
        assert again == evaluation.facts
        db.session.rollback()
    page = browse(loaded.app, "lumbung.test").get(f"/apps/{APP}")
    assert page.status_code == 200
    assert "Wargaku" in page.text


def test_a_campaign_runs_and_one_of_its_answers_is_not_for_the_public(loaded: Loaded) -> None:
    with loaded.app.app_context():
        use_tenant(db.session, None)
        campaign = db.session.scalars(select(Campaign)).one()
        answers = db.session.scalars(select(CampaignAnswer).where(CampaignAnswer.campaign_id == campaign.id)).all()
        public = db.session.scalars(
            select(SubmittedEvaluation.id).where(SubmittedEvaluation.campaign_id == campaign.id)
        ).all()
    assert len(answers) == 4
    assert {answer.id for answer in answers if answer.public} == set(public)
    assert [answer.facts is not None for answer in answers].count(False) == 1
    (private,) = (answer for answer in answers if not answer.public)
    hub = browse(loaded.app, "lumbung.test")
    assert hub.get(f"/apps/{APP}/evaluations/{private.id}").status_code == 404
    assert "Evaluasi dari tahun ke tahun" in hub.get("/regions/51.71").text


def test_seventeen_municipalities_run_in_three_zones_and_differ(loaded: Loaded) -> None:
    with loaded.app.app_context():
        use_tenant(db.session, None)
        found = {place.slug: place for place in db.session.scalars(select(Municipality))}
        assert set(found) == {*WRITTEN, *GENERATED} == {*SLUGS, *(profile.slug for profile in PROFILES)}
        assert len(found) == 17
        assert all(place.demo for place in found.values())
        assert {place.timezone for place in found.values()} == {"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"}
        assert len({place.brand_colour for place in found.values()}) == 17
        sizes = set()
        for profile in PROFILES:
            place = found[profile.slug]
            use_tenant(db.session, place.id)
            assert len(records(place)) == profile.reports
            sizes.add(profile.reports)
            with set_clock(UNTIL):
                assert fire_due_clocks(db.session, place.id) == 0, profile.slug
            pending = select(func.count()).where(Effect.tenant_id == place.id, Effect.status != "done")
            assert db.session.scalar(pending) == 0
        assert min(sizes) == 0
        assert max(sizes) == 200
        use_tenant(db.session, None)
        stars = db.session.scalars(select(Review.stars)).all()
        assert set(stars) == {1, 2, 3, 4, 5}
        assert len(stars) == 13
        db.session.rollback()
        db.session.remove()


@pytest.mark.parametrize("path", ["/", "/regions", f"/apps/{APP}"])
def test_the_hub_shows_all_of_them(loaded: Loaded, path: str) -> None:
    page = browse(loaded.app, "lumbung.test").get(path)
    assert page.status_code == 200
    if path != "/":
        assert page.text.count("Kota Padang") >= 1
        assert "Kepulauan Siau Tagulandang Biaro" in page.text


def test_the_operator_has_a_claim_to_decide(loaded: Loaded) -> None:
    with loaded.app.app_context():
        use_tenant(db.session, None)
        assert count_open_claims(db.session) == 1
        operator = authenticate(db.session, OPERATOR_LOGIN, PASSWORD)
        assert operator.is_operator
        db.session.rollback()


def test_the_doctor_finds_nothing(loaded: Loaded) -> None:
    assert [finding for finding in examine_url(loaded.settings.database_url) if not finding.warning] == []


def test_a_second_load_is_quick_and_changes_nothing(loaded: Loaded) -> None:
    with loaded.app.app_context():
        use_tenant(db.session, None)
        before = db.session.scalar(select(func.max(text("xmin::text::bigint"))).select_from(Municipality))
        assert load_demonstration(db.session) == []
        after = db.session.scalar(select(func.max(text("xmin::text::bigint"))).select_from(Municipality))
        assert before == after
        db.session.remove()
    with at_most(0.3):
        result = run_load(loaded.settings)
    assert result.exit_code == 0
    assert "sudah dimuat" in result.output


def test_a_database_that_somebody_gave_needs_a_yes(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app_runtime.demonstration.progress.is_loaded", lambda url: False)
    refused = run_load(loaded.settings)
    assert refused.exit_code == 1
    assert "--yes" in refused.output


def test_a_real_municipality_keeps_the_demonstration_out(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app_runtime.demonstration.loading.loaded_steps", lambda session: set())
    with loaded.app.app_context():
        use_tenant(db.session, None)
        first = db.session.scalars(select(Municipality).limit(1)).one()
        first.demo = False
        db.session.flush()
        with pytest.raises(RealData):
            load_demonstration(db.session)
        with pytest.raises(RealData):
            require_no_real_data(db.session)
        db.session.rollback()
        db.session.remove()


def test_an_unprepared_database_is_one_clear_line(suite_server: SuiteServer) -> None:
    with pytest.raises(SettingsError, match="lumbung db upgrade"):
        is_loaded(suite_server.admin_conninfo)


def test_the_sign_ins_are_those_of_people_who_are_there(loaded: Loaded) -> None:
    lines = "\n".join(demonstration_lines("http://localhost:8000"))
    assert "http://surabaya.localhost:8000" in lines
    printed = {word for word in lines.split() if "@" in word}
    with loaded.app.app_context():
        use_tenant(db.session, None)
        known = set(db.session.scalars(select(Account.email)))
        db.session.rollback()
    assert len(printed) == 3
    assert len(lines.splitlines()) <= 14
    assert "lumbung demo sign-ins" in lines
    everybody = {word for word in CliRunner().invoke(demo, ["sign-ins"]).output.split() if "@" in word}
    assert len(everybody) > 60
    assert printed < everybody <= known


def test_the_sign_ins_name_the_address_of_what_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "run.json").write_text('{"pid": 1, "address": "http://localhost:8123"}')
    monkeypatch.delenv("BASE_URL", raising=False)
    monkeypatch.setenv("LUMBUNG_INSTANCE", str(tmp_path))
    assert "http://tangsel.localhost:8123" in CliRunner().invoke(demo, ["sign-ins"]).output


def run_load(settings: Settings) -> Result:
    environment = {
        "DATABASE_URL": settings.database_url,
        "MIGRATION_DATABASE_URL": settings.migration_database_url or "",
        "SECRET_KEY": settings.secret_key,
        "LUMBUNG_INSTANCE": str(settings.instance),
    }
    return CliRunner().invoke(demo, ["load"], env=environment)


def test_most_municipalities_publish_their_figures(loaded: Loaded) -> None:
    hub = browse(loaded.app, "lumbung.test")
    told = hub.get(f"/api/v1/apps/{APP}/figures").get_json()
    with loaded.app.app_context():
        use_tenant(db.session, None)
        rows = db.session.execute(
            select(Municipality.slug, func.sum(PublishedFigures.created))
            .join(Municipality, Municipality.id == PublishedFigures.tenant_id)
            .where(PublishedFigures.version == "")
            .group_by(Municipality.slug)
        )
        published = {slug: int(created) for slug, created in rows}
        for slug in (SLUGS[0], "padang"):
            place = db.session.scalars(select(Municipality).where(Municipality.slug == slug)).one()
            use_tenant(db.session, place.id)
            assert published[slug] == len(records(place))
        db.session.rollback()
        db.session.remove()
    assert len(published) >= 9
    assert not SILENT & set(published)
    assert told["adoption"]["publishing"] == len(published)
    assert told["adoption"]["truly_used"] >= 1
    assert len(told["months"]) >= 12
    for path in (f"/apps/{APP}/figures", f"/apps/{APP}/figures?lang=en"):
        assert hub.get(path).status_code == 200
    portal = browse(loaded.app, "padang.lumbung.test")
    assert portal.get(f"/open-data/{APP}.csv").text.count("\n") > 12
    assert "Open data" in portal.get("/open-data?lang=en").text
    assert browse(loaded.app, "ternate.lumbung.test").get(f"/open-data/{APP}.json").status_code == 404


def test_a_part_of_an_inventory_stands_in_the_catalog(loaded: Loaded) -> None:
    with loaded.app.app_context():
        found = db.session.execute(select(App.kind, func.count()).where(App.kind != "package").group_by(App.kind))
        counted: dict[str, int] = dict(found.all())
        assert counted == {"website": 19, "hosted": 19, "android": 2}
        db.session.remove()
    page = browse(loaded.app, "lumbung.test").get("/listings?publisher=tangerang&audience=government").text
    assert "E-Kinerja" in page
    used = browse(loaded.app, "lumbung.test").get("/apps/kota-dalam-genggaman-tangerang").text
    assert "Kota Surabaya" in used


def test_two_cities_are_helped_and_others_offer_to_help(loaded: Loaded) -> None:
    learn = words_of(browse(loaded.app, "lumbung.test").get(f"/apps/{APP}/learn"))
    assert "Dijawab hari itu juga, dengan contoh nyata." in learn
    assert "Video: satu hari di kotak kerja" in learn
    assert "Kami tunjukkan cara kami membagi laporan" in learn
    with loaded.app.app_context():
        states: dict[str, list[str]] = {}
        for slug in SLUGS[1:3]:
            use_tenant(db.session, None)
            place = db.session.scalars(select(Municipality).where(Municipality.slug == slug)).one()
            use_tenant(db.session, place.id)
            states[slug] = list(db.session.scalars(select(AssistanceCase.state)))
        db.session.rollback()
        db.session.remove()
    assert sorted(states.values()) == [["done"], ["under_way"]]


def test_municipalities_ask_and_the_publisher_has_answered(loaded: Loaded) -> None:
    hub = browse(loaded.app, "lumbung.test")
    told = json.loads(hub.get(f"/api/v1/apps/{APP}/requests").text)["items"]
    states = {one["title"]: one["state"] for one in told}
    assert len(states) >= 7
    assert {"planned", "in_progress", "fixed", "declined", "open"} <= set(states.values())
    assert max(told, key=lambda one: int(one["supporters"]))["title"].startswith("Gabungkan laporan kembar")
    assert "Gabungkan laporan kembar" in hub.get(f"/apps/{APP}/roadmap").text
