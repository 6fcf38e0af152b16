"""A city's inventory of apps becomes listings: looked over first, taken in as a whole, twice without harm."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.listings.models import Listing
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from app_runtime.inventory.lines import read_inventory
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.test_listings import maintainer, publisher
from tests.browsing import Browser, browse, find_form, words_of
from tests.statements import statements_of
from tests.world import World

__all__ = ["maintainer", "publisher"]
Sessions = scoped_session[Session]
PATH = "/publish/surabaya/inventory"
HEAD = "Nama Aplikasi;Jenis;Kategori;OPD;URL;Kegunaan;Untuk\n"
GOOD = (
    HEAD
    + "Situs Dinas Kesehatan;situs web;Kesehatan;Dinas Kesehatan;dinkes.surabaya.example;;warga\n"
    + "E-Kinerja;aplikasi web;;BKPSDM;https://ekinerja.surabaya.example/masuk;Kinerja pegawai.;ASN\n"
    + "Surabaya Lapor;Android;complaints;;https://toko.example/lapor;;\n"
)


def look(maintainer: Browser, written: str | bytes, name: str = "inventaris.csv") -> Any:
    data = written.encode() if isinstance(written, str) else written
    return maintainer.post_form(PATH, {"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")


def take(maintainer: Browser, written: str | bytes, name: str = "inventaris.csv") -> int:
    form = find_form(look(maintainer, written, name).text, f"{PATH}/confirm", page_path=PATH)
    assert form is not None
    return maintainer.post(f"{PATH}/confirm", form.fields).status_code


def listed(session: Sessions) -> dict[str, tuple[str, str, str, str, str]]:
    session.rollback()
    rows = session.execute(select(App, Listing).join(Listing, Listing.app_id == App.id)).all()
    return {app.name["id"]: (app.kind, app.category, app.audience, one.agency, one.address) for app, one in rows}


def test_nothing_is_listed_before_it_was_looked_at(session: Sessions, maintainer: Browser) -> None:
    words = words_of(look(maintainer, GOOD))
    assert "Dicatat baru 3" in words
    assert "Ditolak 0" in words
    assert listed(session) == {}


def test_each_line_becomes_a_listing(app: LumbungFlask, session: Sessions, maintainer: Browser) -> None:
    assert take(maintainer, GOOD) == 303
    assert listed(session) == {
        "Situs Dinas Kesehatan": (
            "website",
            "health",
            "public-service",
            "Dinas Kesehatan",
            "https://dinkes.surabaya.example",
        ),
        "E-Kinerja": ("hosted", "other", "government", "BKPSDM", "https://ekinerja.surabaya.example/masuk"),
        "Surabaya Lapor": ("android", "complaints", "public-service", "", "https://toko.example/lapor"),
    }
    assert "Situs web Dinas Kesehatan." in words_of(browse(app).get("/listings"))


def test_the_same_file_twice_does_nothing_and_a_new_one_brings_it_up_to_date(
    session: Sessions, maintainer: Browser
) -> None:
    take(maintainer, GOOD)
    before = listed(session)
    again = words_of(look(maintainer, GOOD))
    assert "Dicatat baru 0" in again
    assert "Tetap 3" in again
    assert "Semua baris sudah tercatat" in again
    newer = GOOD.replace("dinkes.surabaya.example", "sehat.surabaya.example").replace("Kinerja pegawai.", "")
    assert "Diperbarui 1 Tetap 2" in words_of(look(maintainer, newer))
    take(maintainer, newer)
    after = listed(session)
    assert after["Situs Dinas Kesehatan"][4] == "https://sehat.surabaya.example"
    assert {name: one for name, one in after.items() if name != "Situs Dinas Kesehatan"} == {
        name: one for name, one in before.items() if name != "Situs Dinas Kesehatan"
    }
    summary = session.scalars(select(App.summary).where(App.name["id"].astext == "E-Kinerja")).one()
    assert summary == {"id": "Kinerja pegawai."}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (";situs web;;;a.example;;", "Namanya kosong"),
        ("A" * 121 + ";situs web;;;a.example;;", "paling banyak 120 huruf"),
        ("A;sawah;;;a.example;;", "Jenis “sawah” tidak dikenal"),
        ("A;;;;a.example;;", "Jenis “” tidak dikenal"),
        ("A;situs web;Sawah;;a.example;;", "Kategori “Sawah” tidak dikenal"),
        ("A;situs web;;;http://a.example;;", "diawali https://"),
        ("A;situs web;;;;;", "diawali https://"),
        ("A;situs web;;;10.0.0.1;;", "diawali https://"),
        ("A;situs web;;;a.example;;ikan", "Untuk “ikan”?"),
        ("Surabaya  LAPOR;android;;;b.example;;", "Sama dengan baris 4"),
        ("A;situs web;{0};;a.example;;", "Kategori “{0}” tidak dikenal"),
    ],
)
def test_a_bad_line_is_refused_with_a_reason_and_the_others_are_taken(
    session: Sessions, maintainer: Browser, line: str, reason: str
) -> None:
    words = words_of(look(maintainer, GOOD + line + "\n"))
    assert reason in words
    assert "Baris 5" in words
    assert take(maintainer, GOOD + line + "\n") == 303
    assert len(listed(session)) == 3


@pytest.mark.parametrize(
    ("written", "name", "reason"),
    [
        (b"", "a.csv", "kosong"),
        (b"satu;dua\n1;2\n", "a.csv", "Judul kolom tidak dikenal"),
        (HEAD.encode(), "a.csv", "Tidak ada baris"),
        (b"%PDF-1.7", "a.pdf", "PDF"),
        (b"PK\x03\x04rusak", "a.xlsx", ""),
        ((HEAD + "A;situs web;;;a.example;;\n" * 1_001).encode(), "a.csv", "Paling banyak 1000 baris"),
    ],
)
def test_what_is_no_inventory_is_refused_as_a_whole(
    session: Sessions, maintainer: Browser, written: bytes, name: str, reason: str
) -> None:
    answer = look(maintainer, written, name)
    assert answer.status_code in (413, 422)
    assert reason in words_of(answer)
    assert listed(session) == {}


def test_a_file_that_is_too_large_is_refused(
    session: Sessions, maintainer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app_runtime.inventory.lines.MOST_BYTES", 100)
    answer = look(maintainer, GOOD)
    assert answer.status_code == 413
    assert "paling besar 1 MB" in words_of(answer)
    assert listed(session) == {}


def test_an_excel_file_is_read_too(session: Sessions, maintainer: Browser) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in GOOD.splitlines():
        sheet.append(row.split(";"))
    data = io.BytesIO()
    book.save(data)
    assert take(maintainer, data.getvalue(), "inventaris.xlsx") == 303
    assert len(listed(session)) == 3


def test_163_apps_are_in_with_a_few_statements(app: LumbungFlask, session: Sessions, maintainer: Browser) -> None:
    kinds = ["situs web", "aplikasi web", "android"]
    lines = [f"Aplikasi {n};{kinds[n % 3]};;Dinas {n % 20};app{n}.surabaya.example;;" for n in range(163)]
    form = find_form(look(maintainer, HEAD + "\n".join(lines)).text, f"{PATH}/confirm", page_path=PATH)
    assert form is not None
    with statements_of(app) as heard:
        assert maintainer.post(f"{PATH}/confirm", form.fields).status_code == 303
    assert len(heard) < 40
    session.rollback()
    assert session.scalars(select(func.count()).select_from(Listing)).one() == 163
    visitor = browse(app)
    assert "163 dalam daftar" in words_of(visitor.get("/listings"))
    last = visitor.get("/listings?page=4").text
    assert 'rel="prev"' in last
    assert 'rel="next"' not in last


@pytest.mark.parametrize("lines", ["", "{}", "[1, [], {}]", "[" * 50_000, '[{"name": {"a": 1}, "kind": 3}]', "null"])
def test_what_comes_back_is_judged_again(session: Sessions, maintainer: Browser, lines: str) -> None:
    assert maintainer.post_form(PATH, {"lines": lines}, to=f"{PATH}/confirm").status_code == 303
    assert listed(session) == {}


def test_nobody_else_brings_in_an_inventory(app: LumbungFlask, world: World, maintainer: Browser) -> None:
    other = browse(app, account=world.tangsel.accounts["admin"])
    assert other.get(PATH).status_code == 404
    assert other.get(f"{PATH}/example.csv").status_code == 404
    assert other.post_form("/publish/request", {}, to=PATH).status_code == 404
    assert other.post_form("/publish/request", {"lines": "[]"}, to=f"{PATH}/confirm").status_code == 404


def test_the_example_is_an_inventory(maintainer: Browser) -> None:
    lines = read_inventory(maintainer.get(f"{PATH}/example.csv").data, "inventaris.csv")
    assert [line.faults for line in lines] == [(), ()]


def test_a_publisher_that_has_too_many_lists_no_more(
    session: Sessions, maintainer: Browser, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app_catalog.listings.services.MOST_LISTINGS", 2)
    assert take(maintainer, GOOD) == 409
    assert listed(session) == {}
