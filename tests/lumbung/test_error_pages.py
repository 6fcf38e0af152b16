"""Every refusal is a page in the reader's language that leads on, and a problem for programs."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from lumbung.errors import Unavailable
from lumbung.settings import Settings
from lumbung.web.access import PUBLIC, access
from lumbung.web.sites import LumbungFlask
from tests.browsing import browse
from tests.world import World
from wsgi import create_app

AGAIN = ("Coba lagi", "Try again")
BACK = ("Kembali ke halaman tadi", "Back to the page before")
HOME = ("Ke beranda", "Go to the start page")


@pytest.fixture
def broken(app: LumbungFlask, monkeypatch: pytest.MonkeyPatch) -> LumbungFlask:
    """The application with a fault behind a portal's colours."""

    @access(PUBLIC)
    def fail() -> str:
        raise RuntimeError("a fault of ours")

    monkeypatch.setitem(app.view_functions, "shell.brand", fail)
    return app


@pytest.fixture
def stranded(app: LumbungFlask, settings: Settings) -> LumbungFlask:
    """The application with nobody behind the address of its database."""
    nowhere = re.sub(r"port=\d+", "port=9", re.sub(r"(@[^/:]+):\d+", r"\1:9", settings.database_url))
    assert nowhere != settings.database_url
    return create_app(replace(settings, database_url=nowhere))


@pytest.mark.parametrize("english", [False, True], ids=["indonesian", "english"])
@pytest.mark.parametrize("site", ["hub", "portal"])
def test_a_fault_of_ours_says_so_and_offers_to_try_again(
    broken: LumbungFlask, world: World, site: str, *, english: bool
) -> None:
    reader = browse(broken, "lumbung.test" if site == "hub" else world.tangsel.host)
    page = reader.get(f"/brand.css?lang={'en' if english else 'id'}", headers={"Accept": "text/html"})
    assert page.status_code == 500
    assert ("Something went wrong on our side", "Terjadi kesalahan di pihak kami")[not english] in page.text
    assert AGAIN[english] in page.text
    assert HOME[english] in page.text
    assert "a fault of ours" not in page.text
    problem = reader.get("/brand.css", headers={"Accept": "application/json"})
    assert (problem.status_code, problem.mimetype) == (500, "application/problem+json")
    assert "a fault of ours" not in problem.text


@pytest.mark.parametrize("english", [False, True], ids=["indonesian", "english"])
@pytest.mark.parametrize("host", ["lumbung.test", "tangsel.lumbung.test"])
def test_without_a_database_a_page_says_so_and_offers_to_try_again(
    stranded: LumbungFlask, host: str, *, english: bool
) -> None:
    reader = browse(stranded, host)
    page = reader.get(f"/regions?q=a&lang={'en' if english else 'id'}", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert (Unavailable.title.en if english else Unavailable.title.id) in page.text
    assert AGAIN[english] in page.text
    assert 'href="/regions?q=a&amp;lang=' in page.text
    # Nobody can say whose host it is, so no file is served either: the page brings its own style.
    assert "/static/" not in page.text
    assert "<style nonce=" in page.text
    assert reader.get("/static/tile.png").status_code == 503
    problem = reader.get("/api/v1")
    assert (problem.status_code, problem.mimetype) == (503, "application/problem+json")
    assert problem.headers["Retry-After"] == "5"


@pytest.mark.parametrize("english", [False, True], ids=["indonesian", "english"])
def test_what_is_too_large_leads_back_to_the_form(app: LumbungFlask, world: World, *, english: bool) -> None:
    portal = browse(app, world.tangsel.host)
    portal.get(f"/?lang={'en' if english else 'id'}")
    page = portal.post(
        "/language", {"next": "x" * 3_000_000}, headers={"Referer": f"https://{world.tangsel.host}/track?a=b"}
    )
    assert page.status_code == 413
    assert ("Too large" if english else "Kiriman terlalu besar") in page.text
    assert re.search(r'href="/track\?a=b">' + BACK[english], page.text)


def test_who_is_refused_is_led_back_but_never_to_another_site(app: LumbungFlask, world: World) -> None:
    handler = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    for before, leads in (
        (f"https://{world.tangsel.host}/work", True),
        ("https://evil.test/work", False),
        (f"https://{world.tangsel.host}//evil.test", False),
        (f"https://{world.tangsel.host}/manage/data", False),
        ("", False),
    ):
        page = handler.get("/manage/data", headers={"Referer": before} if before else {})
        assert page.status_code == 403
        assert (BACK[False] in page.text) is leads, before
        assert "evil.test" not in page.text


@pytest.mark.parametrize("english", [False, True], ids=["indonesian", "english"])
def test_too_many_attempts_say_how_long_to_wait(app: LumbungFlask, world: World, *, english: bool) -> None:
    hub = browse(app, "lumbung.test")
    hub.get(f"/?lang={'en' if english else 'id'}")
    for _ in range(30):
        page = hub.post_form("/sign-in", {"email": "handler@tangsel.test", "password": "salah salah salah"})
        if page.status_code == 429:
            break
    assert page.status_code == 429
    assert int(page.headers["Retry-After"]) > 0
    assert re.search(r"You can try again in \d+ \w+" if english else r"Dapat dicoba lagi dalam \d+ \w+", page.text)
