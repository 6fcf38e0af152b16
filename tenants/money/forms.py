"""What operators type: amounts, days and keys of forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time
from uuid import UUID

from lumbung.db.clock import now
from lumbung.errors import BadRequest, Invalid
from lumbung.i18n import Text
from lumbung.ids import new_id
from lumbung.money.periods import read_day, today
from lumbung.money.receipts import JAKARTA

_AMOUNT = re.compile(r"-?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,15})")
_NO_AMOUNT = Text(
    "Isi angka bulat dalam rupiah, misalnya 250000 atau 250.000.",
    "Enter whole rupiah in figures, such as 250000 or 250.000.",
)
_NOON = time(12)


def read_amount(typed: str, field: str = "amount") -> int:
    """Whole rupiah as a person types them, also below zero: what may be is for the services. Raises Invalid."""
    text = typed.strip().removeprefix("Rp").strip()
    if _AMOUNT.fullmatch(text) is None:
        raise Invalid(fields={field: [str(_NO_AMOUNT)]})
    return int(text.replace(".", ""))


def read_moment(typed: str, field: str) -> datetime:
    """Noon in Jakarta of a day that was typed; this moment for today before noon. Raises Invalid."""
    try:
        day = read_day(typed)
    except Invalid as error:
        raise Invalid(fields={field: [str(error.message)]}) from error
    noon = datetime.combine(day, _NOON, JAKARTA)
    return min(noon, now()) if day == today() else noon


def read_key(form: Mapping[str, str]) -> UUID:
    """The key of the form that was shown, so that it is done once however often it is sent. Raises BadRequest."""
    try:
        return UUID(form.get("key", ""))
    except ValueError as error:
        raise BadRequest from error


def fresh_key() -> UUID:
    """A key for a form that is about to be shown; it becomes an id."""
    return new_id()


def read_subject(typed: str) -> tuple[str, str]:
    """A subject as forms send it (`municipality:<id>`). Raises Invalid."""
    subject_type, colon, subject_id = typed.partition(":")
    if not colon or not subject_type or not subject_id:
        raise Invalid(fields={"subject": [str(Text("Pilih untuk apa.", "Choose what it was for."))]})
    return subject_type, subject_id
