"""Sessions: opened, looked up at every request, listed, ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import g
from sqlalchemy import event, select
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import as_tenant, db, now, set_clock
from lumbung.web.access import Visitor
from lumbung.web.sites import LumbungFlask
from tenants import identity
from tenants.accounts.devices import describe_device
from tenants.accounts.models import AccountSession
from tenants.accounts.passwords import hash_password
from tenants.accounts.services import list_memberships
from tenants.agencies.models import AgencyHead
from tenants.people.models import Delegation
from tests.browsing import Browser, browse, words_of
from tests.world import PASSWORD, World

DbSession = scoped_session[Session]


def _visitor(app: LumbungFlask, browser: Browser) -> Visitor:
    """Who this browser is to its site."""
    seen: list[Visitor] = []
    hooks = app.after_request_funcs.setdefault(None, [])
    hooks.append(lambda response: seen.append(g.visitor) or response)  # type: ignore[func-returns-value]
    try:
        browser.get("/brand.css")
    finally:
        hooks.pop()
    return seen[0]


@contextmanager
def _statements(app: LumbungFlask) -> Iterator[list[str]]:
    found: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        found.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_visitor_has_agency_and_roles_on_the_own_portal_alone(app: LumbungFlask, world: World) -> None:
    dispatcher = world.tangsel.accounts["dispatcher"]
    at_home = _visitor(app, browse(app, world.tangsel.host, dispatcher))
    assert at_home.roles == {"official", "siaran:dispatcher"}
    assert at_home.agency_id == world.tangsel.agencies["diskominfo"].id
    assert at_home.membership_id == world.tangsel.members["dispatcher"].id
    for host in (world.surabaya.host, "lumbung.test"):
        away = _visitor(app, browse(app, host, dispatcher))
        assert away.account_id == dispatcher.id
        assert (away.roles, away.membership_id, away.agency_id) == (frozenset(), None, None)


def test_a_membership_that_ended_gives_nothing(app: LumbungFlask, session: DbSession, world: World) -> None:
    browser = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    assert "tenant_admin" in _visitor(app, browser).roles
    with as_tenant(session, world.tangsel.id):
        session.merge(world.tangsel.members["admin"]).ended_at = now()
    session.commit()
    assert _visitor(app, browser).roles == frozenset()
    assert _visitor(app, browser).membership_id is None


def test_heads_and_acting_heads_are_heads_on_the_days_of_the_municipality(
    app: LumbungFlask, session: DbSession, world: World
) -> None:
    head = browse(app, world.tangsel.host, world.tangsel.accounts["head"])
    acting = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    assert "agency_head" in _visitor(app, head).roles
    assert "agency_head" not in _visitor(app, acting).roles
    with as_tenant(session, world.tangsel.id):
        session.add(
            Delegation(
                tenant_id=world.tangsel.id,
                agency_id=world.tangsel.agencies["dishub"].id,
                acting_id=world.tangsel.members["handler"].id,
                first_day=date(2026, 12, 1),
                last_day=date(2026, 12, 2),
            )
        )
    session.commit()
    first_moment = now().astimezone(ZoneInfo("Asia/Jakarta")).replace(2026, 12, 1, 0, 0, 0, 0)
    for moment, expected in (
        (first_moment - timedelta(seconds=1), False),
        (first_moment, True),
        (first_moment + timedelta(days=2, seconds=-1), True),
        (first_moment + timedelta(days=2), False),
    ):
        with set_clock(moment):
            assert ("agency_head" in _visitor(app, acting).roles) is expected
    assert session.scalar(select(AgencyHead).where(AgencyHead.tenant_id == world.tangsel.id)) is None, "walled"


def test_who_is_asking_costs_two_queries_and_nothing_for_the_anonymous(app: LumbungFlask, world: World) -> None:
    signed_in = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    anonymous = browse(app, world.tangsel.host)
    counts = []
    for browser in (anonymous, signed_in):
        with _statements(app) as statements:
            browser.get("/brand.css")
        counts.append(len([line for line in statements if "set_tenant" not in line]))
    assert counts[1] - counts[0] == 2


def test_the_publishers_of_a_visitor_come_from_the_catalog_on_the_hub(
    app: LumbungFlask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "publisher_lookup", lambda session, account_id: [account_id])
    assert _visitor(app, browse(app, account=world.stranger)).publishers == {world.stranger.id}
    assert _visitor(app, browse(app, world.tangsel.host, world.stranger)).publishers == frozenset()


def test_a_session_that_was_ended_is_out_at_the_next_request(app: LumbungFlask, world: World) -> None:
    phone, laptop = browse(app, account=world.stranger), browse(app, account=world.stranger)
    page = phone.get("/account")
    assert "Chrome di Android" in words_of(page)
    form = next(line for line in page.text.split('"') if line.startswith("/account/sessions/") and "others" not in line)
    assert phone.post_form("/account", to=form).status_code == 303
    assert laptop.get("/account").status_code == 302
    assert phone.get("/account").status_code == 200


def test_ending_all_others_keeps_this_browser_and_its_portals(app: LumbungFlask, world: World) -> None:
    handler = world.tangsel.accounts["handler"]
    phone, laptop = browse(app, account=handler), browse(app, account=handler)
    portal = browse(app, world.tangsel.host, handler)
    phone.follow(phone.get("/handover?to=tangsel&next=/signed-out"))
    assert phone.post_form("/account", to="/account/sessions/end-others").status_code == 303
    assert phone.get("/account").status_code == 200
    assert phone.get(f"https://{world.tangsel.host}/sign-in?next=/x").headers["Location"] == "/x"
    assert laptop.get("/account").status_code == 302
    assert portal.get("/sign-in?next=/x").headers["Location"] != "/x"


@pytest.mark.parametrize("change", ["revoked_at", "expires_at"])
def test_a_portal_session_is_over_when_its_parent_is(
    app: LumbungFlask, session: DbSession, world: World, change: str
) -> None:
    browser = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    assert browser.get("/sign-in?next=/x").headers["Location"] == "/x"
    parent = session.scalars(select(AccountSession).where(AccountSession.parent_id.is_(None))).one()
    setattr(parent, change, now())
    session.commit()
    assert browser.get("/sign-in?next=/x").headers["Location"] != "/x"


def test_signing_in_again_ends_the_session_that_the_browser_had(
    app: LumbungFlask, session: DbSession, world: World
) -> None:
    world.stranger.password_hash = hash_password(PASSWORD)
    session.commit()
    browser = browse(app, account=world.operator)
    typed = {"email": world.stranger.email, "password": PASSWORD}
    assert browser.post_form("/account", typed, to="/sign-in").status_code == 303
    assert world.stranger.email in words_of(browser.get("/account"))
    live = session.scalars(select(AccountSession).where(AccountSession.revoked_at.is_(None))).all()
    assert [one.account_id for one in live] == [world.stranger.id]


def test_a_foreign_session_cannot_be_ended(app: LumbungFlask, session: DbSession, world: World) -> None:
    other = browse(app, account=world.operator)
    foreign = session.scalars(select(AccountSession.id)).one()
    answer = browse(app, account=world.stranger).post_form("/account", to=f"/account/sessions/{foreign}/end")
    assert answer.status_code == 404
    assert other.get("/account").status_code == 200


def test_a_disabled_account_is_out_at_the_next_request(app: LumbungFlask, session: DbSession, world: World) -> None:
    browser = browse(app, account=world.stranger)
    world.stranger.disabled_at = now()
    session.commit()
    assert browser.get("/account").status_code == 302


@pytest.mark.parametrize(
    ("operator", "still", "over"), [(False, {"days": 29}, {"days": 31}), (True, {"hours": 11}, {"hours": 13})]
)
def test_an_idle_session_ends(
    app: LumbungFlask, world: World, operator: bool, still: dict[str, int], over: dict[str, int]
) -> None:
    browser = browse(app, account=world.operator if operator else world.stranger)
    start = now()
    with set_clock(start + timedelta(**over)):
        assert browser.get("/account").status_code == 302
    with set_clock(start + timedelta(**still)):
        assert browser.get("/account").status_code == 200, "and each use begins the time anew"
    with set_clock(start + timedelta(**still) + timedelta(**still)):
        assert browser.get("/account").status_code == 200


def test_use_of_a_portal_keeps_its_parent_alive_and_is_noted_every_five_minutes(
    app: LumbungFlask, session: DbSession, world: World
) -> None:
    start = now()
    with set_clock(start):
        browser = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    for minutes, expected in ((4, 0), (6, 6), (8, 6), (12, 12)):
        with set_clock(start + timedelta(minutes=minutes)):
            browser.get("/brand.css")
        session.expire_all()
        seen = {one.last_seen_at for one in session.scalars(select(AccountSession))}
        session.rollback()
        assert seen == {start + timedelta(minutes=expected)}


def test_signing_in_begins_the_browser_session_anew(app: LumbungFlask, session: DbSession, world: World) -> None:
    world.stranger.password_hash = hash_password(PASSWORD)
    session.commit()
    browser = browse(app, account=world.stranger)
    with app.app_context(), browser.client.session_transaction(base_url="https://lumbung.test") as before:
        former = dict(before)
    browser.post_form("/sign-out")
    typed = {"email": world.stranger.email, "password": PASSWORD}
    browser.get("/sign-in")
    with app.app_context(), browser.client.session_transaction(base_url="https://lumbung.test") as planted:
        planted["account"] = former["account"]
        csrf = planted["csrf_token"]
    assert browser.post_form("/sign-in", typed).status_code == 303
    with app.app_context(), browser.client.session_transaction(base_url="https://lumbung.test") as after:
        assert after["account"] != former["account"]
        assert after["csrf_token"] != csrf
    thief = Browser(app, "lumbung.test")
    with app.app_context(), thief.client.session_transaction(base_url="https://lumbung.test") as stolen:
        stolen["account"] = former["account"]
    assert thief.get("/account").status_code == 302


def test_the_cookie_is_bound_to_its_host_and_holds_no_readable_digest(
    app: LumbungFlask, session: DbSession, world: World
) -> None:
    world.stranger.password_hash = hash_password(PASSWORD)
    session.commit()
    browser = browse(app)
    answer = browser.post_form("/sign-in", {"email": world.stranger.email, "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-lumbung=")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"))
    assert "Domain" not in cookie
    kept = session.scalars(select(AccountSession)).one()
    with app.app_context(), browser.client.session_transaction(base_url="https://lumbung.test") as held:
        assert held["account"] != kept.token_digest
    assert "Set-Cookie" not in browser.get("/static/lumbung.svg").headers


def test_the_index_of_memberships_names_the_municipalities(session: DbSession, world: World) -> None:
    [place] = list_memberships(session, world.surabaya.accounts["evaluator"].id)
    assert (place.slug, place.municipality_id) == ("surabaya", world.surabaya.id)
    assert list_memberships(session, world.stranger.id) == []


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0",
            "Edge di Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari di iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox di Linux"),
        ("curl/8.5.0", "Perangkat lain"),
    ],
)
def test_devices_are_named_in_plain_words(user_agent: str, name: str) -> None:
    assert describe_device(user_agent) == name
