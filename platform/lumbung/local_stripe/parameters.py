"""Reading a request's parameters strictly: what is not known is refused, as Stripe does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from lumbung.local_stripe.errors import Refused, missing_parameter, unknown_parameters

Reader = Callable[[Any, str], Any]

_MOST_METADATA = 50
_LONGEST_KEY, _LONGEST_VALUE = 40, 500
_LONGEST_TEXT = 5000
_URL = re.compile(r"https?://[^\s/]+(/\S*)?", re.ASCII)


class Required:
    """A parameter that must be given."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader


Fields = Mapping[str, Reader | Required]


def read_fields(given: Any, fields: Fields, prefix: str = "") -> dict[str, Any]:
    """The values of `given`, converted. Raises `Refused` for the unknown, the missing and the malformed."""

    def named(name: str) -> str:
        return f"{prefix}[{name}]" if prefix else name

    if not isinstance(given, dict):
        raise Refused("Invalid object", param=prefix)
    unknown = [named(name) for name in given if name not in fields]
    if unknown:
        raise unknown_parameters(unknown)
    values: dict[str, Any] = {}
    for name, field in fields.items():
        reader = field.reader if isinstance(field, Required) else field
        if name in given:
            values[name] = reader(given[name], named(name))
        elif isinstance(field, Required):
            raise missing_parameter(named(name))
    return values


class nested:  # noqa: N801 - reads like the other readers in a table of fields.
    """An object with fields of its own."""

    def __init__(self, **fields: Reader | Required) -> None:
        self.fields: Fields = fields

    def __call__(self, value: Any, param: str) -> dict[str, Any]:
        return read_fields(value, self.fields, param)


class list_of:  # noqa: N801 - see above.
    """A list whose elements are all read by one reader."""

    def __init__(self, element: Reader) -> None:
        self.element = element

    def __call__(self, value: Any, param: str) -> list[Any]:
        if not isinstance(value, list):
            raise Refused("Invalid array", param=param)
        return [self.element(element, f"{param}[{number}]") for number, element in enumerate(value)]


def text(value: Any, param: str) -> str:
    """A text with something in it."""
    if not isinstance(value, str):
        raise Refused(f"Invalid string: {value}", param=param)
    if not value:
        raise Refused(
            f"You passed an empty string for '{param}'. We assume empty values are an attempt to unset a parameter; "
            f"however '{param}' cannot be unset.",
            code="parameter_invalid_empty",
            param=param,
        )
    if len(value) > _LONGEST_TEXT:
        raise Refused(f"Invalid string: must be at most {_LONGEST_TEXT} characters", param=param)
    return value


def unsettable(value: Any, param: str) -> str | None:
    """A text; the empty one takes the value away."""
    return None if value == "" else text(value, param)


def url(value: Any, param: str) -> str:
    """An absolute address of the web."""
    if not _URL.fullmatch(text(value, param)):
        raise Refused("Not a valid URL", code="url_invalid", param=param)
    return str(value)


def integer(value: Any, param: str) -> int:
    """A whole number, negative ones too."""
    if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,15}", value):
        raise Refused(f"Invalid integer: {value}", code="parameter_invalid_integer", param=param)
    return int(value)


def positive(value: Any, param: str) -> int:
    """A whole number of at least 1."""
    number = integer(value, param)
    if number < 1:
        raise Refused("This value must be greater than or equal to 1.", code="parameter_invalid_integer", param=param)
    return number


def not_negative(value: Any, param: str) -> int:
    """A whole number of at least 0."""
    number = integer(value, param)
    if number < 0:
        raise Refused("This value must be greater than or equal to 0.", code="parameter_invalid_integer", param=param)
    return number


def boolean(value: Any, param: str) -> bool:
    """true or false."""
    if value not in ("true", "false"):
        raise Refused(f"Invalid boolean: {value}", param=param)
    return bool(value == "true")


def one_of(*allowed: str) -> Reader:
    """One of the named values."""

    def read(value: Any, param: str) -> str:
        if value not in allowed:
            choices = f"{', '.join(allowed[:-1])}, or {allowed[-1]}" if len(allowed) > 1 else allowed[0]
            raise Refused(f"Invalid {param}: must be one of {choices}", param=param)
        return str(value)

    return read


def currency(value: Any, param: str) -> str:
    """The rupiah: the double keeps no other books."""
    if not isinstance(value, str) or value.lower() != "idr":
        raise Refused(f"Invalid currency: {value}. This test double knows idr alone.", param=param)
    return "idr"


def metadata(value: Any, param: str) -> dict[str, str]:
    """Names and texts; an empty text takes a name away, an empty value of the whole takes all of them."""
    if value == "":
        return {}
    if not isinstance(value, dict):
        raise Refused("Invalid object", param=param)
    for key, word in value.items():
        if not isinstance(word, str):
            raise Refused("Metadata values can't be hashes", param=f"{param}[{key}]")
        if len(key) > _LONGEST_KEY or len(word) > _LONGEST_VALUE:
            raise Refused(
                f"Metadata keys can have up to {_LONGEST_KEY} characters, and values up to {_LONGEST_VALUE}.",
                param=f"{param}[{key}]",
            )
    if len(value) > _MOST_METADATA:
        raise Refused(f"You can have up to {_MOST_METADATA} metadata keys", param=param)
    return dict(value)


def moment_range(value: Any, param: str) -> dict[str, int]:
    """`created`: a moment, or any of gt, gte, lt and lte."""
    if isinstance(value, dict):
        return nested(gt=integer, gte=integer, lt=integer, lte=integer)(value, param)
    moment = integer(value, param)
    return {"gte": moment, "lte": moment}


LISTING: Fields = {
    "limit": positive,
    "starting_after": text,
    "ending_before": text,
}


def merge_metadata(before: dict[str, str], given: dict[str, str]) -> dict[str, str]:
    """What metadata is after an update with `given`."""
    if not given:
        return {}
    return {key: word for key, word in (before | given).items() if word != ""}
