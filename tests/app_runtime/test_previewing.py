"""A preview shows the newest version that holds, and says where the newest files do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from app_catalog.installations.models import Installation
from app_catalog.starters.files import starter_files
from app_runtime.previewing.preview import Preview
from app_runtime.previewing.serving import preview_app
from app_runtime.records.actors import Actor
from app_runtime.records.creating import create_record
from lumbung.db import db, now, set_clock, use_tenant
from lumbung.postgres.roles import DatabaseUrls
from lumbung.postgres.testing import SuiteServer
from lumbung.settings import Settings
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.models import Municipality

LETTER = "  letter: {type: files, accept: [application/pdf], label: {id: Surat tanda, en: Receipt}}\n"
LETTER_MADE = """  receipt: {on: created, document: letter, into: letter}
  daily: {on: {schedule: daily, at: "06:00"}, send: late, to: clerk}
"""
HOST = "http://pratinjau.localhost:8100"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A new app in a folder."""
    for path, content in starter_files("my-app", name="Aplikasi Saya", name_en="My App", day=date(2026, 1, 1)).items():
        (tmp_path / "my-app" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "my-app" / path).write_bytes(content)
    return tmp_path / "my-app"


@pytest.fixture
def previewed(
    folder: Path,
    tmp_path: Path,
    settings: Settings,
    suite_server: SuiteServer,
    worker_id: str,
    empty_database: Callable[[], None],
) -> Iterator[tuple[LumbungFlask, Preview]]:
    """The application of a preview that has looked once."""
    urls = DatabaseUrls(application=settings.database_url, migration=settings.migration_database_url or "")
    conninfo = psycopg.conninfo.make_conninfo(suite_server.admin_conninfo, dbname=f"test_{worker_id}")
    with preview_app(folder, urls, conninfo, tmp_path / "instance", port=8100) as (app, preview):
        assert preview.look(app)
        yield app, preview
    empty_database()


def _page(app: LumbungFlask, path: str, *, role: str = "") -> str:
    client = app.test_client()
    client.set_cookie("preview_as", role, domain="pratinjau.localhost")
    return client.get(path, base_url=HOST).text


def test_a_save_shows_and_a_mistake_leaves_the_last_good_version(
    previewed: tuple[LumbungFlask, Preview], folder: Path
) -> None:
    app, preview = previewed
    assert "Apa yang Anda perlukan?" in _page(app, "/my-app/request")
    assert "Jam buka kantor kelurahan" in _page(app, "/work?status=all", role="clerk")
    assert not preview.look(app)

    file = folder / "records/request.yaml"
    good = file.read_text()
    file.write_text(good.replace("from: received", "form: received"))
    assert preview.look(app)
    told = _page(app, "/my-app/request")
    assert "records/request.yaml:34:" in told
    assert "Mungkin maksudnya" in told
    assert "Apa yang Anda perlukan?" in told

    file.write_text(good.replace("Apa yang Anda perlukan?", "Apa keperluan Anda?"))
    assert preview.look(app)
    assert preview.problems == ()
    assert "Apa keperluan Anda?" in _page(app, "/my-app/request")
    refreshed = app.test_client().get("/_preview/changed/1", base_url=HOST)
    assert (refreshed.status_code, refreshed.headers.get("HX-Refresh")) == (204, "true")


def test_what_cannot_be_enabled_is_said_and_the_version_before_stays(
    previewed: tuple[LumbungFlask, Preview], folder: Path
) -> None:
    app, preview = previewed
    file = folder / "app.yaml"
    file.write_text(file.read_text() + "  office_name: {type: text, required: true, label: {id: Kantor, en: Office}}\n")
    assert preview.look(app)
    told = _page(app, "/my-app/request")
    line = next(place for place, text in enumerate(file.read_text().splitlines(), 1) if "office_name" in text)
    assert f"app.yaml:{line}:" in told
    assert "settings.office_name" in told
    assert "Beri default" in told
    assert "Apa yang Anda perlukan?" in told


def test_what_never_held_is_told_in_place_of_every_page(previewed: tuple[LumbungFlask, Preview], folder: Path) -> None:
    app, preview = previewed
    preview.shown = preview._good = None
    file = folder / "app.yaml"
    file.write_text(file.read_text() + "  office_name: {type: text, required: true, label: {id: Kantor, en: Office}}\n")
    assert preview.look(app)
    answer = app.test_client().get("/my-app/request", base_url=HOST)
    assert answer.status_code == 503
    assert "settings.office_name" in answer.text
    assert [line for line in preview.told() if line.startswith("app.yaml:") and "office_name" in line]


def test_what_a_click_sets_off_happens_and_its_messages_are_shown(
    previewed: tuple[LumbungFlask, Preview], folder: Path
) -> None:
    app, preview = previewed
    file = folder / "records/request.yaml"
    file.write_text(file.read_text().replace("fields:\n", f"fields:\n{LETTER}", 1) + LETTER_MADE)
    (folder / "documents").mkdir()
    (folder / "documents/letter.typ").write_text("#record.subject #verify_url")
    assert preview.look(app)
    assert preview.problems == ()
    assert not preview.work(app), "The examples were done with when they were shown."
    count = preview.count
    with app.app_context():
        use_tenant(db.session, db.session.scalars(select(Municipality)).one().id)
        installation = db.session.scalars(select(Installation)).one()
        values = {"subject": "Surat pindah", "topic": "letter", "contact": {"email": "sari@contoh.id"}}
        record_id = create_record(db.session, installation, Actor(kind="visitor"), "request", values).record.id
        db.session.commit()
    assert "sari@contoh.id" not in _page(app, "/_preview/messages")
    assert preview.work(app)
    assert preview.count == count + 1, "Nobody's page is loaded again."
    told = _page(app, "/_preview/messages", role="clerk")
    assert "sari@contoh.id" in told
    assert "Surat pindah" in told
    assert f"/work/my-app/{record_id}/files/" in _page(app, f"/work/my-app/{record_id}", role="clerk")
    with set_clock(now() + timedelta(days=1)):
        assert preview.work(app)
    assert "P/2026/0001 belum dijawab" in _page(app, "/_preview/messages", role="clerk"), "No schedule came."
