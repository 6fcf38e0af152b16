"""Texts in Indonesian and English, both written at the place of use (ADR 0018)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal

Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = ("id", "en")
_BYTES = ("B", "kB", "MB", "GB", "TB")

_language: ContextVar[Language] = ContextVar("lumbung_language", default="id")


def current_language() -> Language:
    """The language of the person who is being answered; Indonesian when nothing else was chosen."""
    return _language.get()


def use_language(language: str | None) -> Language:
    """Answer in `language` from here on in this context; anything unknown means Indonesian."""
    chosen: Language = "en" if language == "en" else "id"
    _language.set(chosen)
    return chosen


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Texts inside the block are in `language`, whatever happens in it; the former one holds afterwards."""
    before = current_language()
    use_language(language)
    try:
        yield
    finally:
        use_language(before)


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages, for places where the reader is not known yet (errors, choices)."""

    id: str
    en: str

    def __str__(self) -> str:
        return self.en if current_language() == "en" else self.id

    def format(self, **values: object) -> Text:
        """The same text with `{placeholders}` filled in; a value that is a Text is filled in by language."""
        by_id = {name: value.id if isinstance(value, Text) else value for name, value in values.items()}
        by_en = {name: value.en if isinstance(value, Text) else value for name, value in values.items()}
        return Text(self.id.format(**by_id), self.en.format(**by_en))

    @classmethod
    def of(cls, texts: Mapping[str, str] | str | None) -> Text:
        """A text of a package, for a reader who is not known yet; each language as `pick` finds it."""
        return cls(*(_picked(texts, language) for language in LANGUAGES))

    @classmethod
    def paragraphs(cls, *parts: Text | str | None) -> Text:
        """The parts with an empty line between; what is empty is left out."""
        said = [Text(part, part) if isinstance(part, str) else part for part in parts if part]
        return cls("\n\n".join(part.id for part in said), "\n\n".join(part.en for part in said))


def t(id: str, en: str, **values: object) -> str:
    """The text in the reader's language, with `{placeholders}` filled in from `values`."""
    text = en if current_language() == "en" else id
    return text.format(**values) if values else text


def pick(texts: Mapping[str, str] | str | None) -> str:
    """A text of a package in the reader's language: that language, else Indonesian, else English."""
    return _picked(texts, current_language())


def _picked(texts: Mapping[str, str] | str | None, language: Language) -> str:
    if texts is None:
        return ""
    if isinstance(texts, str):
        return texts
    return texts.get(language) or texts.get("id") or texts.get("en") or next(iter(texts.values()), "")


def show_datetime(moment: datetime, zone: str, style: Literal["short", "medium", "long", "full"] = "medium") -> str:
    """A moment in the municipality's zone and the reader's language, with the zone's Indonesian abbreviation."""
    local = moment.astimezone(ZoneInfo(zone))
    short = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}.get(zone, zone)
    day = show_date(local.date(), style)
    return f"{day}, {local:%H.%M} {short}" if current_language() == "id" else f"{day}, {local:%H:%M} {short}"


def show_date(day: date | datetime, style: Literal["short", "medium", "long", "full"] = "long") -> str:
    """A day in the reader's language; Indonesians write "Kamis, 1 Januari 2026" without a leading zero."""
    pattern = "EEEE, d MMMM yyyy" if style == "full" and current_language() == "id" else style
    return format_date(day, format=pattern, locale=current_language())


def show_number(value: float) -> str:
    """A number with the reader's separators."""
    return format_decimal(value, locale=current_language())


def show_decimal(value: float) -> str:
    """A number with the reader's separators and all of its places, at most six."""
    return format_decimal(value, format="#,##0.######", locale=current_language())


def show_time(clock: str) -> str:
    """A time of the day (`07:30`) as the reader writes it; Indonesians put a full stop between hours and minutes."""
    return clock if current_language() == "en" else clock.replace(":", ".")


def show_bytes(value: float) -> str:
    """A size of data in bytes, kB, MB or GB (thousands), with the reader's decimal sign."""
    amount, unit = float(value), 0
    while amount >= 999.95 and unit < len(_BYTES) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{format_decimal(round(amount, 1 if unit else 0), locale=current_language())} {_BYTES[unit]}"


def show_rupiah(value: int) -> str:
    """An amount in whole rupiah."""
    return f"Rp {format_decimal(value, locale='id')}"


def show_span(seconds: float) -> str:
    """A length of time in words, rounded to its largest unit."""
    return format_timedelta(timedelta(seconds=seconds), locale=current_language(), threshold=1.5)
