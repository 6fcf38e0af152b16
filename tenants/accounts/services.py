"""Accounts: made, found, signed in, changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from lumbung.audit import record_audit
from lumbung.db import now, violated_constraint
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid, NotFound
from lumbung.i18n import LANGUAGES, Text
from lumbung.ids import new_id
from tenants.accounts.addresses import checked_address, tidy_address
from tenants.accounts.errors import AddressTaken, WrongPassword
from tenants.accounts.models import Account, AccountMembership
from tenants.accounts.passwords import hash_password, needs_rehash, password_problem, verify_password
from tenants.answers import clean_text
from tenants.municipalities.models import Municipality

LONGEST_NAME = 120


@dataclass(frozen=True)
class MembershipPlace:
    """A municipality in which an account works."""

    municipality_id: UUID
    slug: str
    name: str
    demo: bool


def create_account(
    session: AnySession,
    *,
    email: str,
    name: str,
    password: str | None = None,
    language: str = "id",
    is_operator: bool = False,
    is_curator: bool = False,
    awaiting_confirmation: bool = False,
) -> Account:
    """A new account; without a password it can be entered by a reset link only.

    Raises Invalid with `fields` when address, name or password will not do, AddressTaken when the address has an
    account.
    """
    address = checked_address(email)
    problems: dict[str, list[str]] = {}
    if address is None:
        problems["email"] = [str(Text("Tulis alamat e-mail yang lengkap.", "Write a complete e-mail address."))]
    tidy = clean_text(name)
    if not tidy or len(tidy) > LONGEST_NAME:
        problems["name"] = [str(Text("Tulis nama Anda.", "Write your name."))]
    wrong = password_problem(password, email=address or email, name=name) if password is not None else None
    if wrong:
        problems["password"] = [str(wrong)]
    if problems or address is None:
        raise Invalid(fields=problems)
    account = Account(
        id=new_id(),
        email=address,
        name=tidy,
        password_hash=hash_password(password) if password is not None else None,
        language=language if language in LANGUAGES else "id",
        is_operator=is_operator,
        is_curator=is_curator,
        awaiting_confirmation=awaiting_confirmation,
    )
    try:
        with session.begin_nested():
            session.add(account)
    except IntegrityError as error:
        if violated_constraint(error) == "uq_accounts_email":
            raise AddressTaken from error
        raise
    record_audit(
        session,
        "account.created",
        subject_type="account",
        subject_id=account.id,
        after={"is_operator": is_operator, "is_curator": is_curator},
    )
    return account


def find_account(session: AnySession, email: str) -> Account | None:
    """The account with this address, in whatever case it is written."""
    return session.scalar(select(Account).where(Account.email == tidy_address(email)))


def get_account(session: AnySession, account_id: UUID) -> Account:
    """The account; raises NotFound."""
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound
    return account


def authenticate(session: AnySession, email: str, password: str) -> Account:
    """The account whose address and password these are; its hash is renewed when it is of an older kind.

    Raises WrongPassword, the same and after the same work, when there is no such account, it is disabled, or the
    password is wrong. The caller spends from the limits first (`tenants.accounts.limits`).
    """
    account = find_account(session, email)
    right = verify_password(account.password_hash if account else None, password)
    if account is None or not right or account.disabled_at is not None:
        raise WrongPassword
    if account.password_hash and needs_rehash(account.password_hash):
        account.password_hash = hash_password(password)
    return account


def set_password(session: AnySession, account: Account, password: str) -> None:
    """Give the account a new password; raises Invalid when it will not do. Sessions are the caller's matter."""
    wrong = password_problem(password, email=account.email, name=account.name)
    if wrong:
        raise Invalid(fields={"password": [str(wrong)]})
    account.password_hash = hash_password(password)
    account.password_changed_at = now()
    session.flush()
    record_audit(session, "account.password_changed", subject_type="account", subject_id=account.id)


def change_password(session: AnySession, account: Account, *, current: str, password: str) -> None:
    """Change the password of somebody who knows the present one; raises Invalid with `fields` otherwise."""
    if not verify_password(account.password_hash, current):
        raise Invalid(
            fields={"current": [str(Text("Kata sandi sekarang tidak cocok.", "The present password does not match."))]}
        )
    set_password(session, account, password)


def change_profile(session: AnySession, account: Account, *, name: str, language: str) -> None:
    """Change name and language; raises Invalid when the name is empty or too long."""
    tidy = clean_text(name)
    if not tidy or len(tidy) > LONGEST_NAME:
        raise Invalid(fields={"name": [str(Text("Tulis nama Anda.", "Write your name."))]})
    before = {"name": account.name, "language": account.language}
    account.name = tidy
    account.language = language if language in LANGUAGES else "id"
    session.flush()
    record_audit(
        session,
        "account.changed",
        subject_type="account",
        subject_id=account.id,
        before=before,
        after={"name": account.name, "language": account.language},
    )


def list_memberships(session: AnySession, account_id: UUID) -> Sequence[MembershipPlace]:
    """The municipalities in which the account works, by name; for the hub, from the global index alone."""
    rows = session.execute(
        select(Municipality.id, Municipality.slug, Municipality.name, Municipality.demo)
        .join(AccountMembership, AccountMembership.municipality_id == Municipality.id)
        .where(AccountMembership.account_id == account_id, Municipality.status != "suspended")
        .order_by(Municipality.name)
    )
    return [MembershipPlace(*row) for row in rows]


def index_membership(session: AnySession, account_id: UUID, municipality_id: UUID) -> None:
    """Note for sign-in that the account works in the municipality; twice is once."""
    session.execute(
        insert(AccountMembership)
        .values(id=new_id(), account_id=account_id, municipality_id=municipality_id, created_at=now())
        .on_conflict_do_nothing()
    )


def forget_membership(session: AnySession, account_id: UUID, municipality_id: UUID) -> None:
    """Take the municipality out of the account's index when the membership has ended."""
    session.execute(
        delete(AccountMembership)
        .where(AccountMembership.account_id == account_id, AccountMembership.municipality_id == municipality_id)
        .execution_options(synchronize_session=False)
    )
