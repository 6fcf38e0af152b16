"""Listings whose publisher means harm: what they lead to, and what they cost whoever reads the catalog."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.assistance.meetings import is_link
from app_catalog.definitions.publiccode.reading import PubliccodeFile, read_publiccode
from app_catalog.listings import publiccode, publisher_views
from app_catalog.listings.addresses import public_address
from app_catalog.listings.models import Listing
from app_catalog.listings.reading import search_listings
from app_catalog.listings.services import list_own_listings
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from lumbung.limits import Limit
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.definitions.publiccode_files import full
from tests.app_catalog.test_listings import OWN, maintainer, publisher
from tests.browsing import Browser, browse, find_form

__all__ = ["maintainer", "publisher"]
Sessions = scoped_session[Session]


@pytest.mark.parametrize(
    "address",
    [
        # Browsers take these for addresses of the network.
        "https://127.0.0.0x1/",
        "https://10.0.0.0X1/",
        "https://192.168.0x/",
        "https://router.home.arpa/",
        "https://sso.corp/",
        "https://nas.localdomain./",
        # The letters of another script, and what nobody sees.
        "https://zо" + "om.us/j/1",
        "https://rapat.example.org/\u202egpj.exe",
        "https://rapat\u3002example.org/",
    ],
)
def test_nothing_leads_inside_or_looks_like_another_site(address: str) -> None:
    assert public_address(address) is None
    assert not is_link(address)


def _listed_from_a_file(maintainer: Browser) -> None:
    filled = maintainer.post_form(f"{OWN}/publiccode", {"publiccode": full()})
    form = find_form(filled.text, f"{OWN}/new")
    assert form is not None
    assert maintainer.post(f"{OWN}/new", form.fields).status_code == 303


def test_no_list_reads_the_files_that_listings_were_made_from(session: Sessions, maintainer: Browser) -> None:
    _listed_from_a_file(maintainer)
    found = search_listings(session)
    own = list_own_listings(session, session.scalars(select(Publisher)).one())
    # Each may be a quarter of a megabyte long, and a publisher may have two thousand.
    for listing in (*(card.listing for card in found.cards), *(listing for _, listing in own)):
        assert "publiccode" in inspect(listing).unloaded
    assert session.scalars(select(Listing.publiccode)).one()


def test_a_page_that_is_visited_again_looks_no_file_through_again(
    app: LumbungFlask, session: Sessions, maintainer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    _listed_from_a_file(maintainer)
    looked = 0

    def count(data: bytes) -> PubliccodeFile:
        nonlocal looked
        looked += 1
        return read_publiccode(data)

    monkeypatch.setattr(publiccode, "read_publiccode", count)
    publiccode.forget_errors()
    slug = session.scalars(select(App.slug)).one()
    for _ in range(3):
        assert browse(app).get(f"/apps/{slug}").status_code == 200
        assert browse(app).get(f"/apps/{slug}/publiccode.yml").status_code == 200
    assert looked == 1


def test_nobody_has_files_looked_through_without_end(maintainer: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher_views, "READING", Limit("publiccode-reading", 2, 3600))
    sent = [maintainer.post_form(f"{OWN}/publiccode", {"publiccode": "a: 1"}).status_code for _ in range(3)]
    assert sent == [422, 422, 429]
