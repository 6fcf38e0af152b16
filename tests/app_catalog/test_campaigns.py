"""Campaigns: who is asked, when, what they hand in, and who reads it."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session
from werkzeug.routing import BuildError

from app_catalog.campaigns.models import Campaign, CampaignAnswer
from app_catalog.campaigns.services import list_asked
from app_catalog.campaigns.tending import tend_campaigns
from app_catalog.evaluations.models import Evaluation, SubmittedEvaluation
from app_catalog.evaluations.rubric import STANDING
from app_catalog.requests.models import AppRequest
from lumbung.db import as_tenant, db, set_clock
from lumbung.messages.models import Message, PlatformMessage
from lumbung.outbox import drain, run_periodics
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.campaign_stage import (
    COMPLAINTS,
    DAYS,
    TODAY,
    answers,
    ask_about_siaran,
    run_siaran,
)
from tests.browsing import Browser, browse, words_of
from tests.siaran import enable_siaran, publish_siaran
from tests.world import Place, World

Sessions = scoped_session[Session]
HUB = "lumbung.test"


def evaluator_of(app: LumbungFlask, place: Place) -> Browser:
    return browse(app, place.host, place.accounts["evaluator"])


def begin(browser: Browser, campaign: Campaign) -> str:
    answer = browser.post_form("/manage/evaluations", to=f"/manage/evaluations/campaigns/{campaign.id}")
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def hand_in(app: LumbungFlask, place: Place, campaign: Campaign, **more: str | None) -> str:
    """The place's answer; returns the address of its page."""
    with set_clock(TODAY):
        browser = evaluator_of(app, place)
        path = begin(browser, campaign)
        answer = browser.post_form(path, answers(COMPLAINTS, **more))
        assert answer.status_code == 303, answer.text
    return path


def letters(session: Sessions, place: Place, subject: str) -> list[str]:
    session.rollback()
    with as_tenant(session, place.id):
        found = session.scalars(select(Message).where(Message.subject.startswith(subject))).all()
        return sorted(message.recipient for message in found)


@pytest.fixture
def campaign(app: LumbungFlask, session: Sessions, world: World) -> Campaign:
    """Tangsel asks about SIARAN, which both run."""
    run_siaran(session, world, world.tangsel, world.surabaya)
    return ask_about_siaran(session, world)


def test_a_publisher_opens_a_campaign_and_evaluators_are_told(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    run_siaran(session, world, world.surabaya)
    maintainer = browse(app, HUB, world.tangsel.accounts["admin"])
    with set_clock(TODAY):
        filled = {"title_id": "Evaluasi akhir tahun", "title_en": "End of year evaluation", "rubric": "complaints"}
        refused = maintainer.post_form("/publish/tangsel/campaigns/new", {**filled, "title_en": "x"})
        assert refused.status_code == 422
        assert "f-title_en-error" in refused.text
        opened = maintainer.post_form("/publish/tangsel/campaigns/new", filled)
        assert opened.status_code == 303, opened.text
        drain(app)
        assert "Evaluasi akhir tahun" in maintainer.get("/publish/tangsel/campaigns").text
        assert "0 dari 1 yang diminta" in words_of(maintainer.get(str(opened.location)))
        assert "Evaluasi akhir tahun" in evaluator_of(app, world.surabaya).get("/manage/evaluations").text
    told = letters(session, world.surabaya, "Mohon evaluasi")
    assert told == sorted(world.surabaya.accounts[who].email for who in ("admin", "evaluator"))
    assert letters(session, world.tangsel, "Mohon evaluasi") == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title_id", "pendek"),
        ("opens_on", "2026-11-01"),
        ("closes_on", "2026-11-02"),
        ("closes_on", "2027-11-02"),
        ("closes_on", "kapan-kapan"),
        ("last", "2026-12-31"),
        ("last", "2026-11-02"),
        ("first", "2020-01-01"),
        ("rubric", "tidak-ada"),
        ("app", "tidak-ada"),
    ],
)
def test_a_campaign_that_does_not_fit_is_refused_on_the_page(
    app: LumbungFlask, session: Sessions, world: World, field: str, value: str
) -> None:
    publish_siaran(session, world)
    maintainer = browse(app, HUB, world.tangsel.accounts["admin"])
    with set_clock(TODAY):
        filled = {"title_id": "Evaluasi akhir tahun", "title_en": "End of year evaluation", field: value}
        answer = maintainer.post_form("/publish/tangsel/campaigns/new", filled)
    assert answer.status_code == 422
    assert f"f-{field}" in answer.text
    assert session.scalars(select(Campaign)).all() == []


def test_no_campaign_asks_about_the_first_days_of_the_calendar(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    publish_siaran(session, world)
    maintainer = browse(app, HUB, world.tangsel.accounts["admin"])
    with set_clock(TODAY):
        filled = {"title_id": "Evaluasi akhir tahun", "title_en": "End of year evaluation"}
        days = {"first": "0001-01-01", "last": "0001-12-31"}
        # Nobody could open an answer to it: there is no day two years before.
        assert maintainer.post_form("/publish/tangsel/campaigns/new", filled | days).status_code == 422


def test_each_is_told_once_reminded_once_and_the_end_comes_once(
    app: LumbungFlask, session: Sessions, world: World, campaign: Campaign
) -> None:
    hand_in(app, world.tangsel, campaign)
    day = TODAY
    while day < TODAY + timedelta(days=40):
        with set_clock(day):
            for _ in range(2):
                run_periodics(app, names=["tend-campaigns"])
                drain(app)
        day += timedelta(hours=17)
    assert len(letters(session, world.surabaya, "Mohon evaluasi")) == 2
    assert len(letters(session, world.surabaya, "Pengingat")) == 2
    assert letters(session, world.tangsel, "Pengingat") == [], "Tangsel had answered."
    over = session.scalars(select(PlatformMessage).where(PlatformMessage.subject.startswith("Kampanye selesai"))).all()
    assert [message.recipient for message in over] == [world.tangsel.accounts["admin"].email]
    session.refresh(campaign)
    assert campaign.closed_at is not None
    assert campaign.reminded_at is not None
    assert campaign.reminded_at.date() == date(2026, 11, 24)


def test_who_runs_the_app_too_shortly_or_another_app_is_not_asked(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    with set_clock(TODAY - timedelta(days=29)):
        publish_siaran(session, world)
    run_siaran(session, world, world.tangsel)
    with set_clock(TODAY - timedelta(days=29)):
        enable_siaran(session, world, world.surabaya)
    campaign = ask_about_siaran(session, world)
    with set_clock(TODAY):
        drain(app)
        assert "Evaluasi SIARAN 2026" not in evaluator_of(app, world.surabaya).get("/manage/evaluations").text
        browser = evaluator_of(app, world.surabaya)
        answer = browser.post_form(
            "/manage/evaluations", {"app": "siaran"}, to=f"/manage/evaluations/campaigns/{campaign.id}"
        )
    assert answer.status_code == 404
    assert letters(session, world.surabaya, "Mohon evaluasi") == []
    assert len(letters(session, world.tangsel, "Mohon evaluasi")) == 2


def test_an_answer_keeps_the_rubric_and_its_weights(
    app: LumbungFlask, session: Sessions, world: World, campaign: Campaign
) -> None:
    path = hand_in(app, world.surabaya, campaign, answers_score="1", public="1")
    found = session.scalars(select(CampaignAnswer)).one()
    assert found.mean_score == pytest.approx(4 - 3 * 0.20)
    assert session.scalars(select(SubmittedEvaluation)).one().mean_score == found.mean_score
    assert set(found.scores) == {one.id for one in COMPLAINTS.criteria}
    assert "Jawaban kepada pelapor" in evaluator_of(app, world.surabaya).get(path).text


def test_what_is_not_published_is_read_by_the_campaigns_people_alone(
    app: LumbungFlask, session: Sessions, world: World, campaign: Campaign
) -> None:
    path = hand_in(app, world.surabaya, campaign, summary="Rahasia dagang kami.", file_points=None)
    answer = session.scalars(select(CampaignAnswer)).one()
    assert session.scalars(select(SubmittedEvaluation)).all() == []
    assert answer.facts is None, "Figures go along by consent only."
    at = f"/campaigns/{campaign.id}"
    pages = (at, f"{at}/answers/{answer.id}", f"{at}/answers/{answer.id}.pdf", f"{at}/answers/{answer.id}.csv")
    readers = {"maintainer": world.tangsel.accounts["admin"], "curator": world.operator}
    for account in readers.values():
        browser = browse(app, HUB, account)
        assert [browser.get(page).status_code for page in pages] == [200] * 4
        assert "Rahasia dagang kami." in browser.get(pages[1]).text
    for account in (world.stranger, world.surabaya.accounts["admin"], world.tangsel.accounts["evaluator"]):
        browser = browse(app, HUB, account)
        assert [browser.get(page).status_code for page in (*pages, f"{at}/answers.csv")] == [404] * 5
    everybody = browse(app, HUB)
    for page in ("/apps/siaran", "/regions/35.78", f"/apps/siaran/evaluations/{answer.id}"):
        assert "Rahasia dagang" not in everybody.get(page).text
    assert everybody.get(f"/apps/siaran/evaluations/{answer.id}").status_code == 404
    assert everybody.get(f"/apps/siaran/evaluations/{answer.id}.pdf").status_code == 404
    assert "Tidak diterbitkan" in evaluator_of(app, world.surabaya).get(path).text


def test_a_published_answer_is_in_the_catalog_with_its_facts_by_consent(
    app: LumbungFlask, session: Sessions, world: World, campaign: Campaign
) -> None:
    hand_in(app, world.surabaya, campaign, public="1", with_facts="1")
    published = session.scalars(select(SubmittedEvaluation)).one()
    assert published.facts is not None
    assert published.campaign_id == campaign.id
    page = browse(app, HUB).get(f"/apps/siaran/evaluations/{published.id}")
    assert "Tindak lanjut di lapangan" in page.text


def test_points_of_an_unpublished_answer_become_requests_without_a_dead_link(
    app: LumbungFlask, session: Sessions, world: World, campaign: Campaign
) -> None:
    path = hand_in(app, world.surabaya, campaign, should_change="Cetak surat jawaban", file_points="1")
    asked = session.scalars(select(AppRequest)).one()
    hub = browse(app, HUB)
    assert f"/evaluations/{asked.evaluation_id}" not in hub.get(f"/apps/siaran/requests/{asked.id}").text
    assert "Menjadi permintaan" in evaluator_of(app, world.surabaya).get(path).text


def test_a_campaign_and_the_yearly_evaluation_may_judge_the_same_days(
    app: LumbungFlask, session: Sessions, world: World, campaign: Campaign
) -> None:
    hand_in(app, world.surabaya, campaign, public="1")
    browser = evaluator_of(app, world.surabaya)
    with set_clock(TODAY):
        filled = {"app": "siaran", "first": "2026-01-01", "last": "2026-06-30"}
        started = browser.post_form("/manage/evaluations", filled)
        assert started.status_code == 303
        sent = browser.post_form(str(started.location), answers(STANDING))
        assert sent.status_code == 303, sent.text
        again = browser.post_form("/manage/evaluations", filled)
    assert again.status_code == 409
    assert len(session.scalars(select(SubmittedEvaluation)).all()) == 2


def test_beginning_twice_goes_on_with_the_same_draft(
    app: LumbungFlask, session: Sessions, world: World, campaign: Campaign
) -> None:
    with set_clock(TODAY):
        browser = evaluator_of(app, world.surabaya)
        path = begin(browser, campaign)
        again = browser.post_form(
            "/manage/evaluations", {"app": "siaran"}, to=f"/manage/evaluations/campaigns/{campaign.id}"
        )
    assert again.location == path
    with as_tenant(session, world.surabaya.id):
        assert len(session.scalars(select(Evaluation)).all()) == 1


def test_after_its_last_day_nobody_answers_and_the_draft_is_kept(
    app: LumbungFlask, session: Sessions, world: World, campaign: Campaign
) -> None:
    browser = evaluator_of(app, world.surabaya)
    with set_clock(TODAY):
        path = begin(browser, campaign)
    # Half past eleven in the evening of the last day in Jakarta, and half an hour after its end.
    with set_clock(datetime(2026, 11, 30, 16, 30, tzinfo=UTC)):
        assert "Kirim evaluasi" in browser.get(path).text
    with set_clock(datetime(2026, 11, 30, 17, 30, tzinfo=UTC)):
        assert "Kirim evaluasi" not in browser.get(path).text
        late = browser.post_form(path, answers(COMPLAINTS, summary="Terlambat, tetapi ditulis."))
    assert late.status_code == 422
    assert "sudah ditutup" in words_of(late)
    assert session.scalars(select(CampaignAnswer)).all() == []
    with as_tenant(session, world.surabaya.id):
        assert session.scalars(select(Evaluation)).one().summary == "Terlambat, tetapi ditulis."


def test_who_opened_it_may_end_it_early(app: LumbungFlask, session: Sessions, world: World, campaign: Campaign) -> None:
    at = f"/campaigns/{campaign.id}"
    with set_clock(TODAY):
        maintainer = browse(app, HUB, world.tangsel.accounts["admin"])
        assert maintainer.post_form(at, to=f"{at}/close").status_code == 303
        assert maintainer.post_form(at, to=f"{at}/close").status_code == 409
        with as_tenant(session, world.surabaya.id):
            assert list_asked(session) == []
    session.rollback()


def test_a_curator_asks_about_a_category_and_publishers_read_about_their_own_apps(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    run_siaran(session, world, world.surabaya)
    curator = browse(app, HUB, world.operator)
    filled = {"title_id": "Pengaduan se-Indonesia", "title_en": "Reports everywhere", "rubric": "complaints"}
    with set_clock(TODAY):
        for category in ("complaints", "health"):
            opened = curator.post_form("/curator/campaigns/new", {**filled, "category": category})
            assert opened.status_code == 303, opened.text
        assert curator.post_form("/curator/campaigns/new", {**filled, "category": "x"}).status_code == 422
        # Without a choice the rubric is the category's own.
        opened = curator.post_form("/curator/campaigns/new", {**filled, "category": "health", "rubric": "by-category"})
        assert opened.status_code == 303, opened.text
    mine, foreign, other = session.scalars(select(Campaign).order_by(Campaign.category, Campaign.id)).all()
    assert (foreign.rubric["slug"], other.rubric["slug"]) == ("complaints", "health")
    hand_in(app, world.surabaya, mine)
    maintainer = browse(app, HUB, world.tangsel.accounts["admin"])
    assert "Kota Surabaya" in maintainer.get(f"/campaigns/{mine.id}").text
    assert "Tutup sekarang" not in maintainer.get(f"/campaigns/{mine.id}").text
    assert 'href="/publish/tangsel/campaigns"' in maintainer.get(f"/campaigns/{mine.id}").text
    assert 'href="/curator/campaigns"' in curator.get(f"/campaigns/{mine.id}").text
    assert maintainer.post_form(f"/campaigns/{mine.id}", to=f"/campaigns/{mine.id}/close").status_code == 404
    assert maintainer.get(f"/campaigns/{foreign.id}").status_code == 404
    listed = maintainer.get("/publish/tangsel/campaigns").text
    assert str(mine.id) in listed
    assert str(foreign.id) not in listed


def test_all_answers_come_as_a_table_that_runs_nothing(
    app: LumbungFlask, session: Sessions, world: World, campaign: Campaign
) -> None:
    hand_in(app, world.surabaya, campaign, summary='=HYPERLINK("http://x")', with_facts="1")
    hand_in(app, world.tangsel, campaign, ease_reason="@SUM(A1:A9) jelas")
    maintainer = browse(app, HUB, world.tangsel.accounts["admin"])
    sent = maintainer.get(f"/campaigns/{campaign.id}/answers.csv")
    assert sent.headers["Content-Disposition"].startswith("attachment")
    rows = {row["municipality"]: row for row in csv.DictReader(io.StringIO(sent.data.decode("utf-8-sig")))}
    assert set(rows) == {"Kota Surabaya", "Kota Tangerang Selatan"}
    assert rows["Kota Surabaya"]["summary"].startswith("'=")
    assert rows["Kota Surabaya"]["records"] == "0"
    assert rows["Kota Tangerang Selatan"]["records"] == ""
    assert rows["Kota Tangerang Selatan"]["ease_reason"].startswith("'@")
    assert rows["Kota Surabaya"]["total"] == "4.0"


def test_a_campaign_of_the_future_waits_for_its_day(app: LumbungFlask, session: Sessions, world: World) -> None:
    run_siaran(session, world, world.surabaya)
    later = replace(DAYS, opens_on=date(2026, 11, 10), closes_on=date(2026, 11, 13))
    campaign = ask_about_siaran(session, world, days=later)
    assert campaign.announced_at is None
    with app.app_context(), set_clock(datetime(2026, 11, 9, 16, 59, tzinfo=UTC)):
        tend_campaigns(db.session)
        db.session.commit()
    session.refresh(campaign)
    assert campaign.announced_at is None
    with app.app_context(), set_clock(datetime(2026, 11, 9, 17, 1, tzinfo=UTC)):
        tend_campaigns(db.session)
        db.session.commit()
    session.refresh(campaign)
    assert campaign.announced_at is not None


def test_the_first_page_of_the_management_says_what_is_asked_until_it_is_handed_in(
    app: LumbungFlask, world: World, campaign: Campaign
) -> None:
    admin = browse(app, world.surabaya.host, world.surabaya.accounts["admin"])
    asked = "1 evaluasi diminta"
    with set_clock(TODAY):
        assert asked in words_of(admin.get("/manage"))
    hand_in(app, world.surabaya, campaign)
    with set_clock(TODAY):
        assert asked not in words_of(admin.get("/manage"))


SLUGS = {"slug": ("siaran", "tangsel", "surabaya"), "code": ("35.78",), "version": ("0.9.0",), "kind": ("evaluation",)}


def test_no_page_of_the_hub_shows_others_an_answer_that_was_not_published(
    app: LumbungFlask, session: Sessions, world: World, campaign: Campaign
) -> None:
    """Every route of the hub that can be read, with the ids of the answer, as everybody whom it is not for."""
    secret = "Rahasiakampanye"
    hand_in(app, world.surabaya, campaign, summary=f"{secret} kami.", ease_reason=f"{secret} kami.", file_points=None)
    answer = session.scalars(select(CampaignAnswer)).one()
    paths = set()
    for rule in app.url_map.iter_rules():
        if str(rule.host) != "hub" or "GET" not in (rule.methods or set()) or "sign-out" in rule.rule:
            continue
        for values in product(*(SLUGS.get(name, ("",)) for name in sorted(rule.arguments))):
            chosen = dict(zip(sorted(rule.arguments), values, strict=True))
            ids = {name: answer.id for name in chosen if name.endswith("_id")}
            known = {**chosen, **ids, **({"campaign_id": campaign.id} if "campaign_id" in chosen else {})}
            with suppress(BuildError, ValueError):
                paths.add(app.url_map.bind("hub").build(rule.endpoint, known))
    assert f"/campaigns/{campaign.id}/answers/{answer.id}" in paths
    readers = browse(app, HUB, world.tangsel.accounts["admin"])
    found = {path for path in paths if secret.encode() in readers.get(path).data}
    assert found, "The publisher reads it, so that this test can fail."
    for account in (None, world.stranger, world.tangsel.accounts["evaluator"]):
        browser = browse(app, HUB, account)
        assert {path for path in paths if secret.encode() in browser.get(path).data} == set()
