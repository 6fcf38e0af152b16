"""Going back, two tabs, a lost answer: without a script too it is one report, and never a lost one."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app_runtime.records.models import RecordFile
from lumbung.db import as_tenant, now, set_clock
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.test_pages_form import FORM, codes_in, kept_tokens, photo, records, send, upload
from tests.browsing import Browser, browse, csrf_token, find_form, words_of
from tests.siaran import enable_siaran
from tests.world import World

LANDMARK = "Depan masjid Al-Hikmah, Serua"
BY_LANDMARK = {"place.lon": "", "place.lat": "", "place.text": LANDMARK}
OTHER = {"category": "road", "title": "Jalan berlubang", "place.text": "Pasar Ciputat, pintu timur"}


@pytest.fixture
def portal(app: LumbungFlask, session: Any, world: World) -> Browser:
    """A visitor on Tangsel's portal, where reports are seen by officials alone."""
    enable_siaran(session, world, publish="never")
    return browse(app, world.tangsel.host)


def key_in(answer: TestResponse) -> str:
    """The submission key of a form."""
    form = find_form(answer.text, FORM)
    assert form is not None
    return str(form.fields["submission_key"])


def test_a_form_that_is_fetched_again_has_the_same_key(portal: Browser, app: LumbungFlask, world: World) -> None:
    first = key_in(portal.get(FORM))
    assert key_in(portal.get(FORM)) == first
    assert key_in(browse(app, world.tangsel.host).get(FORM)) != first


def test_going_back_and_sending_again_leads_to_the_first_report(portal: Browser, session: Any, world: World) -> None:
    picture = photo()
    first = send(portal, {**BY_LANDMARK, "photos": [upload(picture)]})
    portal.follow(first)
    again = send(portal, {**BY_LANDMARK, "photos": [upload(picture)]})
    assert (again.status_code, again.headers["Location"]) == (303, first.headers["Location"])
    assert len(records(session, world)) == 1
    assert "Sudah kami terima" in words_of(portal.follow(again))


def test_an_answer_that_was_lost_makes_one_report(portal: Browser, session: Any, world: World) -> None:
    form = portal.get(FORM)
    before = portal.client.get_cookie("__Host-lumbung", domain=world.tangsel.host)
    assert before is not None
    first = send(portal, BY_LANDMARK)
    # The answer and its cookie never arrived.
    portal.client.set_cookie("__Host-lumbung", before.value, domain=world.tangsel.host, secure=True)
    reopened = portal.get(FORM)
    assert key_in(reopened) == key_in(form)
    assert "Sudah terkirim" in words_of(reopened)
    assert codes_in(portal.get(first.headers["Location"]).text)
    assert send(portal, BY_LANDMARK).headers["Location"] == first.headers["Location"]
    assert len(records(session, world)) == 1


def test_the_form_says_what_was_sent_from_it(portal: Browser, session: Any, world: World) -> None:
    assert "Sudah terkirim" not in words_of(portal.get(FORM))
    sent = send(portal, BY_LANDMARK)
    number = records(session, world)[0].number
    page = portal.get(FORM)
    assert f"nomor {number}." in words_of(page)
    assert sent.headers["Location"] in page.text
    assert not codes_in(page.text)


def test_report_another_begins_a_form_of_its_own(portal: Browser, session: Any, world: World) -> None:
    done = portal.follow(send(portal, BY_LANDMARK))
    first = key_in(portal.get(FORM))
    link = re.search(r'href="([^"]+)">Laporkan yang lain<', done.text)
    assert link is not None
    opened = portal.get(link[1])
    assert opened.headers["Location"] == FORM
    page = portal.follow(opened)
    assert key_in(page) != first
    assert "Sudah terkirim" not in words_of(page)
    # Really the same once more is still asked about, and then made.
    assert send(portal, BY_LANDMARK).status_code == 409
    assert send(portal, {**BY_LANDMARK, "confirmed": "1"}).status_code == 303
    assert len(records(session, world)) == 2


def test_two_different_reports_from_two_tabs_are_two(portal: Browser, session: Any, world: World) -> None:
    key = key_in(portal.get(FORM))
    answers = [send(portal, {"submission_key": key, **data}) for data in (BY_LANDMARK, {**BY_LANDMARK, **OTHER})]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] != answers[1].headers["Location"]
    assert [made.title for made in records(session, world)] == ["Lampu mati di depan SD", "Jalan berlubang"]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Lampu mati di depan SD 2"},
        {"place.text": "dpn mesjid al hikmah serua"},
        {"description": "Sudah tiga malam"},
        {"place.text": "", "place.lon": "106.71", "place.lat": "-6.29"},
    ],
)
def test_a_report_that_was_changed_is_asked_about_and_not_lost(
    portal: Browser, session: Any, world: World, change: dict[str, str]
) -> None:
    first = send(portal, BY_LANDMARK)
    answer = send(portal, {**BY_LANDMARK, **change, "photos": [upload(photo("blue"))]})
    assert answer.status_code == 409
    assert "Anda sudah mengirim yang serupa" in words_of(answer)
    assert "Kiriman ini belum disimpan" in words_of(answer)
    assert first.headers["Location"] in answer.text
    assert len(records(session, world)) == 1
    kept = kept_tokens(answer)
    form = find_form(answer.text, FORM)
    assert form is not None
    assert len(kept) == 1
    confirmed = portal.post(FORM, {**form.fields, "category": "street-light", "photos.kept": kept[0]})
    assert confirmed.status_code == 303
    again = portal.post(FORM, {**form.fields, "category": "street-light", "photos.kept": kept[0]})
    assert again.headers["Location"] == confirmed.headers["Location"]
    assert len(records(session, world)) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"category": "rubbish"},
        {"place.text": "Simpang Pamulang, dekat kantor pos"},
        {"place.text": "Depan masjid Al-Hikmah 2, Serua RT 5"},
    ],
)
def test_another_matter_or_place_makes_another_report(
    portal: Browser, session: Any, world: World, change: dict[str, str]
) -> None:
    first = {**BY_LANDMARK, "place.text": "Depan masjid Al-Hikmah 1, Serua RT 3"}
    assert send(portal, first).status_code == 303
    assert send(portal, {**first, **change}).status_code == 303
    assert len(records(session, world)) == 2


def test_a_day_later_the_form_is_a_new_one(portal: Browser, session: Any, world: World) -> None:
    with set_clock(now() - timedelta(hours=25)):
        send(portal, BY_LANDMARK)
        first = key_in(portal.get(FORM))
    page = portal.get(FORM)
    assert key_in(page) != first
    assert "Sudah terkirim" not in words_of(page)
    assert send(portal, BY_LANDMARK).status_code == 303
    assert len(records(session, world)) == 2


def test_the_key_of_another_browser_makes_no_report_of_its_own(
    portal: Browser, app: LumbungFlask, session: Any, world: World
) -> None:
    key = key_in(portal.get(FORM))
    send(portal, BY_LANDMARK)
    stranger = browse(app, world.tangsel.host)
    page = stranger.get(FORM)
    assert "Sudah terkirim" not in words_of(page)
    data = {"csrf_token": csrf_token(page.text), "submission_key": key, "category": "road", "title": "Lubang", **OTHER}
    assert stranger.open("POST", FORM, data=data).status_code == 303
    assert len(records(session, world)) == 2


def test_a_published_report_at_the_same_landmark_is_hinted_at(app: LumbungFlask, session: Any, world: World) -> None:
    enable_siaran(session, world, publish="at_once")
    send(browse(app, world.tangsel.host), BY_LANDMARK)
    first = records(session, world)[0]
    alike = {**BY_LANDMARK, "title": "Gelap sekali", "place.text": "dpn mesjid Al Hikmah (Serua)"}
    answer = send(browse(app, world.tangsel.host), alike)
    assert answer.status_code == 409
    assert "Mungkin sudah dilaporkan" in words_of(answer)
    assert f"/siaran/report/{first.id}" in answer.text
    elsewhere = {**alike, "place.text": "Pasar Ciputat, pintu timur"}
    assert send(browse(app, world.tangsel.host), elsewhere).status_code == 303


def test_the_digest_of_a_photo_leaves_it_readable(portal: Browser, session: Any, world: World) -> None:
    large = photo(size=(2400, 1800))
    assert send(portal, {**BY_LANDMARK, "photos": [upload(large, "besar.jpg")]}).status_code == 303
    with as_tenant(session, world.tangsel.id):
        assert session.scalar(select(func.count()).select_from(RecordFile)) == 1
    assert send(portal, {**BY_LANDMARK, "photos": [upload(large, "lain.jpg")]}).status_code == 303
    assert send(portal, {**BY_LANDMARK, "photos": [upload(photo("blue"), "besar.jpg")]}).status_code == 409
    assert len(records(session, world)) == 1
