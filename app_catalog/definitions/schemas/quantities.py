"""Checks of decimals, times of the day and durations."""

import math
import re
from typing import Any

from marshmallow import ValidationError

from app_catalog.definitions.durations import DurationError, compare_durations, parse_duration
from app_catalog.definitions.model import Duration, Field
from app_catalog.definitions.schemas.wording import word
from app_catalog.definitions.shape.quantities import MOST_DECIMAL, is_time

PLACES = 6
"""How many places after the sign a decimal keeps."""
_WITH_COMMA = re.compile(r"-?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,13}),[0-9]{1,9}")
_WITH_POINT = re.compile(r"-?[0-9]{1,13}(?:\.[0-9]{1,9})?")
_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")


def check_decimal(value: Any, field: Field, lang: str) -> float:
    """A number of at most six places after the sign, also as people write it: ``2,5``, ``2.5`` or ``1.250,75``.

    ``1.250`` is refused: it is a thousand to one reader and little more than one to another.
    """
    number = _number(value, lang)
    if not math.isfinite(number) or abs(number) > MOST_DECIMAL:
        raise ValidationError(word("decimal", lang))
    if isinstance(field.lowest, int | float) and number < field.lowest:
        raise ValidationError(word("too_small", lang, min=shown_decimal(field.lowest, lang)))
    if isinstance(field.highest, int | float) and number > field.highest:
        raise ValidationError(word("too_large", lang, max=shown_decimal(field.highest, lang)))
    return round(number, PLACES)


def _number(value: Any, lang: str) -> float:
    if isinstance(value, str):
        text = "".join(value.split())
        if _THOUSANDS.fullmatch(text):
            raise ValidationError(word("ambiguous", lang, found=text))
        if _WITH_COMMA.fullmatch(text):
            return float(text.replace(".", "").replace(",", "."))
        if _WITH_POINT.fullmatch(text):
            return float(text)
    elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MOST_DECIMAL:
        return float(value)
    raise ValidationError(word("decimal", lang))


def shown_decimal(value: float, lang: str) -> str:
    """A decimal as a form writes it, so that ``check_decimal`` reads the same again."""
    text = f"{value:.{PLACES}f}".rstrip("0").rstrip(".")
    if lang == "id":
        return text.replace(".", ",")
    return f"{text}0" if _THOUSANDS.fullmatch(text) else text


def check_time(value: Any, field: Field, lang: str) -> str:
    """A time of the day such as ``07:30``, also written ``07.30``."""
    text = value.strip()[:8].replace(".", ":") if isinstance(value, str) else ""
    text = text.removesuffix(":00") if text.count(":") == 2 else text
    text = f"0{text}" if text[1:2] == ":" else text
    if not is_time(text):
        raise ValidationError(word("time", lang))
    check_between(text, field, lang)
    return text


def check_between(text: str, field: Field, lang: str) -> None:
    """Raise ValidationError when a date or a time lies outside of the field's bounds."""
    if isinstance(field.lowest, str) and text < field.lowest:
        raise ValidationError(word("too_early", lang, min=field.lowest))
    if isinstance(field.highest, str) and text > field.highest:
        raise ValidationError(word("too_late", lang, max=field.highest))


def check_duration(value: Any, field: Field, lang: str) -> str:
    """A duration as ISO text: ``PT48H``, ``P3D``, ``P3WD``. One that cannot be compared with a bound passes it."""
    try:
        span = parse_duration(value if isinstance(value, str) and len(value) <= 20 else "")
    except DurationError:
        raise ValidationError(word("duration", lang)) from None
    if isinstance(field.lowest, str) and (compare_durations(span, parse_duration(field.lowest)) or 0) < 0:
        raise ValidationError(word("too_small", lang, min=_span(parse_duration(field.lowest), lang)))
    if isinstance(field.highest, str) and (compare_durations(span, parse_duration(field.highest)) or 0) > 0:
        raise ValidationError(word("too_large", lang, max=_span(parse_duration(field.highest), lang)))
    return span.text


def _span(span: Duration, lang: str) -> str:
    """A span in its largest whole unit."""
    if span.is_working:
        return word("working_days", lang, n=span.working_days)
    for name, seconds in (("days", 86_400), ("hours", 3_600)):
        if span.seconds and span.seconds % seconds == 0:
            return word(name, lang, n=span.seconds // seconds)
    return word("minutes", lang, n=span.seconds // 60)
