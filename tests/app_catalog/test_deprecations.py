"""Support that ends on a day: who reads it, who is told and when, and what comes instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.deprecations.models import Deprecation
from app_catalog.deprecations.reading import find_deprecated, list_deprecated, today_in_jakarta
from app_catalog.deprecations.services import Announced, deprecate, withdraw
from app_catalog.deprecations.telling import remind
from app_catalog.installations.models import Installation
from app_catalog.installations.services import enable_app
from app_catalog.installations.shelf import list_shelf
from app_catalog.publishers.models import Publisher
from app_catalog.publishers.tokens import create_token
from app_catalog.releases.models import App, Release
from app_catalog.releases.states import newest_published, note_event
from app_catalog.releases.submission import submit_package
from app_runtime.upgrades.automatic import find_next_version
from app_runtime.upgrades.showing import get_versions_page
from lumbung.db import as_tenant
from lumbung.db.clock import shift_clock
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.messages.models import Message
from lumbung.outbox import drain
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.packages import approved_publisher, siaran_zip
from tests.browsing import browse, csrf_token, words_of
from tests.siaran import AGENCIES
from tests.world import Place, World

pytestmark = pytest.mark.usefixtures("tried")
Db = scoped_session[Session]
PAGE = "/publish/tangsel/apps/siaran"


@pytest.fixture
def publisher(session: Db, world: World) -> Publisher:
    """Tangsel's publisher with SIARAN 0.9.0 and 0.9.1."""
    found = approved_publisher(session, world.tangsel.accounts["admin"], municipality_id=world.tangsel.id)
    for version in ("0.9.0", "0.9.1"):
        _publish(session, found, version)
    return found


def _publish(session: Db, publisher: Publisher, version: str, **changes: str) -> Release:
    release = submit_package(session, publisher, siaran_zip(version=version, **changes), by_operator=True)
    assert isinstance(release, Release)
    session.commit()
    return release


def _app(session: Db, slug: str = "siaran") -> App:
    return session.scalars(select(App).where(App.slug == slug).execution_options(populate_existing=True)).one()


def _release(session: Db, version: str) -> Release:
    return session.scalars(select(Release).where(Release.version == version)).one()


def _enable(session: Db, place: Place, release: Release) -> Installation:
    with as_tenant(session, place.id):
        installation = enable_app(
            session, app=_app(session), release=release, overrides={"categories": AGENCIES}, announced=False
        )
        session.commit()
    return installation


def _in_days(days: int) -> Any:
    return today_in_jakarta() + timedelta(days=days)


def _old(session: Db, days: int = 90, **more: Any) -> Deprecation:
    said = Announced("Tenggatnya salah hitung", _in_days(days), "0.9.1", **more)
    made = deprecate(session, _app(session), "0.9.0", said, account_id=None)
    session.commit()
    return made


def _letters(session: Db, place: Place) -> list[Message]:
    with as_tenant(session, place.id):
        found = session.scalars(
            select(Message).where(Message.subject_type == "deprecation").order_by(Message.created_at)
        )
        return list(found)


@pytest.fixture
def later() -> Iterator[Callable[[int], None]]:
    """Sets the clock so many days ahead of the test's first moment."""
    with ExitStack() as clocks:

        def move(days: int) -> None:
            clocks.pop_all().close()
            clocks.enter_context(shift_clock(timedelta(days=days)))

        yield move


def test_who_runs_it_is_told_once_now_and_once_before_the_end(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher, later: Callable[[int], None]
) -> None:
    _enable(session, world.tangsel, _release(session, "0.9.0"))
    _enable(session, world.surabaya, _release(session, "0.9.1"))
    world.tangsel.accounts["admin"].language = "en"
    session.commit()
    _old(session)
    drain(app)
    letters = _letters(session, world.tangsel)
    assert [letter.recipient for letter in letters] == [world.tangsel.accounts["admin"].email]
    assert "Support of" in letters[0].subject
    assert "Tenggatnya salah hitung" in letters[0].text
    assert f"{world.tangsel.host}/manage/apps/siaran/versions/0.9.1" in letters[0].text
    assert _letters(session, world.surabaya) == []
    session.rollback()

    for day, expected in ((59, 1), (61, 2), (62, 2), (80, 2)):
        later(day)
        remind(session)
        session.commit()
        drain(app)
        assert len(_letters(session, world.tangsel)) == expected
        session.rollback()
    assert _letters(session, world.tangsel)[-1].subject.startswith("Ends soon")


def test_an_end_that_is_near_already_is_told_once(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher, later: Callable[[int], None]
) -> None:
    _enable(session, world.tangsel, _release(session, "0.9.0"))
    _old(session, days=30)
    later(5)
    remind(session)
    session.commit()
    drain(app)
    assert len(_letters(session, world.tangsel)) == 1


def test_taking_it_back_is_told_and_nothing_ends(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher, later: Callable[[int], None]
) -> None:
    _enable(session, world.tangsel, _release(session, "0.9.0"))
    _old(session)
    drain(app)
    withdraw(session, _app(session), "0.9.0")
    session.commit()
    with pytest.raises(NotFound):
        withdraw(session, _app(session), "0.9.0")
    session.rollback()
    later(100)
    remind(session)
    session.commit()
    drain(app)
    assert [letter.subject.split()[-1] for letter in _letters(session, world.tangsel)][1:] == ["berlanjut"]
    assert find_deprecated(session, _app(session).id, _release(session, "0.9.0").id) is None
    _enable(session, world.surabaya, _release(session, "0.9.0"))
    _old(session, days=190)


def test_it_may_be_enabled_until_the_day_and_not_after(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher, later: Callable[[int], None]
) -> None:
    old = _release(session, "0.9.0")
    _old(session, days=40)
    later(40)
    installation = _enable(session, world.tangsel, old)
    later(41)
    with as_tenant(session, world.surabaya.id), pytest.raises(Conflict, match=r"ended on .* Use version 0\.9\.1"):
        enable_app(session, app=_app(session), release=old, overrides={"categories": AGENCIES})
    session.rollback()
    assert browse(app, world.tangsel.host).get("/siaran").status_code == 200
    admin = browse(app, world.tangsel.host, account=world.tangsel.accounts["admin"])
    for page in ("", "/siaran", "/siaran/versions"):
        shown = admin.get(f"/manage/apps{page}")
        assert "Tenggatnya salah hitung" in words_of(shown), page
        assert "/manage/apps/siaran/versions/0.9.1" in shown.get_data(as_text=True)
    with as_tenant(session, world.tangsel.id):
        assert [one.release.version for one in get_versions_page(session, installation).offered] == ["0.9.1"]


def test_a_successor_that_was_yanked_is_named_to_nobody(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher, later: Callable[[int], None]
) -> None:
    installation = _enable(session, world.tangsel, _release(session, "0.9.0"))
    _old(session, days=40)
    drain(app)
    note_event(session, _release(session, "0.9.1"), "yanked", account_id=None, reason="Salah hitung")
    session.commit()
    (found,) = list_deprecated(session, [installation.app_id])
    assert found.successor_version is None
    later(15)
    remind(session)
    session.commit()
    drain(app)
    letter = _letters(session, world.tangsel)[-1]
    assert "Penggantinya sudah ditarik" in letter.text
    assert letter.text.rstrip().endswith("/manage/apps/siaran/versions")


def test_a_version_that_ends_is_taken_by_nobody_by_itself_and_offered_no_more_once_it_is_over(
    session: Db, world: World, publisher: Publisher, later: Callable[[int], None]
) -> None:
    installation = _enable(session, world.tangsel, _release(session, "0.9.0"))
    _publish(session, publisher, "0.9.2")
    _publish(session, publisher, "1.0.0", id="lapor", name="Lapor Warga")
    with as_tenant(session, world.tangsel.id):
        installation.update_policy = "minors"
        session.commit()
        before = find_next_version(session, installation)
        assert before is not None
        assert before.version == "0.9.2"
    ending = Announced("Ada celah di unggahan", _in_days(40), successor_app="lapor")
    deprecate(session, _app(session), "0.9.2", ending, account_id=None)
    session.commit()
    with as_tenant(session, world.tangsel.id):
        found = find_next_version(session, installation)
        assert found is not None
        assert found.version == "0.9.1"
        assert [one.release.version for one in get_versions_page(session, installation).offered] == ["0.9.2", "0.9.1"]
        later(41)
        assert [one.release.version for one in get_versions_page(session, installation).offered] == ["0.9.1"]


def test_a_whole_app_that_ends_names_another_one(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher, later: Callable[[int], None]
) -> None:
    _publish(session, publisher, "1.0.0", id="lapor", name="Lapor Warga")
    itself = Announced("Digabung", _in_days(60), successor_app="siaran")
    with pytest.raises(Invalid):
        deprecate(session, _app(session), None, itself, account_id=None)
    session.rollback()
    installation = _enable(session, world.tangsel, _release(session, "0.9.0"))
    said = Announced("Digabung ke aplikasi baru", _in_days(60), successor_app="lapor")
    deprecate(session, _app(session), None, said, account_id=None)
    session.commit()
    drain(app)
    assert "/manage/apps/lapor/enable" in _letters(session, world.tangsel)[0].text
    catalog = words_of(browse(app).get("/apps"))
    assert "Didukung sampai" in catalog
    assert "Digabung ke aplikasi baru" in words_of(browse(app).get("/apps/siaran"))
    document: Any = browse(app).get("/api/v1/apps/siaran").json
    assert document["supported_until"] == said.until.isoformat()
    assert {(one["supported_until"], one["successor"]) for one in document["releases"]} == {
        (said.until.isoformat(), "lapor")
    }
    other: Any = browse(app).get("/api/v1/apps/lapor").json
    assert other["supported_until"] is None
    admin = browse(app, world.surabaya.host, account=world.surabaya.accounts["admin"])
    assert "Digabung ke aplikasi baru" in words_of(admin.get("/manage/apps/siaran/enable"))
    with as_tenant(session, world.surabaya.id):
        assert {one.slug for one, _ in list_shelf(session).offered} == {"lapor", "siaran"}
        later(61)
        assert {one.slug for one, _ in list_shelf(session).offered} == {"lapor"}
    admin = browse(app, world.surabaya.host, account=world.surabaya.accounts["admin"])
    assert "Dukungan berakhir" in words_of(browse(app).get("/apps"))
    refused = admin.get("/manage/apps/siaran/enable")
    assert "tidak dapat diaktifkan lagi" in words_of(refused)
    # Who runs it already is not kept from its last versions.
    with as_tenant(session, world.tangsel.id):
        assert [one.release.version for one in get_versions_page(session, installation).offered] == ["0.9.1"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"reason": " x "}, "reason"),
        ({"until": 29}, "until"),
        ({"until": 3_000}, "until"),
        ({"successor_version": ""}, "successor"),
        ({"successor_version": "0.8.0"}, "successor"),
        ({"successor_version": "0.9.0"}, "successor"),
        ({"successor_app": "siaran"}, "successor"),
        ({"successor_version": "", "successor_app": "tak-ada"}, "successor"),
        ({"mapping": {"surat": {}}}, "mapping"),
        ({"mapping": {"report": {"states": {"assigned": "nowhere"}}}}, "mapping"),
        ({"mapping": {"report": {"fields": {"title": 5}}}}, "mapping"),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    session: Db, publisher: Publisher, said: dict[str, Any], field: str
) -> None:
    values = {"reason": "Tenggatnya salah", "until": 60, "successor_version": "0.9.1", **said}
    values["until"] = _in_days(values["until"])
    with pytest.raises(Invalid) as refused:
        deprecate(session, _app(session), "0.9.0", Announced(**values), account_id=None)
    assert set(refused.value.fields) == {field}


def test_deprecating_twice_is_a_conflict(session: Db, publisher: Publisher) -> None:
    _old(session)
    with pytest.raises(Conflict):
        _old(session)


def test_it_is_said_on_the_publishers_page_and_taken_back_there(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher
) -> None:
    newest = newest_published(session, _app(session).id)
    assert newest is not None
    owner = browse(app, account=world.tangsel.accounts["admin"])
    form = {"reason": "Salah tenggat", "until": _in_days(45).isoformat(), "successor_version": "0.9.1"}
    assert owner.post_form(f"{PAGE}/0.9.0/deprecate", form | {"mapping": "{"}).status_code == 422
    assert owner.post_form(f"{PAGE}/0.9.0/deprecate", form | {"until": ""}).status_code == 422
    assert owner.post_form(f"{PAGE}/0.9.0/deprecate", form | {"successor_version": ""}).status_code == 422
    assert owner.post_form(f"{PAGE}/0.9.0/deprecate", form).status_code == 303
    assert owner.post_form(f"{PAGE}/0.9.1/deprecate", form, to=f"{PAGE}/0.9.0/deprecate").status_code == 409
    assert "Didukung sampai" in words_of(owner.get(PAGE))
    assert "Salah tenggat" in words_of(browse(app).get("/apps/siaran/0.9.0"))
    assert "Salah tenggat" not in words_of(browse(app).get("/apps/siaran/0.9.1"))
    assert owner.post_form(PAGE, {}, to=f"{PAGE}/0.9.0/support").status_code == 303
    assert "Salah tenggat" not in words_of(browse(app).get("/apps/siaran/0.9.0"))
    assert owner.post_form(f"{PAGE}/deprecate", form | {"successor_version": ""}).status_code == 303
    stranger = browse(app, account=world.surabaya.accounts["admin"])
    assert stranger.get(f"{PAGE}/0.9.0/deprecate").status_code == 404


def test_deprecating_by_token(app: LumbungFlask, session: Db, world: World, publisher: Publisher) -> None:
    _, token = create_token(session, publisher, account_id=world.tangsel.accounts["admin"].id, name="CI", days=30)
    session.commit()

    def post(path: str, body: Any, bearer: str = token) -> Any:
        headers = {"Authorization": f"Bearer {bearer}"}
        return browse(app).open("POST", f"/api/v1/publishers/tangsel/apps/siaran/{path}", json=body, headers=headers)

    body = {"reason": "Salah tenggat", "until": _in_days(60).isoformat(), "successor_version": "0.9.1"}
    assert post("0.9.0/deprecate", body, "lbg_no").status_code == 401
    assert post("0.9.0/deprecate", body | {"until": 7, "reason": []}).status_code == 422
    # Every page about the app would read it.
    long = {"report": {"values": {"title": "x" * 30_000}}}
    assert post("0.9.0/deprecate", body | {"mapping": long}).status_code == 422
    answer = post("0.9.0/deprecate", body | {"mapping": {"report": {"states": {"assigned": "received"}}}})
    assert answer.json["status"] == "deprecated"
    assert answer.json["version"] == "0.9.0"
    assert post("0.9.0/deprecate", body).status_code == 409
    assert post("0.9.0/support", {}).json["status"] == "supported"
    assert post("0.9.0/support", {}).status_code == 404
    whole = post("deprecate", {"reason": "Tidak ada yang merawat", "until": body["until"]})
    assert "version" not in whole.json
    assert post("support", {}).status_code == 200


def test_who_runs_an_app_is_not_flooded_with_announcements(
    app: LumbungFlask, session: Db, world: World, publisher: Publisher
) -> None:
    owner = browse(app, account=world.tangsel.accounts["admin"])
    form = {"reason": "Beli yang baru", "until": _in_days(45).isoformat(), "successor_version": "0.9.1"}
    sent = form | {"csrf_token": csrf_token(owner.get(f"{PAGE}/0.9.0/deprecate").text)}
    answers = []
    for _ in range(32):
        answers.append(owner.post(f"{PAGE}/0.9.0/deprecate", sent).status_code)
        owner.post(f"{PAGE}/0.9.0/support", sent)
    assert answers[:30] == [303] * 30
    assert answers[-1] == 429
    _, token = create_token(session, publisher, account_id=world.tangsel.accounts["admin"].id, name="CI", days=30)
    session.commit()
    path = "/api/v1/publishers/tangsel/apps/siaran/0.9.0/deprecate"
    by_token = browse(app).open("POST", path, json=form, headers={"Authorization": f"Bearer {token}"})
    assert by_token.status_code == 429
