"""The officials' inbox: who sees what, in which order, under which tab."""

from __future__ import annotations

import html
from datetime import timedelta
from uuid import UUID

import pytest

from app_catalog.installations.services import disable_app
from app_runtime.clocks.firing import fire_due_clocks
from lumbung.db import as_tenant, now, set_clock
from lumbung.ids import new_id
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.work_desk import Desk, Sessions, open_desk, page_of
from tests.browsing import words_of
from tests.world import World


@pytest.fixture
def desk(app: LumbungFlask, session: Sessions, world: World) -> Desk:
    return open_desk(app, session, world)


def test_each_agency_sees_its_own_and_the_dispatcher_everything(desk: Desk) -> None:
    desk.report("Lampu jalan mati")
    desk.report("Sampah menumpuk", category="rubbish")
    seen = {
        person: words_of(desk.browser(person).get("/work?tab=all"))
        for person in ("handler", "cleaner", "dispatcher", "head", "admin")
    }
    assert "Lampu jalan mati" in seen["handler"]
    assert "Sampah" not in seen["handler"]
    assert "Sampah menumpuk" in seen["cleaner"]
    assert "Lampu jalan" not in seen["cleaner"]
    assert "Lampu jalan mati" in seen["head"]
    assert "Sampah" not in seen["head"]
    for person in ("dispatcher", "admin"):
        assert "Lampu jalan mati" in seen[person]
        assert "Sampah menumpuk" in seen[person]


def test_a_published_report_of_another_agency_is_no_work(app: LumbungFlask, session: Sessions, world: World) -> None:
    desk = open_desk(app, session, world, publish="at_once")
    found = desk.report()
    assert desk.record(found).published
    cleaner = desk.browser("cleaner")
    assert "Lampu jalan" not in words_of(cleaner.get("/work?tab=all"))
    assert cleaner.get(page_of(found)).status_code == 404
    assert "Belum ada laporan" in words_of(desk.browser("evaluator").get("/work"))


def test_what_is_overdue_comes_first_and_then_what_is_due_first(desk: Desk) -> None:
    start = now()
    for age, title in ((10, "Lampu kedua"), (60, "Lampu terlambat"), (1, "Lampu ketiga")):
        with set_clock(start - timedelta(hours=age)):
            desk.report(title)
    with as_tenant(desk.session, desk.place.id):
        fire_due_clocks(desk.session, desk.place.id)
        desk.session.commit()
    words = words_of(desk.browser("handler").get("/work"))
    places = [words.index(title) for title in ("Lampu terlambat", "Lampu kedua", "Lampu ketiga")]
    assert places == sorted(places)
    late = words_of(desk.browser("handler").get("/work?tab=late"))
    assert "Lampu terlambat" in late
    assert "Lampu kedua" not in late


def test_searching_finds_by_number_title_and_words_of_the_text(desk: Desk) -> None:
    desk.report("Lampu jalan mati", description="Anak-anak takut pulang mengaji dalam kegelapan.")
    desk.report("Perempatan macet", category="congestion")
    handler = desk.browser("handler")
    for wanted in ("SR/", "jalan ma", "kegelapan", "mengaji"):
        assert "Lampu jalan mati" in words_of(handler.get("/work", query_string={"q": wanted})), wanted
    assert "Perempatan" not in words_of(handler.get("/work?q=kegelapan"))
    for harmless in ("%", "_", "'", "a & !", '"', "\\", "<script>alert(1)</script>"):
        answer = handler.get("/work", query_string={"q": harmless})
        assert answer.status_code == 200, harmless
        assert "<script>alert(1)" not in answer.text


def test_the_reporters_name_does_not_find_a_report(desk: Desk) -> None:
    desk.report(reporter={"name": "Sari Dewi"})
    assert "Tidak ada yang cocok" in words_of(desk.browser("handler").get("/work?q=Sari"))


def test_a_long_inbox_goes_on_page_by_page_without_gaps(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app_runtime.work.inbox.PAGE", 2)
    titles = [f"Lampu nomor {number}" for number in range(5)]
    for title in titles:
        desk.report(title)
    handler = desk.browser("handler")
    for tab in ("act", "all"):
        seen: list[str] = []
        target: str | None = f"/work?tab={tab}"
        while target:
            page = handler.get(target)
            words = words_of(page)
            seen += [title for title in titles if title in words]
            further = page.text.split('rel="next" href="')[1:]
            target = html.unescape(further[0].split('"')[0]) if further else None
        assert sorted(seen) == titles, tab
    assert handler.get("/work?cursor=nonsense").status_code == 400


def test_the_part_that_is_fetched_again_holds_the_rows_alone(desk: Desk) -> None:
    desk.report()
    part = desk.browser("handler").get("/work/list").text
    assert "Lampu jalan mati" in part
    assert "<html" not in part


def test_the_next_thing_to_do_is_the_one_behind_and_after_the_last_the_first(desk: Desk) -> None:
    handler = desk.browser("handler")
    first, second = desk.report("Pertama"), desk.report("Kedua", category="congestion")

    def next_of(found: UUID) -> str:
        answer = handler.get(f"/work/{found}/next", follow_redirects=True)
        return answer.request.path

    assert next_of(first) == page_of(second)
    assert next_of(second) == page_of(first)
    assert f"/work/{first}/next" in handler.get(page_of(first)).text
    assert handler.get(f"/work/{new_id()}/next").status_code == 404


def test_nothing_left_to_do_leads_back_to_the_inbox_and_says_so(desk: Desk) -> None:
    only = desk.report()
    answer = desk.browser("handler").get(f"/work/{only}/next", follow_redirects=True)
    assert answer.request.path == "/work"
    assert "Tidak ada lagi yang perlu Anda tindak" in words_of(answer)


def test_a_disabled_app_can_be_read_but_not_worked_on(desk: Desk) -> None:
    found = desk.report()
    with as_tenant(desk.session, desk.place.id):
        disable_app(desk.session, desk.session.merge(desk.installation), reason="Pindah sistem.")
        desk.session.commit()
    handler = desk.browser("handler")
    assert "Lampu jalan mati" not in words_of(handler.get("/work?tab=act"))
    assert "Lampu jalan mati" in words_of(handler.get("/work?tab=all"))
    page = handler.get(page_of(found))
    assert "sedang dinonaktifkan" in words_of(page)
    assert "/act/" not in page.text
    assert desk.act(handler, found, "respond", answer="Halo").status_code == 409
