"""Betas that become stable, and versions that nobody new gets."""

from __future__ import annotations

from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.models import Installation
from app_catalog.installations.services import enable_app
from app_catalog.installations.shelf import list_shelf
from app_catalog.installations.versions import switch_version
from app_catalog.publishers.models import Publisher
from app_catalog.publishers.tokens import create_token
from app_catalog.releases.changing import promote_release, yank_release
from app_catalog.releases.models import App, Release
from app_catalog.releases.states import list_states, newest_published
from app_catalog.releases.submission import submit_package
from app_runtime.upgrades.showing import get_versions_page
from lumbung.db import as_tenant, db, use_tenant
from lumbung.errors import Conflict
from lumbung.messages.models import Message
from lumbung.outbox import drain
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.packages import approved_publisher, siaran_zip
from tests.browsing import browse, words_of
from tests.siaran import AGENCIES
from tests.world import Place, World

pytestmark = pytest.mark.usefixtures("tried")
Db = scoped_session[Session]


@pytest.fixture
def publisher(session: Db, world: World) -> Publisher:
    """Tangsel's publisher with SIARAN 0.9.0."""
    found = approved_publisher(session, world.tangsel.accounts["admin"], municipality_id=world.tangsel.id)
    _publish(session, found, "0.9.0")
    return found


def _publish(session: Db, publisher: Publisher, version: str, channel: str = "stable") -> Release:
    release = submit_package(session, publisher, siaran_zip(version=version), channel=channel, by_operator=True)
    assert isinstance(release, Release)
    session.commit()
    return release


def _app(session: Db) -> App:
    return session.scalars(select(App).where(App.slug == "siaran").execution_options(populate_existing=True)).one()


def _enable(session: Db, place: Place, release: Release) -> Installation:
    with as_tenant(session, place.id):
        installation = enable_app(
            session, app=_app(session), release=release, overrides={"categories": AGENCIES}, announced=False
        )
        session.commit()
    return installation


def _offered(session: Db, place: Place, installation: Installation) -> list[str]:
    with as_tenant(session, place.id):
        return [one.release.version for one in get_versions_page(session, installation).offered]


def test_a_beta_is_for_those_who_chose_trial_versions_until_it_is_promoted(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher
) -> None:
    first = newest_published(session, _app(session).id)
    assert first is not None
    installation = _enable(session, world.tangsel, first)
    _publish(session, publisher, "0.9.1", "beta")
    assert _app(session).latest_release_id == first.id
    assert _offered(session, world.tangsel, installation) == []
    with as_tenant(session, world.tangsel.id):
        installation.channel = "beta"
        session.commit()
    assert _offered(session, world.tangsel, installation) == ["0.9.1"]
    assert "0.9.1 (beta)" in words_of(browse(app).get("/apps/siaran"))

    with as_tenant(session, world.tangsel.id):
        installation.channel = "stable"
        session.commit()
    promoted = promote_release(session, _app(session), "0.9.1", account_id=None)
    session.commit()
    assert _app(session).latest_release_id == promoted.id
    assert [state.channel for state in list_states(session, _app(session).id)] == ["stable", "stable"]
    assert _offered(session, world.tangsel, installation) == ["0.9.1"]
    with pytest.raises(Conflict):
        promote_release(session, _app(session), "0.9.1", account_id=None)


def test_a_pre_release_is_beta_by_its_number(session: Db, publisher: Publisher) -> None:
    _publish(session, publisher, "0.10.0-rc.1")
    newest = newest_published(session, _app(session).id)
    assert newest is not None
    assert newest.version == "0.9.0"
    with pytest.raises(Conflict, match="pre-release"):
        promote_release(session, _app(session), "0.10.0-rc.1", account_id=None)


def test_promoting_from_the_publishers_page(app: LumbungFlask, session: Db, world: World, publisher: Publisher) -> None:
    _publish(session, publisher, "0.9.1", "beta")
    owner = browse(app, account=world.tangsel.accounts["admin"])
    page = "/publish/tangsel/apps/siaran"
    assert "Jadikan stabil" in words_of(owner.get(page))
    assert owner.post_form(page, {}, to=f"{page}/0.9.1/promote").status_code == 303
    assert owner.post_form(page, {}, to=f"{page}/0.9.1/promote").status_code == 409
    stranger = browse(app, account=world.surabaya.accounts["admin"])
    assert stranger.get(page).status_code == 404


def test_a_yanked_version_is_kept_by_who_runs_it_and_nobody_new_gets_it(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher
) -> None:
    first = newest_published(session, _app(session).id)
    assert first is not None
    second = _publish(session, publisher, "0.9.1")
    installation = _enable(session, world.tangsel, second)
    _enable(session, world.surabaya, first)
    world.tangsel.accounts["admin"].language = "en"
    session.commit()
    yank_release(session, _app(session), "0.9.1", account_id=None, reason="Tenggatnya salah hitung")
    session.commit()
    assert _app(session).latest_release_id == first.id
    assert browse(app, world.tangsel.host).get("/siaran").status_code == 200
    with as_tenant(session, world.surabaya.id), pytest.raises(Conflict):
        enable_app(session, app=_app(session), release=second, overrides={"categories": AGENCIES})
    session.rollback()

    drain(app)
    with as_tenant(session, world.tangsel.id):
        letters = session.scalars(select(Message).where(Message.subject_type == "yank")).all()
        assert [letter.recipient for letter in letters] == [world.tangsel.accounts["admin"].email]
        assert "was yanked by its publisher" in letters[0].subject
        assert "Tenggatnya salah hitung" in letters[0].text
        assert f"{world.tangsel.host}/manage/apps/siaran/versions" in letters[0].text
    assert "0.9.0" in _offered(session, world.tangsel, installation)
    with as_tenant(session, world.surabaya.id):
        assert session.scalars(select(Message).where(Message.subject_type == "yank")).all() == []


@pytest.mark.parametrize("way", ["enable", "switch"])
def test_who_takes_a_version_while_it_is_being_yanked_is_told(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher, way: str
) -> None:
    app_id, tenant_id = _app(session).id, world.surabaya.id
    if way == "switch":
        first = newest_published(session, app_id)
        assert first is not None
        _enable(session, world.surabaya, first)
    release_id = _publish(session, publisher, "0.9.1").id
    taken, may_go_on = Event(), Event()

    def take() -> None:
        with app.app_context():
            use_tenant(db.session, tenant_id)
            release = db.session.get_one(Release, release_id)
            if way == "switch":
                switch_version(db.session, db.session.scalars(select(Installation)).one(), release)
            else:
                entry = db.session.get_one(App, app_id)
                enable_app(db.session, app=entry, release=release, overrides={"categories": AGENCIES})
            taken.set()
            may_go_on.wait(20)
            db.session.commit()

    def yank() -> None:
        with app.app_context():
            yank_release(db.session, db.session.get_one(App, app_id), "0.9.1", account_id=None, reason="Salah hitung")
            db.session.commit()
        drain(app)

    taking, yanking = Thread(target=take), Thread(target=yank)
    taking.start()
    assert taken.wait(20)
    yanking.start()
    # Long enough for whoever does not wait to be done.
    yanking.join(3)
    may_go_on.set()
    taking.join(20)
    yanking.join(20)
    with as_tenant(session, tenant_id):
        letters = session.scalars(select(Message).where(Message.subject_type == "yank")).all()
    assert [letter.recipient for letter in letters] == [world.surabaya.accounts["admin"].email]


def test_an_app_whose_only_version_was_yanked_stays_on_the_shelf_of_who_runs_it(
    session: Db, world: World, publisher: Publisher
) -> None:
    first = newest_published(session, _app(session).id)
    assert first is not None
    _enable(session, world.tangsel, first)
    yank_release(session, _app(session), "0.9.0", account_id=None, reason="Ada kebocoran")
    session.commit()
    with as_tenant(session, world.tangsel.id):
        assert [app.slug for _, app, _ in list_shelf(session).installed] == ["siaran"]
    with as_tenant(session, world.surabaya.id):
        assert list_shelf(session).offered == ()


def test_yanking_from_the_page_is_for_the_publisher_and_curators(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher
) -> None:
    page = "/apps/siaran/0.9.0/yank"
    assert browse(app, account=world.surabaya.accounts["admin"]).get(page).status_code == 404
    curator = browse(app, account=world.operator)
    assert "tetap memakainya" in words_of(curator.get(page))
    owner = browse(app, account=world.tangsel.accounts["admin"])
    assert owner.post_form(page, {"reason": " "}).status_code == 422
    assert owner.post_form(page, {"reason": "Salah tenggat"}).status_code == 303
    assert curator.post_form("/curator/releases", {"reason": "Salah tenggat"}, to=page).status_code == 409
    assert "Salah tenggat" in words_of(browse(app).get("/apps/siaran/0.9.0"))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 100_000, 422),
        (b'{"reason":' * 50_000, 422),
        (b'{"reason": true}', 422),
        # What is no character at all is left out of what others read.
        (b'{"reason": "half a character \\ud800"}', 200),
        (b'{"reason": "nothing \\u0000"}', 200),
    ],
)
def test_a_body_that_no_reader_follows_is_the_senders_mistake(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher, body: bytes, status: int
) -> None:
    _, token = create_token(session, publisher, account_id=world.tangsel.accounts["admin"].id, name="CI", days=30)
    session.commit()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    at = "/api/v1/publishers/tangsel/apps/siaran/0.9.0/yank"
    assert browse(app).open("POST", at, data=body, headers=headers).status_code == status


def test_yanking_and_promoting_by_token(app: LumbungFlask, session: Db, world: World, publisher: Publisher) -> None:
    _publish(session, publisher, "0.9.1", "beta")
    _, token = create_token(session, publisher, account_id=world.tangsel.accounts["admin"].id, name="CI", days=30)
    session.commit()

    def post(path: str, body: Any, bearer: str = token) -> Any:
        headers = {"Authorization": f"Bearer {bearer}"}
        return browse(app).open("POST", f"/api/v1/publishers/tangsel/apps/siaran/{path}", json=body, headers=headers)

    assert post("0.9.1/promote", {}, "lbg_no").status_code == 401
    assert post("0.9.1/promote", {}).json["channel"] == "stable"
    assert post("0.9.1/yank", {}).status_code == 422
    assert post("0.9.1/yank", {"reason": "Salah tenggat"}).json["status"] == "yanked"
    assert post("0.9.1/yank", {"reason": "Salah tenggat"}).status_code == 409
    assert post("7.0.0/yank", {"reason": "Salah tenggat"}).status_code == 404
