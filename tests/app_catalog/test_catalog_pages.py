"""The hub's open pages, through HTTP."""

from __future__ import annotations

import json
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from sqlalchemy.orm import Session, scoped_session

from app_catalog.catalog.rich_text import render_markdown
from app_catalog.installations.models import Adoption
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App, Release
from app_catalog.releases.submission import submit_package
from lumbung.db import as_tenant, now
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.packages import approved_publisher, siaran_zip
from tests.browsing import browse, words_of
from tests.siaran import enable_siaran
from tests.world import World

pytestmark = pytest.mark.usefixtures("tried")
Db = scoped_session[Session]


@pytest.fixture
def release(session: Db, world: World) -> Release:
    """SIARAN, published by Tangsel."""
    publisher = approved_publisher(session, world.tangsel.accounts["admin"], municipality_id=world.tangsel.id)
    return _publish(session, publisher)


def _publish(session: Db, publisher: Publisher, **changes: str) -> Release:
    release = submit_package(session, publisher, siaran_zip(**changes), by_operator=True)
    assert isinstance(release, Release)
    session.commit()
    return release


def test_the_start_page_says_true_numbers(app: LumbungFlask, release: Release) -> None:
    page = browse(app).get("/")
    assert page.status_code == 200
    words = words_of(page)
    assert "Satu daerah membuat" in words
    assert "SIARAN: Laporan Warga" in words
    assert "aplikasi siap pakai 1 daerah bergabung 2 penerbit aplikasi 1 layanan berjalan 0" in words


def test_an_empty_catalog_says_so(app: LumbungFlask, world: World) -> None:
    assert "Lumbung masih kosong" in words_of(browse(app).get("/apps"))
    assert browse(app).get("/").status_code == 200


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("q=SIARAN", True),
        ("q=laporan+warga", True),
        ("q=Lapor", True),
        ("q=pengaduan", True),
        ("q=citizen", True),
        ("q=tangerang", True),
        ("q=100%25", False),
        ("q=izin", False),
        ("q=siaran+izin", False),
        ("category=complaints", True),
        ("category=letters", False),
        ("audience=public-service", True),
        ("audience=government", False),
        ("q=%00%27%22%3C", True),
    ],
)
def test_search_and_filters(app: LumbungFlask, release: Release, query: str, found: bool) -> None:
    page = browse(app).get(f"/apps?{query}")
    assert page.status_code == 200
    assert ('href="/apps/siaran"' in page.text) is found


def test_a_name_is_found_before_a_mention(app: LumbungFlask, session: Db, world: World, release: Release) -> None:
    other = approved_publisher(session, world.surabaya.accounts["admin"], slug="siaran-kota", name="Siaran Kota")
    _publish(session, other, id="agenda", name="Agenda Pimpinan")
    page = browse(app).get("/apps?q=siaran").text
    assert page.index("/apps/siaran") < page.index("/apps/agenda")


def test_the_app_page_explains_settings_roles_and_versions(app: LumbungFlask, release: Release) -> None:
    words = words_of(browse(app).get("/apps/siaran"))
    for part in ("Batas waktu tanggapan", "2 hari", "Operator", "0.9.0", "EUPL-1.2", "Belum ada daerah"):
        assert part in words


@pytest.mark.parametrize("path", ["/apps/siaran", "/apps/siaran/0.9.0"])
def test_the_changelog_is_read_in_one_language(app: LumbungFlask, release: Release, path: str) -> None:
    reader = browse(app)
    indonesian = words_of(reader.get(path))
    reader.post_form(path, {"language": "en", "next": path}, to="/language")
    english = words_of(reader.get(path))
    assert ("Terbitan pertama" in indonesian, "First release" in indonesian) == (True, False)
    assert ("Terbitan pertama" in english, "First release" in english) == (False, True)


def test_the_app_page_tells_who_runs_it(app: LumbungFlask, session: Db, world: World, release: Release) -> None:
    with as_tenant(session, world.surabaya.id):
        session.add(
            Adoption(
                tenant_id=world.surabaya.id,
                app_id=release.app_id,
                version="0.9.0",
                shown_as="Wargaku",
                municipality_name="Kota Surabaya",
                since=now(),
            )
        )
    session.commit()
    words = words_of(browse(app).get("/apps/siaran"))
    assert "Kota Surabaya sebagai Wargaku" in words
    assert "Dipakai 1 daerah" in words_of(browse(app).get("/apps"))


def test_an_administrator_is_led_to_the_own_portal(app: LumbungFlask, world: World, release: Release) -> None:
    page = browse(app, account=world.surabaya.accounts["admin"]).get("/apps/siaran").text
    assert "/handover?to=surabaya&amp;next=%2Fmanage%2Fapps%2Fsiaran%2Fenable" in page
    other = browse(app, account=world.surabaya.accounts["handler"]).get("/apps/siaran").text
    assert "/handover?" not in other


def test_the_release_page_shows_the_signature_and_the_content_fits_the_digest(
    app: LumbungFlask, release: Release
) -> None:
    browser = browse(app)
    assert release.digest in browser.get("/apps/siaran/0.9.0").text
    canonical = browser.get("/apps/siaran/0.9.0/canonical.json")
    assert canonical.mimetype == "application/json"
    assert f"sha256:{sha256(canonical.data).hexdigest()}" == release.digest
    assert json.loads(canonical.data)["app"]["id"] == "siaran"


def test_the_icon_is_served_on_both_sites_and_can_run_nothing(
    app: LumbungFlask, world: World, release: Release
) -> None:
    page = browse(app).get("/apps").text
    address = page.split('class="lb-app-picture" src="')[1].split('"')[0]
    for host in ("lumbung.test", world.surabaya.host):
        icon = browse(app, host).get(address)
        assert icon.status_code == 200
        assert icon.mimetype == "image/svg+xml"
        assert icon.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "immutable" in icon.headers["Cache-Control"]
        assert icon.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" not in browse(app).get("/apps/siaran/icon.svg").headers["Cache-Control"]
    assert "immutable" not in browse(app).get("/apps/siaran/icon.svg?v=0000").headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    ["/apps/none", "/apps/none/icon.svg", "/apps/siaran/9.9.9", "/apps/siaran/0.9.0/files/app.yaml", "/apps/siaran/x"],
)
def test_what_is_not_there_is_not_found(app: LumbungFlask, release: Release, path: str) -> None:
    assert browse(app).get(path).status_code == 404


def test_a_hidden_app_is_nowhere(app: LumbungFlask, session: Db, release: Release) -> None:
    session.get_one(App, release.app_id).hidden_at = now()
    session.commit()
    browser = browse(app)
    assert "/apps/siaran" not in browser.get("/apps").text
    for path in ("/apps/siaran", "/apps/siaran/0.9.0", "/apps/siaran/icon.svg"):
        assert browser.get(path).status_code == 404


def test_texts_of_a_package_cannot_run(app: LumbungFlask, session: Db, world: World) -> None:
    publisher = approved_publisher(session, world.tangsel.accounts["admin"], name="<script>alert(1)</script>")
    _publish(session, publisher, name="<img src=x onerror=alert(2)>")
    browser = browse(app)
    for path in ("/", "/apps", "/apps/siaran", "/apps/siaran/0.9.0"):
        page = browser.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[klik](javascript:alert(1))",
        "![x](https://evil.example/x.png)",
        "<a href='x' onclick='alert(1)'>x</a>",
        '[x](https://a.example "\\" onmouseover=\\"alert(1)")',
        "[x](data:text/html,<script>alert(1)</script>)",
    ],
)
def test_markdown_runs_nothing(text: str) -> None:
    found: list[tuple[str, dict[str, str | None]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    Reader().feed(render_markdown(text))
    assert found
    for tag, attributes in found:
        assert tag in {"p", "a"}
        assert set(attributes) <= {"href", "rel", "title"}
        assert (attributes.get("href") or "https://").startswith("https://")


def test_the_page_leads_each_administrator_on_to_where_the_app_runs_or_may(
    app: LumbungFlask, session: Db, world: World
) -> None:
    enable_siaran(session, world, world.tangsel)
    tangsel, surabaya = (
        browse(app, "lumbung.test", place.accounts["admin"]).get("/apps/siaran")
        for place in (world.tangsel, world.surabaya)
    )
    assert "Dipakai di Kota Tangerang Selatan: buka" in words_of(tangsel)
    assert "%2Fmanage%2Fapps%2Fsiaran%2Fenable" not in tangsel.text
    assert "Pakai di Kota Surabaya" in words_of(surabaya)
    assert "%2Fmanage%2Fapps%2Fsiaran%2Fenable" in surabaya.text
