"""From the hub to a portal and nowhere else."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import now, set_clock
from lumbung.web.sites import LumbungFlask, Site
from tenants.accounts.models import AccountSession
from tenants.accounts.passwords import hash_password
from tenants.directory import as_tenant_info
from tenants.identity import AccountIdentity
from tests.browsing import Browser, browse, words_of
from tests.world import PASSWORD, World

DbSession = scoped_session[Session]
TANGSEL = "tangsel.lumbung.test"
SURABAYA = "surabaya.lumbung.test"


def _crossing(browser: Browser, to: str = "tangsel", next_path: str = "/signed-out") -> str:
    """The link that the hub gives, after the portal has given this browser its secret."""
    target = f"https://lumbung.test/handover?to={to}&next={next_path}"
    while "/handover/" not in target:
        answer = browser.get(target if "://" in target else f"https://lumbung.test{target}")
        assert answer.status_code == 303
        target = answer.headers["Location"]
    return target


def test_a_link_made_by_somebody_else_signs_nobody_in(app: LumbungFlask, world: World) -> None:
    attacker, victim = browse(app, account=world.stranger), browse(app, TANGSEL)
    for visited in ((), ("/sign-in?next=/signed-out",)):
        for path in visited:
            victim.get(path)
        link = _crossing(attacker)
        assert victim.get(link).status_code == 410
        assert not _signed_in_at(victim, TANGSEL)
        assert attacker.get(link).status_code == 303, "it still opens where it was made"


def test_the_slower_of_two_tabs_goes_on_as_well(app: LumbungFlask, world: World) -> None:
    browser = browse(app, account=world.tangsel.accounts["handler"])
    first, second = _crossing(browser), _crossing(browser)
    for link in (second, first):
        answer = browser.get(link)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/signed-out")


def _signed_in_at(browser: Browser, host: str) -> bool:
    answer = browser.get(f"https://{host}/sign-in?next=/signed-out")
    return answer.headers["Location"] == "/signed-out"


def test_an_official_signs_in_on_the_hub_and_lands_on_the_portal(
    app: LumbungFlask, session: DbSession, world: World
) -> None:
    handler = world.tangsel.accounts["handler"]
    handler.password_hash = hash_password(PASSWORD)
    session.commit()
    browser = browse(app, TANGSEL)
    to_hub = browser.get("/sign-in?next=/signed-out")
    assert urlsplit(to_hub.headers["Location"]).netloc == "lumbung.test"
    typed = {"email": handler.email, "password": PASSWORD}
    answer = browser.post_form(to_hub.headers["Location"], typed)
    arrived = browser.follow(answer)
    assert urlsplit(arrived.request.url).netloc == TANGSEL
    assert arrived.request.path == "/signed-out"
    assert handler.name in words_of(arrived)
    assert not _signed_in_at(browser, SURABAYA)


def test_a_hand_over_works_once(app: LumbungFlask, world: World) -> None:
    browser = browse(app, account=world.tangsel.accounts["handler"])
    link = _crossing(browser)
    assert browser.get(link).status_code == 303
    thief = browse(app, TANGSEL)
    answer = thief.get(link)
    assert answer.status_code == 410
    assert "Silakan masuk sekali lagi" in words_of(answer)
    assert not _signed_in_at(thief, TANGSEL)


def test_a_hand_over_for_one_portal_is_refused_by_another_and_stays_good(app: LumbungFlask, world: World) -> None:
    browser = browse(app, account=world.tangsel.accounts["handler"])
    link = _crossing(browser)
    elsewhere = browser.get(link.replace(TANGSEL, SURABAYA))
    assert elsewhere.status_code == 410
    assert not _signed_in_at(browser, SURABAYA)
    assert browser.get(link.replace(TANGSEL, "lumbung.test")).status_code == 404
    assert browser.get(link).status_code == 303


def test_a_hand_over_lives_a_minute(app: LumbungFlask, world: World) -> None:
    browser = browse(app, account=world.tangsel.accounts["handler"])
    link = _crossing(browser)
    with set_clock(now() + timedelta(seconds=61)):
        assert browser.get(link).status_code == 410
    with set_clock(now() + timedelta(seconds=50)):
        assert browser.get(link).status_code == 303


@pytest.mark.parametrize("what", ["session", "account"])
def test_a_hand_over_of_an_ended_session_or_disabled_account_is_refused(
    app: LumbungFlask, session: DbSession, world: World, what: str
) -> None:
    handler = world.tangsel.accounts["handler"]
    browser = browse(app, account=handler)
    link = _crossing(browser)
    if what == "account":
        handler.disabled_at = now()
    else:
        session.scalars(select(AccountSession)).one().revoked_at = now()
    session.commit()
    assert browser.get(link).status_code == 410


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example", "%2F%2Fevil.example"])
def test_a_hand_over_leads_to_a_page_of_the_portal_only(app: LumbungFlask, world: World, target: str) -> None:
    browser = browse(app, account=world.tangsel.accounts["handler"])
    link = _crossing(browser, next_path=target)
    tampered = link.split("?")[0] + f"?next={target}"
    answer = browser.get(tampered)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert link.endswith("next=%2F")


@pytest.mark.parametrize("slug", ["tidak-ada", "", "%00", "tangsel.evil.example", "evil.example%2F"])
def test_nobody_is_sent_to_a_portal_that_does_not_exist(app: LumbungFlask, world: World, slug: str) -> None:
    assert browse(app, account=world.stranger).get(f"/handover?to={slug}").status_code == 404


def test_the_browser_session_is_begun_anew_at_the_hand_over(app: LumbungFlask, world: World) -> None:
    browser = browse(app, account=world.tangsel.accounts["handler"])
    with app.app_context(), browser.client.session_transaction(base_url=f"https://{TANGSEL}") as planted:
        planted.update(account="chosen-by-somebody-else", csrf_token="planted", language="en")
    browser.get(_crossing(browser))
    with app.app_context(), browser.client.session_transaction(base_url=f"https://{TANGSEL}") as kept:
        assert kept["account"] != "chosen-by-somebody-else"
        assert kept["csrf_token"] != "planted"
        assert kept["language"] == "en"


def test_a_portal_session_ends_with_its_parent(app: LumbungFlask, world: World) -> None:
    browser = browse(app, account=world.tangsel.accounts["handler"])
    browser.get(_crossing(browser))
    assert _signed_in_at(browser, TANGSEL)
    browser.post_form("/sign-out")
    assert not _signed_in_at(browser, TANGSEL)


def test_leaving_a_portal_leaves_the_hub_signed_in_and_says_so(app: LumbungFlask, world: World) -> None:
    browser = browse(app, account=world.tangsel.accounts["handler"])
    browser.get(_crossing(browser))
    left = browser.post_form(f"https://{TANGSEL}/signed-out", to="/sign-out")
    page = browser.get(f"https://{TANGSEL}{left.headers['Location']}")
    assert "masih masuk di Lumbung" in words_of(page)
    assert not _signed_in_at(browser, TANGSEL)
    assert browser.get("/account").status_code == 200


def test_leaving_everywhere_from_a_portal_ends_the_hub_too(app: LumbungFlask, world: World) -> None:
    browser = browse(app, account=world.tangsel.accounts["handler"])
    browser.get(_crossing(browser))
    browser.post_form(f"https://{TANGSEL}/signed-out", {"everywhere": "1"}, to="/sign-out")
    assert not _signed_in_at(browser, TANGSEL)
    assert browser.get("/account").status_code == 302


def test_a_token_of_one_portal_opens_no_other(app: LumbungFlask, world: World) -> None:
    browser = browse(app, account=world.tangsel.accounts["handler"])
    browser.get(_crossing(browser))
    with app.app_context(), browser.client.session_transaction(base_url=f"https://{TANGSEL}") as kept:
        token = kept["account"]
    for host in (SURABAYA, "lumbung.test"):
        other = Browser(app, host)
        with app.app_context(), other.client.session_transaction(base_url=f"https://{host}") as planted:
            planted["account"] = token
        answer = other.get("/sign-in?next=/x")
        assert answer.status_code == 200 or answer.headers["Location"].startswith("https://lumbung.test/sign-in")


def test_a_portal_leads_to_the_account_page_of_the_hub(app: LumbungFlask, world: World) -> None:
    answer = browse(app, TANGSEL).get("/account")
    assert answer.headers["Location"] == "https://lumbung.test/account"
    menu = browse(app, TANGSEL, world.operator).get("/signed-out").text
    assert 'href="https://lumbung.test/account"' in menu
    assert 'href="https://lumbung.test/operator/accounts"' in menu


def test_a_page_for_members_on_a_portal_leads_through_the_hub_and_back(app: LumbungFlask, world: World) -> None:
    browser = browse(app, account=world.tangsel.accounts["handler"])
    place = as_tenant_info(world.tangsel.municipality)
    with app.app_context():
        to_hub = AccountIdentity().sign_in_url(Site(kind="portal", name=place.name, tenant=place), "/work?state=new")
    assert to_hub == "https://lumbung.test/handover?to=tangsel&next=%2Fwork%3Fstate%3Dnew"
    arrived = browser.get(_crossing(browser, next_path="%2Fwork%3Fstate%3Dnew"))
    assert arrived.headers["Location"] == "/work?state=new"
