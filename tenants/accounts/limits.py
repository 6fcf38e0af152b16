"""How often somebody may try, per account and per address."""

from __future__ import annotations

from lumbung.limits import Limit, address_key, spend
from tenants.accounts.addresses import tidy_address

SIGN_IN_ACCOUNT = Limit("sign-in-account", size=10, seconds=15 * 60)
SIGN_IN_ADDRESS = Limit("sign-in-address", size=60, seconds=15 * 60)
SIGN_UP_ADDRESS = Limit("sign-up-address", size=20, seconds=60 * 60)
LINK_ACCOUNT = Limit("link-account", size=4, seconds=60 * 60)
LINK_ADDRESS = Limit("link-address", size=20, seconds=60 * 60)
USE_LINK_ADDRESS = Limit("use-link-address", size=60, seconds=15 * 60)


def spend_sign_in(email: str) -> None:
    """Count an attempt to sign in, right or wrong; raises TooMany. An office behind one address has room."""
    spend(SIGN_IN_ADDRESS, address_key())
    spend(SIGN_IN_ACCOUNT, tidy_address(email))


def spend_password_check(account: object) -> None:
    """Count an attempt to change a password with the present one; raises TooMany."""
    spend(SIGN_IN_ACCOUNT, str(account))


def spend_sign_up(email: str) -> None:
    """Count a sign-up; raises TooMany."""
    spend(SIGN_UP_ADDRESS, address_key())
    spend(LINK_ACCOUNT, tidy_address(email))


def spend_link(email: str) -> None:
    """Count a request for a link; raises TooMany, whether the address has an account or not."""
    spend(LINK_ADDRESS, address_key())
    spend(LINK_ACCOUNT, tidy_address(email))


def spend_use_of_link() -> None:
    """Count the use of a link, so that nobody guesses; raises TooMany."""
    spend(USE_LINK_ADDRESS, address_key())
