"""Apps that changed hands: a release is held against the publisher whose key signed it when it was sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app_catalog.installations.models import Installation
from app_catalog.installations.versions import switch_version
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App, Release
from app_catalog.releases.submission import submit_package
from app_catalog.transfers.services import accept_offer, offer_app
from lumbung.backup.arriving import restore_municipality
from lumbung.backup.errors import ArchiveRefused
from lumbung.db import as_tenant, now
from lumbung.settings import Settings
from tests.app_catalog.packages import approved_publisher, siaran_zip
from tests.backup.filled import Db, back_up, destination_of, fill
from tests.world import World

NEW = "00000000-0000-7000-8000-000000000001"


def _hand_over(session: Db, world: World) -> None:
    """SIARAN passes from Tangsel to a community; committed."""
    taker = approved_publisher(session, world.surabaya.accounts["admin"], slug="komunitas", name="Komunitas")
    giver = session.scalars(select(Publisher).where(Publisher.slug == "tangsel")).one()
    app = session.scalars(select(App)).one()
    account = world.operator.id
    offered = offer_app(session, giver, app, to="komunitas", message="Kalian yang merawatnya", account_id=account)
    accept_offer(session, taker, offered.id, account_id=account)
    session.commit()


def _publish_and_run(session: Db, world: World, version: str) -> None:
    publisher = session.scalars(select(Publisher).where(Publisher.slug == "tangsel")).one()
    release = submit_package(session, publisher, siaran_zip(version=version), by_operator=True)
    assert isinstance(release, Release)
    with as_tenant(session, world.tangsel.id):
        switch_version(session, session.scalars(select(Installation)).one(), release)
        session.commit()


def test_an_archive_from_before_comes_back_after_the_app_has_changed_hands(
    session: Db, world: World, settings: Settings, tmp_path: Path
) -> None:
    fill(session, world)
    back_up(settings, tmp_path / "surabaya.tar", tenant_id=world.surabaya.id)
    _hand_over(session, world)
    session.remove()
    restore_municipality(destination_of(settings), tmp_path / "surabaya.tar", replace=True)
    owner = select(Publisher.slug).join(App, App.publisher_id == Publisher.id)
    assert session.scalars(owner).one() == "komunitas"


def test_releases_of_the_former_publisher_are_good_where_the_app_is_new(
    session: Db, world: World, settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    fill(session, world)
    _hand_over(session, world)
    session.remove()
    back_up(settings, tmp_path / "surabaya.tar", tenant_id=world.surabaya.id)
    restore_municipality(destination_of(elsewhere), tmp_path / "surabaya.tar")
    with destination_of(elsewhere).engine.connect() as connection:
        owner = text("SELECT p.slug, p.status FROM apps a JOIN publishers p ON p.id = a.publisher_id")
        assert connection.execute(owner).all() == [("komunitas", "suspended")]
        passed = text("SELECT status, message, offered_by FROM app_transfers")
        assert connection.execute(passed).all() == [("accepted", "", None)]


@pytest.mark.parametrize("before", [True, False])
def test_what_the_former_publisher_sends_after_it_is_not_theirs_any_more_is_refused(
    session: Db, world: World, settings: Settings, elsewhere: Settings, tmp_path: Path, before: bool
) -> None:
    fill(session, world)
    session.remove()
    back_up(settings, tmp_path / "surabaya.tar", tenant_id=world.surabaya.id)
    restore_municipality(destination_of(elsewhere), tmp_path / "surabaya.tar")
    _publish_and_run(session, world, "0.9.1")
    sent = session.scalars(select(Release.created_at).where(Release.version == "0.9.1")).one()
    session.remove()
    back_up(settings, tmp_path / "tangsel.tar", tenant_id=world.tangsel.id)
    _passed_on_there(elsewhere, sent + timedelta(seconds=1 if before else -1))
    if before:
        restore_municipality(destination_of(elsewhere), tmp_path / "tangsel.tar")
        return
    with pytest.raises(ArchiveRefused, match="not what its publisher signed"):
        restore_municipality(destination_of(elsewhere), tmp_path / "tangsel.tar")


def _passed_on_there(elsewhere: Settings, moment: datetime) -> None:
    with destination_of(elsewhere).engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO publishers (id, slug, name, kind, about, contact_email, status, evidence, created_at)"
                " VALUES (:id, 'baru', 'Baru', 'community', '', 'a@b.id', 'approved', '', :now)"
            ),
            {"id": NEW, "now": now()},
        )
        connection.execute(
            text(
                "INSERT INTO app_transfers (id, app_id, from_publisher_id, to_publisher_id, status, message, reason,"
                " decided_at, created_at) SELECT '00000000-0000-7000-8000-000000000002', id, publisher_id,"
                " :new, 'accepted', '', '', :at, :at FROM apps"
            ),
            {"at": moment, "new": NEW},
        )
        connection.execute(text("UPDATE apps SET publisher_id = :new"), {"new": NEW})
