"""Everything destroyed and restored: the same rows, the same files, and the application works."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app_runtime.records.models import RecordClock, RecordFile
from lumbung.backup.errors import ArchiveRefused, RestoreRefused
from lumbung.backup.restoring import restore_whole
from lumbung.db import now, set_clock, use_tenant
from lumbung.files import collect_garbage, store_file
from lumbung.files.garbage import hold_garbage
from lumbung.messages.models import Message
from lumbung.messages.smtp import SmtpServer
from lumbung.money.models import Payment
from lumbung.outbox import drain
from lumbung.settings import Settings
from lumbung.web.sites import LumbungFlask
from tenants.accounts.models import Account
from tests.backup.filled import CANARY, Db, back_up, checksums, destination_of, destroy, files_of, fill, source_of
from tests.browsing import browse
from tests.sponsoring import pay, sponsor
from tests.world import PASSWORD, World

NOTES = {"platform_audit_entries"}
KEPT = (
    *("records", "record_history", "record_clocks", "outbox", "wakeups", "releases"),
    *("sponsorships", "money_agreements", "money_payments", "money_journal", "money_receipt_counters"),
)


@pytest.fixture
def sent(app: LumbungFlask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Mail goes into this list, by its Message-ID."""
    mails: list[str] = []

    def send(server: SmtpServer, mail: object, *, sender: str, recipient: str) -> None:
        mails.append(f"{recipient} {mail['Message-ID']}")  # type: ignore[index]

    monkeypatch.setattr(SmtpServer, "send", send)
    before = app.lumbung
    app.lumbung = replace(before, smtp_url="smtp://localhost:1")
    yield mails
    app.lumbung = before


def test_everything_destroyed_and_restored_is_the_same(
    app: LumbungFlask,
    session: Db,
    world: World,
    settings: Settings,
    tmp_path: Path,
    admin_conninfo: str,
    sent: list[str],
) -> None:
    filled = fill(session, world)
    pay(session, sponsor(session, world.stranger))
    receipt = session.scalars(select(Payment)).one().receipt_number
    session.remove()
    archive = tmp_path / "semua.tar"
    manifest = back_up(settings, archive)
    rows, files = checksums(settings), files_of(settings)
    assert manifest.files.count == len(files) == 12
    assert all(rows[table] for table in KEPT)

    destroy(settings, admin_conninfo)
    assert not any(checksums(settings).values())
    restore_whole(destination_of(settings), archive)
    # Whoever asks for a page now has its plan made for as many rows as there are.
    planned = session.scalar(text("SELECT reltuples FROM pg_class WHERE relname = 'record_history'"))
    assert planned == len(rows["record_history"])
    session.remove()

    restored = checksums(settings)
    noted = [row for row in restored["platform_audit_entries"] if '"backup.restored"' in row]
    restored["platform_audit_entries"] = [row for row in restored["platform_audit_entries"] if row not in noted]
    assert restored == rows
    assert len(noted) == 1
    assert files_of(settings) == files
    again = back_up(settings, tmp_path / "lagi.tar")
    assert {name: table for name, table in again.tables.items() if name not in NOTES} == {
        name: table for name, table in manifest.tables.items() if name not in NOTES
    }
    assert again.files == manifest.files

    # Receipts go on without a gap.
    pay(session, sponsor(session, session.get_one(Account, world.stranger.id), "platform"))
    assert {one.receipt_number for one in session.scalars(select(Payment))} == {receipt, f"{receipt[:-1]}2"}
    _expect_that_it_works(app, session, world, filled.reports["tangsel"][0].tracking_code, sent)


def _expect_that_it_works(app: LumbungFlask, session: Db, world: World, code: str, sent: list[str]) -> None:
    admin = session.get_one(Account, world.tangsel.accounts["admin"].id)
    signed_in = browse(app).post_form("/sign-in", {"email": admin.email, "password": PASSWORD})
    assert signed_in.status_code == 303
    citizen = browse(app, world.tangsel.host)
    assert citizen.get("/siaran/").status_code in (200, 308)
    assert f"Lampu 0 {CANARY['tangsel']}" in citizen.get(f"/track/{code}").text
    use_tenant(session, world.tangsel.id)
    shown = session.scalars(select(RecordFile)).first()
    assert shown is not None
    officer = browse(app, world.tangsel.host, session.get_one(Account, world.tangsel.accounts["dispatcher"].id))
    assert officer.get(f"/siaran/photos/{shown.record_id}/{shown.file_id}").content_type == "image/jpeg"
    session.remove()

    drain(app)
    drain(app)
    pending = [mail for mail in sent if CANARY["tangsel"] in mail]
    assert len(pending) == len(set(pending)) > 0
    use_tenant(session, world.tangsel.id)
    assert not session.scalars(select(Message).where(Message.status == "queued")).all()
    session.remove()
    with set_clock(now() + timedelta(days=3)):
        drain(app)
    use_tenant(session, world.tangsel.id)
    states = {clock.state for clock in session.scalars(select(RecordClock).where(RecordClock.clock == "respond"))}
    assert states == {"breached", "met"}


def test_a_database_that_holds_something_is_not_restored_into(
    session: Db, world: World, settings: Settings, tmp_path: Path
) -> None:
    archive = tmp_path / "semua.tar"
    back_up(settings, archive)
    before = checksums(settings)
    with pytest.raises(RestoreRefused, match="not empty"):
        restore_whole(destination_of(settings), archive)
    assert checksums(settings) == before


def test_another_secret_key_is_noticed_and_can_be_overruled(
    session: Db, world: World, settings: Settings, tmp_path: Path, admin_conninfo: str
) -> None:
    archive = tmp_path / "semua.tar"
    session.remove()
    back_up(settings, archive)
    destroy(settings, admin_conninfo)
    elsewhere = replace(settings, secret_key="another-key-0123456789abcdef0123")
    with pytest.raises(RestoreRefused, match="SECRET_KEY"):
        restore_whole(destination_of(elsewhere), archive)
    assert not any(checksums(settings).values())
    rotated = replace(elsewhere, former_secret_keys=(settings.secret_key,))
    restore_whole(destination_of(rotated), archive)
    assert checksums(settings)["municipalities"]
    destroy(settings, admin_conninfo)
    restore_whole(destination_of(elsewhere), archive, without_key=True)
    assert checksums(settings)["municipalities"]


def test_the_archive_of_a_municipality_is_not_taken_for_everything(
    session: Db, world: World, settings: Settings, tmp_path: Path
) -> None:
    archive = tmp_path / "tangsel.tar"
    back_up(settings, archive, tenant_id=world.tangsel.id)
    with pytest.raises(ArchiveRefused, match="one municipality"):
        restore_whole(destination_of(settings), archive)


def test_an_archive_is_never_written_over_another_file(
    session: Db, world: World, settings: Settings, tmp_path: Path
) -> None:
    target = tmp_path / "penting.tar"
    target.write_text("penting")
    with pytest.raises(ArchiveRefused, match="there already"):
        back_up(settings, target)
    assert target.read_text() == "penting"
    assert [path.name for path in tmp_path.iterdir()] == ["penting.tar"]


def test_no_file_is_collected_while_a_backup_runs(session: Db, world: World, settings: Settings) -> None:
    use_tenant(session, world.tangsel.id)
    store_file(session, data=b"milik siapa?", name="x.txt", content_type="text/plain", kind="document")
    session.commit()
    with set_clock(now() + timedelta(days=2)):
        with source_of(settings).engine.begin() as backing_up:
            hold_garbage(backing_up)
            assert collect_garbage(session) == 0
        session.rollback()
        with source_of(settings).engine.begin() as backing_up:
            hold_garbage(backing_up, world.tangsel.id)
            assert collect_garbage(session) == 0
        session.rollback()
        # A backup of one municipality holds nobody else's.
        with source_of(settings).engine.begin() as backing_up:
            hold_garbage(backing_up, world.surabaya.id)
            assert collect_garbage(session) == 1


def test_a_file_that_the_disk_lost_is_named_and_stops_nothing(
    session: Db, world: World, settings: Settings, tmp_path: Path, admin_conninfo: str
) -> None:
    fill(session, world)
    session.remove()
    lost, damaged, *_ = sorted(settings.files_root.glob("*/*"))
    lost.unlink()
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    archive = tmp_path / "semua.tar"
    manifest = back_up(settings, archive)
    assert manifest.files.count == 10
    assert manifest.files.missing_count == 2
    assert set(manifest.files.missing) == {f"{path.parent.name}/{path.name}" for path in (lost, damaged)}
    destroy(settings, admin_conninfo)
    restore_whole(destination_of(settings), archive)
    assert len(files_of(settings)) == 10
