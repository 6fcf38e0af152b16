"""How a release spreads: counted without saying where, by name only who says so in public."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.models import Installation
from app_catalog.installations.services import disable_app, enable_again, enable_app
from app_catalog.installations.versions import switch_version
from app_catalog.publishers.models import Publisher
from app_catalog.releases.changing import get_state
from app_catalog.releases.models import App, Release
from app_catalog.releases.submission import submit_package
from app_catalog.spread.models import RunningVersion
from app_catalog.spread.noting import note_refused, reckon_running
from app_catalog.spread.reading import Spread, get_spread
from lumbung.db import as_tenant
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.packages import approved_publisher, siaran_zip
from tests.browsing import browse, words_of
from tests.siaran import AGENCIES
from tests.world import Place, World

pytestmark = pytest.mark.usefixtures("tried")
Db = scoped_session[Session]


@pytest.fixture
def publisher(session: Db, world: World) -> Publisher:
    """Tangsel's publisher with SIARAN 0.9.0 and 0.9.1."""
    found = approved_publisher(session, world.tangsel.accounts["admin"], municipality_id=world.tangsel.id)
    for version in ("0.9.0", "0.9.1"):
        submit_package(session, found, siaran_zip(version=version), by_operator=True)
    session.commit()
    return found


def _app(session: Db) -> App:
    return session.scalars(select(App)).one()


def _release(session: Db, version: str) -> Release:
    return session.scalars(select(Release).where(Release.version == version)).one()


def _enable(session: Db, place: Place, version: str, *, announced: bool = False) -> Installation:
    with as_tenant(session, place.id):
        made = enable_app(
            session,
            app=_app(session),
            release=_release(session, version),
            overrides={"categories": AGENCIES},
            announced=announced,
        )
        session.commit()
    return made


def _spread(session: Db, version: str) -> Spread:
    return get_spread(session, _app(session), get_state(session, _app(session), version))


def _rows(session: Db) -> Sequence[Any]:
    columns = (RunningVersion.place, RunningVersion.release_id, RunningVersion.since, RunningVersion.how)
    return session.execute(select(*columns).order_by(RunningVersion.place)).all()


def test_it_is_counted_by_version_and_named_by_consent(session: Db, world: World, publisher: Publisher) -> None:
    _enable(session, world.tangsel, "0.9.0", announced=True)
    installation = _enable(session, world.surabaya, "0.9.0")
    old = _spread(session, "0.9.0")
    assert (old.here.number, old.all, old.here.unnamed) == (2, 2, 1)
    assert [municipality.slug for _, municipality in old.here.named] == ["tangsel"]
    assert [(one.number, one.by_now) for one in old.days] == [(2, 2)]

    with as_tenant(session, world.surabaya.id):
        switch_version(session, installation, _release(session, "0.9.1"), automatic=True)
        session.commit()
    new = _spread(session, "0.9.1")
    assert (new.here.number, new.here.unnamed, new.behind) == (1, 1, 1)
    assert dict(new.how) == {"automatic": 1}
    assert [(one.version, one.number) for one in new.older] == [("0.9.0", 1)]
    assert _spread(session, "0.9.0").newer == 1


def test_a_row_says_nothing_of_its_municipality(session: Db, world: World, publisher: Publisher) -> None:
    _enable(session, world.surabaya, "0.9.0")
    row = session.scalars(select(RunningVersion)).one()
    told = " ".join(str(value) for value in vars(row).values())
    assert str(world.surabaya.id) not in told
    assert "surabaya" not in told.casefold()


def test_who_disables_the_app_counts_no_more_until_it_is_enabled_again(
    session: Db, world: World, publisher: Publisher
) -> None:
    installation = _enable(session, world.surabaya, "0.9.0")
    with as_tenant(session, world.surabaya.id):
        disable_app(session, installation, reason="Pindah")
        session.commit()
        assert _spread(session, "0.9.0").all == 0
        enable_again(session, installation)
        session.commit()
    assert _spread(session, "0.9.0").here.number == 1


def test_reckoning_anew_gives_the_same_and_keeps_what_was_refused(
    session: Db, world: World, publisher: Publisher
) -> None:
    for place in (world.tangsel, world.surabaya):
        installation = _enable(session, place, "0.9.0")
    with as_tenant(session, world.surabaya.id):
        note_refused(session, installation, _release(session, "0.9.1"), ["setting:categories", "setting:categories"])
        session.commit()
    before = _rows(session)
    for again in (False, True):
        if again:
            session.execute(delete(RunningVersion))
        for place in (world.tangsel, world.surabaya):
            with as_tenant(session, place.id):
                reckon_running(session)
                session.commit()
        assert _rows(session) == before
        assert _spread(session, "0.9.1").refused == (0 if again else 1)


def test_why_it_was_not_taken_is_told_in_the_packages_words(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher
) -> None:
    installation = _enable(session, world.surabaya, "0.9.0")
    codes = ["setting:categories", "scenario:forwarding", "mapping", "platform-out-of-range"]
    with as_tenant(session, world.surabaya.id):
        note_refused(session, installation, _release(session, "0.9.1"), codes)
        session.commit()
    owner = browse(app, account=world.tangsel.accounts["admin"])
    page = "/publish/tangsel/apps/siaran/0.9.1"
    words = words_of(owner.get(page))
    assert "Pengaturan “Kategori laporan” tidak cocok lagi: 1 daerah" in words
    assert "Uji “Forwarding” tidak lulus di sana: 1 daerah" in words
    assert "Surabaya" not in words
    assert "0 dari 1 daerah" in words
    assert browse(app, account=world.surabaya.accounts["admin"]).get(page).status_code == 404
    assert owner.get("/publish/tangsel/apps/siaran/7.0.0").status_code == 404
    with as_tenant(session, world.surabaya.id):
        switch_version(session, installation, _release(session, "0.9.1"))
        session.commit()
    assert "1 dari 1 daerah" in words_of(owner.get(page))
    assert _spread(session, "0.9.1").refused == 0


def test_a_release_that_waits_or_was_sent_back_has_its_page(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher
) -> None:
    release = submit_package(session, publisher, siaran_zip(id="lapor", version="1.0.0", name="Lapor Warga"))
    assert isinstance(release, Release)
    session.commit()
    owner = browse(app, account=world.tangsel.accounts["admin"])
    words = words_of(owner.get("/publish/tangsel/apps/lapor/1.0.0"))
    assert "Menunggu kurator" in words
    assert "Dikirim dan diperiksa" in words
    assert "Siapa yang memakainya" not in words
