"""What all municipalities of the demonstration show on the hub: judgements, figures, listings, help and requests."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from app_catalog.assistance.models import AssistanceCase
from app_catalog.campaigns.models import Campaign, CampaignAnswer
from app_catalog.evaluations.facts import count_facts
from app_catalog.evaluations.models import SubmittedEvaluation
from app_catalog.figures.models import PublishedFigures
from app_catalog.installations.services import access_installation
from app_catalog.releases.models import App
from app_catalog.reviews.models import PublisherReply, Review
from app_runtime.clocks.firing import fire_due_clocks
from app_runtime.demonstration.counting import SILENT
from app_runtime.demonstration.generated.profiles import PROFILES
from app_runtime.demonstration.progress import GENERATED, WRITTEN
from app_runtime.demonstration.script import APP, OPERATOR_LOGIN, PASSWORD
from lumbung.db import db, set_clock, use_tenant
from lumbung.outbox.models import Effect
from tenants.accounts.services import authenticate
from tenants.municipalities.claims import count_open_claims
from tenants.municipalities.models import Municipality
from tests.app_runtime.loaded_demonstration.loaded import SLUGS, UNTIL, Loaded, records
from tests.browsing import browse, words_of


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


def test_most_municipalities_publish_their_figures(loaded: Loaded) -> None:
    hub = browse(loaded.app, "lumbung.test")
    told = hub.get(f"/api/v1/apps/{APP}/figures").get_json()
    with loaded.app.app_context():
        use_tenant(db.session, None)
        rows = db.session.execute(
            select(Municipality.slug, func.sum(PublishedFigures.created))
            .join(Municipality, Municipality.id == PublishedFigures.tenant_id)
            .join(App, App.id == PublishedFigures.app_id)
            .where(PublishedFigures.version == "", App.slug == APP)
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
