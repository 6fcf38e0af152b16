"""Sending a report without a script: one record, whatever goes wrong on the way."""

from __future__ import annotations

import io
import re
import struct
import uuid
import zlib
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app_runtime.pages.submitting import MADE_FROM_ADDRESS
from app_runtime.records.landmarks import landmark_of
from app_runtime.records.models import Record, RecordFile
from lumbung.db import as_tenant
from lumbung.web.sites import LumbungFlask
from tests.browsing import Browser, browse, words_of
from tests.siaran import enable_siaran
from tests.world import World

FORM = "/siaran/report"
GOOD = {
    "category": "street-light",
    "title": "Lampu mati di depan SD",
    "place.lon": "106.71",
    "place.lat": "-6.29",
}


@pytest.fixture
def portal(app: LumbungFlask, session: Any, world: World) -> Browser:
    """A visitor on Tangsel's portal, where SIARAN publishes at once."""
    enable_siaran(session, world, publish="at_once")
    return browse(app, world.tangsel.host)


def photo(colour: str = "red", size: tuple[int, int] = (60, 40), kind: str = "JPEG") -> bytes:
    """A real picture."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def upload(data: bytes, name: str = "foto.jpg") -> tuple[io.BytesIO, str]:
    """One file of a form."""
    return io.BytesIO(data), name


def send(portal: Browser, data: dict[str, Any] | None = None) -> TestResponse:
    """Fill in the form and send it."""
    answer = portal.post_form(FORM, {**GOOD, **(data or {})}, content_type="multipart/form-data")
    # A large body lies in a temporary file of the test client.
    answer.request.environ["wsgi.input"].close()
    return answer


def records(session: Any, world: World) -> list[Record]:
    """All records of Tangsel."""
    session.expire_all()
    with as_tenant(session, world.tangsel.id):
        found = list(session.scalars(select(Record).order_by(Record.created_at)))
        for record in found:
            session.refresh(record)
            session.expunge(record)
    session.commit()
    return found


def codes_in(text: str) -> list[str]:
    """Tracking codes on a page."""
    return re.findall(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]\b", text)


def test_a_form_without_a_script_makes_exactly_one_record(portal: Browser, session: Any, world: World) -> None:
    answer = send(portal, {"photos": [upload(photo())], "reporter.name": "Wati", "reporter.phone": "0812 3456 7890"})
    assert answer.status_code == 303, words_of(answer)
    done = portal.follow(answer)
    assert "Sudah kami terima" in words_of(done)
    made = records(session, world)
    assert len(made) == 1
    assert made[0].number is not None
    assert made[0].number in done.text
    assert made[0].private["reporter"] == {"name": "Wati", "phone": "+6281234567890"}
    code = codes_in(done.text)[0]
    assert made[0].number in portal.get(f"/track/{code}").text


def test_the_page_with_the_code_is_kept_by_nobody(portal: Browser) -> None:
    done = portal.follow(send(portal))
    assert done.headers["Cache-Control"] == "no-store"
    assert done.headers["Referrer-Policy"] == "no-referrer"
    assert not codes_in(done.request.url)


def test_another_browser_does_not_get_the_code(portal: Browser, app: LumbungFlask, world: World) -> None:
    address = send(portal).headers["Location"]
    other = browse(app, world.tangsel.host).get(address)
    assert other.status_code == 302
    assert other.headers["Location"] == "/track"


def test_a_double_click_makes_one_record(portal: Browser, session: Any, world: World) -> None:
    key = str(uuid.uuid4())
    first, second = send(portal, {"submission_key": key}), send(portal, {"submission_key": key})
    assert first.headers["Location"] == second.headers["Location"]
    assert len(records(session, world)) == 1


def test_a_retry_with_kept_photos_gets_the_first_record(portal: Browser, session: Any, world: World) -> None:
    refused = send(portal, {"title": "", "photos": [upload(photo())]})
    token = kept_tokens(refused)[0]
    key = str(uuid.uuid4())
    first = send(portal, {"submission_key": key, "photos.kept": token})
    again = send(portal, {"submission_key": key, "photos.kept": token})
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == again.headers["Location"]
    assert len(records(session, world)) == 1


def kept_tokens(answer: TestResponse) -> list[str]:
    """Tokens of photos that the page keeps."""
    return re.findall(r'name="photos\.kept" value="([^"]+)"', answer.text)


def test_what_was_typed_and_good_photos_survive_a_refusal(portal: Browser, session: Any, world: World) -> None:
    answer = send(
        portal,
        {
            "title": "",
            "description": "Sudah tiga malam <gelap>",
            "photos": [upload(photo("blue"), "baik.jpg"), upload(b"<html>bukan foto</html>", "jahat.jpg")],
        },
    )
    assert answer.status_code == 422
    assert "Sudah tiga malam &lt;gelap&gt;" in answer.text
    assert "jahat.jpg: Berkas ini bukan foto" in words_of(answer)
    assert "Wajib diisi" in words_of(answer)
    tokens = kept_tokens(answer)
    assert len(tokens) == 1
    thumbnail = portal.get(f"/siaran/photos/kept/{tokens[0]}")
    assert thumbnail.status_code == 200
    assert thumbnail.content_type == "image/jpeg"
    assert send(portal, {"photos.kept": tokens[0]}).status_code == 303
    made = records(session, world)
    assert len(made) == 1
    with as_tenant(session, world.tangsel.id):
        assert session.scalar(select(func.count()).select_from(RecordFile)) == 1


def test_a_kept_photo_that_comes_again_is_taken_once(portal: Browser, session: Any, world: World) -> None:
    token = kept_tokens(send(portal, {"title": "", "photos": [upload(photo("green"))]}))[0]
    assert send(portal, {"photos.kept": token, "photos": [upload(photo("green"))]}).status_code == 303
    with as_tenant(session, world.tangsel.id):
        assert session.scalar(select(func.count()).select_from(RecordFile)) == 1


def test_a_forged_or_foreign_token_keeps_nothing(
    portal: Browser, app: LumbungFlask, session: Any, world: World
) -> None:
    enable_siaran(session, world, world.surabaya)
    elsewhere = browse(app, world.surabaya.host)
    token = kept_tokens(send(elsewhere, {"title": "", "photos": [upload(photo())]}))[0]
    for bad in (token, token[:-3] + "abc", "x"):
        answer = send(portal, {"photos.kept": bad})
        assert answer.status_code == 422
        assert "tidak tersimpan" in words_of(answer)
    assert not records(session, world)


def bomb() -> bytes:
    """A PNG that says it has 40,000 x 40,000 pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 40_000, 40_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 5001 * 100)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7 surat", "bukan foto"),
        (b"\xff\xd8\xff" + b"0" * 10_600_000, "lebih besar dari 10 MB"),
        (bomb(), "megapiksel"),
        (photo()[:-200], "rusak"),
        (b"", "kosong"),
    ],
)
def test_a_bad_file_is_refused_by_name_and_nothing_is_made(
    portal: Browser, session: Any, world: World, data: bytes, words: str
) -> None:
    answer = send(portal, {"photos": [upload(data, "aneh.jpg")]})
    assert answer.status_code == 422
    assert "aneh.jpg: " in words_of(answer)
    assert words in words_of(answer)
    assert GOOD["title"] in answer.text
    assert not records(session, world)


def test_too_many_photos_keep_the_first_five(portal: Browser, session: Any, world: World) -> None:
    colours = ["red", "blue", "green", "black", "white", "yellow", "pink"]
    answer = send(portal, {"photos": [upload(photo(colour), f"{colour}.jpg") for colour in colours]})
    assert answer.status_code == 422
    assert "Paling banyak 5 berkas; 2 berkas terakhir" in words_of(answer)
    assert len(kept_tokens(answer)) == 5
    assert not records(session, world)


def test_a_category_with_a_notice_takes_no_report(portal: Browser, session: Any, world: World) -> None:
    assert "hubungi 112" in words_of(portal.get(FORM))
    answer = send(portal, {"category": "emergency"})
    assert answer.status_code == 422
    assert "hubungi 112" in words_of(answer)
    assert not records(session, world)


@pytest.mark.parametrize("missing", ["category", "title", "place.lon"])
def test_what_is_required_is_asked_for(portal: Browser, session: Any, world: World, missing: str) -> None:
    answer = send(portal, {missing: ""})
    assert answer.status_code == 422
    assert "Ada isian yang perlu diperbaiki" in words_of(answer)
    assert f'href="#f-{missing.partition(".")[0]}"' in answer.text
    assert not records(session, world)


@pytest.mark.parametrize(
    "text",
    [
        "-6.29, 106.71",
        "https://www.google.com/maps/@-6.29,106.71,17z",
        "https://maps.google.com/?q=-6.29,106.71",
        "https://www.openstreetmap.org/?mlat=-6.29&mlon=106.71#map=17/-6.29/106.71",
    ],
)
def test_a_pasted_link_or_coordinates_set_the_point(portal: Browser, session: Any, world: World, text: str) -> None:
    assert send(portal, {"place.lon": "", "place.lat": "", "place.text": text}).status_code == 303
    made = records(session, world)[0]
    assert (made.place_lon, made.place_lat) == (106.71, -6.29)
    assert landmark_of(made, "place") == ""


def test_a_landmark_is_enough_and_shown(portal: Browser, session: Any, world: World) -> None:
    words = "Depan masjid Al-Hikmah, Serua"
    done = portal.follow(send(portal, {"place.lon": "", "place.lat": "", "place.text": words}))
    made = records(session, world)[0]
    assert made.place_lon is None
    assert landmark_of(made, "place") == words
    assert words in portal.get(f"/track/{codes_in(done.text)[0]}").text
    assert words in portal.get(f"/siaran/report/{made.id}").text


def test_a_point_outside_indonesia_is_refused(portal: Browser) -> None:
    answer = send(portal, {"place.lon": "2.35", "place.lat": "48.85"})
    assert answer.status_code == 422
    assert "di luar Indonesia" in words_of(answer)


def test_a_likely_duplicate_is_shown_once_before_sending(
    portal: Browser, app: LumbungFlask, session: Any, world: World
) -> None:
    send(browse(app, world.tangsel.host))
    first = records(session, world)[0]
    near = {"place.lon": "106.7102", "title": "Lampu padam dekat sekolah"}
    answer = send(portal, near)
    assert answer.status_code == 409
    assert "Mungkin sudah dilaporkan" in words_of(answer)
    assert f"/siaran/report/{first.id}" in answer.text
    assert len(records(session, world)) == 1
    assert send(portal, {**near, "confirmed": "1"}).status_code == 303
    assert len(records(session, world)) == 2


def test_an_unpublished_duplicate_is_not_given_away(app: LumbungFlask, session: Any, world: World) -> None:
    enable_siaran(session, world, publish="never")
    people = [browse(app, world.tangsel.host) for _ in range(2)]
    assert [send(one).status_code for one in people] == [303, 303]
    assert len(records(session, world)) == 2


def test_too_many_reports_from_one_address_keep_the_answers(portal: Browser, session: Any, world: World) -> None:
    for number in range(MADE_FROM_ADDRESS.size):
        assert send(portal, {"place.lat": f"-6.{200 + number}"}).status_code == 303
    answer = send(portal, {"title": "Satu lagi yang penting"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Satu lagi yang penting" in answer.text
    assert len(records(session, world)) == MADE_FROM_ADDRESS.size


def test_nobody_is_promised_a_message_that_cannot_be_sent(portal: Browser) -> None:
    form = words_of(portal.get(FORM))
    assert "Kabar laporan dikirim ke sini" not in form
    assert "belum mengirim kabar lewat email" in form
    done = words_of(portal.follow(send(portal, {"reporter.email": "wati@contoh.id"})))
    assert "Tidak ada pesan yang dikirim kepada Anda" in done


def test_the_form_says_what_data_is_used_for(portal: Browser) -> None:
    words = words_of(portal.get(FORM))
    assert "disimpan selama 2 tahun" in words
    assert "menangani laporan warga" in words


def test_the_form_and_its_errors_speak_english(portal: Browser) -> None:
    portal.post_form("/", {"language": "en", "next": FORM}, to="/language")
    words = words_of(portal.get(FORM))
    assert "What is the problem?" in words
    assert "Wajib" not in words
    assert "Please fill this in." in words_of(send(portal, {"title": ""}))


def test_a_form_without_a_token_is_refused(portal: Browser, session: Any, world: World) -> None:
    assert portal.post(FORM, GOOD).status_code == 400
    assert not records(session, world)


def test_the_form_weighs_little(portal: Browser) -> None:
    assert len(portal.get(FORM).data) < 60_000
