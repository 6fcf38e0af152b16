"""E-mail addresses as they are kept: checked for their form, in lower case."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email


def tidy_address(email: str) -> str:
    """The address as an account keeps it; not checked."""
    return "".join(letter for letter in email if letter.isprintable()).strip().lower()


def checked_address(email: str) -> str | None:
    """The tidy address when it has the form of one (RFC 5321, 5322) with a domain, else None. Nothing is looked up.

    Addresses under `.test` count, for demonstrations (RFC 2606).
    """
    try:
        found = validate_email(tidy_address(email), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return found.normalized.lower()
