"""Writing a package in the browser: kept for each person, checked and shown as it becomes, submitted from there."""

from __future__ import annotations

import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import Release
from app_runtime.builder.drafts import keep_draft
from app_runtime.builder.models import PackageDraft
from app_runtime.records.models import Record
from lumbung.db import db
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.models import Municipality
from tests.browsing import Browser, browse
from tests.siaran import add_publisher
from tests.world import World

Sessions = scoped_session[Session]
AT = "/publish/tangsel/builder"


@pytest.fixture
def author(app: LumbungFlask, session: Sessions, world: World) -> Browser:
    """The owner of a publisher, who began with a small app."""
    add_publisher(session, world)
    session.commit()
    me = browse(app, "lumbung.test", world.tangsel.accounts["admin"])
    assert "Mulai dari aplikasi kecil" in me.get(AT).text
    refused = me.post_form(AT, {"app_id": "Bukan Id", "name": "Surat"}, to=f"{AT}/start")
    assert refused.status_code == 422
    begun = me.post_form(AT, {"app_id": "surat-warga", "name": "Surat Warga"}, to=f"{AT}/start")
    assert begun.status_code == 303
    return me


def _save(author: Browser, **changes: str) -> str:
    answer = author.post_form(AT, dict(changes), to=AT)
    assert answer.status_code == 303, answer.text[:500]
    return author.get(AT).text


def _typed(page: str, path: str) -> str:
    found = re.search(rf'name="file:{re.escape(path)}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return unescape(found[1])


def _shown(page: str) -> str:
    found = re.search(r'<iframe[^>]*sandbox="allow-same-origin"[^>]*srcdoc="([^"]*)"', page)
    assert found
    return unescape(found[1])


def test_source_and_result_stand_side_by_side_and_nothing_of_the_result_stays(
    author: Browser, session: Sessions
) -> None:
    page = author.get(AT).text
    assert "Siap dikirim" in page
    assert "Apa yang Anda perlukan?" in _shown(page)
    listed = _shown(author.get(f"{AT}?page=requests").text)
    assert "Jam buka kantor kelurahan" in listed
    session.rollback()
    assert (
        session.scalar(select(func.count()).select_from(Municipality).where(Municipality.slug.like("scenario%"))) == 0
    )
    assert session.scalar(select(func.count()).select_from(Release)) == 0
    assert session.scalar(select(func.count()).select_from(Record)) == 0


def test_a_mistake_is_told_with_its_line_and_what_was_typed_is_kept(author: Browser) -> None:
    good = _typed(author.get(AT).text, "records/request.yaml")
    bad = good.replace("from: received", "form: received")
    page = _save(author, **{"file:records/request.yaml": bad.replace("\n", "\r\n")})
    assert "records/request.yaml:34" in page
    assert "Mungkin maksudnya" in page
    assert _typed(page, "records/request.yaml") == bad
    mended = _save(
        author, **{"file:records/request.yaml": good.replace("Apa yang Anda perlukan?", "Apa keperluan Anda?")}
    )
    assert "Apa keperluan Anda?" in _shown(mended)


def test_files_come_and_go_within_what_a_package_may_have(author: Browser) -> None:
    page = _save(author, do="add", path="records/catatan.yaml")
    assert 'name="file:records/catatan.yaml"' in page
    for path in ("records/catatan.yaml", "../etc/passwd", "screenshots/a.png", "lain.py"):
        assert author.post_form(AT, {"do": "add", "path": path}, to=AT).status_code == 422, path
    assert 'name="file:records/catatan.yaml"' not in _save(author, do="remove:records/catatan.yaml")
    assert author.post_form(AT, {"file:README.md": "x" * 1_100_000}, to=AT).status_code == 413


def test_what_is_typed_runs_nothing_in_the_builder(author: Browser) -> None:
    text = _typed(author.get(AT).text, "pages/request.yaml")
    page = _save(
        author, **{"file:pages/request.yaml": text.replace("Dua langkah", "</textarea><script>alert(1)</script>")}
    )
    assert "<script>alert(1)" not in page
    assert "<script>alert(1)" not in _shown(page)


def test_a_draft_is_packed_and_submitted_and_forgotten(author: Browser, session: Sessions) -> None:
    with zipfile.ZipFile(io.BytesIO(author.get(f"{AT}/package.zip").data)) as packed:
        assert "records/request.yaml" in packed.namelist()
    sent = author.post_form(AT, {}, to=f"{AT}/submit")
    assert sent.status_code == 303
    assert sent.headers["Location"].endswith("/publish/tangsel/apps/surat-warga")
    session.rollback()
    assert session.scalar(select(Release.version)) == "0.1.0"
    assert author.post_form(AT, {}, to=f"{AT}/drop").status_code == 303
    session.rollback()
    assert session.scalar(select(func.count()).select_from(PackageDraft)) == 0


def test_a_draft_is_its_authors_alone(author: Browser, app: LumbungFlask, session: Sessions, world: World) -> None:
    stranger = browse(app, "lumbung.test", world.surabaya.accounts["admin"])
    assert [stranger.get(path).status_code for path in (AT, f"{AT}/package.zip")] == [404, 404]
    session.rollback()
    assert session.scalar(select(PackageDraft.account_id)) == world.tangsel.accounts["admin"].id


def test_two_windows_that_save_at_once_keep_one_draft(app: LumbungFlask, session: Sessions, world: World) -> None:
    publisher_id = add_publisher(session, world).id
    session.commit()
    account_id = world.tangsel.accounts["admin"].id
    together = Barrier(2)

    def save(text: str) -> None:
        with app.app_context():
            publisher = db.session.get_one(Publisher, publisher_id)
            together.wait()
            keep_draft(db.session, publisher, account_id, {"README.md": text})
            db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(2) as threads:
        for one in [threads.submit(save, text) for text in ("a", "b")]:
            one.result()
    assert session.scalars(select(PackageDraft.files)).one() in ({"README.md": "a"}, {"README.md": "b"})
