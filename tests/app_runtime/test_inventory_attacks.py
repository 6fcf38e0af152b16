"""Lines of an inventory that come back with the form are the sender's: nothing in them is taken as it came."""

from __future__ import annotations

import json
from threading import Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.listings.models import Listing
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from lumbung.web.sites import LumbungFlask
from tests.browsing import Browser, browse, csrf_token
from tests.siaran import add_publisher
from tests.world import World

Sessions = scoped_session[Session]
PAGE = "/publish/tangsel/inventory"
LINE = {"name": "Situs Dinas", "kind": "website", "address": "dinas.tangsel.example", "agency": "Dinas Kesehatan"}


@pytest.fixture
def maintainer(app: LumbungFlask, session: Sessions, world: World) -> Browser:
    """An owner of Tangsel's publisher."""
    add_publisher(session, world)
    session.commit()
    return browse(app, "lumbung.test", world.tangsel.accounts["admin"])


def _confirm(browser: Browser, *lines: dict[str, str]) -> int:
    token = csrf_token(browser.get(PAGE).text)
    return browser.post(f"{PAGE}/confirm", {"csrf_token": token, "lines": json.dumps(lines)}).status_code


@pytest.mark.parametrize("hidden", ["\x00", "\x01", "\u202e", "\ud800"], ids=["nul", "control", "bidi", "surrogate"])
@pytest.mark.parametrize("name", ["name", "agency", "summary", "address"])
def test_no_letter_that_nobody_sees_is_kept(maintainer: Browser, session: Sessions, name: str, hidden: str) -> None:
    odd = LINE | {name: (LINE.get(name) or "Berita dinas") + hidden}
    assert _confirm(maintainer, odd) == 303
    for app, listing in session.execute(select(App, Listing).join(Listing, Listing.app_id == App.id)):
        assert hidden not in f"{app.name}{app.summary}{app.search_text}{listing.agency}{listing.address}"
        assert app.name["id"] == "Situs Dinas"


def test_the_same_inventory_twice_at_once(app: LumbungFlask, maintainer: Browser, session: Sessions) -> None:
    token = csrf_token(maintainer.get(PAGE).text)
    sent = {"csrf_token": token, "lines": json.dumps([LINE | {"name": f"Situs {n}"} for n in range(30)])}
    ended: list[int] = []

    def send() -> None:
        ended.append(maintainer.post(f"{PAGE}/confirm", sent).status_code)

    threads = [Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == [303] * 3
    assert len(session.scalars(select(App.id)).all()) == 30
    assert session.scalars(select(Publisher.slug)).all() == ["tangsel"]
