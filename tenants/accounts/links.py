"""Links that a person gets once: to confirm an address, to set a new password. Sign-up, too, since it may send one."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from lumbung.audit import record_audit
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Language
from lumbung.messages import channel_available, render_email, send_email
from lumbung.web.sites import hub_origin
from tenants.accounts.addresses import checked_address
from tenants.accounts.errors import AddressTaken, LinkGone, NotConfirmed, WrongPassword
from tenants.accounts.models import Account
from tenants.accounts.passwords import verify_password
from tenants.accounts.services import authenticate, create_account, find_account, get_account, set_password
from tenants.accounts.sessions import revoke_all_sessions
from tenants.accounts.tokens import Purpose, find_token, make_token, spoil_tokens, use_token

BY_MAIL = timedelta(hours=2)
BY_HAND = timedelta(hours=24)
CONFIRM = timedelta(days=3)


def mail_available() -> bool:
    """Whether this platform can send e-mail; nobody is promised a mail otherwise."""
    return channel_available("email")


def sign_up(session: AnySession, *, email: str, name: str, password: str, language: str) -> None:
    """Make an account for whoever asks, and say the same whether the address was free or not.

    With mail the account waits until the link in it was opened; the owner of an address that has an account is told
    so by mail. Without mail the account is active at once. Raises Invalid with `fields` when the form will not do.
    """
    by_mail = mail_available()
    try:
        account = create_account(
            session,
            email=email,
            name=name,
            password=password,
            language=language,
            awaiting_confirmation=by_mail,
        )
    except AddressTaken:
        known = find_account(session, checked_address(email) or email)
        # The work of hashing was done by `create_account` before the address was refused, so time tells nothing.
        if by_mail and known is not None and known.disabled_at is None:
            _tell_known(session, known)
        return
    if by_mail:
        send_confirmation(session, account)


def sign_in(session: AnySession, email: str, password: str) -> Account:
    """The account that may come in now; see `authenticate`. Raises NotConfirmed, with a new link on its way, when the
    address was never confirmed."""
    account = authenticate(session, email, password)
    if account.awaiting_confirmation:
        raise NotConfirmed
    record_audit(session, "account.signed_in", subject_type="account", subject_id=account.id)
    return account


def send_confirmation(session: AnySession, account: Account) -> None:
    """Mail a link that confirms the address; the links before it stop working."""
    spoil_tokens(session, account.id, "confirm")
    link = _link(session, account, "confirm", CONFIRM)
    _mail(session, account, "accounts/mail/confirm", link)


def confirm_address(session: AnySession, token: str, password: str) -> Account:
    """Confirm the address of the account that this link was sent to, with the password that the account was made with.

    Whoever signs up with another's address knows the password and not the link; the owner of the address has the link
    and, when the account is not theirs, not the password. Only both together activate an account, so that nobody ends
    up in one that a stranger can enter. Raises WrongPassword (the link stays usable), LinkGone.
    """
    account = get_account_of_link(session, token, "confirm")
    if not verify_password(account.password_hash, password):
        raise WrongPassword
    _use(session, token, "confirm")
    account.awaiting_confirmation = False
    spoil_tokens(session, account.id, "confirm")
    record_audit(session, "account.confirmed", subject_type="account", subject_id=account.id)
    return account


def request_reset(session: AnySession, email: str) -> None:
    """Mail a reset link when the address has an account; nothing comes back either way."""
    account = find_account(session, email)
    if account is None or account.disabled_at is not None or not mail_available():
        return
    _mail(session, account, "accounts/mail/reset", make_reset_link(session, account, lifetime=BY_MAIL))


def make_reset_link(session: AnySession, account: Account, *, lifetime: timedelta = BY_HAND, origin: str = "") -> str:
    """A whole address on which the owner of the account sets a new password, once; former reset links stop working.

    An operator hands it over in person where no mail is set up. `origin` replaces the hub's own outside a request.
    """
    spoil_tokens(session, account.id, "reset")
    record_audit(session, "account.reset_link_made", subject_type="account", subject_id=account.id)
    return _link(session, account, "reset", lifetime, origin)


def get_account_of_link(session: AnySession, token: str, purpose: Purpose) -> Account:
    """The account of a link that still works, without using it; raises LinkGone."""
    found = find_token(session, token, purpose)
    if found is None:
        raise LinkGone
    return get_account(session, found.account_id)


def reset_password(session: AnySession, token: str, password: str) -> Account:
    """Set a new password by a reset link and end every session of the account.

    Raises Invalid with `fields` when the password will not do (the link stays usable), LinkGone when the link does
    not work any more.
    """
    account = get_account_of_link(session, token, "reset")
    set_password(session, account, password)
    _use(session, token, "reset")
    # Whoever has the link has the mailbox, or was given it by an operator.
    account.awaiting_confirmation = False
    spoil_tokens(session, account.id, "confirm")
    revoke_all_sessions(session, account.id)
    return account


def _use(session: AnySession, token: str, purpose: Purpose) -> UUID:
    used = use_token(session, token, purpose)
    if used is None:
        raise LinkGone
    return used[0]


def _link(session: AnySession, account: Account, purpose: Purpose, lifetime: timedelta, origin: str = "") -> str:
    token = make_token(session, account.id, purpose, lifetime=lifetime)
    return f"{origin or hub_origin()}/{purpose}/{token}"


def _tell_known(session: AnySession, account: Account) -> None:
    if account.awaiting_confirmation:
        send_confirmation(session, account)
    else:
        _mail(session, account, "accounts/mail/known", hub_origin() + "/forgot")


def _mail(session: AnySession, account: Account, template: str, link: str) -> None:
    language: Language = "en" if account.language == "en" else "id"
    mail = render_email(template, language=language, name=account.name, link=link)
    send_email(
        session,
        to=account.email,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        subject_ref=("account", account.id),
        secret=True,
    )
