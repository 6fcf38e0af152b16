"""What everybody may look at: start page, service, list, map, record; and what nobody may find there."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from app_catalog.installations.services import access_installation, disable_app
from app_runtime.records.moderation import blur_file, hide_file, hide_record, set_checked
from lumbung.db import as_tenant, now, set_clock
from lumbung.files import store_photo
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.test_pages_form import photo
from tests.app_runtime.test_pages_track import CANARY, member, report
from tests.browsing import Browser, browse, words_of
from tests.siaran import enable_siaran
from tests.small_app import enable_small, small_files
from tests.world import World

LIST, MAP, POINTS = "/siaran/public-reports", "/siaran/map", "/siaran/map/points.geojson"


@pytest.fixture
def portal(app: LumbungFlask, session: Any, world: World) -> Browser:
    """A visitor on Tangsel's portal, where SIARAN publishes at once."""
    enable_siaran(session, world, publish="at_once")
    return browse(app, world.tangsel.host)


def test_the_start_page_leads_to_the_form_and_to_tracking(portal: Browser, session: Any, world: World) -> None:
    record, _ = report(session, world)
    page = portal.get("/")
    assert page.status_code == 200
    assert 'href="/siaran/report"' in page.text
    assert 'action="/track"' in page.text
    assert record.title in page.text
    assert "bulan ini" not in words_of(page)


def test_figures_are_shown_when_the_municipality_wants_them(portal: Browser, session: Any, world: World) -> None:
    report(session, world)
    with as_tenant(session, world.tangsel.id):
        access_installation(session, "siaran").public_numbers = True
        session.commit()
    words = words_of(portal.get("/"))
    assert "Diterima 1" in words
    assert "0 dari 0" in words


def test_a_portal_whose_only_service_is_switched_off_says_so(
    portal: Browser, app: LumbungFlask, session: Any, world: World
) -> None:
    empty = words_of(browse(app, world.surabaya.host).get("/"))
    assert "Belum ada layanan" in empty
    assert "Layanan sedang tidak aktif" not in empty
    with as_tenant(session, world.tangsel.id):
        disable_app(session, access_installation(session, "siaran"), reason="Pindah sistem")
        session.commit()
    stopped = words_of(portal.get("/"))
    assert "Layanan sedang tidak aktif" in stopped
    assert "Belum ada layanan" not in stopped


def test_a_municipality_that_is_being_prepared_says_so(
    portal: Browser, app: LumbungFlask, session: Any, world: World
) -> None:
    world.tangsel.municipality.status = "preparing"
    session.commit()
    for path in ("/", "/siaran/report", "/track"):
        answer = portal.get(path)
        assert answer.status_code == 503
        assert "disiapkan" in words_of(answer)
    official = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    assert official.get("/siaran/report").status_code == 200


def test_the_service_shows_its_pages_for_everybody_only(portal: Browser) -> None:
    page = portal.get("/siaran")
    assert page.status_code == 200
    assert 'href="/siaran/report"' in page.text
    assert "Semua laporan" not in words_of(page)


@pytest.mark.parametrize("path", ["/nothing", "/siaran/nothing", "/siaran/tile", "/siaran/reports", "/nothing/report"])
def test_what_is_not_there_is_not_found(portal: Browser, path: str) -> None:
    assert portal.get(path).status_code == 404


def test_officials_find_their_list(portal: Browser, app: LumbungFlask, session: Any, world: World) -> None:
    record, _ = report(session, world)
    page = browse(app, world.tangsel.host, world.tangsel.accounts["dispatcher"]).get("/siaran/reports")
    assert page.status_code == 200
    assert f'href="/work/{record.id}"' in page.text


def test_private_values_are_on_no_public_page(portal: Browser, session: Any, world: World) -> None:
    record, _ = report(session, world)
    for path in ("/", "/siaran", LIST, f"{LIST}?q=Kenari", MAP, POINTS, f"/siaran/report/{record.id}"):
        answer = portal.get(path)
        assert answer.status_code == 200, path
        for secret in (*CANARY.values(), "81200000042", "Rahasia"):
            assert secret not in answer.text.replace('value="Kenari"', ""), (path, secret)


def test_only_what_is_published_is_found(app: LumbungFlask, session: Any, world: World) -> None:
    enable_siaran(session, world, publish="checked")
    portal = browse(app, world.tangsel.host)
    record, _ = report(session, world)
    address = f"/siaran/report/{record.id}"
    missing = portal.get("/siaran/report/01a20000-0000-7000-8000-000000000000")
    hidden = portal.get(address)
    assert hidden.status_code == 404
    assert masked(hidden.text) == masked(missing.text)
    assert record.title not in portal.get(LIST).text + portal.get(POINTS).text + portal.get("/").text
    dispatcher = member(world, "dispatcher", "dispatcher")
    with as_tenant(session, world.tangsel.id):
        set_checked(session, session.merge(record), dispatcher, True)
        session.commit()
    assert portal.get(address).status_code == 200
    assert record.title in portal.get(LIST).text
    with as_tenant(session, world.tangsel.id):
        hide_record(session, session.merge(record), dispatcher, reason="Uji")
        session.commit()
    assert portal.get(address).status_code == 404
    assert record.title not in portal.get(LIST).text + portal.get(POINTS).text


def masked(text: str) -> str:
    """A page without what differs between any two answers."""
    text = re.sub(r'nonce="[^"]+"|name="csrf_token" value="[^"]+"|name="next" value="[^"]+"', "", text)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21,}", "", text)


def test_another_municipalitys_report_is_not_there(
    portal: Browser, app: LumbungFlask, session: Any, world: World
) -> None:
    enable_siaran(session, world, world.surabaya, publish="at_once")
    record, _ = report(session, world, world.surabaya)
    foreign = portal.get(f"/siaran/report/{record.id}")
    missing = portal.get("/siaran/report/01a20000-0000-7000-8000-000000000000")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert masked(foreign.text) == masked(missing.text)
    assert browse(app, world.surabaya.host).get(f"/siaran/report/{record.id}").status_code == 200


def test_the_list_is_filtered_searched_and_paged(portal: Browser, session: Any, world: World) -> None:
    for number in range(21):
        report(session, world, title=f"Lampu nomor {number:02}")
    rubbish, _ = report(session, world, title="Sampah menumpuk", category="rubbish")
    first = portal.get(LIST)
    assert first.text.count("lb-row-title") == 20
    older = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert older is not None
    second = portal.get(older[1].replace("&amp;", "&"))
    assert second.text.count("lb-row-title") == 2
    newer = re.search(r'rel="prev" href="([^"]+)"', second.text)
    assert newer is not None
    assert portal.get(newer[1].replace("&amp;", "&")).text.count("lb-row-title") == 20
    assert portal.get(f"{LIST}?category=rubbish").text.count("lb-row-title") == 1
    assert rubbish.title in portal.get(f"{LIST}?q=menumpuk").text
    assert "Tidak ada yang cocok" in words_of(portal.get(f"{LIST}?q=takadasama"))
    assert portal.get(f"{LIST}?cursor=rusak").status_code == 400
    assert portal.get(f"{LIST}?state=nonsense").text.count("lb-row-title") == 20


def test_points_of_the_map_are_geojson_and_kept_for_a_minute(portal: Browser, session: Any, world: World) -> None:
    record, _ = report(session, world)
    answer = portal.get(POINTS)
    assert answer.mimetype == "application/geo+json"
    assert answer.json is not None
    feature = answer.json["features"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [106.71, -6.29]}
    assert feature["properties"]["href"] == f"/siaran/report/{record.id}"
    assert feature["properties"]["tone"] == "amber"
    assert "max-age=60" in answer.headers["Cache-Control"]
    assert portal.get(POINTS, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    for box, most in (("106,-7,107,-6", 1), ("110,-7,111,-6", 0)):
        assert len((portal.get(f"{POINTS}?bbox={box}").json or {})["features"]) == most
    assert portal.get(f"{POINTS}?bbox=kacau").status_code == 400
    assert (portal.get(f"{POINTS}?category=rubbish").json or {})["features"] == []


def test_a_missed_deadline_is_marked_red(portal: Browser, session: Any, world: World) -> None:
    record, _ = report(session, world)
    address = f"/siaran/report/{record.id}"
    assert "Terlambat" not in words_of(portal.get(address))
    with set_clock(now() + timedelta(hours=50)):
        assert "Terlambat" in words_of(portal.get(address))
        assert "lb-row-late" in portal.get(LIST).text
        assert (portal.get(POINTS).json or {})["features"][0]["properties"]["overdue"] is True


def test_photos_are_served_to_who_may_see_them(portal: Browser, app: LumbungFlask, session: Any, world: World) -> None:
    with as_tenant(session, world.tangsel.id):
        stored = store_photo(session, photo("blue", (900, 600)))
        blurred = store_photo(session, photo("white", (90, 60)))
        session.commit()
        file_id, blurred_id = stored.id, blurred.id
        whole = stored.size
    record, code = report(session, world, photos=[str(file_id)])
    address = f"/siaran/photos/{record.id}/{file_id}"
    assert address in portal.get(f"/siaran/report/{record.id}").text
    shown = portal.get(address)
    assert (shown.status_code, len(shown.data)) == (200, whole)
    assert portal.get(f"/lain/photos/{record.id}/{file_id}").status_code == 404
    assert browse(app, world.surabaya.host).get(address).status_code == 404
    dispatcher = member(world, "dispatcher", "dispatcher")
    with as_tenant(session, world.tangsel.id):
        blur_file(session, session.merge(record), dispatcher, file_id, blurred_file_id=blurred_id)
        session.commit()
    assert len(portal.get(address).data) != whole
    with as_tenant(session, world.tangsel.id):
        hide_file(session, session.merge(record), dispatcher, file_id)
        session.commit()
    assert portal.get(address).status_code == 404
    assert str(file_id) not in portal.get(f"/siaran/report/{record.id}").text
    assert str(file_id) not in portal.get(f"/track/{code}").text


def test_photos_of_an_unpublished_report_open_for_its_reporter_only(
    app: LumbungFlask, session: Any, world: World
) -> None:
    enable_siaran(session, world, publish="never")
    portal = browse(app, world.tangsel.host)
    with as_tenant(session, world.tangsel.id):
        file_id = store_photo(session, photo("blue")).id
        session.commit()
    record, code = report(session, world, photos=[str(file_id)])
    assert portal.get(f"/siaran/photos/{record.id}/{file_id}").status_code == 404
    found = re.search(rf'href="(/siaran/photos/{record.id}/{file_id}\?key=[^"]+)"', portal.get(f"/track/{code}").text)
    assert found is not None
    assert code not in found[1]
    assert portal.get(found[1]).status_code == 200
    assert portal.get(found[1] + "x").status_code == 404
    assert portal.get(f"/siaran/photos/{record.id}/{file_id}?key=abc").status_code == 404
    official = browse(app, world.tangsel.host, world.tangsel.accounts["dispatcher"])
    assert official.get(f"/siaran/photos/{record.id}/{file_id}").status_code == 200


def test_the_pages_speak_english(portal: Browser, session: Any, world: World) -> None:
    record, _ = report(session, world)
    portal.post_form("/", {"language": "en", "next": "/"}, to="/language")
    for path, words in (
        ("/", "See all"),
        ("/siaran", "Make a report"),
        (LIST, "Received"),
        (MAP, "The same as a list"),
        (f"/siaran/report/{record.id}", "History"),
        ("/track", "Tracking code"),
    ):
        assert words in words_of(portal.get(path)), path


def test_the_map_names_the_states_of_its_app_and_what_is_late(portal: Browser) -> None:
    legend = portal.get(MAP).text.split('lb-legend"', 1)[1].split("</ul>", 1)[0]
    assert "</span>Diterima</li>" in legend
    assert "</span>Menunggu pelapor, Bukan kewenangan</li>" in legend
    assert "</span>Terlambat</li>" in legend


def test_an_app_leads_officials_to_the_pages_of_their_roles(portal: Browser, app: LumbungFlask, world: World) -> None:
    assert 'href="/siaran/reports"' not in portal.get("/siaran").text
    handler = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    assert 'href="/siaran/reports"' in handler.get("/siaran").text


def test_what_only_officials_use_is_no_service_for_citizens(app: LumbungFlask, session: Any, world: World) -> None:
    record = "name: {id: Surat, en: Letter}\ntitle: record.about\nfields:\n  about: {type: text, required: true}\n"
    access = "access:\n  clerk: {create: {}, read: {rows: all}}\n"
    page = "kind: list\nfor: official\nrecord: letter\ncolumns: [about]\n"
    enable_small(session, world, small_files({"letter": record + access}, app_id="surat", pages={"all": page}))
    assert 'href="/surat"' not in browse(app, world.tangsel.host).get("/").text
    assert 'href="/surat"' in browse(app, world.tangsel.host, world.tangsel.accounts["handler"]).get("/").text
