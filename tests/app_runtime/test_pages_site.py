"""Pages of news: published records told whole."""

from __future__ import annotations

from app_catalog.definitions.check import check_package
from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions
from tests.browsing import browse
from tests.izin import edited, enable_izin
from tests.world import World


def test_what_is_published_is_told_whole_and_nothing_else(session: Sessions, world: World, app: LumbungFlask) -> None:
    izin = enable_izin(session, world)
    browser = browse(app, world.tangsel.host)
    for number in range(8):
        values = {"headline": f"Kabar {number}", "body": "Loket **buka** Sabtu. <script>alert(1)</script>"}
        record = create_record(session, izin, SYSTEM, "news", values, channel="api").record
        record.published = number != 3
    session.commit()
    page = browser.get("/izin/news").text
    assert "Kabar 7" in page
    assert "<strong>buka</strong>" in page
    assert "<script>alert(1)" not in page
    assert "Kabar 3" not in page
    assert page.count("<article>") == 6
    assert "cursor=" in page


def test_an_article_tells_nothing_that_the_public_may_not_read() -> None:
    report = check_package(
        edited({"records/news.yaml": ("fields: [headline, body, created_at]", "fields: [headline]")})
    )
    told = [(one.code, one.file, one.path) for one in report.errors]
    assert ("field-not-public", "pages/news.yaml", "columns.body") in told
