"""Reviews: what stars come to, who counts, flags and curators, asking at a sensible moment, and telling both sides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.catalog.finding import find_apps
from app_catalog.installations.models import Installation
from app_catalog.installations.services import disable_app, enable_again
from app_catalog.releases.models import App
from app_catalog.reviews.models import HiddenReview, Review, ReviewFlag
from app_catalog.reviews.rating import HALF_LIFE, LEAST, rate_app
from lumbung.db import as_tenant, now, set_clock
from lumbung.messages.models import Message, PlatformMessage
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.models import Municipality
from tests.app_runtime.work_desk import Desk, open_desk
from tests.browsing import Browser, browse, words_of
from tests.siaran import enable_siaran
from tests.world import Place, World

Sessions = scoped_session[Session]
PATH = "/manage/apps/siaran/review"
WORDS = "Warga senang memakainya."
LATER = datetime(2026, 12, 31, 3, tzinfo=UTC)


def municipality(session: Sessions, number: int) -> Municipality:
    made = Municipality(
        region_code=f"90.{number:02}",
        slug=f"kota-{number}",
        name=f"Kota {number}",
        timezone="Asia/Jakarta",
        status="active",
    )
    session.add(made)
    session.flush()
    return made


def review(session: Sessions, app: App, stars: int, *, age: timedelta = timedelta(), number: int = 0) -> Review:
    place = municipality(session, number)
    with as_tenant(session, place.id):
        written = Review(
            tenant_id=place.id,
            app_id=app.id,
            version="0.9.0",
            stars=stars,
            words=WORDS,
            author="Evaluator",
            municipality_name=place.name,
            used_since=now() - age - timedelta(days=40),
            updated_at=now() - age,
        )
        session.add(written)
        session.flush()
    return written


@pytest.fixture
def installation(session: Sessions, world: World) -> Installation:
    return enable_siaran(session, world, world.surabaya)


@pytest.fixture
def siaran(session: Sessions, installation: Installation) -> App:
    return session.get_one(App, installation.app_id)


@pytest.fixture
def evaluator(app: LumbungFlask, world: World, installation: Installation) -> Browser:
    return browse(app, world.surabaya.host, world.surabaya.accounts["evaluator"])


@pytest.fixture
def desk(app: LumbungFlask, session: Sessions, world: World) -> Desk:
    return open_desk(app, session, world, world.surabaya)


def told(session: Sessions, place: Place) -> list[str]:
    session.rollback()
    with as_tenant(session, place.id):
        return [message.recipient for message in session.scalars(select(Message).order_by(Message.recipient))]


def test_a_review_weighs_half_after_a_half_life(session: Sessions, siaran: App) -> None:
    with set_clock(LATER):
        review(session, siaran, 5, number=1)
        review(session, siaran, 2, age=HALF_LIFE, number=2)
        review(session, siaran, 2, age=HALF_LIFE, number=3)
        rating = rate_app(session, siaran.id)
    assert rating.mean == 3.5
    assert rating.number == 3
    assert rating.distribution == {5: 1, 4: 0, 3: 0, 2: 2, 1: 0}


def test_too_few_reviews_have_no_mean_and_no_rank(app: LumbungFlask, session: Sessions, siaran: App) -> None:
    for number in range(LEAST - 1):
        review(session, siaran, 5, number=number)
    session.commit()
    assert rate_app(session, siaran.id).mean is None
    assert find_apps(session).cards[0].rating is None
    page = words_of(browse(app, "lumbung.test").get("/apps/siaran"))
    assert "2 ulasan. Rata-rata tampil mulai 3 ulasan." in page
    assert "5 bintang: 2" in page
    review(session, siaran, 2, number=9)
    session.commit()
    assert rate_app(session, siaran.id).mean == 4.0


def test_the_catalog_ranks_by_the_weighted_mean(app: LumbungFlask, session: Sessions, siaran: App) -> None:
    other = App(
        slug="aaa",
        publisher_id=siaran.publisher_id,
        category=siaran.category,
        audience=siaran.audience,
        name={"id": "Aaa", "en": "Aaa"},
        summary={"id": "A", "en": "A"},
        description={},
        latest_release_id=siaran.latest_release_id,
    )
    session.add(other)
    session.flush()
    for number in range(LEAST):
        review(session, siaran, 4, number=number)
        review(session, other, 5, number=10 + number)
    session.commit()
    assert [card.slug for card in find_apps(session).cards] == ["siaran", "aaa"]
    assert [card.slug for card in find_apps(session, sort="rating").cards] == ["aaa", "siaran"]
    page = browse(app, "lumbung.test").get("/apps?sort=rating").text
    assert page.index('href="/apps/aaa"') < page.index('href="/apps/siaran"')


def test_a_review_is_archived_while_the_app_is_disabled(
    app: LumbungFlask, session: Sessions, evaluator: Browser, installation: Installation
) -> None:
    assert evaluator.post_form(PATH, {"stars": "4", "words": WORDS}).status_code == 303
    session.rollback()
    with as_tenant(session, installation.tenant_id):
        here = session.merge(installation)
        disable_app(session, here, reason="Diganti")
        session.commit()
    hub = browse(app, "lumbung.test")
    assert "Daerah ini tidak memakainya lagi" in hub.get("/apps/siaran").text
    assert rate_app(session, installation.app_id).number == 0
    with as_tenant(session, installation.tenant_id):
        enable_again(session, session.merge(installation))
        session.commit()
    assert "Daerah ini tidak memakainya lagi" not in hub.get("/apps/siaran").text
    assert rate_app(session, installation.app_id).number == 1


def test_a_municipality_that_left_counts_no_longer(app: LumbungFlask, session: Sessions, siaran: App) -> None:
    written = review(session, siaran, 5, number=1)
    session.get_one(Municipality, written.tenant_id).status = "suspended"
    session.commit()
    assert rate_app(session, siaran.id).number == 0
    page = browse(app, "lumbung.test").get("/apps/siaran").text
    assert WORDS in page
    assert "Daerah ini tidak memakainya lagi" in page


def test_a_review_says_for_how_long_the_app_was_used(
    app: LumbungFlask, session: Sessions, world: World, evaluator: Browser
) -> None:
    with set_clock(now() + timedelta(days=45)):
        again = browse(app, world.surabaya.host, world.surabaya.accounts["evaluator"])
        assert again.post_form(PATH, {"stars": "4", "words": WORDS}).status_code == 303
    assert "setelah 45 hari dipakai" in browse(app, "lumbung.test").get("/apps/siaran").text


def test_anybody_signed_in_flags_and_a_curator_hides_and_shows_again(
    app: LumbungFlask, session: Sessions, world: World, evaluator: Browser
) -> None:
    assert evaluator.post_form(PATH, {"stars": "1", "words": "Petugas Budi tidak becus."}).status_code == 303
    session.rollback()
    review_id = session.scalars(select(Review.id)).one()
    flag = f"/apps/siaran/reviews/{review_id}/flag"
    assert browse(app, "lumbung.test").get(flag).status_code == 302
    stranger = browse(app, "lumbung.test", world.stranger)
    assert flag in stranger.get("/apps/siaran").text
    assert stranger.post_form(flag, {"reason": "x"}).status_code == 422
    for _ in range(2):
        assert stranger.post_form(flag, {"reason": "Menyebut nama seorang petugas."}).status_code == 303
    assert len(session.scalars(select(ReviewFlag)).all()) == 1

    curator = browse(app, "lumbung.test", world.operator)
    assert "Menyebut nama seorang petugas." in curator.get("/curator/reviews").text
    hide = f"/curator/reviews/{review_id}/hide"
    assert curator.post_form("/curator/reviews", {"reason": ""}, to=hide).status_code == 422
    assert curator.post_form("/curator/reviews", {"reason": "Memuat nama pribadi."}, to=hide).status_code == 303
    again = curator.post_form("/curator/reviews", {"reason": "Memuat nama pribadi."}, to=hide)
    assert again.status_code == 409
    assert told(session, world.surabaya) == ["admin@surabaya.test", "evaluator@surabaya.test"]
    hub = browse(app, "lumbung.test")
    assert "tidak becus" not in hub.get("/apps/siaran").text
    assert "Memuat nama pribadi." in evaluator.get(PATH).text
    assert stranger.get(flag).status_code == 404
    assert rate_app(session, session.scalars(select(Review.app_id)).one()).number == 0

    session.rollback()
    show = f"/curator/reviews/{review_id}/show"
    assert curator.post_form("/curator/reviews", to=show).status_code == 303
    assert "tidak becus" in hub.get("/apps/siaran").text
    assert session.scalars(select(HiddenReview)).all() == []
    assert len(told(session, world.surabaya)) == 4


def test_a_hidden_review_is_not_shown_again_by_withdrawing_and_writing_it_anew(
    app: LumbungFlask, session: Sessions, world: World, evaluator: Browser
) -> None:
    rude = {"stars": "1", "words": "Petugas Budi tidak becus."}
    evaluator.post_form(PATH, rude)
    session.rollback()
    review_id = session.scalars(select(Review.id)).one()
    curator = browse(app, "lumbung.test", world.operator)
    hide = f"/curator/reviews/{review_id}/hide"
    assert curator.post_form("/curator/reviews", {"reason": "Memuat nama pribadi."}, to=hide).status_code == 303
    assert evaluator.post_form(PATH, {"step": "withdraw"}).status_code == 303
    assert "belum dapat ditarik" in words_of(evaluator.get(PATH))
    assert evaluator.post_form(PATH, rude).status_code == 303
    assert "tidak becus" not in browse(app, "lumbung.test").get("/apps/siaran").text


def test_flags_that_are_settled_leave_the_review(
    app: LumbungFlask, session: Sessions, world: World, evaluator: Browser
) -> None:
    evaluator.post_form(PATH, {"stars": "2", "words": WORDS})
    session.rollback()
    review_id = session.scalars(select(Review.id)).one()
    stranger = browse(app, "lumbung.test", world.stranger)
    stranger.post_form(f"/apps/siaran/reviews/{review_id}/flag", {"reason": "Saya tidak setuju."})
    curator = browse(app, "lumbung.test", world.operator)
    assert curator.post_form("/curator/reviews", to=f"/curator/reviews/{review_id}/keep").status_code == 303
    assert WORDS not in curator.get("/curator/reviews").text
    assert WORDS in stranger.get("/apps/siaran").text
    assert stranger.get("/curator/reviews").status_code == 403


def test_both_sides_are_told(app: LumbungFlask, session: Sessions, world: World, evaluator: Browser) -> None:
    evaluator.post_form(PATH, {"stars": "4", "words": WORDS})
    session.rollback()
    assert [letter.recipient for letter in session.scalars(select(PlatformMessage))] == ["admin@tangsel.test"]
    review_id = session.scalars(select(Review.id)).one()
    maintainer = browse(app, "lumbung.test", world.tangsel.accounts["admin"])
    answer = {"words": "Terima kasih banyak."}
    assert (
        maintainer.post_form("/publish/replies", answer, to=f"/publish/replies/review/{review_id}").status_code == 303
    )
    assert told(session, world.surabaya) == ["admin@surabaya.test", "evaluator@surabaya.test"]


def test_a_review_is_asked_for_after_a_month_of_real_use(app: LumbungFlask, world: World, desk: Desk) -> None:
    asked = "/manage/apps/siaran/review/later"

    def shown(days: int, path: str = "/manage", who: str = "admin") -> bool:
        with set_clock(now() + timedelta(days=days)):
            return asked in desk_browser(who).get(path).text

    def desk_browser(who: str) -> Browser:
        return browse(app, world.surabaya.host, world.surabaya.accounts[who])

    for number in range(19):
        desk.report(f"Lampu {number}")
    assert not shown(31)
    desk.report("Lampu terakhir")
    assert not shown(29)
    assert shown(31)
    assert shown(31, "/manage/evaluations", "evaluator")
    with set_clock(now() + timedelta(days=31)):
        assert desk_browser("admin").post_form("/manage", to=asked).status_code == 303
    assert not shown(31 + 179)
    assert shown(31 + 181)
    with set_clock(now() + timedelta(days=31 + 181)):
        assert desk_browser("admin").post_form(PATH, {"stars": "5", "words": WORDS}).status_code == 303
    assert not shown(31 + 181 + 300)
    assert shown(31 + 181 + 366)
