"""Files of a municipality: where they lie, as what, and what is refused."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from lumbung.db import use_tenant
from lumbung.errors import NotFound, TooLarge
from lumbung.files import (
    EmptyFile,
    StorageDown,
    StorageFull,
    StoredFile,
    UnsuitableFile,
    find_file,
    get_file,
    open_file,
    store_photo,
)
from lumbung.files.disk import FileDisk
from lumbung.files.kinds import safe_name
from lumbung.images import ImageRefused
from lumbung.web.sites import LumbungFlask
from tests.lumbung.files.documents import PDF, Db, document, jpeg, on_disk
from tests.world import World


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
