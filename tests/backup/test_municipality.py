"""One municipality alone: put back where it was, or taken to another Lumbung, and the others never touched."""

from __future__ import annotations

import gzip
import tarfile
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app_catalog.installations.models import Installation, SettingsVersion
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App, Release
from app_runtime.records.models import Record
from app_runtime.records.tracking import tracking_code_of
from lumbung.backup.arriving import restore_municipality
from lumbung.backup.errors import ArchiveRefused, RestoreRefused
from lumbung.db import db, use_tenant
from lumbung.outbox import Effect, drain
from lumbung.secrets import decrypt
from lumbung.settings import Settings
from lumbung.web.sites import LumbungFlask
from tenants.accounts.models import Account
from tenants.municipalities.models import Municipality
from tests.backup.filled import CANARY, SECRET, Db, Filled, back_up, checksums, destination_of, files_of, fill
from tests.browsing import browse
from tests.world import World

PASSPHRASE = "tiga kata kunci arsip"


@pytest.fixture
def filled(session: Db, world: World) -> Filled:
    return fill(session, world)


def inflated(archive: Path) -> dict[str, bytes]:
    """Every member of an archive by name, as anybody can read it with Python alone."""
    with tarfile.open(archive) as tar:
        found = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    return {name: gzip.decompress(raw) if name.endswith(".gz") else raw for name, raw in found.items()}


def owned_by(rows: dict[str, list[str]], place: UUID) -> dict[str, list[str]]:
    return {table: [row for row in found if str(place) in row] for table, found in rows.items()}


def not_owned_by(rows: dict[str, list[str]], place: UUID) -> dict[str, list[str]]:
    return {table: [row for row in found if str(place) not in row] for table, found in rows.items()}


def without_notes(rows: dict[str, list[str]]) -> dict[str, list[str]]:
    return {table: [row for row in found if "backup.municipality_restored" not in row] for table, found in rows.items()}


def test_nothing_of_another_municipality_is_in_the_archive(
    filled: Filled, world: World, settings: Settings, tmp_path: Path
) -> None:
    archive = tmp_path / "tangsel.tar"
    back_up(settings, archive, tenant_id=world.tangsel.id)
    members = inflated(archive)
    everything = b"".join(members.values()) + "".join(members).encode()
    assert CANARY["tangsel"].encode() in everything
    for foreign in (CANARY["surabaya"], str(world.surabaya.id), "@surabaya.test", "Kota Surabaya"):
        assert foreign.encode() not in everything
    assert b"argon2" not in everything
    assert SECRET.encode() not in everything


def test_the_wall_keeps_others_out_of_the_archive_even_when_the_query_forgets(
    filled: Filled, world: World, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lumbung.backup.snapshot.rows_of_municipality", lambda table, tenant_id: text("true"))
    archive = tmp_path / "tangsel.tar"
    back_up(settings, archive, tenant_id=world.tangsel.id)
    members = inflated(archive)
    assert CANARY["tangsel"].encode() in members["tables/records.jsonl.gz"]
    for table in ("records", "record_history", "messages", "files", "memberships"):
        assert CANARY["surabaya"].encode() not in members[f"tables/{table}.jsonl.gz"]
        assert str(world.surabaya.id).encode() not in members[f"tables/{table}.jsonl.gz"]


def test_a_destroyed_municipality_comes_back_and_the_other_is_untouched(
    filled: Filled, world: World, settings: Settings, tmp_path: Path, admin_conninfo: str
) -> None:
    archive = tmp_path / "tangsel.tar"
    back_up(settings, archive, tenant_id=world.tangsel.id)
    rows, files = checksums(settings), files_of(settings)
    with psycopg.connect(admin_conninfo) as admin:
        admin.execute("SET LOCAL session_replication_role = replica")
        for table in ("records", "record_history", "record_clocks", "memberships", "outbox", "messages", "files"):
            admin.execute(f"DELETE FROM {table} WHERE tenant_id = %s", (world.tangsel.id,))
        admin.execute("UPDATE agencies SET name = 'rusak' WHERE tenant_id = %s", (world.tangsel.id,))
        admin.execute("UPDATE municipalities SET name = 'rusak' WHERE id = %s", (world.tangsel.id,))
    for key in files:
        if key.startswith(str(world.tangsel.id)):
            (settings.files_root / key).unlink()

    with pytest.raises(RestoreRefused, match="--replace"):
        restore_municipality(destination_of(settings), archive)
    arrived = restore_municipality(destination_of(settings), archive, replace=True)
    assert (arrived.at_home, arrived.replaced, arrived.held, arrived.lost) == (True, True, 0, {})
    restored = without_notes(checksums(settings))
    assert restored == rows
    assert files_of(settings) == files


def test_what_the_other_did_meanwhile_stays(
    filled: Filled, session: Db, world: World, settings: Settings, tmp_path: Path
) -> None:
    archive = tmp_path / "tangsel.tar"
    back_up(settings, archive, tenant_id=world.tangsel.id)
    for place in (world.surabaya, world.tangsel):
        use_tenant(session, place.id)
        for record in session.scalars(select(Record)):
            record.title = "Sesudah arsip"
        session.commit()
    before = checksums(settings)
    restore_municipality(destination_of(settings), archive, replace=True)
    after = without_notes(checksums(settings))
    assert not_owned_by(after, world.tangsel.id) == not_owned_by(before, world.tangsel.id)
    titles = "".join(owned_by(after, world.tangsel.id)["records"])
    assert "Sesudah arsip" not in titles
    assert CANARY["tangsel"] in titles


def test_it_works_at_another_lumbung_with_its_secrets_and_codes(
    filled: Filled, world: World, settings: Settings, elsewhere: Settings, other_app: LumbungFlask, tmp_path: Path
) -> None:
    archive = tmp_path / "tangsel.tar"
    back_up(settings, archive, tenant_id=world.tangsel.id, passphrase=PASSPHRASE)
    with pytest.raises(ArchiveRefused, match="not the passphrase"):
        restore_municipality(destination_of(elsewhere), archive, passphrase="bukan yang itu juga")
    arrived = restore_municipality(destination_of(elsewhere), archive, passphrase=PASSPHRASE)
    assert (arrived.at_home, arrived.replaced, arrived.lost) == (False, False, {})
    assert arrived.held > 0
    assert files_of(elsewhere) == {
        key: data for key, data in files_of(settings).items() if key.startswith(str(world.tangsel.id))
    }
    with other_app.app_context():
        use_tenant(db.session, world.tangsel.id)
        newest = db.session.scalars(select(SettingsVersion).order_by(SettingsVersion.version.desc())).first()
        assert newest is not None
        context = f"setting:{world.tangsel.id}:{newest.installation_id}:whatsapp-token"
        assert decrypt(newest.sealed["whatsapp-token"], context=context) == SECRET
        record = db.session.scalars(select(Record).order_by(Record.id)).first()
        assert record is not None
        code = filled.reports["tangsel"][0].tracking_code
        assert tracking_code_of(record) == code
        assert drain(other_app) == 0
        assert {effect.status for effect in db.session.scalars(select(Effect))} == {"failed"}
        admin = db.session.scalars(select(Account).where(Account.email == "admin@tangsel.test")).one()
        assert admin.password_hash is None
        assert db.session.scalar(select(Publisher.status)) == "suspended"
        assert db.session.scalar(select(App.hidden_at)) is not None
        db.session.remove()
    citizen = browse(other_app, "tangsel.lumbung.test")
    assert f"Lampu 0 {CANARY['tangsel']}" in citizen.get(f"/track/{code}").text
    assert citizen.get("/siaran/").status_code in (200, 308)
    officer = browse(other_app, "tangsel.lumbung.test", admin)
    assert officer.get("/work").status_code == 200


def test_without_the_passphrase_secrets_are_left_behind_and_named(
    filled: Filled, world: World, settings: Settings, elsewhere: Settings, other_app: LumbungFlask, tmp_path: Path
) -> None:
    archive = tmp_path / "tangsel.tar"
    back_up(settings, archive, tenant_id=world.tangsel.id)
    arrived = restore_municipality(destination_of(elsewhere), archive, slug="tangsel-baru", send_pending=True)
    assert arrived.slug == "tangsel-baru"
    assert arrived.lost["whatsapp-token"] == 1
    assert arrived.held == 0
    with other_app.app_context():
        use_tenant(db.session, world.tangsel.id)
        sealed = [version.sealed for version in db.session.scalars(select(SettingsVersion))]
        assert sealed == [{}, {}]
        assert [tracking_code_of(record) for record in db.session.scalars(select(Record))] == [None] * 3
        installation = db.session.scalars(select(Installation)).one()
        assert installation.status == "enabled"
        db.session.remove()


def test_people_who_are_known_there_stay_who_they_are(
    filled: Filled, session: Db, world: World, settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    archive = tmp_path / "tangsel.tar"
    back_up(settings, archive, tenant_id=world.tangsel.id)
    engine = destination_of(elsewhere).engine
    known = Account(email="admin@tangsel.test", name="Nama di sana", password_hash="hash", is_operator=True)
    # Somebody else there happens to have the id that a member has here.
    other = Account(id=world.tangsel.accounts["handler"].id, email="lain@contoh.id", name="Orang lain")
    with Session(engine, expire_on_commit=False) as there:
        there.add_all([known, other])
        there.commit()
    restore_municipality(destination_of(elsewhere), archive)
    with engine.connect() as connection:
        query = text("SELECT a.email, m.account_id FROM memberships m JOIN accounts a ON a.id = m.account_id")
        members = {row.email: row.account_id for row in connection.execute(query)}
        kept = connection.execute(
            text("SELECT name, password_hash, is_operator FROM accounts WHERE id = :id"), {"id": known.id}
        ).one()
        audit = connection.execute(text("SELECT count(*) FROM accounts WHERE email = 'lain@contoh.id'")).scalar()
    assert members["admin@tangsel.test"] == known.id != world.tangsel.accounts["admin"].id
    assert "lain@contoh.id" not in members
    assert members["handler@tangsel.test"] != other.id
    assert tuple(kept) == ("Nama di sana", "hash", True)
    assert audit == 1


def test_releases_known_there_are_used_and_another_one_of_the_same_version_is_refused(
    filled: Filled, session: Db, world: World, settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    tangsel, surabaya = tmp_path / "tangsel.tar", tmp_path / "surabaya.tar"
    back_up(settings, tangsel, tenant_id=world.tangsel.id)
    back_up(settings, surabaya, tenant_id=world.surabaya.id)
    assert restore_municipality(destination_of(elsewhere), tangsel).new["releases"] == 1
    engine = destination_of(elsewhere).engine
    with engine.begin() as connection:
        connection.execute(text("UPDATE releases SET digest = 'sha256:lain'"))
    with pytest.raises(RestoreRefused, match="other content"):
        restore_municipality(destination_of(elsewhere), surabaya)
    with engine.begin() as connection:
        digest = session.scalar(select(Release.digest))
        connection.execute(text("UPDATE releases SET digest = :digest"), {"digest": digest})
    arrived = restore_municipality(destination_of(elsewhere), surabaya)
    assert {arrived.new[table] for table in ("publishers", "apps", "signing_keys", "releases")} == {0}


def test_a_region_and_a_slug_have_one_municipality(
    filled: Filled, world: World, settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    archive = tmp_path / "tangsel.tar"
    back_up(settings, archive, tenant_id=world.tangsel.id)
    engine = destination_of(elsewhere).engine
    with Session(engine, expire_on_commit=False) as there:
        theirs = Municipality(region_code="36.71", slug="tangsel", name="Kota Lain", timezone="Asia/Jakarta")
        there.add(theirs)
        there.commit()
        with pytest.raises(RestoreRefused, match="--slug"):
            restore_municipality(destination_of(elsewhere), archive)
        with pytest.raises(ArchiveRefused):
            restore_municipality(destination_of(elsewhere), archive, slug="Bukan Alamat!")
        theirs.region_code = "36.74"
        there.commit()
        with pytest.raises(RestoreRefused, match="Kota Lain"):
            restore_municipality(destination_of(elsewhere), archive, slug="tangsel-baru", replace=True)
        theirs.region_code = "36.71"
        there.commit()
    restore_municipality(destination_of(elsewhere), archive, slug="tangsel-baru")
    assert {"tangsel", "tangsel-baru"} == {
        row.split('"slug": "')[1].split('"')[0] for row in checksums(elsewhere)["municipalities"]
    }
