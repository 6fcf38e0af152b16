"""An admin brings in a file on the portal: uploads it, says what its columns are, looks, and starts."""

from __future__ import annotations

import csv
import io
import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from app_runtime.imports.models import Import
from app_runtime.records.models import Record
from lumbung.db import as_tenant
from lumbung.outbox import drain
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.import_files import flood_features, flooded, geojson
from tests.app_runtime.work_desk import Desk, open_desk
from tests.browsing import Browser, words_of
from tests.world import World

Sessions = scoped_session[Session]
AT = "/manage/data/import"
CSV = """id;judul;isi laporan;kategori;status;tanggal;lat;long;foto
1;Lampu mati;Gelap sejak Senin;Penerangan jalan umum;Selesai;20/02/2017 07:58;-6,29;106,71;https://foto.example/1.jpg
2;Sampah menumpuk;=cmd();Persampahan;Baru;21/02/2017 08:00;-6,30;106,72;
3;Jalan rusak;Berlubang;Jalan rusak;Selesai;kapan-kapan;-6,31;106,70;
"""


@pytest.fixture
def desk(app: LumbungFlask, session: Sessions, world: World) -> Desk:
    """SIARAN in Tangsel."""
    return open_desk(app, session, world, publish="checked")


def upload(browser: Browser, data: bytes, name: str, target: str = "siaran/report") -> TestResponse:
    return browser.post_form(AT, {"target": target, "file": (io.BytesIO(data), name)})


def place_of(answer: TestResponse) -> str:
    """Where the import is."""
    assert answer.status_code == 303, answer.text[:2000]
    return answer.headers["Location"].rpartition("/columns")[0]


def records(desk: Desk) -> list[Record]:
    desk.session.expire_all()
    with as_tenant(desk.session, desk.place.id):
        return list(desk.session.scalars(select(Record).order_by(Record.created_at)))


def test_a_word_that_one_choice_holds_is_chosen_beforehand(desk: Desk) -> None:
    admin = desk.browser("admin")
    lines = "judul;jenis;tanggal\nA lama sekali;Macet;2020-01-01\nB lama sekali;jalan;2020-01-01\n"
    at = place_of(upload(admin, lines.encode(), "a.csv"))
    admin.post_form(f"{at}/columns", {})
    asked = admin.get(f"{at}/words").text
    assert '<option value="congestion" selected>' in asked
    # Street lights and roads both have the word.
    assert asked.count(" selected>") == 1


def test_a_file_becomes_records_page_by_page(desk: Desk) -> None:
    admin = desk.browser("admin")
    at = place_of(upload(admin, CSV.encode("cp1252"), "laporan lama.csv"))
    page = admin.get(f"{at}/columns")
    assert "laporan lama.csv" in page.text
    assert '<option value="judul" selected>' in page.text
    chosen = admin.post_form(f"{at}/columns", {"history": "as_is", "unmapped": "initial"})
    assert chosen.headers["Location"] == f"{at}/words"
    asked = admin.get(f"{at}/words").text
    assert "Persampahan (1 baris)" in asked
    assert "Penerangan jalan umum (" not in asked
    assert '<option value="rubbish" selected>' not in asked
    words: dict[str, Any] = {"value.category.1": "rubbish", "value.state.1": "assigned"}
    assert admin.post_form(f"{at}/words", words).headers["Location"] == f"{at}/preview"
    seen = admin.get(f"{at}/preview").text
    assert "Lampu mati" in seen
    assert "kapan-kapan" in seen
    summary = seen[seen.index("Yang perlu Anda ketahui") : seen.index("baris pertama</h2>")]
    assert "Ditolak" in summary
    assert "kapan-kapan" in summary
    assert "Impor 2 baris" in seen
    assert "Baris yang ditolak tidak masuk." in seen
    assert "belum tampil di peta dan daftar umum" in seen
    assert records(desk) == []
    assert admin.post_form(f"{at}/preview", to=f"{at}/start").headers["Location"] == at
    assert "Sedang berjalan" in admin.get(at).text
    drain(desk.app)
    found = records(desk)
    assert [(one.title, one.state, one.data["category"]) for one in found] == [
        ("Lampu mati", "fixed", "street-light"),
        ("Sampah menumpuk", "assigned", "rubbish"),
    ]
    done = admin.get(at).text
    assert "Unduh baris yang ditolak" in done
    assert "Sedang berjalan" not in done
    assert admin.get(f"{at}/progress").headers["HX-Refresh"] == "true"


def test_a_line_is_refused_for_what_refuses_it_and_not_for_what_is_said_of_it_besides(desk: Desk) -> None:
    admin = desk.browser("admin")
    lines = "judul,jenis,tanggal\nLampu mati lama,Entah apa,2020-01-01\n"
    at = place_of(upload(admin, lines.encode(), "a.csv"))
    admin.post_form(f"{at}/columns", {})
    seen = words_of(admin.get(f"{at}/preview"))
    summary = seen[seen.index("Yang perlu Anda ketahui") : seen.index("baris pertama")]
    assert "Ditolak Kategori: pilihan “Entah apa” tidak dikenal" in summary
    assert "Catatan Tanpa lokasi" in summary


def test_the_report_of_refused_lines_runs_nothing_in_a_spreadsheet(desk: Desk) -> None:
    admin = desk.browser("admin")
    table = "judul,isi,tanggal\n=1+1,@SUM(A1),kemarin\n-5,+62812,lusa\n"
    at = place_of(upload(admin, table.encode(), "a.csv"))
    admin.post_form(f"{at}/columns", {})
    seen = admin.get(f"{at}/preview").text
    assert "2 baris, misalnya baris 2" in seen
    assert "Tidak ada baris yang dapat masuk." in seen
    assert not re.search(r"Impor \d+ baris", seen)
    admin.post_form(f"{at}/preview", to=f"{at}/start")
    drain(desk.app)
    answer = admin.get(f"{at}/refused.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert rows[0] == ["baris/line", "alasan", "reason", "judul", "isi", "tanggal"]
    assert rows[1][0] == "2"
    assert "bukan waktu" in rows[1][1]
    assert "no time" in rows[1][2]
    assert rows[1][3:] == ["'=1+1", "'@SUM(A1)", "kemarin"]
    assert rows[2][3:5] == ["'-5", "'+62812"]


def test_what_is_checked_is_on_the_public_map_with_its_photos_as_links(desk: Desk) -> None:
    admin = desk.browser("admin")
    lines = [flooded((106.71, -6.29), text="Banjir di gang", image_url="https://foto.example/a.jpg?x=1&y=2")]
    at = place_of(upload(admin, geojson(lines), "banjir.geojson"))
    admin.post_form(f"{at}/columns", {"checked": "1", "fixed.category": "flood"})
    admin.post_form(f"{at}/preview", to=f"{at}/start")
    drain(desk.app)
    record = records(desk)[0]
    citizen = Browser(desk.app, desk.place.host)
    points = citizen.get("/siaran/map/points.geojson").get_json()["features"]
    assert [point["properties"]["title"] for point in points] == ["Banjir di gang"]
    link = '<a href="https://foto.example/a.jpg?x=1&amp;y=2" rel="noopener nofollow noreferrer">'
    for page in (
        citizen.get(f"/siaran/report/{record.id}"),
        desk.browser("dispatcher").get(f"/work/siaran/{record.id}"),
    ):
        assert page.status_code == 200
        assert link in page.text
        assert "dari data lama" in page.text
        assert '<img src="https://foto' not in page.text
    official = desk.browser("dispatcher").get(f"/work/siaran/{record.id}").text
    assert "banjir.geojson, 1" in official
    assert "banjir.geojson" not in citizen.get(f"/siaran/report/{record.id}").text


def test_a_file_that_cannot_be_taken_is_said_on_the_page(desk: Desk) -> None:
    admin = desk.browser("admin")
    for data, name, said in (
        (b"", "kosong.csv", "kosong"),
        (b"\xd0\xcf\x11\xe0rest", "lama.xls", "xlsx"),
        (b"PK\x03\x04nothing", "rusak.xlsx", "rusak"),
        (b'{"type": "FeatureCollection"}', "a.geojson", "GeoJSON"),
        (b"judul,isi\n", "a.csv", "baris data"),
    ):
        answer = upload(admin, data, name)
        assert answer.status_code == 422, name
        assert said in answer.text, name
    assert upload(admin, b"a,b\n1,2\n", "a.csv", target="").status_code == 422
    assert "Pilih berkas" in admin.post_form(AT, {"target": "siaran/report"}).text


def test_wrong_choices_come_back_with_what_was_chosen(desk: Desk) -> None:
    admin = desk.browser("admin")
    at = place_of(upload(admin, CSV.encode(), "a.csv"))
    answer = admin.post_form(f"{at}/columns", {"radius_km": "jauh"})
    assert answer.status_code == 422
    assert "antara 1 dan 2000" in answer.text
    answer = admin.post_form(f"{at}/columns", {"field.title": "tidak ada"})
    assert answer.status_code == 422
    assert "tidak ada di berkas" in answer.text


def test_a_draft_can_be_thrown_away_and_a_started_import_cannot(desk: Desk) -> None:
    admin = desk.browser("admin")
    at = place_of(upload(admin, CSV.encode(), "a.csv"))
    assert admin.post_form(f"{at}/columns", to=f"{at}/discard").status_code == 303
    assert admin.get(at).status_code == 404
    at = place_of(upload(admin, geojson(flood_features(3)), "b.geojson"))
    started = admin.post_form(f"{at}/preview", to=f"{at}/start")
    assert started.status_code == 303
    assert admin.get(f"{at}/columns").headers["Location"] == at
    assert admin.post_form(at, to=f"{at}/discard").status_code == 409
    assert admin.post_form(at, to=f"{at}/pause").status_code == 303
    assert "Lanjutkan" in admin.get(at).text
    assert admin.post_form(at, to=f"{at}/resume").status_code == 303


@pytest.mark.parametrize(
    ("mapping", "words"),
    [({"fields": {"gone": "text"}}, "pemetaan kolomnya tidak cocok lagi"), (None, "aplikasi atau berkasnya")],
)
def test_an_import_that_stopped_says_why_in_the_readers_language(desk: Desk, mapping: Any, words: str) -> None:
    admin = desk.browser("admin")
    at = place_of(upload(admin, geojson(flood_features(3)), "a.geojson"))
    assert admin.post_form(f"{at}/preview", to=f"{at}/start").status_code == 303
    with as_tenant(desk.session, desk.place.id):
        found = desk.session.scalars(select(Import)).one()
        if mapping is None:
            found.staged_id = None
        else:
            found.mapping = mapping
        desk.session.commit()
    drain(desk.app)
    assert words in admin.get(at).text


def test_only_administrators_import(desk: Desk) -> None:
    assert desk.browser("dispatcher").get(AT).status_code == 403
    assert Browser(desk.app, desk.place.host).get(AT).status_code in (302, 303, 401)
    admin = desk.browser("admin")
    at = place_of(upload(admin, CSV.encode(), "a.csv"))
    found = desk.session.scalars(select(Import.id)).all()
    assert found == []
    with as_tenant(desk.session, desk.place.id):
        assert [str(one) for one in desk.session.scalars(select(Import.id))] == [str(UUID(at.rpartition("/")[2]))]
