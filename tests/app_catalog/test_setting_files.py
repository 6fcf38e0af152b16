"""Files of settings: given by administrators, kept by the municipality, served with the pages that name them."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.effective import installed_settings
from app_catalog.installations.services import find_installation
from lumbung.db import as_tenant
from lumbung.files import StoredFile, collect_garbage
from lumbung.web.sites import LumbungFlask
from tests.browsing import Browser, browse, words_of
from tests.small_app import codes_of, enable_small, failures_of, small_definition, small_files
from tests.world import World

Sessions = scoped_session[Session]
SETTINGS = """
settings:
  guides: {type: files, accept: [application/pdf], max_count: 2, max_size: 100KB, label: {id: Panduan, en: Guides}}
  inner: {type: files, label: {id: Naskah dinas, en: Papers}}
  city: {type: text, default: {id: Tangsel, en: Tangsel}, label: {id: Kota, en: City}}
"""
RECORD = """
name: {id: Permohonan, en: Request}
title: record.name
fields:
  name: {type: text, required: true}
  guided: {type: boolean, computed: size(settings.guides) > 0}
published: "true"
access:
  public: {create: {}, read: {rows: published, fields: [name]}}
  clerk: {read: {rows: all}}
"""
FORM = """
kind: form
for: public
record: request
title: {id: Ajukan, en: Apply}
steps: {one: {label: {id: Isi, en: Fill in}, fields: [name]}}
downloads: [guides]
"""
PAPERS = """
kind: list
for: clerk
record: request
title: {id: Berkas, en: Requests}
columns: [name]
downloads: [inner]
"""
FILES = small_files({"request": RECORD}, app=SETTINGS, app_id="panduan", pages={"apply": FORM, "papers": PAPERS})
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
HOME = "/manage/apps/panduan"


@pytest.fixture
def admin(app: LumbungFlask, session: Sessions, world: World) -> Browser:
    """An administrator of Tangsel, where the app is enabled; the dispatcher is its clerk."""
    enable_small(session, world, FILES, roles=[("dispatcher", "clerk")])
    session.remove()
    return browse(app, world.tangsel.host, world.tangsel.accounts["admin"])


def give(admin: Browser, setting: str, data: bytes = PDF, name: str = "panduan.pdf") -> int:
    sent = {"step": None, "file": (io.BytesIO(data), name)}
    return admin.post_form(HOME, sent, to=f"{HOME}/setting-files/{setting}").status_code


def ids(session: Sessions, world: World, setting: str) -> list[str]:
    with as_tenant(session, world.tangsel.id):
        session.expire_all()
        installation = find_installation(session, "panduan")
        assert installation is not None
        found: list[str] = installed_settings(session, installation, small_definition(FILES)).get(setting) or []
    session.commit()
    return found


def test_a_page_gives_the_files_of_the_settings_that_it_names(
    app: LumbungFlask, session: Sessions, world: World, admin: Browser
) -> None:
    visitor = browse(app, world.tangsel.host)
    assert "panduan.pdf" not in visitor.get("/panduan/apply").text
    assert give(admin, "guides") == 303
    (guide,) = ids(session, world, "guides")
    assert "panduan.pdf" in visitor.get("/panduan/apply").text
    served = visitor.get(f"/panduan/apply/downloads/{guide}")
    assert (served.status_code, served.data, served.content_type) == (200, PDF, "application/pdf")
    assert admin.get(f"{HOME}/setting-files/{guide}").data == PDF
    # What a page for clerks gives is not the public's, on any page.
    assert give(admin, "inner", b"rahasia", "naskah.txt") == 303
    (paper,) = ids(session, world, "inner")
    assert visitor.get(f"/panduan/apply/downloads/{paper}").status_code == 404
    assert visitor.get(f"/panduan/papers/downloads/{paper}").status_code in (302, 303, 403, 404)
    clerk = browse(app, world.tangsel.host, world.tangsel.accounts["dispatcher"])
    assert clerk.get(f"/panduan/papers/downloads/{paper}").data == b"rahasia"
    assert clerk.get(f"/panduan/papers/downloads/{guide}").status_code == 404
    elsewhere = browse(app, world.surabaya.host)
    assert elsewhere.get(f"/panduan/apply/downloads/{guide}").status_code == 404


def test_files_stay_with_every_other_change_and_go_when_taken_away(
    app: LumbungFlask, session: Sessions, world: World, admin: Browser
) -> None:
    give(admin, "guides")
    assert admin.post_form(HOME, {"city": "Pamulang"}).status_code == 303
    (guide,) = ids(session, world, "guides")
    assert give(admin, "guides", PDF + b"%2", "kedua.pdf") == 303
    assert give(admin, "guides", PDF + b"%3", "ketiga.pdf") == 409
    assert "2 berkas" in words_of(admin.get(f"{HOME}/history"))
    gone = {"step": "remove", "file": guide}
    assert admin.post_form(HOME, gone, to=f"{HOME}/setting-files/guides").status_code == 303
    assert guide not in ids(session, world, "guides")
    visitor = browse(app, world.tangsel.host)
    assert visitor.get(f"/panduan/apply/downloads/{guide}").status_code == 404
    assert admin.post_form(HOME, gone, to=f"{HOME}/setting-files/guides").status_code == 404
    with as_tenant(session, world.tangsel.id):
        kept = session.query(StoredFile).filter(StoredFile.subject_type == "setting").count()
        collect_garbage(session)
        assert session.query(StoredFile).filter(StoredFile.subject_type == "setting").count() == kept == 1
    session.commit()


def test_of_many_who_add_a_file_at_once_none_loses_another_s(
    app: LumbungFlask, session: Sessions, world: World, admin: Browser
) -> None:
    del admin
    browsers = [browse(app, world.tangsel.host, world.tangsel.accounts["admin"]) for _ in range(6)]
    start = Barrier(len(browsers))

    def add(browser: Browser) -> int:
        start.wait()
        return give(browser, "guides")

    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = list(pool.map(add, browsers))
    assert set(answers) <= {303, 409}
    kept = ids(session, world, "guides")
    assert 1 <= len(kept) == answers.count(303) <= 2
    with as_tenant(session, world.tangsel.id):
        assert {str(file.id) for file in session.query(StoredFile).filter(StoredFile.subject_type == "setting")} == set(
            kept
        )
    session.commit()


def test_other_kinds_and_sizes_are_refused(session: Sessions, world: World, admin: Browser) -> None:
    assert give(admin, "guides", b"hanya teks", "panduan.pdf") == 422
    assert give(admin, "guides", PDF + bytes(110_000)) == 413
    assert give(admin, "city") == 404
    assert admin.post_form(HOME, {"step": None}, to=f"{HOME}/setting-files/guides").status_code == 422
    assert ids(session, world, "guides") == []


def test_expressions_know_whether_there_are_files(session: Sessions) -> None:
    create = "create: {as: public, record: request, id: a, values: {name: Siti}}"
    for given, guided in (("", "false"), ("given: {settings: {guides: [berkas-1]}}\n", "true")):
        told = failures_of(session, FILES, f"{given}when:\n  - {create}\nthen:\n  - value: {{a.guided: {guided}}}\n")
        assert told == ""


def test_a_page_names_settings_of_files_alone() -> None:
    wrong = small_files({"request": RECORD}, app=SETTINGS, pages={"apply": FORM.replace("[guides]", "[city]")})
    assert codes_of(wrong) == {"unknown-file-setting"}
    asked = SETTINGS.replace("max_count: 2", "required: true")
    assert "not-supported-yet" in codes_of(small_files({"request": RECORD}, app=asked, pages={"apply": FORM}))
