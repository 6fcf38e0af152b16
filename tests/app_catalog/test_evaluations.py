"""Reviews and evaluations, and the maintainer's public reply, through the pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session, scoped_session

from app_catalog.evaluations import views
from app_catalog.evaluations.criteria import CRITERIA
from app_catalog.evaluations.models import Evaluation, SubmittedEvaluation
from app_catalog.reviews.models import PublisherReply, Review
from lumbung.db import set_clock, use_tenant
from lumbung.limits import Limit
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.services import set_status
from tests.browsing import Browser, browse, words_of
from tests.siaran import enable_siaran
from tests.world import World

Sessions = scoped_session[Session]
GOOD = {f"{criterion.id}_score": "4" for criterion in CRITERIA} | {
    f"{criterion.id}_reason": "Petugas memakainya tanpa dibantu." for criterion in CRITERIA
} | {"summary": "Layak dipakai semua daerah."}  # fmt: skip


@pytest.fixture
def evaluator(app: LumbungFlask, session: Sessions, world: World) -> Browser:
    enable_siaran(session, world, world.surabaya)
    return browse(app, world.surabaya.host, world.surabaya.accounts["evaluator"])


def start(evaluator: Browser) -> str:
    with set_clock(datetime(2026, 11, 22, 3, tzinfo=UTC)):
        answer = evaluator.post_form(
            "/manage/evaluations", {"app": "siaran", "first": "2026-01-01", "last": "2026-06-30"}
        )
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_an_evaluation_goes_from_draft_to_the_catalog_and_is_answered(
    app: LumbungFlask, session: Sessions, world: World, evaluator: Browser
) -> None:
    path = start(evaluator)
    half = evaluator.post_form(path, {"ease_score": "5", "summary": "Belum lengkap", "step": "save"})
    assert half.status_code == 303
    refused = evaluator.post_form(path, {"step": "submit"})
    assert refused.status_code == 422
    assert "f-support_reason" in refused.text
    done = evaluator.post_form(path, {**GOOD, "step": "submit", "with_facts": "1"})
    assert done.status_code == 303, done.text
    published = session.scalars(select(SubmittedEvaluation)).one()
    assert published.mean_score == 4.0
    assert published.facts is not None
    assert published.facts["records"] == 0

    public = browse(app, "lumbung.test").get(f"/apps/siaran/evaluations/{published.id}")
    assert public.status_code == 200
    assert "Kota Surabaya" in public.text
    assert "Layak dipakai semua daerah." in public.text

    maintainer = browse(app, "lumbung.test", world.tangsel.accounts["admin"])
    reply = maintainer.post_form(
        "/publish/replies", {"words": "Terima kasih, kami perbaiki."}, to=f"/publish/replies/evaluation/{published.id}"
    )
    assert reply.status_code == 303, reply.text
    for page in (browse(app, "lumbung.test").get("/apps/siaran"), evaluator.get(path)):
        assert "Terima kasih, kami perbaiki." in page.text


def test_what_a_municipality_published_is_not_shown_while_it_is_suspended(
    app: LumbungFlask, session: Sessions, world: World, evaluator: Browser
) -> None:
    assert evaluator.post_form(start(evaluator), {**GOOD, "step": "submit"}).status_code == 303
    path = f"/apps/siaran/evaluations/{session.scalars(select(SubmittedEvaluation.id)).one()}"
    hub = browse(app, "lumbung.test")
    for status, answer in (("suspended", 404), ("active", 200)):
        set_status(session, world.surabaya.municipality, status)
        session.commit()
        assert [hub.get(f"{path}{kind}").status_code for kind in ("", ".csv", ".pdf")] == [answer] * 3
        assert (GOOD["summary"] in words_of(hub.get("/apps/siaran"))) is (answer == 200)


def test_a_submitted_evaluation_is_frozen(session: Sessions, world: World, evaluator: Browser) -> None:
    path = start(evaluator)
    assert evaluator.post_form(path, {**GOOD, "step": "submit"}).status_code == 303
    again = evaluator.post_form(path, {**GOOD, "summary": "Berubah pikiran.", "step": "submit"}, to=path)
    assert again.status_code == 409
    use_tenant(session, world.surabaya.id)
    assert session.scalars(select(Evaluation)).one().summary == "Layak dipakai semua daerah."
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("UPDATE submitted_evaluations SET summary = 'x'"))
    session.rollback()


def test_facts_stay_inside_without_consent(session: Sessions, world: World, evaluator: Browser) -> None:
    assert evaluator.post_form(start(evaluator), {**GOOD, "step": "submit", "with_facts": None}).status_code == 303
    assert session.scalars(select(SubmittedEvaluation)).one().facts is None


def test_the_same_period_twice_is_a_conflict(evaluator: Browser) -> None:
    start(evaluator)
    answer = evaluator.post_form("/manage/evaluations", {"app": "siaran", "first": "2026-01-01", "last": "2026-06-30"})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("", "2026-06-30"),
        ("2026-06-30", "2026-01-01"),
        ("2026-01-01", "2999-01-01"),
        ("x", "y"),
        # Before the first day of the calendar there is none to reckon back to.
        ("0001-01-01", "0001-12-31"),
    ],
)
def test_an_impossible_period_is_refused_on_the_page(evaluator: Browser, first: str, last: str) -> None:
    answer = evaluator.post_form("/manage/evaluations", {"app": "siaran", "first": first, "last": last})
    assert answer.status_code == 422


def test_nobody_begins_more_evaluations_than_somebody_can_mean(
    evaluator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "STARTING", Limit("evaluation-starting", 2, 3600))
    sent = [
        evaluator.post_form(
            "/manage/evaluations", {"app": "siaran", "first": f"2026-0{month}-01", "last": "2026-06-30"}
        )
        for month in (1, 2, 3)
    ]
    assert [answer.status_code for answer in sent] == [303, 303, 429]


def test_a_review_is_one_per_municipality_and_can_be_rewritten_and_withdrawn(
    app: LumbungFlask, session: Sessions, world: World, evaluator: Browser
) -> None:
    path = "/manage/apps/siaran/review"
    assert evaluator.post_form(path, {"stars": "9", "words": "pendek"}).status_code == 422
    for stars in ("3", "5"):
        answer = evaluator.post_form(path, {"stars": stars, "words": "Warga senang memakainya."}, to=path)
        assert answer.status_code == 303, answer.text
    assert [review.stars for review in session.scalars(select(Review))] == [5]
    assert "Warga senang memakainya." in browse(app, "lumbung.test").get("/apps/siaran").text
    session.rollback()
    assert evaluator.post_form(path, {"step": "withdraw"}, to=path).status_code == 303
    assert session.scalars(select(Review)).all() == []


def test_only_the_publisher_replies_and_only_evaluators_judge(
    app: LumbungFlask, session: Sessions, world: World, evaluator: Browser
) -> None:
    path = "/manage/apps/siaran/review"
    evaluator.post_form(path, {"stars": "4", "words": "Warga senang memakainya."}, to=path)
    review = session.scalars(select(Review)).one()
    stranger = browse(app, "lumbung.test", world.stranger)
    assert stranger.get("/publish/replies").status_code == 403
    handler = browse(app, world.surabaya.host, world.surabaya.accounts["handler"])
    assert handler.get(path).status_code == 403
    assert handler.get("/manage/evaluations").status_code == 403
    other = browse(app, world.tangsel.host, world.tangsel.accounts["evaluator"])
    assert other.get(start(evaluator)).status_code == 404
    assert session.scalars(select(PublisherReply)).all() == []
    assert review.municipality_name == "Kota Surabaya"


@pytest.mark.parametrize(
    ("who", "doors"),
    [
        ("evaluator", ["/manage/evaluations"]),
        ("admin", ["/manage"]),
        ("handler", []),
    ],
)
def test_every_page_of_the_portal_leads_to_what_one_may_manage(
    app: LumbungFlask, world: World, who: str, doors: list[str]
) -> None:
    page = browse(app, world.surabaya.host, world.surabaya.accounts[who]).get("/").text
    header = page.partition("<main")[0]
    assert re.findall(r'href="(/manage[^"]*)"', header) == doors
