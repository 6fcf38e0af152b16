"""Municipalities wish, vote, and are told; publishers work on it; curators keep it tidy."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.releases.models import App
from app_catalog.wishes.models import Wish, WishVote
from app_catalog.wishes.reading import get_wish, list_ruled, list_wishes
from app_catalog.wishes.telling import tell_of_fulfilled
from lumbung.db import as_tenant, now, set_clock
from lumbung.messages import Message
from lumbung.outbox import drain
from lumbung.web.sites import LumbungFlask
from tests.browsing import browse, words_of
from tests.siaran import add_publisher, publish_siaran
from tests.statements import statements_of
from tests.world import Place, World

Sessions = scoped_session[Session]
HUB = "lumbung.test"
ANSWERS = {
    "title": "Antrean puskesmas dari rumah",
    "problem": "Warga datang subuh hanya untuk mengambil nomor, lalu menunggu berjam-jam.",
    "serves": "Pasien puskesmas dan petugas loket",
    "category": "health",
}


def _wish(app: LumbungFlask, session: Sessions, place: Place, **answers: str) -> UUID:
    browser = browse(app, place.host, place.accounts["evaluator"])
    assert browser.post_form("/manage/wishes", {**ANSWERS, **answers}).status_code == 303
    session.expire_all()
    newest = select(Wish.id).where(Wish.tenant_id == place.id).order_by(Wish.created_at.desc(), Wish.id.desc())
    return session.scalars(newest.limit(1)).one()


def _vote(app: LumbungFlask, place: Place, wish_id: UUID, step: str = "") -> int:
    browser = browse(app, place.host, place.accounts["evaluator"])
    to = f"/manage/wishes/{wish_id}/vote"
    return browser.post_form("/manage/wishes", {"step": step or None}, to=to).status_code


def test_a_wish_is_public_at_once(app: LumbungFlask, session: Sessions, world: World) -> None:
    wish_id = _wish(app, session, world.tangsel)
    hub = browse(app)
    assert ANSWERS["title"] in words_of(hub.get("/wishes"))
    words = words_of(hub.get(f"/wishes/{wish_id}"))
    assert ANSWERS["problem"] in words
    assert "Kota Tangerang Selatan" in words
    assert ANSWERS["title"] in hub.get("/wishes.atom").text


@pytest.mark.parametrize("wrong", [{"title": "x"}, {"problem": "pendek"}, {"serves": ""}, {"category": "weather"}])
def test_what_does_not_fit_is_said_and_kept(app: LumbungFlask, world: World, wrong: dict[str, str]) -> None:
    place = world.tangsel
    answer = browse(app, place.host, place.accounts["evaluator"]).post_form("/manage/wishes", {**ANSWERS, **wrong})
    assert answer.status_code == 422
    assert ANSWERS["serves" if "serves" not in wrong else "title"] in answer.text


def test_each_municipality_counts_once(app: LumbungFlask, session: Sessions, world: World) -> None:
    wish_id = _wish(app, session, world.tangsel)
    for _ in range(2):
        assert _vote(app, world.surabaya, wish_id) == 303
    assert _vote(app, world.tangsel, wish_id) == 303
    assert [one.supporters for one in list_wishes(session)] == [2]
    assert _vote(app, world.surabaya, wish_id, "take-back") == 303
    assert [one.supporters for one in list_wishes(session)] == [1]
    assert session.scalars(select(WishVote)).all() == []


def test_what_others_took_up_is_not_rewritten_but_withdrawn(app: LumbungFlask, session: Sessions, world: World) -> None:
    wish_id = _wish(app, session, world.tangsel)
    own = browse(app, world.tangsel.host, world.tangsel.accounts["evaluator"])
    path = f"/manage/wishes/{wish_id}"
    assert own.post_form(path, {"title": "Antrean rumah sakit dari rumah"}).status_code == 303
    assert list_wishes(session)[0].wish.title == "Antrean rumah sakit dari rumah"
    _vote(app, world.surabaya, wish_id)
    own.post_form("/manage/wishes", {**ANSWERS, "title": "Yang lain sama sekali"}, to=path)
    session.expire_all()
    assert list_wishes(session)[0].wish.title == "Antrean rumah sakit dari rumah"
    assert own.post_form(path, {"step": "withdraw"}).status_code == 303
    assert list_wishes(session) == []
    assert browse(app).get(f"/wishes/{wish_id}").status_code == 404


def test_a_publisher_works_on_it_and_everybody_is_told_once_it_is_there(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    publish_siaran(session, world)
    wish_id = _wish(app, session, world.surabaya)
    _vote(app, world.tangsel, wish_id)
    maintainer = browse(app, HUB, world.tangsel.accounts["admin"])
    page, to = f"/wishes/{wish_id}", f"/publish/tangsel/wishes/{wish_id}"
    assert maintainer.post_form(page, {"until": "2020-01-01"}, to=to).status_code == 422
    until = (now() + timedelta(days=60)).date()
    assert (
        maintainer.post_form(page, {"until": until.isoformat(), "note": "Mulai bulan depan."}, to=to).status_code == 303
    )
    assert get_wish(session, wish_id).wanted.state == "claimed"
    assert "Mulai bulan depan." in words_of(browse(app).get(page))
    assert maintainer.post_form(page, {"step": "fulfil", "app": "nothing"}, to=to).status_code == 422
    assert maintainer.post_form(page, {"step": "fulfil", "app": "siaran"}, to=to).status_code == 303
    drain(app)
    session.expire_all()
    assert get_wish(session, wish_id).wanted.state == "fulfilled"
    for place in (world.tangsel, world.surabaya):
        with as_tenant(session, place.id):
            tell_of_fulfilled(session, place.id)
            letters = session.scalars(select(Message).where(Message.tenant_id == place.id)).all()
            assert {letter.recipient for letter in letters} == {
                place.accounts["admin"].email,
                place.accounts["evaluator"].email,
            }
            assert len(letters) == 2
            assert all("/apps/siaran" in letter.text for letter in letters)
    session.rollback()


def test_a_publisher_may_stop(app: LumbungFlask, session: Sessions, world: World) -> None:
    add_publisher(session, world)
    session.commit()
    wish_id = _wish(app, session, world.surabaya)
    maintainer = browse(app, HUB, world.tangsel.accounts["admin"])
    page, to = f"/wishes/{wish_id}", f"/publish/tangsel/wishes/{wish_id}"
    maintainer.post_form(page, {"until": (now() + timedelta(days=9)).date().isoformat()}, to=to)
    assert get_wish(session, wish_id).wanted.state == "claimed"
    assert maintainer.post_form(page, {"step": "drop"}, to=to).status_code == 303
    session.expire_all()
    assert get_wish(session, wish_id).wanted.state == "open"


def test_a_claim_holds_nobody_off_once_its_day_has_passed(app: LumbungFlask, session: Sessions, world: World) -> None:
    add_publisher(session, world)
    session.commit()
    wish_id = _wish(app, session, world.surabaya)
    maintainer = browse(app, HUB, world.tangsel.accounts["admin"])
    page, to = f"/wishes/{wish_id}", f"/publish/tangsel/wishes/{wish_id}"
    until = (now() + timedelta(days=9)).date()
    assert maintainer.post_form(page, {"until": until.isoformat()}, to=to).status_code == 303
    for days, state, said in ((8, "claimed", False), (11, "open", True)):
        session.expire_all()
        with set_clock(now() + timedelta(days=days)):
            assert [one.state for one in list_wishes(session)] == [state]
            assert ("waktunya sudah lewat" in words_of(browse(app).get(page))) is said


def test_an_app_fulfils_a_wish_while_the_catalog_lists_it(app: LumbungFlask, session: Sessions, world: World) -> None:
    publish_siaran(session, world)
    wish_id = _wish(app, session, world.surabaya)
    maintainer = browse(app, HUB, world.tangsel.accounts["admin"])
    page, to = f"/wishes/{wish_id}", f"/publish/tangsel/wishes/{wish_id}"
    assert maintainer.post_form(page, {"step": "fulfil", "app": "siaran"}, to=to).status_code == 303
    assert get_wish(session, wish_id).wanted.state == "fulfilled"
    session.scalars(select(App)).one().hidden_at = now()
    session.commit()
    assert get_wish(session, wish_id).wanted.state != "fulfilled"


def test_a_curator_merges_and_hides(app: LumbungFlask, session: Sessions, world: World) -> None:
    first = _wish(app, session, world.tangsel)
    second = _wish(app, session, world.surabaya, title="Nomor antrean puskesmas daring")
    curator = browse(app, HUB, world.operator)
    answers = {"kind": "merged", "into": str(first), "reason": "Sama dengan keinginan Tangsel."}
    assert (
        curator.post_form(f"/wishes/{second}", {**answers, "into": ""}, to=f"/curator/wishes/{second}").status_code
        == 422
    )
    assert curator.post_form(f"/wishes/{second}", answers, to=f"/curator/wishes/{second}").status_code == 303
    assert [(one.wish.id, one.supporters) for one in list_wishes(session)] == [(first, 2)]
    assert browse(app).get(f"/wishes/{second}").status_code == 404
    hiding = {"kind": "hidden", "reason": "Berisi nama orang."}
    assert curator.post_form(f"/wishes/{first}", hiding, to=f"/curator/wishes/{first}").status_code == 303
    assert list_wishes(session) == []
    assert curator.post("/curator/wishes/" + str(first)).status_code in (400, 403)


def test_curators_find_what_they_hid_and_merged_and_take_it_back(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    first = _wish(app, session, world.tangsel)
    second = _wish(app, session, world.surabaya, title="Nomor antrean puskesmas daring")
    curator = browse(app, HUB, world.operator)
    merging = {"kind": "merged", "into": str(first), "reason": "Sama dengan keinginan Tangsel."}
    curator.post_form(f"/wishes/{second}", merging, to=f"/curator/wishes/{second}")
    page = curator.get("/curator/wishes")
    assert "Sama dengan keinginan Tangsel." in words_of(page)
    assert f'href="/wishes/{first}"' in page.text
    hiding = {"kind": "hidden", "reason": "Berisi nama orang."}
    curator.post_form(f"/wishes/{first}", hiding, to=f"/curator/wishes/{first}")
    page = curator.get("/curator/wishes")
    assert [one.wish.id for one in list_ruled(session)] == [first, second]
    assert f'href="/wishes/{first}"' not in page.text
    for wish_id in (first, second):
        answer = curator.post_form("/curator/wishes", {"kind": "shown"}, to=f"/curator/wishes/{wish_id}")
        assert answer.status_code == 303
    session.expire_all()
    assert {one.wish.id for one in list_wishes(session)} == {first, second}
    assert "Tidak ada yang disembunyikan" in words_of(curator.get("/curator/wishes"))
    assert browse(app, HUB, world.tangsel.accounts["admin"]).get("/curator/wishes").status_code in (403, 404)


def test_a_list_asks_no_more_for_more_wishes(app: LumbungFlask, session: Sessions, world: World) -> None:
    hub, counts = browse(app), []
    # The first page of a process asks what every later one remembers.
    hub.get("/wishes")
    for number in range(6):
        _wish(app, session, world.tangsel, title=f"Keinginan nomor {number}")
        if number in (1, 5):
            with statements_of(app) as heard:
                hub.get("/wishes")
            counts.append(len(heard))
    assert counts[0] == counts[1] <= 4


def test_what_a_suspended_municipality_misses_is_not_counted(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    wish_id = _wish(app, session, world.tangsel)
    _vote(app, world.surabaya, wish_id)
    session.expire_all()
    assert [one.supporters for one in list_wishes(session)] == [2]
    world.surabaya.municipality.status = "suspended"
    session.merge(world.surabaya.municipality)
    session.commit()
    assert [one.supporters for one in list_wishes(session)] == [1]
    assert "Kota Surabaya" not in words_of(browse(app).get(f"/wishes/{wish_id}"))
