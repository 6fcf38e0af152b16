"""Numbers of records by a pattern such as ``SR/{year}/{seq:05}`` or
``{seq}/{agency}/{month:roman}/{year}``.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

_PLACEHOLDER = re.compile(r"\{([a-z0-9_-]{1,60})(?::([a-z0-9]{1,8}))?\}")
_WIDTH = re.compile(r"0([1-9])\Z")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
NAMES = ("year", "month", "day", "agency", "seq")
DATE_PARTS = ("year", "month", "day")
MAX_PATTERN = 100


class NumberPatternError(ValueError):
    """A pattern that cannot number records; ``detail`` says which part."""

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A part of a pattern that is filled in; ``option`` is ``roman`` or a zero-padded width such as
    ``05``.
    """

    name: str
    option: str = ""


@dataclass(frozen=True, slots=True)
class NumberPattern:
    """A parsed pattern: literal texts and placeholders in order."""

    parts: tuple[str | Placeholder, ...]

    @property
    def names(self) -> frozenset[str]:
        """Which placeholders stand in the pattern."""
        return frozenset(part.name for part in self.parts if isinstance(part, Placeholder))

    def format(self, *, seq: int, day: date, agency: str = "", fields: Mapping[str, str] | None = None) -> str:
        """The number ``seq`` (from 1) of a record numbered on ``day`` (the municipality's) by ``agency``
        (its key, written in capitals as on letters: ``DISHUB``); ``fields`` are texts of fields that the pattern names.
        """
        values: Mapping[str, int | str] = {
            **{name: (fields or {}).get(name, "") for name in self.names},
            "year": day.year,
            "month": day.month,
            "day": day.day,
            "agency": agency.upper(),
            "seq": seq,
        }
        return "".join(part if isinstance(part, str) else _fill(part, values[part.name]) for part in self.parts)

    def series(
        self, per: tuple[str, ...], *, day: date, agency: str = "", fields: Mapping[str, str] | None = None
    ) -> str:
        """The key of the sequence that ``per`` asks for, such as ``2026`` or ``2026/03/dishub``; empty for
        one only.

        A month or a day is always of its year, whether or not ``per`` names the year.
        """
        dates = {"year": f"{day.year:04}", "month": f"{day.year:04}-{day.month:02}", "day": day.isoformat()}
        finest = next((dates[name] for name in ("day", "month", "year") if name in per), "")
        own = [f"{name}={(fields or {}).get(name, '')}" for name in per if name not in NAMES]
        return "/".join(part for part in (finest, agency if "agency" in per else "", *own) if part)


def _fill(part: Placeholder, value: int | str) -> str:
    if part.option == "roman":
        return _ROMAN[int(value) - 1]
    if part.option:
        return f"{int(value):0{int(part.option)}d}"
    return f"{value:02d}" if part.name in ("month", "day") and isinstance(value, int) else str(value)


def parse_number_pattern(text: str, names: Collection[str] | None = NAMES) -> NumberPattern:
    """The pattern that ``text`` writes; ``names`` are those of its placeholders, None for any.

    ``NumberPatternError`` when it is empty or over 100 characters, a brace is left over, a placeholder or
    its option is unknown, or ``{seq}`` does not stand exactly once.
    """
    if not 0 < len(text) <= MAX_PATTERN:
        raise NumberPatternError("1–100")
    parts: list[str | Placeholder] = []
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        parts += [text[end : match.start()], _placeholder(match[1], match[2] or "", names)]
        end = match.end()
    parts.append(text[end:])
    for part in parts:
        if isinstance(part, str) and ("{" in part or "}" in part):
            raise NumberPatternError(part)
    if sum(isinstance(part, Placeholder) and part.name == "seq" for part in parts) != 1:
        raise NumberPatternError("{seq}")
    return NumberPattern(tuple(part for part in parts if part))


def _placeholder(name: str, option: str, names: Collection[str] | None) -> Placeholder:
    written = f"{{{name}:{option}}}" if option else f"{{{name}}}"
    if names is not None and name not in names:
        raise NumberPatternError(written)
    fits = option == "" or (option == "roman" and name == "month") or (name == "seq" and _WIDTH.match(option))
    if not fits:
        raise NumberPatternError(written)
    return Placeholder(name, option)
