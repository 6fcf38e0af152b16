"""What people type about an agency."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lumbung.i18n import Text
from tenants.accounts.addresses import checked_address
from tenants.agencies.services import AgencyDetails
from tenants.answers import Answers

_EMAIL = Text("Tulis alamat e-mail yang lengkap.", "Write a complete e-mail address.")
_PHONE = Text("Tulis nomor dengan angka, misalnya (021) 1234567.", "Write a number with digits, such as (021) 1234567.")
_PHONE_FORM = re.compile(r"[0-9+(][0-9 ()./-]{2,29}")


def read_agency(form: Mapping[str, str]) -> AgencyDetails:
    """The agency as it was typed. Raises Invalid with all mistakes."""
    answers = Answers(form)
    email = answers.text("email", most=200, optional=True)
    phone = answers.text("phone", most=30, optional=True)
    if email and checked_address(email) is None:
        answers.wrong("email", _EMAIL)
    if phone and not _PHONE_FORM.fullmatch(phone):
        answers.wrong("phone", _PHONE)
    details = AgencyDetails(
        name=answers.text("name", most=160),
        short_name=answers.text("short_name", most=40),
        parent_id=answers.identifier("parent_id"),
        email=email or None,
        phone=phone or None,
    )
    answers.require_valid()
    return details


@dataclass(frozen=True, slots=True)
class DelegationAnswers:
    """Who acts for a head, and when."""

    acting_id: UUID
    first_day: date
    last_day: date
    reason: str


def read_delegation(form: Mapping[str, str]) -> DelegationAnswers:
    """The delegation as it was typed. Raises Invalid with all mistakes."""
    answers = Answers(form)
    acting_id = answers.identifier("acting_id")
    first_day, last_day = answers.day("first_day"), answers.day("last_day")
    reason = answers.text("reason", most=300)
    if acting_id is None:
        answers.wrong("acting_id", Text("Pilih orangnya.", "Choose the person."))
    answers.require_valid()
    assert acting_id is not None
    assert first_day is not None
    assert last_day is not None
    return DelegationAnswers(acting_id, first_day, last_day, reason)


def read_head(form: Mapping[str, str]) -> UUID | None:
    """The chosen head, None for nobody. Raises Invalid when it is no id."""
    answers = Answers(form)
    head_id = answers.identifier("head_id")
    answers.require_valid()
    return head_id
