"""Submitting packages: checked, signed, frozen, verified."""

from __future__ import annotations

import io
import threading
import zipfile
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.definitions.archive import write_members
from app_catalog.definitions.signing import key_id, new_private_key, public_key_of, sign_digest
from app_catalog.publishers.keys import add_own_key, list_keys, revoke_key
from app_catalog.publishers.models import Publisher
from app_catalog.releases.archives import unwrap_folder
from app_catalog.releases.loading import ReleaseDamaged, forget_loaded, load_release_definition
from app_catalog.releases.look_alikes import look_alike
from app_catalog.releases.models import App, Release, ReleaseEvent, ReleaseFile
from app_catalog.releases.reading import Package, PackageRefused, read_package_archive
from app_catalog.releases.states import newest_event
from app_catalog.releases.submission import publish_folder, submit_package
from lumbung.db import db
from lumbung.errors import Conflict, Forbidden, Invalid
from lumbung.postgres.testing import SuiteServer
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.packages import SIARAN, StandInRunner, approved_publisher, siaran_files, siaran_zip
from tests.processor_time import at_most
from tests.world import World

pytestmark = pytest.mark.usefixtures("tried")
Db = scoped_session[Session]


@pytest.fixture
def publisher(session: Db, world: World) -> Publisher:
    """Tangsel's publisher."""
    return approved_publisher(session, world.tangsel.accounts["admin"])


def _submit(session: Db, publisher: Publisher, archive: bytes, **options: Any) -> Release:
    release = submit_package(session, publisher, archive, by_operator=True, **options)
    assert isinstance(release, Release), [problem.format("en") for problem in release.report.errors]
    return release


def _digest(archive: bytes) -> str:
    package = read_package_archive(archive)
    assert isinstance(package, Package)
    return package.definition.digest


def test_a_sound_package_is_published_and_runs(session: Db, publisher: Publisher) -> None:
    release = _submit(session, publisher, siaran_zip())
    session.commit()
    event = newest_event(session, release.id)
    assert event is not None
    assert event.kind == "published"
    app = session.scalars(select(App)).one()
    assert app.latest_release_id == release.id
    assert app.name["en"] == "SIARAN: Citizen Reports"
    assert "lapor" in app.search_text
    assert "citizen reports" in app.search_text
    forget_loaded()
    definition = load_release_definition(session, release.id)
    assert definition.id == "siaran"
    assert definition.digest == release.digest
    icon = session.scalars(select(ReleaseFile).where(ReleaseFile.path == "icon.svg")).one()
    assert icon.content_type == "image/svg+xml"
    assert icon.data.startswith(b"<svg")
    assert release.report["scenarios"][0]["passed"] is True


def test_the_same_content_again_changes_nothing(session: Db, publisher: Publisher) -> None:
    first = _submit(session, publisher, siaran_zip())
    second = _submit(session, publisher, siaran_zip())
    folder = publish_folder(session, publisher, SIARAN)
    assert isinstance(folder, Release)
    assert first.id == second.id == folder.id
    assert session.scalar(select(func.count()).select_from(Release)) == 1
    assert session.scalar(select(func.count()).select_from(ReleaseEvent)) == 1


def test_the_same_version_with_other_content_is_a_conflict(session: Db, publisher: Publisher) -> None:
    _submit(session, publisher, siaran_zip())
    with pytest.raises(Conflict, match="Raise `version`"):
        submit_package(session, publisher, siaran_zip(readme="\nLain.\n"))


def test_the_catalog_follows_the_highest_version_not_the_last(session: Db, publisher: Publisher) -> None:
    _submit(session, publisher, siaran_zip(version="1.10.0", name="Wargaku Baru"))
    _submit(session, publisher, siaran_zip(version="1.9.1"))
    _submit(session, publisher, siaran_zip(version="2.0.0-rc.1"))
    app = session.scalars(select(App)).one()
    latest = session.get_one(Release, app.latest_release_id)
    assert latest.version == "1.10.0"
    assert app.name["id"] == "Wargaku Baru"


def test_of_many_writers_of_one_version_one_wins(app: LumbungFlask, session: Db, publisher: Publisher) -> None:
    publisher_id, writers, rounds = publisher.id, 8, 8
    start = threading.Barrier(writers)

    def write(number: int) -> list[str]:
        said = []
        start.wait()
        for attempt in range(rounds):
            with app.app_context():
                archive = siaran_zip(readme=f"\nTulisan {number}.{attempt}\n")
                try:
                    found = db.session.get_one(Publisher, publisher_id)
                    assert isinstance(submit_package(db.session, found, archive), Release)
                    db.session.commit()
                    said.append("won")
                except Conflict:
                    db.session.rollback()
                    said.append("lost")
                finally:
                    db.session.remove()
        return said

    with ThreadPoolExecutor(writers) as pool:
        said = [word for words in pool.map(write, range(writers)) for word in words]
    assert said.count("won") == 1
    assert said.count("lost") == writers * rounds - 1
    assert session.scalar(select(func.count()).select_from(Release)) == 1


def test_a_foreign_id_is_refused(session: Db, world: World, publisher: Publisher) -> None:
    _submit(session, publisher, siaran_zip())
    other = approved_publisher(session, world.surabaya.accounts["admin"], slug="surabaya", name="Kota Surabaya")
    with pytest.raises(Conflict, match="another publisher"):
        submit_package(session, other, siaran_zip(version="3.0.0"))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("siaran", "Siaran", True),
        ("siaran", "si-aran", True),
        ("lapor0", "laporo", True),
        ("wifi1", "wifil", True),
        ("siaran", "siarann", True),
        ("siaran", "saran", True),
        ("siaran", "sarana-kota", False),
        ("siaran", "wargaku", False),
        ("SIARAN", "SIÁRAN", True),
        ("SIARAN", "ЅІАRАΝ", True),
        ("SIARAN", "ＳＩＡＲＡＮ", True),
    ],
)
def test_look_alikes_are_seen(one: str, other: str, alike: bool) -> None:
    assert look_alike(one, other) is alike


def test_looking_for_look_alikes_among_thousands_of_entries_is_quick() -> None:
    one, other = ("aplikasi-pelayanan-terpadu-satu-pintu", "sistem-informasi-kepegawaian-daerah-a")
    with at_most(0.4):
        assert not any(look_alike(one, f"{other}{number}"[:37]) for number in range(20_000))


@pytest.mark.parametrize(
    "changes",
    [{"id": "s1aran", "name": "Suara"}, {"id": "suaraku"}, {"id": "kabar-warga", "name": "ЅІАRАΝ: Laporan Warga"}],
)
def test_a_look_alike_waits_for_a_curator(
    session: Db, world: World, publisher: Publisher, changes: dict[str, str]
) -> None:
    _submit(session, publisher, siaran_zip())
    other = approved_publisher(session, world.surabaya.accounts["admin"], slug="surabaya", name="Kota Surabaya")
    release = _submit(session, other, siaran_zip(**changes))
    event = newest_event(session, release.id)
    assert event is not None
    assert event.kind == "submitted"
    assert event.reason == "siaran"
    waiting = session.get_one(App, release.app_id)
    assert waiting.latest_release_id is None


def test_a_package_with_errors_says_all_of_them_and_leaves_nothing(session: Db, publisher: Publisher) -> None:
    files = siaran_files()
    files["app.yaml"] = files["app.yaml"].replace(b"category: complaints", b"category: klacht\nwarna: merah")
    files["pages/map.yaml"] = b"kind: map\n  record: [\n"
    refused = submit_package(session, publisher, write_members(files))
    assert isinstance(refused, PackageRefused)
    grouped = {found.file: found.problems for found in refused.by_file()}
    assert {"app.yaml", "pages/map.yaml"} <= set(grouped)
    assert any("category: klacht" in line for _, line in grouped["app.yaml"])
    assert session.scalar(select(func.count()).select_from(App)) == 0


def test_a_failed_scenario_keeps_the_package_out(session: Db, publisher: Publisher, tried: StandInRunner) -> None:
    tried.passes = False
    refused = submit_package(session, publisher, siaran_zip())
    assert isinstance(refused, PackageRefused)
    assert refused.scenarios is not None
    assert session.scalar(select(func.count()).select_from(App)) == 0


def test_a_publisher_that_is_not_approved_cannot_publish(session: Db, publisher: Publisher) -> None:
    publisher.status = "suspended"
    with pytest.raises(Forbidden):
        submit_package(session, publisher, siaran_zip())


def test_a_maintainers_own_key_signs(session: Db, publisher: Publisher) -> None:
    private, archive = new_private_key(), siaran_zip()
    key = add_own_key(session, publisher, name="Laptop", public_key=b64encode(public_key_of(private)).decode())
    signature = sign_digest(_digest(archive), private)
    release = _submit(session, publisher, archive, signature=signature.value, key_id=signature.key_id)
    assert release.signing_key_id == key.id
    forget_loaded()
    assert load_release_definition(session, release.id).version == "0.9.0"


def test_a_wrong_signature_is_refused(session: Db, publisher: Publisher) -> None:
    private, archive = new_private_key(), siaran_zip()
    add_own_key(session, publisher, name="Laptop", public_key=b64encode(public_key_of(private)).decode())
    wrong = sign_digest(_digest(siaran_zip(readme="lain")), private)
    with pytest.raises(Invalid) as refusal:
        submit_package(session, publisher, archive, signature=wrong.value, key_id=wrong.key_id)
    assert "tidak cocok" in refusal.value.fields["signature"][0]


def test_an_unknown_key_is_refused(session: Db, publisher: Publisher) -> None:
    private, archive = new_private_key(), siaran_zip()
    signature = sign_digest(_digest(archive), private)
    with pytest.raises(Invalid) as refusal:
        submit_package(session, publisher, archive, signature=signature.value, key_id=key_id(public_key_of(private)))
    assert "tidak terdaftar" in refusal.value.fields["signature"][0]


def test_a_revoked_key_signs_nothing_new_and_old_releases_still_load(session: Db, publisher: Publisher) -> None:
    private, archive = new_private_key(), siaran_zip()
    key = add_own_key(session, publisher, name="Laptop", public_key=b64encode(public_key_of(private)).decode())
    signature = sign_digest(_digest(archive), private)
    release = _submit(session, publisher, archive, signature=signature.value, key_id=signature.key_id)
    revoke_key(session, publisher, key_row_id=key.id)
    newer = siaran_zip(version="0.9.1")
    again = sign_digest(_digest(newer), private)
    with pytest.raises(Invalid) as refusal:
        submit_package(session, publisher, newer, signature=again.value, key_id=again.key_id)
    assert "dicabut" in refusal.value.fields["signature"][0]
    forget_loaded()
    assert load_release_definition(session, release.id).version == "0.9.0"


def test_a_revoked_platform_key_is_replaced(session: Db, publisher: Publisher) -> None:
    (first,) = list_keys(session, publisher)
    release = _submit(session, publisher, siaran_zip())
    revoke_key(session, publisher, key_row_id=first.id)
    newer = _submit(session, publisher, siaran_zip(version="0.9.1"))
    assert newer.signing_key_id != release.signing_key_id == first.id
    assert first.sealed_private == ""


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE releases SET canonical = replace(canonical, 'PT48H', 'PT99H')",
        "UPDATE releases SET canonical = replace(canonical, 'PT48H', 'PT99H'), digest = 'sha256:' "
        "|| encode(sha256(convert_to(replace(canonical, 'PT48H', 'PT99H'), 'UTF8')), 'hex')",
        "UPDATE releases SET signature = encode(sha512('x'), 'base64')",
    ],
)
def test_a_tampered_release_is_not_run(
    session: Db, publisher: Publisher, suite_server: SuiteServer, worker_id: str, damage: str
) -> None:
    release = _submit(session, publisher, siaran_zip())
    session.commit()
    assert load_release_definition(session, release.id).id == "siaran"
    forget_loaded()
    conninfo = psycopg.conninfo.make_conninfo(suite_server.admin_conninfo, dbname=f"test_{worker_id}")
    with psycopg.connect(conninfo, autocommit=True) as admin:
        assert admin.execute(damage).rowcount == 1
    with pytest.raises(ReleaseDamaged):
        load_release_definition(session, release.id)


def test_a_zip_of_a_folder_with_desktop_clutter_is_understood(session: Db, publisher: Publisher) -> None:
    files = {f"siaran-main/{path}": data for path, data in siaran_files().items()}
    files["__MACOSX/siaran-main/._app.yaml"] = b"\0"
    files["siaran-main/.DS_Store"] = b"\0"
    release = _submit(session, publisher, write_members(files))
    assert release.digest == _digest(siaran_zip())


def test_unwrapping_leaves_what_it_cannot_read(session: Db) -> None:
    assert unwrap_folder(b"PK not a zip") == b"PK not a zip"
    plain = siaran_zip()
    assert unwrap_folder(plain) is plain


def test_unwrapping_opens_nothing_that_asks_for_memory_or_never_ends(session: Db) -> None:
    for compression, count in ((zipfile.ZIP_LZMA, 2), (zipfile.ZIP_BZIP2, 2), (zipfile.ZIP_STORED, 50_000)):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", compression) as zipped:
            zipped.writestr("paket/app.yaml", "format: 1")
            for number in range(count):
                zipped.writestr(f"paket/{number}", "")
        archive = buffer.getvalue()
        with at_most(0.3):
            assert unwrap_folder(archive) is archive
