"""Accounts through HTTP: sign-up, sign-in, the account's own page."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import now, set_clock
from lumbung.messages import PlatformMessage
from lumbung.web.sites import LumbungFlask
from tenants.accounts import passwords
from tenants.accounts.models import Account
from tenants.accounts.passwords import hash_password, password_problem
from tenants.accounts.services import authenticate, create_account, find_account
from tests.browsing import browse, words_of
from tests.world import PASSWORD, World

DbSession = scoped_session[Session]
ELSEWHERE = [
    "//evil.example/x",
    "/\\evil.example",
    "https://evil.example/",
    "https:evil",
    "javascript:alert(1)",
    "/a\nb",
]


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


def test_signing_in_leads_to_where_one_wanted_to_go(app: LumbungFlask, account: Account) -> None:
    browser = browse(app)
    refused = browser.get("/account")
    assert refused.headers["Location"] == "/sign-in?next=%2Faccount"
    answer = browser.post_form("/sign-in?next=/account", _typed(account), to="/sign-in")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert account.email in words_of(browser.get("/account"))


def test_an_address_may_be_written_in_capitals_and_with_blanks(app: LumbungFlask, account: Account) -> None:
    answer = browse(app).post_form("/sign-in", _typed(account, email=f" {account.email.upper()} "))
    assert answer.status_code == 303


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_never_leads_to_another_site(app: LumbungFlask, account: Account, target: str) -> None:
    answer = browse(app).post_form("/sign-in", _typed(account, next=target))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_unknown_address_wrong_password_and_disabled_account_get_one_answer(
    app: LumbungFlask, session: DbSession, world: World, account: Account
) -> None:
    world.operator.password_hash, world.operator.disabled_at = hash_password(PASSWORD), now()
    session.commit()
    browser = browse(app)
    pages = []
    for email, password in (
        ("tidak-ada@lumbung.test", PASSWORD),
        ("tidak\0ada@lumbung.test", PASSWORD),
        (account.email, "kata sandi yang lain"),
        (world.operator.email, PASSWORD),
        (world.tangsel.accounts["admin"].email, PASSWORD),
    ):
        answer = browser.post_form("/sign-in", {"email": email, "password": password})
        assert answer.status_code == 422
        pages.append(words_of(answer))
        assert email.replace("\0", "") in answer.text.replace("\0", ""), "what was typed stays in the form"
        assert password not in answer.text
    assert len(set(pages)) == 1
    assert "tidak cocok" in pages[0]


def test_an_unknown_address_costs_the_same_work(
    session: DbSession, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    real = passwords._hasher.verify

    class Counting:
        def verify(self, kept: str, candidate: str) -> bool:
            checked.append(kept)
            return real(kept, candidate)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    passwords._nobodys_hash.cache_clear()
    monkeypatch.setattr(passwords, "_nobodys_hash", lambda: account.password_hash)
    for email in ("tidak-ada@lumbung.test", account.email):
        with pytest.raises(Exception, match="does not match"):
            authenticate(session, email, "kata sandi yang lain")
    assert len(checked) == 2


def test_the_eleventh_attempt_in_a_row_has_to_wait(app: LumbungFlask, account: Account) -> None:
    browser = browse(app)
    for _ in range(10):
        assert browser.post_form("/sign-in", _typed(account, "salah semua ini")).status_code == 422
    answer = browser.post_form("/sign-in", _typed(account))
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 90
    with set_clock(now() + timedelta(minutes=5)):
        assert browser.post_form("/sign-in", _typed(account)).status_code == 303


def test_an_old_hash_is_renewed_at_sign_in(app: LumbungFlask, session: DbSession, account: Account) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    account.password_hash = old
    session.commit()
    assert browse(app).post_form("/sign-in", _typed(account)).status_code == 303
    session.expire_all()
    renewed = session.get_one(Account, account.id).password_hash
    assert renewed is not None
    assert renewed != old
    assert not passwords.needs_rehash(renewed)


def test_a_form_without_csrf_token_is_a_bad_request_with_a_page(app: LumbungFlask, account: Account) -> None:
    answer = browse(app).post("/sign-in", _typed(account))
    assert answer.status_code == 400
    assert "terlalu lama terbuka" in words_of(answer)
    assert "<h1>" in answer.text


def test_without_mail_sign_up_is_active_at_once_and_says_so(app: LumbungFlask, world: World) -> None:
    browser = browse(app)
    assert "belum dapat mengirim e-mail" in words_of(browser.get("/sign-up"))
    typed = {"name": "Budi  Baru", "email": "Budi@Contoh.ID", "password": PASSWORD}
    answer = browser.post_form("/sign-up", typed)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=%2F")
    assert "kini aktif" in words_of(browser.follow(answer))
    assert browser.post_form("/sign-in", typed | {"name": None}).status_code == 303


@pytest.mark.parametrize("mail", [False, True])
def test_sign_up_answers_alike_for_free_and_taken_addresses(
    app: LumbungFlask, account: Account, mail: bool, request: pytest.FixtureRequest
) -> None:
    if mail:
        request.getfixturevalue("with_mail")
    answers = []
    for email in ("baru@contoh.id", account.email):
        browser = browse(app)
        answer = browser.post_form("/sign-up", {"name": "Wati", "email": email, "password": "sawah hijau sekali"})
        answers.append((answer.status_code, answer.headers["Location"], words_of(browser.follow(answer))))
    assert answers[0] == answers[1]
    assert answers[0][0] == 303


def test_with_mail_an_account_waits_for_its_address_to_be_confirmed(
    app: LumbungFlask, session: DbSession, world: World, with_mail: None
) -> None:
    browser = browse(app)
    typed = {"name": "Budi Baru", "email": "budi@contoh.id", "password": PASSWORD}
    browser.post_form("/sign-up", typed)
    waiting = browser.post_form("/sign-in", typed | {"name": None})
    assert waiting.headers["Location"] == "/check-mail?why=confirm"
    assert browser.get("/account").status_code == 302
    link = _newest_link(app, session)
    assert browser.get(link).status_code == 200, "opening the link alone changes nothing"
    assert browser.post_form("/sign-in", typed | {"name": None}).headers["Location"] == "/check-mail?why=confirm"
    link = _newest_link(app, session)
    assert browser.post_form(link, {"password": PASSWORD}).status_code == 303
    assert browser.post_form("/sign-in", typed | {"name": None}).headers["Location"] == "/"
    assert browser.get(link).status_code == 410


def test_whoever_signed_up_first_with_anothers_address_does_not_get_into_the_account(
    app: LumbungFlask, session: DbSession, world: World, with_mail: None
) -> None:
    address = {"email": "budi@contoh.id"}
    thief, owner = browse(app), browse(app)
    thief.post_form("/sign-up", {"name": "Maling", "password": "kata sandi si maling", **address})
    owner.post_form("/sign-up", {"name": "Budi Baru", "password": PASSWORD, **address})
    link = _newest_link(app, session)
    refused = owner.post_form(link, {"password": PASSWORD})
    assert refused.status_code == 422
    assert "Lupa kata sandi" in words_of(refused)
    assert thief.post_form("/sign-in", {"password": "kata sandi si maling", **address}).headers["Location"] != "/"
    owner.post_form("/forgot", address)
    assert owner.post_form(_newest_link(app, session), {"password": PASSWORD}).status_code == 303
    assert owner.post_form("/sign-in", {"password": PASSWORD, **address}).headers["Location"] == "/"
    assert thief.post_form("/sign-in", {"password": "kata sandi si maling", **address}).status_code == 422


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("email", "bukan alamat", "alamat e-mail yang lengkap"),
        ("email", "budi@kantor", "alamat e-mail yang lengkap"),
        ("name", " \0 ", "Tulis nama"),
        ("password", "pendek", "sedikitnya 10"),
        ("password", "budi baru sekali", "nama atau alamat"),
        ("password", "Indonesia123", "mudah ditebak"),
        ("password", "a" * 300, "Paling banyak"),
    ],
)
def test_a_sign_up_that_will_not_do_is_said_at_the_field(
    app: LumbungFlask, session: DbSession, world: World, field: str, value: str, said: str
) -> None:
    typed = {"name": "Budi Baru Sekali", "email": "budi@contoh.id", "password": PASSWORD} | {field: value}
    answer = browse(app).post_form("/sign-up", typed)
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert find_account(session, "budi@contoh.id") is None
    if field != "password":
        assert typed["password"] not in answer.text


def test_passwords_in_composed_and_decomposed_letters_are_one(session: DbSession) -> None:
    create_account(session, email="cafe@contoh.id", name="Café", password="kopi di café malam")
    assert authenticate(session, "cafe@contoh.id", "kopi di cafe\u0301 malam").name == "Café"
    assert password_problem("aaabbbaaabbb", email="x@y.id", name="X") is not None


def test_name_and_language_are_changed_on_the_account_page(
    app: LumbungFlask, session: DbSession, account: Account
) -> None:
    browser = browse(app, account=account)
    answer = browser.post_form("/account", {"name": "Wati Baru", "language": "en"}, to="/account/profile")
    assert answer.status_code == 303
    assert "Signed-in devices" in words_of(browser.get("/account"))
    assert browser.post_form("/account", {"name": " "}, to="/account/profile").status_code == 422


def test_changing_the_password_asks_for_the_present_one_and_signs_others_out(
    app: LumbungFlask, account: Account
) -> None:
    elsewhere, browser = browse(app, account=account), browse(app, account=account)
    wrong = browser.post_form(
        "/account", {"current": "bukan ini kata", "password": "gunung tinggi sekali"}, to="/account/password"
    )
    assert wrong.status_code == 422
    assert "tidak cocok" in words_of(wrong)
    right = browser.post_form(
        "/account", {"current": PASSWORD, "password": "gunung tinggi sekali"}, to="/account/password"
    )
    assert right.status_code == 303
    assert browser.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302


def test_the_account_page_lists_the_municipalities_of_a_member(app: LumbungFlask, world: World) -> None:
    page = browse(app, account=world.tangsel.accounts["handler"]).get("/account")
    assert "Kota Tangerang Selatan" in words_of(page)
    assert "Kota Surabaya" not in words_of(page)
    assert "/handover?to=tangsel" in page.text


def _newest_link(app: LumbungFlask, session: DbSession) -> str:
    from lumbung.messages.services import opened

    session.expire_all()
    mail = session.scalars(select(PlatformMessage).order_by(PlatformMessage.created_at.desc())).first()
    assert mail is not None
    found = re.search(r"https://lumbung\.test(/\S+)", opened(mail, mail.text, part="text"))
    assert found is not None
    return found[1]
