"""Markup of the catalog is kept in the process, and shows at once whatever has changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import template_rendered
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.assistance.models import AppMaterial
from app_catalog.catalog.sections import app_page_sections
from app_catalog.deprecations.models import Deprecation
from app_catalog.publishers.models import Publisher
from app_catalog.releases.changing import yank_release
from app_catalog.releases.models import App, Release
from app_catalog.releases.submission import submit_package
from app_catalog.requests.models import AppRequest
from app_catalog.reviews.models import HiddenReview, PublisherReply, Review
from lumbung.db import as_tenant, now, set_clock
from lumbung.db.inside import run_inside
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.models import Municipality
from tests.app_catalog.packages import approved_publisher, siaran_zip
from tests.browsing import Browser, browse, words_of
from tests.siaran import enable_siaran
from tests.world import World

pytestmark = pytest.mark.usefixtures("tried")
Db = scoped_session[Session]
STARS = "Rata-rata bintang: "


@pytest.fixture
def publisher(session: Db, world: World) -> Publisher:
    return approved_publisher(session, world.tangsel.accounts["admin"], municipality_id=world.tangsel.id)


@pytest.fixture
def siaran(session: Db, publisher: Publisher) -> App:
    return session.get_one(App, _publish(session, publisher).app_id)


@pytest.fixture
def hub(app: LumbungFlask, siaran: App) -> Browser:
    """Somebody who has read both pages already, so that they are kept."""
    reader = browse(app)
    for path in ("/", "/apps", "/apps/siaran"):
        assert reader.get(path).status_code == 200
    return reader


def _publish(session: Db, publisher: Publisher, **changes: str) -> Release:
    release = submit_package(session, publisher, siaran_zip(**changes), by_operator=True)
    assert isinstance(release, Release)
    session.commit()
    return release


def _judge(session: Db, world: World, app: App, stars: int) -> list[Review]:
    """A review of each municipality; what they had written before is gone."""
    written = []
    third = session.scalar(select(Municipality).where(Municipality.slug == "kota-baru"))
    if third is None:
        third = Municipality(
            region_code="90.01", slug="kota-baru", name="Kota Baru", timezone="Asia/Jakarta", status="active"
        )
        session.add(third)
        session.flush()
    for place in (*(session.get_one(Municipality, one.id) for one in (world.tangsel, world.surabaya)), third):
        with as_tenant(session, place.id):
            for former in session.scalars(select(Review).where(Review.tenant_id == place.id)):
                session.delete(former)
            session.flush()
            written.append(
                Review(
                    tenant_id=place.id,
                    app_id=app.id,
                    version="0.9.0",
                    stars=stars,
                    words="Warga senang memakainya.",
                    author="Evaluator",
                    municipality_name=place.name,
                    used_since=None,
                    updated_at=now(),
                )
            )
            session.add(written[-1])
            session.flush()
    session.commit()
    return written


@contextmanager
def rendered(app: LumbungFlask) -> Iterator[list[str | None]]:
    """The names of all templates that are rendered inside the block."""
    names: list[str | None] = []

    def note(sender: Any, template: Any, **more: Any) -> None:
        names.append(template.name)

    with template_rendered.connected_to(note, app):
        yield names


def test_what_was_made_is_not_made_again(app: LumbungFlask, hub: Browser) -> None:
    with rendered(app) as names:
        assert hub.get("/apps/siaran").status_code == 200
    assert names == ["catalog/app.html"]


def test_stars_are_those_of_this_moment(hub: Browser, session: Db, world: World, siaran: App) -> None:
    assert STARS not in words_of(hub.get("/apps"))
    _judge(session, world, siaran, 5)
    assert STARS + "5" in words_of(hub.get("/apps"))
    assert "5 bintang: 3" in words_of(hub.get("/apps/siaran"))
    reviews = _judge(session, world, siaran, 2)
    assert STARS + "2" in words_of(hub.get("/apps"))
    page = words_of(hub.get("/apps/siaran"))
    assert ("5 bintang: 3" in page, "2 bintang: 3" in page) == (False, True)
    curator = world.tangsel.accounts["admin"].id
    session.add(HiddenReview(review_id=reviews[0].id, reason="Kasar", account_id=curator))
    session.commit()
    assert STARS not in words_of(hub.get("/apps"))
    assert "2 ulasan. Rata-rata tampil mulai 3 ulasan." in words_of(hub.get("/apps/siaran"))


def test_a_reply_is_shown_at_once(hub: Browser, session: Db, world: World, siaran: App, publisher: Publisher) -> None:
    review = _judge(session, world, siaran, 4)[0]
    assert "Terima kasih banyak." not in words_of(hub.get("/apps/siaran"))
    session.add(
        PublisherReply(
            publisher_id=publisher.id,
            app_id=siaran.id,
            subject_type="review",
            subject_id=review.id,
            municipality_id=world.tangsel.id,
            words="Terima kasih banyak.",
            author=publisher.name,
            account_id=world.tangsel.accounts["admin"].id,
            updated_at=now(),
        )
    )
    session.commit()
    assert "Terima kasih banyak." in words_of(hub.get("/apps/siaran"))


def test_a_new_version_is_on_both_pages_and_gone_when_it_is_yanked(
    hub: Browser, session: Db, publisher: Publisher, siaran: App
) -> None:
    _publish(session, publisher, version="0.9.1")
    assert "versi 0.9.1" in words_of(hub.get("/apps"))
    assert "versi 0.9.1" in words_of(hub.get("/"))
    assert "/apps/siaran/0.9.1" in hub.get("/apps/siaran").text
    yank_release(session, session.get_one(App, siaran.id), "0.9.1", account_id=None, reason="Salah hitung")
    session.commit()
    assert "versi 0.9.0" in words_of(hub.get("/apps"))
    assert "Ditarik" in words_of(hub.get("/apps/siaran"))


def test_an_end_is_told_at_once_and_is_over_the_day_after(hub: Browser, session: Db, siaran: App) -> None:
    assert "Didukung sampai" not in words_of(hub.get("/apps"))
    day = now() + timedelta(days=90)
    session.add(Deprecation(app_id=siaran.id, reason="Diganti", supported_until=day.date(), mapping={}))
    session.commit()
    assert "Didukung sampai" in words_of(hub.get("/apps"))
    assert "berakhir" in words_of(hub.get("/apps/siaran"))
    with set_clock(day + timedelta(days=2)):
        assert "Dukungan berakhir" in words_of(hub.get("/apps"))
        assert "lb-tone-red" in hub.get("/apps/siaran").text


def test_who_runs_it_and_who_is_suspended_is_counted_at_once(
    hub: Browser, session: Db, world: World, siaran: App
) -> None:
    enable_siaran(session, world, world.surabaya)
    assert "Dipakai 1 daerah" in words_of(hub.get("/apps"))
    assert "Kota Surabaya" in words_of(hub.get("/apps/siaran"))
    session.get_one(Municipality, world.surabaya.id).status = "suspended"
    session.commit()
    assert "Dipakai 1 daerah" not in words_of(hub.get("/apps"))
    assert "Kota Surabaya" not in words_of(hub.get("/apps/siaran"))


def test_what_publishers_and_municipalities_say_is_shown_at_once(
    hub: Browser, session: Db, world: World, siaran: App, publisher: Publisher
) -> None:
    session.add(AppMaterial(app_id=siaran.id, kind="link", title={"id": "Buku saku"}, about={}, url="https://a.test/"))
    with as_tenant(session, world.surabaya.id):
        session.add(
            AppRequest(
                tenant_id=world.surabaya.id,
                app_id=siaran.id,
                kind="idea",
                title="Peta",
                words="",
                version="0.9.0",
                author="E",
                municipality_name="Kota Surabaya",
                updated_at=now(),
            )
        )
        session.flush()
    session.get_one(Publisher, publisher.id).name = "Dinas Baru"
    session.commit()
    page = words_of(hub.get("/apps/siaran"))
    assert "Buku saku" in page
    assert "Belum ada yang diminta" not in page
    assert "Penerbit Dinas Baru" in page
    assert "Dinas Baru" in words_of(hub.get("/apps"))


@pytest.mark.parametrize("path", ["/", "/apps", "/apps/siaran"])
def test_each_language_has_its_own(app: LumbungFlask, hub: Browser, path: str) -> None:
    english = words_of(browse(app).get(f"{path}?lang=en"))
    indonesian = words_of(hub.get(path))
    assert ("Citizen" in english or "citizen" in english, "SIARAN: Laporan Warga" in english) == (True, False)
    assert "SIARAN: Laporan Warga" in indonesian


def test_what_is_for_people_who_are_signed_in_is_kept_apart(
    app: LumbungFlask, hub: Browser, session: Db, world: World, siaran: App
) -> None:
    _judge(session, world, siaran, 4)
    assert "Laporkan ulasan ini" not in words_of(hub.get("/apps/siaran"))
    member = browse(app, account=world.surabaya.accounts["handler"])
    assert "Laporkan ulasan ini" in words_of(member.get("/apps/siaran"))
    assert "Laporkan ulasan ini" not in words_of(hub.get("/apps/siaran"))


def test_a_ticked_card_is_not_that_of_the_next_reader(app: LumbungFlask, hub: Browser) -> None:
    ticked = 'value="siaran" form="compare" checked'
    assert ticked in hub.get("/apps?with=siaran").text
    assert ticked not in browse(app).get("/apps").text


@pytest.mark.parametrize("path", ["/", "/apps", "/apps/siaran"])
def test_what_was_read_below_another_path_is_kept_apart(app: LumbungFlask, hub: Browser, path: str) -> None:
    elsewhere = hub.get(path, environ_overrides={"SCRIPT_NAME": "/elsewhere"})
    assert '"/elsewhere/static/' in elsewhere.text
    assert '"/static/' not in elsewhere.text
    assert "/elsewhere/" not in browse(app).get(path).text


def test_nothing_that_belongs_to_one_answer_is_kept(app: LumbungFlask, hub: Browser, siaran: App) -> None:
    """A nonce or a token that was kept would be in a second page as it was in the first."""
    for path in ("/", "/apps", "/apps/siaran"):
        first, second = hub.get(path).text, browse(app).get(path).text
        for mark in ('nonce="', 'name="csrf_token" value="'):
            secrets = [{part.split('"', 1)[0] for part in page.split(mark)[1:]} for page in (first, second)]
            assert secrets[0]
            assert secrets[1]
            assert not secrets[0] & secrets[1]


def test_sections_read_rows_as_the_session_does(session: Db, world: World, siaran: App) -> None:
    _judge(session, world, siaran, 4)
    for section in app_page_sections:
        for rows in section.asks:
            (written,) = run_inside(session, (rows.asked, {"app_id": siaran.id}))
            found = rows.read(written)
            asked = session.execute(rows.searched, {"app_id": siaran.id}).all()
            assert [[_plain(value) for value in row] for row in found] == [
                [_plain(value) for value in row] for row in asked
            ]


def _plain(value: Any) -> Any:
    """What two entities are compared by; weights of stars differ from one moment to the next."""
    if isinstance(value, float):
        return round(value, 2)
    return (
        {name: held for name, held in vars(value).items() if name[0] != "_"} if hasattr(value, "__table__") else value
    )
