"""Files of a municipality."""

from __future__ import annotations

import errno
import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import now, set_clock, use_tenant
from lumbung.errors import NotFound, TooLarge
from lumbung.files import (
    EmptyFile,
    StorageDown,
    StorageFull,
    StoredFile,
    UnsuitableFile,
    attach_file,
    collect_garbage,
    detach_file,
    find_file,
    get_file,
    hide_file,
    list_files,
    open_file,
    publish_file,
    send_stored_file,
    store_file,
    store_photo,
)
from lumbung.files.disk import FileDisk
from lumbung.files.kinds import safe_name
from lumbung.images import ImageRefused
from lumbung.web.sites import LumbungFlask
from tests.world import World

Db = scoped_session[Session]
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def tangsel(session: Db, world: World) -> World:
    """The session works in Tangsel."""
    use_tenant(session, world.tangsel.id)
    return world


def jpeg(width: int = 600, height: int = 300) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, "JPEG")
    return out.getvalue()


def document(session: Db, **changes: Any) -> StoredFile:
    values: dict[str, Any] = {
        "data": PDF,
        "name": "surat.pdf",
        "content_type": "application/pdf",
        "kind": "document",
    }
    return store_file(session, **(values | changes))


def on_disk(app: LumbungFlask) -> list[Path]:
    return sorted(path for path in app.lumbung.files_root.rglob("*") if path.is_file())


@pytest.fixture(autouse=True)
def _empty_disk(app: LumbungFlask) -> None:
    for path in on_disk(app):
        path.unlink()


def test_a_file_lies_under_its_municipality_and_id_with_the_bytes_it_came_with(
    app: LumbungFlask, session: Db, tangsel: World
) -> None:
    file = document(session)
    assert file.key == f"{tangsel.tangsel.id}/{file.id}"
    assert on_disk(app) == [app.lumbung.files_root / file.key]
    with open_file(file) as stream:
        assert stream.read() == PDF
    assert (file.size, len(file.sha256)) == (len(PDF), 64)


def test_a_stream_is_kept_like_bytes(app: LumbungFlask, session: Db, tangsel: World) -> None:
    data = PDF + b"x" * 3_000_000
    file = document(session, data=io.BytesIO(data))
    with open_file(file) as stream:
        assert stream.read() == data


def test_the_bytes_are_synced_before_the_row_can_commit(
    app: LumbungFlask, session: Db, tangsel: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bool] = []
    real = os.fsync

    def watch(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").resolve().is_dir())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    document(session)
    assert synced == [False, True]


def test_another_municipalitys_file_is_not_found(session: Db, tangsel: World) -> None:
    file = document(session)
    session.commit()
    use_tenant(session, tangsel.surabaya.id)
    session.expunge_all()
    assert find_file(session, file.id) is None
    with pytest.raises(NotFound):
        get_file(session, file.id)
    with pytest.raises(NotFound):
        get_file(session, uuid4())


def test_a_file_needs_a_municipality(app: LumbungFlask, session: Db) -> None:
    with pytest.raises(ValueError, match="municipality"):
        document(session)
    assert on_disk(app) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("surat.pdf", "surat.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/etc/passwd", "passwd"),
        ("", "berkas"),
        ("..", "berkas"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("foto\u202egpj.exe", "fotogpj.exe"),
        ("Laporan Jalan – RT 05.pdf", "Laporan Jalan – RT 05.pdf"),
    ],
)
def test_a_name_cannot_lead_anywhere(app: LumbungFlask, session: Db, tangsel: World, given: str, kept: str) -> None:
    file = document(session, name=given)
    assert file.name == kept
    assert on_disk(app) == [app.lumbung.files_root / file.key]


def test_a_long_name_keeps_its_ending() -> None:
    short = safe_name("x" * 500 + ".pdf")
    assert len(short) <= 150
    assert short.endswith("x.pdf")


@pytest.mark.parametrize(
    "key", ["../x", "a/b", f"{UUID(int=1)}/../{UUID(int=2)}", f"{UUID(int=1)}/{UUID(int=2)}.part", ""]
)
def test_a_key_that_the_platform_did_not_make_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        FileDisk(tmp_path).path(key)


@pytest.mark.parametrize(
    ("data", "declared", "kept"),
    [
        (PDF, "text/plain", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/jpeg", "image/png"),
        (b"<script>alert(1)</script>", "text/html; charset=utf-8", "application/octet-stream"),
        (b"<svg/>", "image/svg+xml", "application/octet-stream"),
        (b"a,b\n1,2\n", "text/csv", "text/csv"),
        (b"abc", "not a type\r\nX: y", "application/octet-stream"),
    ],
)
def test_a_file_is_kept_as_what_its_bytes_show(
    session: Db, tangsel: World, data: bytes, declared: str, kept: str
) -> None:
    assert document(session, data=data, content_type=declared).content_type == kept


@pytest.mark.parametrize("declared", ["image/png", "application/pdf", "IMAGE/JPEG"])
def test_a_file_that_is_not_what_it_claims_is_refused(
    app: LumbungFlask, session: Db, tangsel: World, declared: str
) -> None:
    with pytest.raises(UnsuitableFile):
        document(session, data=b"<html>", content_type=declared)
    assert on_disk(app) == []


def test_an_empty_or_too_large_file_is_refused_and_leaves_nothing(
    app: LumbungFlask, session: Db, tangsel: World
) -> None:
    with pytest.raises(EmptyFile):
        document(session, data=b"", content_type="text/plain")
    with pytest.raises(TooLarge):
        document(session, data=PDF, max_bytes=5)
    assert on_disk(app) == []


@pytest.mark.parametrize(("code", "expected"), [(errno.ENOSPC, StorageFull), (errno.EIO, StorageDown)])
def test_a_disk_that_does_not_take_a_file_is_said_plainly_and_leaves_nothing(
    app: LumbungFlask,
    session: Db,
    tangsel: World,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    expected: type[Exception],
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(expected):
        document(session)
    assert on_disk(app) == []
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_a_photo_comes_with_a_thumbnail_and_without_its_origin(session: Db, tangsel: World) -> None:
    photo = store_photo(session, jpeg(3000, 1500), name="IMG_0001.HEIC.png")
    assert (photo.kind, photo.content_type, photo.width, photo.height) == ("photo", "image/jpeg", 2000, 1000)
    assert photo.name == "IMG_0001.HEIC.jpg"
    assert photo.thumbnail_id is not None
    thumbnail = get_file(session, photo.thumbnail_id)
    assert (thumbnail.kind, thumbnail.width, thumbnail.height) == ("thumbnail", 400, 200)


def test_what_is_no_photo_is_refused_and_leaves_nothing(app: LumbungFlask, session: Db, tangsel: World) -> None:
    with pytest.raises(ImageRefused):
        store_photo(session, b"GIF89a but not really")
    assert on_disk(app) == []


def test_attaching_takes_the_thumbnail_along_and_nobody_can_take_the_file_over(session: Db, tangsel: World) -> None:
    photo = store_photo(session, jpeg())
    attach_file(session, photo, "record", "1")
    attach_file(session, photo, "record", "1")
    assert [file.id for file in list_files(session, "record", "1")] == [photo.id]
    assert photo.thumbnail_id is not None
    thumbnail = get_file(session, photo.thumbnail_id)
    assert (thumbnail.subject_type, thumbnail.subject_id) == ("record", "1")
    with pytest.raises(NotFound):
        attach_file(session, photo, "record", "2")
    hide_file(session, photo)
    publish_file(session, photo)
    assert (thumbnail.hidden, thumbnail.public) == (True, True)
    detach_file(session, photo)
    assert list_files(session, "record", "1") == []
    assert thumbnail.subject_id is None


def test_what_nobody_attached_is_collected_after_a_day(app: LumbungFlask, session: Db, tangsel: World) -> None:
    kept = store_photo(session, jpeg())
    attach_file(session, kept, "record", "1")
    lost = store_photo(session, jpeg())
    loose = document(session)
    session.commit()
    start = now()
    assert collect_garbage(session) == 0
    with set_clock(start + timedelta(days=1, minutes=5)):
        assert collect_garbage(session) == 3
        assert len(on_disk(app)) == 5
        session.commit()
        assert collect_garbage(session) == 3
    assert len(on_disk(app)) == 2
    assert find_file(session, lost.id) is None
    assert find_file(session, loose.id) is None
    with open_file(kept) as stream:
        assert stream.read(2) == b"\xff\xd8"


def test_collecting_that_is_rolled_back_takes_no_bytes(app: LumbungFlask, session: Db, tangsel: World) -> None:
    file = document(session)
    session.commit()
    with set_clock(now() + timedelta(days=2)):
        assert collect_garbage(session) == 1
        session.rollback()
    assert find_file(session, file.id) is not None
    with open_file(file) as stream:
        assert stream.read() == PDF


def test_bytes_of_a_rolled_back_request_and_of_a_killed_process_are_collected(
    app: LumbungFlask, session: Db, tangsel: World
) -> None:
    document(session)
    session.rollback()
    (lost,) = on_disk(app)
    lost.with_name(f"{uuid4()}.{uuid4().hex}.part").write_bytes(b"half")
    assert collect_garbage(session) == 0
    with set_clock(now() + timedelta(days=2)):
        assert collect_garbage(session) == 2
    assert on_disk(app) == []


def test_collecting_leaves_other_municipalities_alone(app: LumbungFlask, session: Db, tangsel: World) -> None:
    document(session)
    session.commit()
    use_tenant(session, tangsel.surabaya.id)
    with set_clock(now() + timedelta(days=2)):
        assert collect_garbage(session) == 0
    assert len(on_disk(app)) == 1


def test_attaching_what_was_collected_meanwhile_is_not_found(session: Db, tangsel: World) -> None:
    file = document(session)
    session.commit()
    with set_clock(now() + timedelta(days=2)):
        collect_garbage(session)
    session.commit()
    with pytest.raises(NotFound):
        attach_file(session, file, "record", "1")


@pytest.mark.parametrize(
    ("data", "declared", "disposition", "sandbox"),
    [
        (jpeg(), "image/jpeg", "inline", True),
        (PDF, "application/pdf", "inline", False),
        (b"<script>", "text/html", "attachment", True),
        (b"a,b", "text/csv", "attachment", True),
    ],
)
def test_a_file_is_served_so_that_it_can_do_no_harm(
    app: LumbungFlask, session: Db, tangsel: World, data: bytes, declared: str, disposition: str, sandbox: bool
) -> None:
    file = document(session, data=data, content_type=declared, name='a"b;\u00e9.bin')
    with app.test_request_context():
        response = send_stored_file(file)
        response.direct_passthrough = False
        assert response.get_data() == data
        response.close()
    headers = response.headers
    assert headers["Content-Disposition"].startswith(disposition)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert ("sandbox" in headers["Content-Security-Policy"]) is sandbox
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Content-Length"] == str(len(data))
    if disposition == "attachment":
        assert headers["Content-Type"] == "application/octet-stream"


def test_a_public_file_may_be_cached_until_it_is_hidden(app: LumbungFlask, session: Db, tangsel: World) -> None:
    file = document(session, public=True)
    with app.test_request_context():
        shown = send_stored_file(file)
        shown.close()
        hide_file(session, file)
        taken_away = send_stored_file(file)
        taken_away.close()
    assert shown.headers["Cache-Control"] == "public, max-age=3600"
    assert taken_away.headers["Cache-Control"] == "private, no-store"


def test_a_browser_that_has_the_file_gets_no_bytes(app: LumbungFlask, session: Db, tangsel: World) -> None:
    file = document(session)
    with app.test_request_context(headers={"If-None-Match": f'"{file.sha256}"'}):
        response = send_stored_file(file)
        response.close()
    assert response.status_code == 304


def test_a_file_whose_bytes_are_gone_is_said_plainly(app: LumbungFlask, session: Db, tangsel: World) -> None:
    file = document(session)
    (app.lumbung.files_root / file.key).unlink()
    with app.test_request_context(), pytest.raises(StorageDown):
        send_stored_file(file)
    with pytest.raises(StorageDown):
        open_file(file)
