"""Several apps side by side."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.comparison.services import MOST, compare_apps
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from lumbung.db import now
from lumbung.web.sites import LumbungFlask
from tests.browsing import browse, words_of
from tests.generated_apps.filling import FilledCatalog, checked_packages, fill_catalog
from tests.statements import statements_of
from tests.world import World

Sessions = scoped_session[Session]


@pytest.fixture
def filled(app: LumbungFlask, session: Sessions, world: World) -> FilledCatalog:
    return fill_catalog(session, checked_packages(24), municipalities=6)


def _address(slugs: list[str]) -> str:
    return "/apps/compare?" + "&".join(f"app={slug}" for slug in slugs)


def test_apps_stand_side_by_side_in_the_order_in_which_they_were_chosen(
    app: LumbungFlask, session: Sessions, filled: FilledCatalog
) -> None:
    slugs = list(filled.apps)[3:6]
    found = compare_apps(session, slugs)
    assert [one.card.app.slug for one in found.apps] == slugs
    assert all(len(row.cells) == 3 for row in found.rows)
    answer = browse(app).get(_address(slugs))
    assert answer.status_code == 200
    words = words_of(answer)
    for title in ("Tujuan", "Isian", "Keadaan", "Tenggat", "Lisensi", "Bintang", "Dipakai", "Permintaan daerah"):
        assert title in words


def test_what_more_than_one_has_is_marked(session: Sessions, filled: FilledCatalog) -> None:
    slugs = [slug for slug in filled.apps if slug.startswith("report-")][:2]
    rows = {row.title.id: row for row in compare_apps(session, slugs).rows}
    assert rows["Keadaan"].alike
    first, second = ({entry.text for entry in cell} for cell in rows["Isian"].cells)
    for cell in rows["Isian"].cells:
        for entry in cell:
            assert entry.shared == (entry.text in first & second)


def test_a_fifth_app_and_unknown_ones_are_left_out(app: LumbungFlask, session: Sessions, filled: FilledCatalog) -> None:
    slugs = list(filled.apps)[:5]
    assert len(compare_apps(session, slugs).apps) == MOST
    assert "Hanya 4 aplikasi pertama" in words_of(browse(app).get(_address(slugs)))
    assert [one.card.app.slug for one in compare_apps(session, ["nothing", slugs[0], slugs[0]]).apps] == slugs[:1]
    assert "Belum ada yang dipilih" in words_of(browse(app).get("/apps/compare"))


def test_a_listing_among_the_chosen_is_named_instead_of_dropped(
    app: LumbungFlask, session: Sessions, world: World, filled: FilledCatalog
) -> None:
    first = next(iter(filled.apps))
    publisher = session.scalars(select(Publisher)).first()
    assert publisher is not None
    website = App(
        slug="situs-dinas", publisher_id=publisher.id, kind="website", category="health", audience="public-service"
    )
    website.name, website.summary, website.description = {"id": "Situs Dinas"}, {"id": "Berita."}, {}
    session.add(website)
    session.commit()
    words = words_of(browse(app).get(_address(["situs-dinas", first])))
    assert "Situs Dinas tidak dibandingkan" in words
    website.hidden_at = now()
    session.commit()
    assert "Situs Dinas" not in words_of(browse(app).get(_address(["situs-dinas", first])))


def test_one_app_alone_is_named_once(app: LumbungFlask, session: Sessions, filled: FilledCatalog) -> None:
    first = next(iter(filled.apps))
    name = compare_apps(session, [first]).apps[0].card.app.name["id"]
    alone, two = (browse(app).get(_address(list(filled.apps)[:number])).text for number in (1, 2))
    assert alone.count(f">{name}</p>") == 0 < two.count(f">{name}</p>")


def test_apps_are_chosen_by_ticking_them(app: LumbungFlask, filled: FilledCatalog) -> None:
    page = browse(app).get(f"/apps?with={next(iter(filled.apps))}&with=elsewhere").text
    assert page.count('type="checkbox" name="app"') >= 24
    assert page.count(" checked>") == 2
    assert 'form="compare"' in page
    assert "&amp;with=elsewhere" in page


def test_four_apps_cost_no_more_statements_for_each_figure(app: LumbungFlask, filled: FilledCatalog) -> None:
    hub, slugs = browse(app), list(filled.apps)
    counts = []
    for number in (4, 4, 1, 1):
        with statements_of(app) as heard:
            hub.get(_address(slugs[:number]))
        counts.append(len(heard))
    # A definition that is in this process already asks for its digest, and nothing else.
    assert counts[1] - counts[3] == 3
