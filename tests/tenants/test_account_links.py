"""Links that let somebody in: forgotten passwords, the first operator, what operators hand out."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import now, set_clock
from lumbung.messages import PlatformMessage
from lumbung.web.sites import LumbungFlask
from tenants.accounts.cli import account as account_command
from tenants.accounts.errors import AddressTaken
from tenants.accounts.links import make_reset_link
from tenants.accounts.models import Account, AccountSession, AccountToken
from tenants.accounts.passwords import hash_password
from tenants.accounts.services import authenticate, find_account
from tenants.accounts.supervision import forget_ended
from tests.browsing import PageReader, browse, read_page, words_of
from tests.world import PASSWORD, World

DbSession = scoped_session[Session]


@pytest.fixture
def account(session: DbSession, world: World) -> Account:
    """Wati, who has a password."""
    world.stranger.password_hash = hash_password(PASSWORD)
    session.commit()
    return world.stranger


@pytest.fixture
def with_mail(app: LumbungFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform that has a mail server; nothing is delivered here."""
    monkeypatch.setattr(app, "lumbung", dataclasses.replace(app.lumbung, smtp_url="smtp://127.0.0.1:1"))


def _typed(account: Account, password: str = PASSWORD, **more: str) -> dict[str, str]:
    return {"email": account.email, "password": password, **more}


def test_without_mail_forgot_promises_nothing(app: LumbungFlask, account: Account) -> None:
    answer = browse(app).get("/forgot")
    assert "belum dapat mengirim e-mail" in words_of(answer)
    assert "<form" not in answer.text.split("<main", 1)[1]


def test_forgot_answers_alike_and_mails_only_the_owner(
    app: LumbungFlask, session: DbSession, account: Account, with_mail: None
) -> None:
    pages = []
    for email in ("tidak-ada@contoh.id", account.email):
        browser = browse(app)
        answer = browser.post_form("/forgot", {"email": email})
        pages.append((answer.status_code, answer.headers["Location"], words_of(browser.follow(answer))))
    assert pages[0] == pages[1]
    assert [mail.recipient for mail in session.scalars(select(PlatformMessage))] == [account.email]


def test_asking_for_links_again_and_again_has_to_wait(app: LumbungFlask, world: World, with_mail: None) -> None:
    browser = browse(app)
    answers = [browser.post_form("/forgot", {"email": "tidak-ada@contoh.id"}).status_code for _ in range(5)]
    assert answers == [303, 303, 303, 303, 429]


def test_a_reset_link_works_once_and_ends_every_session(
    app: LumbungFlask, session: DbSession, account: Account, with_mail: None
) -> None:
    elsewhere = browse(app, account=account)
    assert elsewhere.get("/account").status_code == 200
    browser = browse(app)
    browser.post_form("/forgot", {"email": account.email})
    link = _newest_link(app, session)
    weak = browser.post_form(link, {"password": "pendek"})
    assert weak.status_code == 422, "a password that will not do leaves the link usable"
    answer = browser.post_form(link, {"password": "laut biru sekali"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    again = browser.get(link)
    assert again.status_code == 410
    assert "sudah tidak berlaku" in words_of(again)
    assert elsewhere.get("/account").status_code == 302
    assert browser.post_form("/sign-in", _typed(account)).status_code == 422
    assert browser.post_form("/sign-in", _typed(account, "laut biru sekali")).status_code == 303


def test_a_reset_link_sent_twice_at_once_sets_one_password(
    app: LumbungFlask, session: DbSession, account: Account
) -> None:
    link = make_reset_link(session, account)
    session.commit()
    browser, other = browse(app), browse(app)
    form, other_form = read_page(browser.get(link).text), read_page(other.get(link).text)
    first = browser.post(link, {**_fields(form, link), "password": "sungai jernih sekali"})
    second = other.post(link, {**_fields(other_form, link), "password": "sungai keruh sekali"})
    assert (first.status_code, second.status_code) == (303, 410)
    session.expire_all()
    assert authenticate(session, account.email, "sungai jernih sekali").id == account.id


def test_a_new_reset_link_replaces_the_former_and_old_ones_expire(
    app: LumbungFlask, session: DbSession, account: Account
) -> None:
    former = make_reset_link(session, account)
    link = make_reset_link(session, account)
    session.commit()
    browser = browse(app)
    assert browser.get(former).status_code == 410
    assert browser.get(link).status_code == 200
    with set_clock(now() + timedelta(hours=25)):
        assert browser.get(link).status_code == 410
    account.disabled_at = now()
    session.commit()
    assert browser.get(link).status_code == 410


def test_no_token_stands_in_the_database(session: DbSession, account: Account) -> None:
    link = make_reset_link(session, account)
    kept = session.scalars(select(AccountToken)).one()
    assert link.rsplit("/", 1)[1] not in (kept.token_digest, kept.audience)


def test_the_first_operator_gets_a_link_that_works_once(
    app: LumbungFlask, session: DbSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wsgi.create_app", lambda: app)
    command = ["create", "--operator", "Kepala@Lumbung.test", "--name", "Oki"]
    answer = CliRunner().invoke(account_command, command, catch_exceptions=False)
    assert answer.exit_code == 0
    link = answer.output.splitlines()[-1]
    browser = browse(app)
    assert "kepala@lumbung.test" in words_of(browser.get(link))
    assert browser.post_form(link.removeprefix("https://lumbung.test"), {"password": PASSWORD}).status_code == 303
    made = find_account(session, "kepala@lumbung.test")
    assert made is not None
    assert made.is_operator
    with pytest.raises(AddressTaken):
        CliRunner().invoke(account_command, command, catch_exceptions=False)
    answer = CliRunner().invoke(account_command, ["reset", "kepala@lumbung.test"], catch_exceptions=False)
    assert browser.get(answer.output.splitlines()[-1]).status_code == 200


def test_an_operator_hands_out_a_link_and_shuts_an_account(
    app: LumbungFlask, session: DbSession, world: World, account: Account
) -> None:
    operator, owner = browse(app, account=world.operator), browse(app, account=account)
    found = words_of(operator.get("/operator/accounts?q=WARGA@"))
    assert account.email in found
    assert world.operator.email not in found
    assert account.email not in words_of(operator.get("/operator/accounts?q=%25%00"))
    made = operator.post_form("/operator/accounts", to=f"/operator/accounts/{account.id}/reset-link")
    assert (made.status_code, made.headers["Cache-Control"]) == (200, "no-store")
    link = re.search(r"https://lumbung\.test(/reset/[\w-]+)", made.text)
    assert link is not None
    assert browse(app).get(link[1]).status_code == 200
    shut = operator.post_form("/operator/accounts", to=f"/operator/accounts/{account.id}/disable")
    assert shut.status_code == 303
    assert owner.get("/account").status_code == 302
    refused = operator.post_form("/operator/accounts", to=f"/operator/accounts/{account.id}/reset-link")
    assert refused.status_code == 409
    assert operator.post_form("/operator/accounts", to=f"/operator/accounts/{account.id}/enable").status_code == 303
    assert browse(app).post_form("/sign-in", _typed(account)).status_code == 303
    own = operator.post_form("/operator/accounts", to=f"/operator/accounts/{world.operator.id}/disable")
    assert own.status_code == 409
    assert browse(app, account=account).get("/operator/accounts").status_code == 403


def test_links_and_sessions_that_are_long_over_are_forgotten(
    app: LumbungFlask, session: DbSession, account: Account
) -> None:
    with set_clock(now() - timedelta(days=130)):
        make_reset_link(session, account)
        session.commit()
        browse(app, account=account)
    make_reset_link(session, account)
    browse(app, account=account)
    assert forget_ended(session) == 2
    assert len(session.scalars(select(AccountToken)).all()) == 1
    assert len(session.scalars(select(AccountSession)).all()) == 1


def _fields(page: PageReader, action: str) -> dict[str, str]:
    path = action.split("lumbung.test", 1)[1]
    return next(form.fields for form in page.forms if form.action == path)


def _newest_link(app: LumbungFlask, session: DbSession) -> str:
    from lumbung.messages.services import opened

    session.expire_all()
    mail = session.scalars(select(PlatformMessage).order_by(PlatformMessage.created_at.desc())).first()
    assert mail is not None
    found = re.search(r"https://lumbung\.test(/\S+)", opened(mail, mail.text, part="text"))
    assert found is not None
    return found[1]
