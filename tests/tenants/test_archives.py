"""A municipality asks for its own data on the web, the worker makes it, and it is gone after a week."""

from __future__ import annotations

import fcntl
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, scoped_session

from lumbung.audit.models import AuditEntry
from lumbung.backup.reading import check_archive, open_archive
from lumbung.db import now, set_clock, use_tenant
from lumbung.messages.models import Message
from lumbung.messages.smtp import SmtpServer
from lumbung.outbox import Effect, drain
from lumbung.web.sites import LumbungFlask
from tenants.accounts.models import Account
from tenants.accounts.passwords import hash_password
from tenants.archives.making import delete_old_archives
from tenants.archives.models import RequestedArchive
from tenants.archives.services import archives_folder
from tests.browsing import Browser, browse
from tests.world import PASSWORD, World

Db = scoped_session[Session]
PAGE = "/manage/data"


@pytest.fixture
def admin(app: LumbungFlask, session: Db, world: World) -> Browser:
    """Tangsel's admin, who has a password; the session belongs to Tangsel."""
    session.get_one(Account, world.tangsel.accounts["admin"].id).password_hash = hash_password(PASSWORD)
    session.commit()
    use_tenant(session, world.tangsel.id)
    return browse(app, world.tangsel.host, world.tangsel.accounts["admin"])


def ask(admin: Browser, **values: str) -> int:
    return admin.post_form(PAGE, {"password": PASSWORD, **values}, to=f"{PAGE}/archives").status_code


def newest(session: Db) -> RequestedArchive:
    session.rollback()
    session.expire_all()
    return session.scalars(select(RequestedArchive).order_by(RequestedArchive.id.desc())).first()  # type: ignore[return-value]


def test_an_archive_is_asked_for_made_and_downloaded(
    app: LumbungFlask, session: Db, admin: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SmtpServer, "send", lambda *args, **options: None)
    before = app.lumbung
    app.lumbung = replace(before, smtp_url="smtp://localhost:1")
    try:
        session.scalars(select(Account).where(Account.email == "admin@tangsel.test")).one().email = "a@kota.id"
        session.commit()
        assert ask(admin, passphrase="tiga kata kunci") == 303
        waiting = newest(session)
        assert (waiting.status, waiting.with_secrets) == ("waiting", True)
        assert waiting.sealed_passphrase is not None
        assert "tiga kata" not in waiting.sealed_passphrase
        assert "data-poll" in admin.get(PAGE).text
        drain(app)
    finally:
        app.lumbung = before
    made = newest(session)
    assert (made.status, made.progress, made.sealed_passphrase) == ("ready", 100, None)
    message = session.scalars(select(Message)).one()
    assert message.recipient == "a@kota.id"
    assert "https://tangsel.lumbung.test/manage/data" in message.text
    answer = admin.get(f"{PAGE}/archives/{made.id}")
    assert answer.headers["Cache-Control"] == "private, no-store"
    path = tmp_path / "unduhan.tar"
    path.write_bytes(answer.data)
    with open_archive(path) as archive:
        check_archive(archive)
        assert archive.manifest.municipality is not None
        assert archive.manifest.municipality.slug == "tangsel"
        assert archive.manifest.passphrase is not None
        assert "requested_archives" not in archive.manifest.tables
    session.expire_all()
    actions = set(session.scalars(select(AuditEntry.action)))
    assert {"archive.requested", "backup.made", "archive.downloaded"} <= actions


def test_the_password_is_asked_again(session: Db, admin: Browser) -> None:
    answer = admin.post_form(PAGE, {"password": "salah"}, to=f"{PAGE}/archives")
    assert answer.status_code == 422
    assert "Kata sandi tidak cocok" in answer.text
    assert ask(admin, passphrase="pendek") == 422
    assert newest(session) is None


def test_two_archives_at_once_are_one(session: Db, admin: Browser) -> None:
    form = admin.get(PAGE)
    assert form.status_code == 200
    assert ask(admin) == 303
    assert ask(admin) == 303
    assert len(session.scalars(select(RequestedArchive)).all()) == 1


def test_it_is_gone_after_a_week_and_not_anybodys(app: LumbungFlask, session: Db, admin: Browser, world: World) -> None:
    ask(admin)
    drain(app)
    made = newest(session)
    address = f"{PAGE}/archives/{made.id}"
    folder = archives_folder(world.tangsel.id)
    assert [path.name for path in folder.iterdir()] == [f"{made.id}.tar"]
    other = browse(app, world.surabaya.host, world.surabaya.accounts["admin"])
    assert other.get(address).status_code == 404
    official = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    assert official.get(address).status_code == 403
    assert admin.get(address).status_code == 200
    assert delete_old_archives(session) == 0
    with set_clock(now() + timedelta(days=7, seconds=1)):
        assert admin.get(address).status_code == 404
        assert delete_old_archives(session) == 1
    session.commit()
    assert newest(session).status == "gone"
    assert not list(folder.iterdir())


def test_a_worker_that_cannot_is_tried_again_and_then_says_so(
    app: LumbungFlask, session: Db, admin: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tenants.archives.making.make_archive", full)
    ask(admin)
    drain(app)
    assert newest(session).status == "waiting"
    for day in range(1, 13):
        with set_clock(now() + timedelta(days=day)):
            drain(app)
    assert newest(session).status == "failed"
    assert "gagal" in admin.get(PAGE).text


def test_one_whose_work_was_lost_does_not_bar_the_next(session: Db, admin: Browser) -> None:
    ask(admin)
    session.execute(delete(Effect))
    session.commit()
    with set_clock(now() + timedelta(days=3, seconds=1)):
        delete_old_archives(session)
        session.commit()
        assert newest(session).status == "failed"
        assert ask(admin) == 303
    assert newest(session).status == "waiting"


def test_what_a_killed_worker_left_goes_and_what_is_being_written_stays(session: Db, admin: Browser) -> None:
    assert ask(admin) == 303
    folder = archives_folder(newest(session).tenant_id)
    folder.mkdir(parents=True, exist_ok=True)
    left = folder / f".{newest(session).id}.tar.0123.unfinished"
    written = folder / ".another.tar.4567.unfinished"
    left.write_bytes(b"half")
    with written.open("wb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        assert delete_old_archives(session) == 1
        assert [path.name for path in folder.iterdir()] == [written.name]
    assert delete_old_archives(session) == 1
    assert not list(folder.iterdir())
