"""Agencies publish under their own name, offered by their head or an administrator, and nothing crosses the wall."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.publishers.agencies import agencies_offered_by
from app_catalog.publishers.models import AgencyPublisher, Publisher, PublisherMember, SigningKey
from lumbung.db import as_tenant, now
from lumbung.web.sites import LumbungFlask
from tests.browsing import Browser, browse, words_of
from tests.world import Place, World

Sessions = scoped_session[Session]
REQUEST = {
    "kind": "agency",
    "slug": "dishub-tangsel",
    "contact_email": "dishub@tangsel.test",
}
SHOWN = "Dinas Perhubungan, Kota Tangerang Selatan"


def ask(app: LumbungFlask, place: Place, person: str, agency: str, **changed: str) -> tuple[Browser, int]:
    browser = browse(app, account=place.accounts[person])
    answer = browser.post_form("/publish/request", {**REQUEST, "agency": agency, **changed})
    return browser, answer.status_code


def approve(app: LumbungFlask, session: Sessions, world: World, step: str = "approve", **fields: str) -> Publisher:
    session.rollback()
    found = session.scalars(select(Publisher).where(Publisher.kind == "agency", Publisher.status == "requested")).one()
    operator = browse(app, account=world.operator)
    assert "Dinas Perhubungan, Kota Tangerang Selatan" in words_of(operator.get("/operator/publishers"))
    path = f"/operator/publishers/{found.id}/{step}"
    assert operator.post_form("/operator/publishers", fields, to=path).status_code == 303
    session.rollback()
    return found


@pytest.mark.parametrize("person", ["head", "admin"])
def test_a_head_or_an_administrator_offers_an_agency(
    app: LumbungFlask, session: Sessions, world: World, person: str
) -> None:
    browser, status = ask(app, world.tangsel, person, f"{world.tangsel.id}/dishub", name="Nama Karangan")
    assert status == 303
    found = approve(app, session, world)
    assert (found.name, found.status, found.municipality_id) == (SHOWN, "approved", None)
    row = session.scalars(select(AgencyPublisher)).one()
    assert (row.publisher_id, row.municipality_id, row.agency_key) == (found.id, world.tangsel.id, "dishub")
    assert len(session.scalars(select(SigningKey).where(SigningKey.publisher_id == found.id)).all()) == 1
    owner = session.scalars(select(PublisherMember).where(PublisherMember.publisher_id == found.id)).one()
    assert (owner.account_id, owner.role) == (world.tangsel.accounts[person].id, "owner")
    assert SHOWN in words_of(browser.get("/publish/dishub-tangsel"))
    for tab in ("keys", "tokens", "people", "listings"):
        assert browser.get(f"/publish/dishub-tangsel/{tab}").status_code == 200


def test_what_an_agency_lists_stands_under_its_name(app: LumbungFlask, session: Sessions, world: World) -> None:
    browser, _ = ask(app, world.tangsel, "head", f"{world.tangsel.id}/dishub")
    approve(app, session, world)
    listing = {
        "kind": "website",
        "name_id": "Bus Kota",
        "address": "https://bus.example/",
        "summary_id": "Jadwal bus.",
        "category": "transport",
    }
    assert browser.post_form("/publish/dishub-tangsel/listings/new", listing).status_code == 303
    assert SHOWN in words_of(browse(app).get("/apps/bus-kota-dishub-tangsel"))
    assert "Bus Kota" in words_of(browse(app).get("/regions/36.74"))


def test_each_person_is_offered_their_own_agencies_only(session: Sessions, world: World) -> None:
    def offered(place: Place, person: str) -> list[str]:
        session.rollback()
        return [found.id for found in agencies_offered_by(session, place.accounts[person].id)]

    tangsel, surabaya = world.tangsel, world.surabaya
    assert offered(tangsel, "head") == [f"{tangsel.id}/dishub"]
    everything = {f"{tangsel.id}/{key}" for key in tangsel.agencies}
    assert set(offered(tangsel, "admin")) == everything
    assert offered(tangsel, "handler") == offered(tangsel, "evaluator") == []
    assert all(found.startswith(str(surabaya.id)) for found in offered(surabaya, "admin"))
    with as_tenant(session, tangsel.id):
        session.get_one(type(tangsel.agencies["dishub"]), (tangsel.id, tangsel.agencies["dishub"].id)).closed_at = now()
        session.commit()
    assert offered(tangsel, "head") == []
    with as_tenant(session, tangsel.id):
        member = session.get_one(type(tangsel.members["admin"]), (tangsel.id, tangsel.members["admin"].id))
        member.ended_at = now() - timedelta(days=1)
        session.commit()
    assert offered(tangsel, "admin") == []


@pytest.mark.parametrize("agency", ["{here}/dlh", "{there}/dishub", "{here}/tidak-ada", "dishub", "", "x" * 130])
def test_nobody_offers_an_agency_that_is_not_theirs(
    app: LumbungFlask, session: Sessions, world: World, agency: str
) -> None:
    written = agency.format(here=world.tangsel.id, there=world.surabaya.id)
    _, status = ask(app, world.tangsel, "head", written)
    assert status in (403, 422)
    session.rollback()
    assert session.scalars(select(Publisher)).all() == []


def test_a_person_without_an_agency_is_not_offered_the_kind(app: LumbungFlask, world: World) -> None:
    page = browse(app, account=world.stranger).get("/publish/request").text
    assert 'name="agency"' not in page
    _, status = ask(app, world.tangsel, "handler", f"{world.tangsel.id}/dishub")
    assert status == 403


def test_an_agency_publishes_once_and_may_ask_again_when_refused(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    agency = f"{world.tangsel.id}/dishub"
    assert ask(app, world.tangsel, "head", agency)[1] == 303
    assert ask(app, world.tangsel, "admin", agency, slug="dishub-dua")[1] == 409
    approve(app, session, world, "refuse", reason="Surat tugasnya belum ada.")
    assert session.scalars(select(AgencyPublisher)).all() == []
    assert ask(app, world.tangsel, "admin", agency, slug="dishub-dua")[1] == 303
    assert session.scalars(select(Publisher.slug).where(Publisher.status == "requested")).all() == ["dishub-dua"]


def test_the_same_agency_of_two_municipalities_publishes_apart(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    for place in (world.tangsel, world.surabaya):
        assert ask(app, place, "head", f"{place.id}/dishub", slug=f"dishub-{place.slug}")[1] == 303
    session.rollback()
    names = set(session.scalars(select(Publisher.name)))
    assert names == {SHOWN, "Dinas Perhubungan, Kota Surabaya"}
