"""The number of a person in the population register (NIK), which nothing here writes out by accident."""

import re
from calendar import monthrange
from typing import Any

from marshmallow import ValidationError

from app_catalog.definitions.model import Field
from app_catalog.definitions.schemas.wording import word

SHOWN = 4
_DIGITS = re.compile("[0-9]{16}")
_FOR_WOMEN = 40


class Nik(str):
    """A NIK as everybody sees it, masked but for its first four digits (the region); `digits` are the whole number.

    It is a text so that whatever stores, shows or logs it has the masked one only.
    """

    digits: str

    def __new__(cls, digits: str) -> "Nik":
        """The masked number of these sixteen digits."""
        made = super().__new__(cls, masked_nik(digits))
        made.digits = digits
        return made


def masked_nik(digits: str) -> str:
    """The number with its first four digits alone."""
    return digits[:SHOWN] + "*" * (len(digits) - SHOWN)


def find_digits(text: str) -> str | None:
    """The sixteen digits that a text is, with spaces, dots and dashes left out; None for any other text. They may be a
    NIK, or one with a digit mistyped, so that no address may hold them."""
    plain = re.sub(r"[\s.\-]", "", text[:60])
    return plain if _DIGITS.fullmatch(plain) else None


def check_nik(value: Any, field: Field, lang: str) -> Nik:
    """A NIK: region (6 digits), date of birth (day, month, year; a woman's day plus 40), serial number.

    Its parts are those of Perpres 25/2008. Spaces, dots and dashes between the digits are left out. A number that was
    checked before is taken as it is.
    """
    if isinstance(value, Nik):
        return value
    text = re.sub(r"[ .\-]", "", value)[:40] if isinstance(value, str) else ""
    if not _DIGITS.fullmatch(text) or text[:2] < "11" or "00" in (text[2:4], text[4:6]) or text[12:] == "0000":
        raise ValidationError(word("nik", lang))
    day, month, year = int(text[6:8]), int(text[8:10]), int(text[10:12])
    day -= _FOR_WOMEN if day > _FOR_WOMEN else 0
    # Nobody can tell the century; 1900 and 2000 differ in one leap day.
    if not 1 <= month <= 12 or not 1 <= day <= max(monthrange(century + year, month)[1] for century in (1900, 2000)):
        raise ValidationError(word("nik_date", lang))
    return Nik(text)
