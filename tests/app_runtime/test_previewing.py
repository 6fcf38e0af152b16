"""A preview shows the newest version that holds, and says where the newest files do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest

from app_catalog.starters.files import starter_files
from app_runtime.previewing.preview import Preview
from app_runtime.previewing.serving import preview_app
from lumbung.postgres.roles import DatabaseUrls
from lumbung.postgres.testing import SuiteServer
from lumbung.settings import Settings
from lumbung.web.sites import LumbungFlask

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
    assert "Belum dapat diaktifkan" in told
    assert "office_name" in told
    assert "Apa yang Anda perlukan?" in told
