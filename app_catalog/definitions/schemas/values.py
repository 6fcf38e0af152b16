"""One check for each type of field: takes what came from a form or the API, gives a value that JSON can
hold.
"""

import re
from collections.abc import Callable, Mapping
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from typing import Any

import phonenumbers
import re2
from email_validator import EmailNotValidError, validate_email
from marshmallow import ValidationError

from app_catalog.definitions.model import WRITTEN, Field
from app_catalog.definitions.schemas.addresses import check_stream, check_url
from app_catalog.definitions.schemas.niks import check_nik
from app_catalog.definitions.schemas.paths import check_path
from app_catalog.definitions.schemas.quantities import check_between, check_decimal, check_duration, check_time
from app_catalog.definitions.schemas.wording import word

MAX_TEXT = 20_000
MAX_FILES = 50
MAX_SEVERAL = 200
MAX_INTEGER = 10**15
_FARTHEST = timedelta(hours=14)
"""No place is farther from UTC, and the database takes no moment that is much farther."""
# Linear; everything below a space but tab and line breaks, and what turns the direction of text around.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_WHOLE = re.compile("-?[0-9]{1,17}")
_TRUE, _FALSE = (True, "true", "on", "1", 1), (False, "false", "off", "0", 0)
Check = Callable[[Any, Field, str], Any]


def _fail(name: str, lang: str, **values: object) -> ValidationError:
    return ValidationError(word(name, lang, **values))


def check_text(value: Any, field: Field, lang: str) -> str:
    """A text within the field's length and pattern, line breaks as ``\\n``, ends trimmed."""
    if not isinstance(value, str):
        raise _fail("text", lang)
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if _CONTROL.search(text):
        raise _fail("control", lang)
    if field.type not in WRITTEN:
        text = " ".join(text.split())
    if len(text) > (field.max or MAX_TEXT):
        raise _fail("too_long", lang, max=field.max or MAX_TEXT)
    if len(text) < (field.min or 0):
        raise _fail("too_short", lang, min=field.min)
    return _patterned(text, field, lang)


def _patterned(text: str, field: Field, lang: str) -> str:
    if field.pattern is not None and re2.fullmatch(field.pattern, text) is None:
        raise _fail("pattern", lang)
    return text


def check_integer(value: Any, field: Field, lang: str) -> int:
    """A whole number, also when written as digits."""
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        value = int(value)
    if type(value) is not int:
        raise _fail("integer", lang)
    least = field.min if field.min is not None else (0 if field.type == "money" else None)
    if least is not None and value < least:
        raise _fail("too_small", lang, min=least)
    if value > (field.max if field.max is not None else MAX_INTEGER):
        raise _fail("too_large", lang, max=field.max if field.max is not None else MAX_INTEGER)
    if value < -MAX_INTEGER:
        raise _fail("too_small", lang, min=-MAX_INTEGER)
    return value


def check_boolean(value: Any, field: Field, lang: str) -> bool:
    """A yes or no, also as HTML forms write it."""
    if isinstance(value, bool | int | str):
        if value in _TRUE:
            return True
        if value in _FALSE:
            return False
    raise _fail("boolean", lang)


def check_date(value: Any, field: Field, lang: str) -> str:
    """A date as ISO text."""
    try:
        day = date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise _fail("date", lang) from None
    check_between(day, field, lang)
    return day


def check_datetime(value: Any, field: Field, lang: str) -> str:
    """A date and time with its offset as ISO text."""
    moment = find_moment(value) if isinstance(value, str) else None
    if moment is None:
        raise _fail("datetime", lang)
    return moment.isoformat()


def find_moment(text: str) -> datetime | None:
    """The moment that an ISO text with an offset names, or None: also for one that some places have no date for, in the
    first and in the last year, and for offsets that no place has."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    offset = moment.utcoffset()
    if offset is None or abs(offset) > _FARTHEST or offset.microseconds or not MINYEAR < moment.year < MAXYEAR:
        return None
    return moment


def check_point(value: Any, field: Field, lang: str) -> list[float]:
    """``[longitude, latitude]`` in degrees (WGS 84), as in GeoJSON (RFC 7946)."""
    try:
        longitude, latitude = (float(part) for part in value)
    except (TypeError, ValueError):
        raise _fail("point", lang) from None
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise _fail("point", lang)
    return [round(longitude, 7), round(latitude, 7)]


def check_files(value: Any, field: Field, lang: str) -> list[str]:
    """Ids of files; whether they exist and what they hold is for the caller to check."""
    if not isinstance(value, list) or not all(isinstance(item, str) and 0 < len(item) <= 200 for item in value):
        raise _fail("files", lang)
    if len(value) > (field.max_count or MAX_FILES):
        raise _fail("too_many_files", lang, max=field.max_count or MAX_FILES)
    return list(dict.fromkeys(value))


def check_email(value: Any, field: Field, lang: str) -> str:
    """An e-mail address in its normal form; nobody is asked whether it exists."""
    try:
        address = validate_email(str(value).strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        raise _fail("email", lang) from None
    return _patterned(address, field, lang)


def check_phone(value: Any, field: Field, lang: str) -> str:
    """A phone number in E.164, read as Indonesian unless it starts with ``+``."""
    text = str(value)[:40]
    try:
        number = phonenumbers.parse(text, "ID")
    except phonenumbers.NumberParseException:
        raise _fail("phone", lang) from None
    if not phonenumbers.is_possible_number(number):
        raise _fail("phone", lang)
    return _patterned(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), field, lang)


def check_name(value: Any, field: Field, lang: str) -> str:
    """The id of an agency or an area; whether it exists is for the caller to check."""
    if not isinstance(value, str) or not 0 < len(value) <= 100 or _CONTROL.search(value):
        raise _fail("invalid", lang)
    return value


def refuse_whole(value: Any, field: Field, lang: str) -> None:
    """A checklist has no value of its own: its items have."""
    raise _fail("invalid", lang)


def check_several(value: Any, field: Field, lang: str) -> list[str]:
    """Ids, each once and sorted, not too few and not too many; a single one may stand for a list of one."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or len(items) > MAX_SEVERAL:
        raise _fail("several", lang)
    found = sorted({check_name(item, field, lang) for item in items})
    if len(found) < (field.min or 0):
        raise _fail("too_few_chosen", lang, min=field.min)
    if field.max is not None and len(found) > field.max:
        raise _fail("too_many_chosen", lang, max=field.max)
    return found


CHECKS: Mapping[str, Check] = {
    "text": check_text,
    "long_text": check_text,
    "markdown": check_text,
    "integer": check_integer,
    "decimal": check_decimal,
    "money": check_integer,
    "boolean": check_boolean,
    "date": check_date,
    "time": check_time,
    "datetime": check_datetime,
    "duration": check_duration,
    "choices": check_several,
    "point": check_point,
    "area": check_name,
    "files": check_files,
    "email": check_email,
    "phone": check_phone,
    "url": check_url,
    "stream": check_stream,
    "agency": check_name,
    "agencies": check_several,
    "person": check_name,
    "persons": check_several,
    "nik": check_nik,
    "path": check_path,
    "record": check_name,
    "checklist": refuse_whole,
}
