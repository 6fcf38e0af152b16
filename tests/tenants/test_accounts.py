"""Accounts through HTTP: sign-up, sign-in, forgotten passwords, the account's own page."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import now, set_clock
from lumbung.messages import PlatformMessage
from lumbung.web.sites import LumbungFlask
from tenants.accounts import passwords
from tenants.accounts.cli import account as account_command
from tenants.accounts.errors import AddressTaken
from tenants.accounts.links import make_reset_link
from tenants.accounts.models import Account, AccountSession, AccountToken
from tenants.accounts.passwords import hash_password, password_problem
from tenants.accounts.services import authenticate, create_account, find_account
from tenants.accounts.supervision import forget_ended
from tests.browsing import browse, read_page, words_of
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
def with_mail(app: LumbungFlask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A platform that has a mail server; nothing is delivered here."""
    monkeypatch.setattr(app, "lumbung", dataclasses.replace(app.lumbung, smtp_url="smtp://127.0.0.1:1"))
    return


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
    monkeypatch.setattr(
        passwords, "_hasher", type("Counting", (), {"verify": lambda self, h, p: checked.append(h) or real(h, p)})()
    )
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
    old = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
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
    assert browser.post_form(link).status_code == 303
    assert browser.post_form("/sign-in", typed | {"name": None}).headers["Location"] == "/"
    assert browser.get(link).status_code == 410


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


def _fields(page: object, action: str) -> dict[str, str]:
    path = action.split("lumbung.test", 1)[1]
    return next(form.fields for form in page.forms if form.action == path)  # type: ignore[attr-defined]


def _newest_link(app: LumbungFlask, session: DbSession) -> str:
    from lumbung.messages.services import _opened

    session.expire_all()
    mail = session.scalars(select(PlatformMessage).order_by(PlatformMessage.created_at.desc())).first()
    assert mail is not None
    found = re.search(r"https://lumbung\.test(/\S+)", _opened(mail, mail.text, part="text"))
    assert found is not None
    return found[1]
