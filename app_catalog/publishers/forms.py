"""What people fill in on the pages of publishers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from email_validator import EmailNotValidError, validate_email

from app_catalog.publishers.services import KINDS
from app_catalog.publishers.tokens import LIFETIMES
from lumbung.i18n import Text
from tenants.answers import Answers

_EMAIL = Text("Tulis alamat surel seperti nama@daerah.go.id.", "Write an e-mail address such as name@city.go.id.")
_SITE = Text("Tulis alamat lengkap yang diawali https://", "Write the whole address, beginning with https://")


def read_request(form: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a request to become a publisher. Raises Invalid with every mistake."""
    answers = Answers(form)
    kind = answers.choice("kind", KINDS)
    website = answers.text("website", most=300, optional=True)
    if website and not website.startswith(("https://", "http://")):
        answers.wrong("website", _SITE)
    values = {
        "kind": kind,
        "municipality_id": answers.identifier("municipality_id") if kind == "municipality" else None,
        "agency": answers.text("agency", most=120) if kind == "agency" else "",
        "name": answers.text("name", most=120, optional=kind == "agency"),
        "slug": answers.text("slug", most=40).lower(),
        "contact_email": _email(answers, "contact_email"),
        "website": website or None,
        "about": answers.text("about", most=1_000, optional=True, lines=True),
        "evidence": answers.text("evidence", most=4_000, optional=True, lines=True),
    }
    answers.require_valid()
    return values


def read_invitation(form: Mapping[str, str]) -> dict[str, Any]:
    """E-mail and role of somebody who is invited. Raises Invalid with every mistake."""
    answers = Answers(form)
    values = {"email": _email(answers, "email"), "role": answers.choice("role", ("maintainer", "owner"))}
    answers.require_valid()
    return values


def read_key(form: Mapping[str, str]) -> dict[str, Any]:
    """Name and text of a public key. Raises Invalid with every mistake."""
    answers = Answers(form)
    values = {
        "name": answers.text("name", most=80),
        "public_key": answers.text("public_key", most=2_000, lines=True),
    }
    answers.require_valid()
    return values


def read_token(form: Mapping[str, str]) -> dict[str, Any]:
    """Name and life in days of a token. Raises Invalid with every mistake."""
    answers = Answers(form)
    name = answers.text("name", most=80)
    days = answers.choice("days", [str(days) for days in LIFETIMES])
    answers.require_valid()
    return {"name": name, "days": int(days or LIFETIMES[0])}


def _email(answers: Answers, name: str) -> str:
    written = answers.text(name, most=254)
    if not written:
        return ""
    try:
        return validate_email(written, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        answers.wrong(name, _EMAIL)
        return written
