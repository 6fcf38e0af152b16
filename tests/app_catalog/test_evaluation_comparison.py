"""Evaluations beside others, positions over the years, papers and tables: only of what was published."""

from __future__ import annotations

import csv
import io
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.campaigns.models import CampaignAnswer
from app_catalog.evaluations.comparison import compare_evaluation
from app_catalog.evaluations.models import Evaluation
from app_catalog.evaluations.positions import list_positions
from app_catalog.evaluations.rubric import STANDING
from app_catalog.releases.models import App
from lumbung.db import as_tenant, now, set_clock
from lumbung.i18n import speaking
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.models import Municipality
from tests.app_catalog.campaign_stage import COMPLAINTS, TODAY, answers, publish_elsewhere, run_siaran, scores_of
from tests.browsing import Browser, browse, words_of
from tests.world import World

Sessions = scoped_session[Session]
HUB = "lumbung.test"
CITIES = ("31.71", "31.73", "32.73", "33.74")
REGENCIES = ("32.01", "32.04", "33.01")
FEW = {"records": 5, "closed": 1, "due": 1, "in_time": 1, "median_seconds": None, "reopened": 0}
MANY = {**FEW, "records": 9_000}


@pytest.fixture
def evaluator(app: LumbungFlask, session: Sessions, world: World) -> Browser:
    run_siaran(session, world, world.surabaya)
    return browse(app, world.surabaya.host, world.surabaya.accounts["evaluator"])


@pytest.fixture
def app_id(evaluator: Browser, session: Sessions) -> UUID:
    return session.scalars(select(App.id).where(App.slug == "siaran")).one()


def evaluate(evaluator: Browser, first: str, last: str, score: str = "4") -> str:
    with set_clock(TODAY):
        started = evaluator.post_form("/manage/evaluations", {"app": "siaran", "first": first, "last": last})
        filled = answers(STANDING) | {f"{one.id}_score": score for one in STANDING.criteria}
        assert evaluator.post_form(str(started.location), {**filled, "with_facts": "1"}).status_code == 303
    return str(started.location)


def own(session: Sessions, world: World, path: str) -> Evaluation:
    session.rollback()
    found = session.get(Evaluation, (world.surabaya.id, UUID(path.rpartition("/")[2])))
    assert found is not None
    return found


def test_three_like_municipalities_are_needed_and_only_published_ones_count(
    session: Sessions, world: World, evaluator: Browser, app_id: UUID
) -> None:
    path = evaluate(evaluator, "2026-01-01", "2026-06-30")
    for number, code in enumerate(CITIES[:2]):
        publish_elsewhere(session, app_id, code, score=2 + number)
    for code in REGENCIES:
        publish_elsewhere(session, app_id, code, score=1)
    page = words_of(evaluator.get(path))
    assert "baru 2 yang menerbitkan" in page
    publish_elsewhere(session, app_id, CITIES[2], score=5, facts=FEW)
    publish_elsewhere(session, app_id, CITIES[3], score=1, facts=MANY)
    publish_elsewhere(session, app_id, "34.71", score=1, status="suspended")
    publish_elsewhere(session, app_id, "33.72", score=1, year=2020)
    with as_tenant(session, world.surabaya.id):
        found = compare_evaluation(session, own(session, world, path))
    assert found.like_number == 3, "Not regencies, not the far larger one, not suspended ones, not old ones."
    assert found.like_total == pytest.approx(3.33)
    assert {row.like for row in found.rows} == {3.33}
    assert "3,33" in evaluator.get(path).text


def test_each_like_municipality_counts_once_by_its_newest(
    session: Sessions, world: World, evaluator: Browser, app_id: UUID
) -> None:
    path = evaluate(evaluator, "2026-01-01", "2026-06-30")
    for code in CITIES[:3]:
        publish_elsewhere(session, app_id, code, score=1, year=2025)
        publish_elsewhere(session, app_id, code, score=5)
    with as_tenant(session, world.surabaya.id):
        found = compare_evaluation(session, own(session, world, path))
    assert (found.like_number, found.like_total) == (3, 5.0)


def test_last_time_is_the_one_submitted_before(session: Sessions, world: World, evaluator: Browser) -> None:
    first = evaluate(evaluator, "2025-01-01", "2025-12-31", "2")
    with as_tenant(session, world.surabaya.id):
        own(session, world, first).submitted_at = now().replace(year=2025)
        session.commit()
    second = evaluate(evaluator, "2026-01-01", "2026-06-30", "5")
    with as_tenant(session, world.surabaya.id):
        assert compare_evaluation(session, own(session, world, first)).last is None
        found = compare_evaluation(session, own(session, world, second))
    assert (found.total, found.last_total) == (5.0, 2.0)
    assert {row.last for row in found.rows} == {2}


def test_a_regions_page_tells_published_totals_and_places_from_three_on(
    app: LumbungFlask, session: Sessions, world: World, evaluator: Browser, app_id: UUID
) -> None:
    hub = browse(app, HUB)
    assert "Evaluasi dari tahun ke tahun" not in hub.get("/regions/35.78").text
    evaluate(evaluator, "2025-01-01", "2025-12-31", "3")
    evaluate(evaluator, "2026-01-01", "2026-06-30", "4")
    publish_elsewhere(session, app_id, CITIES[0], score=5)
    publish_elsewhere(session, app_id, CITIES[1], score=4)
    publish_elsewhere(session, app_id, CITIES[1], score=5, year=2025)
    municipality = session.get_one(Municipality, world.surabaya.id)
    ((found_app, positions),) = list_positions(session, municipality)
    assert found_app.slug == "siaran"
    assert [(one.year, one.total, one.place, one.number) for one in positions] == [
        (2025, 3.0, None, 2),
        (2026, 4.0, 2, 3),
    ]
    page = hub.get("/regions/35.78")
    assert "2 dari 3" in words_of(page)
    assert '<svg class="lb-years"' in page.text
    assert "2 of 3" in words_of(hub.get("/regions/35.78?lang=en"))


def test_no_page_shows_an_answer_that_was_not_published(
    app: LumbungFlask, session: Sessions, world: World, evaluator: Browser, app_id: UUID
) -> None:
    """Answers to a campaign alone count nowhere: not in positions, not in what others compare themselves with."""
    path = evaluate(evaluator, "2026-01-01", "2026-06-30")
    for code in CITIES[:3]:
        municipality = _unpublished(session, app_id, code)
        assert list_positions(session, municipality) == []
    with as_tenant(session, world.surabaya.id):
        assert compare_evaluation(session, own(session, world, path)).like_number == 0
    (_, positions) = list_positions(session, session.get_one(Municipality, world.surabaya.id))[0]
    assert positions[0].number == 1
    hub = browse(app, HUB)
    for page in ("/apps/siaran", "/regions/31.71", "/apps", f"/apps/siaran/evaluations/{path.rpartition('/')[2]}"):
        text = hub.get(page).text
        assert "1,23" not in text
        assert "Hanya untuk kampanye" not in text


def _unpublished(session: Sessions, app_id: UUID, code: str) -> Municipality:
    place = Municipality(
        region_code=code, slug=f"d-{code[:2]}-{code[3:]}", name=f"Daerah {code}", timezone="Asia/Jakarta"
    )
    place.status = "active"
    session.add(place)
    session.flush()
    with as_tenant(session, place.id):
        made = CampaignAnswer(
            tenant_id=place.id,
            campaign_id=place.id,
            app_id=app_id,
            version="0.9.0",
            municipality_name=place.name,
            author="Evaluator",
            period_start=TODAY.date().replace(month=1, day=1),
            period_end=TODAY.date().replace(month=6, day=30),
            scores=scores_of(COMPLAINTS, 1),
            mean_score=1.23,
            summary="Hanya untuk kampanye.",
            should_change="",
            facts=None,
            public=False,
            digest="sha256:x",
            submitted_at=now(),
        )
        session.add(made)
        session.commit()
    return place


def test_the_paper_is_the_same_each_time_and_in_the_readers_language(
    app: LumbungFlask, session: Sessions, world: World, evaluator: Browser
) -> None:
    path = evaluate(evaluator, "2026-01-01", "2026-06-30")
    once, twice = evaluator.get(f"{path}.pdf"), evaluator.get(f"{path}.pdf")
    assert once.headers["Content-Type"] == "application/pdf"
    assert once.data.startswith(b"%PDF-")
    assert once.data == twice.data
    assert evaluator.get(f"{path}.pdf", headers={"If-None-Match": once.headers["ETag"]}).status_code == 304
    english = evaluator.get(f"{path}.pdf?lang=en")
    assert english.data != once.data
    public = browse(app, HUB).get(f"/apps/siaran/evaluations/{path.rpartition('/')[2]}.pdf")
    assert public.status_code == 200
    assert browse(app, world.tangsel.host, world.tangsel.accounts["evaluator"]).get(f"{path}.pdf").status_code == 404


def test_a_draft_has_a_paper_too(evaluator: Browser) -> None:
    with set_clock(TODAY):
        started = evaluator.post_form(
            "/manage/evaluations", {"app": "siaran", "first": "2026-01-01", "last": "2026-06-30"}
        )
        saved = evaluator.post_form(
            str(started.location), {"step": "save", "ease_reason": "*#panic()* $x$ " + "panjang" * 60, "summary": "`x`"}
        )
        assert saved.status_code == 303
        assert evaluator.get(f"{started.location}.pdf").status_code == 200


def test_the_table_holds_what_the_page_holds(evaluator: Browser, session: Sessions, app_id: UUID) -> None:
    path = evaluate(evaluator, "2026-01-01", "2026-06-30")
    rows = list(csv.reader(io.StringIO(evaluator.get(f"{path}.csv").data.decode("utf-8-sig"))))
    assert rows[0] == ["kriteria", "bobot (%)", "nilai", "alasan", "nilai terakhir", "rata-rata daerah serupa"]
    assert rows[1][:3] == ["Kemudahan", "20", "4"]
    assert ["Laporan diterima", "", "", "0"] in rows
    with speaking("en"):
        english = evaluator.get(f"{path}.csv?lang=en").data.decode("utf-8-sig")
    assert english.startswith("criterion,weight (%),score,reason")
