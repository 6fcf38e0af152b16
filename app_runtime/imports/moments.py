"""Times as people and their programs write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("januari", "january", "jan"),
            ("februari", "february", "feb", "peb", "pebruari"),
            ("maret", "march", "mar"),
            ("april", "apr"),
            ("mei", "may"),
            ("juni", "june", "jun"),
            ("juli", "july", "jul"),
            ("agustus", "august", "agu", "ags", "agt", "aug"),
            ("september", "sept", "sep"),
            ("oktober", "october", "okt", "oct"),
            ("november", "nopember", "nov", "nop"),
            ("desember", "december", "des", "dec"),
        ),
        start=1,
    )
    for name in names
}
_CLOCK = (
    r"(?:[T ,]+(?:pukul |jam )?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})"
    r"(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?(?P<half>\s?[AP]M)?)?"
)
_WEEKDAY = r"(?:[a-z']+, ?)?"
_FORMS = tuple(
    re.compile(f"{_WEEKDAY}{day}{_CLOCK}", re.IGNORECASE)
    for day in (
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})[-/. ](?P<month>\d{1,2})[-/. ](?P<year>\d{4})",
        r"(?P<day>\d{1,2})[- ](?P<word>[a-z]+)\.?[- ](?P<year>\d{4})",
        r"(?P<word>[a-z]+)\.? (?P<day>\d{1,2}),? (?P<year>\d{4})",
    )
)
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's days have no zone.
_EXCEL_DAYS = (20_000, 80_000)
_UNIX_SECONDS = (500_000_000, 5_000_000_000)
EARLIEST = datetime(1945, 8, 17, tzinfo=UTC)
_LONGEST = 60


def parse_moment(value: Any, zone: ZoneInfo) -> datetime | None:
    """The instant in UTC that a cell means, or None: ISO 8601, `20/02/2017 07.58` (day first), `20 Februari 2017`, days
    of Excel, seconds or milliseconds since 1970.

    What states no offset and no WIB, WITA or WIT is in `zone`. A time that a change of the clock skips or repeats is
    taken as the earlier one. Nothing before the republic (17 August 1945) is a time.
    """
    naive_or_not = _numeric(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    if naive_or_not is None and isinstance(value, str):
        text = " ".join(value.split())[:_LONGEST]
        text, own = _without_zone(text)
        zone = own or zone
        naive_or_not = _iso(text) or _written(text)
        if naive_or_not is None and re.fullmatch(r"\d{5}(\.\d+)?|\d{10}|\d{13}", text):
            naive_or_not = _numeric(float(text))
    if naive_or_not is None:
        return None
    try:
        moment = (naive_or_not if naive_or_not.tzinfo else naive_or_not.replace(tzinfo=zone)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return moment if moment >= EARLIEST else None


def parse_day(value: Any, zone: ZoneInfo) -> date | None:
    """The date that a cell means, or None."""
    moment = parse_moment(value, zone)
    return moment.astimezone(zone).date() if moment else None


def _without_zone(text: str) -> tuple[str, ZoneInfo | None]:
    head, _, last = text.rpartition(" ")
    name = ZONES.get(last.upper().strip("()"))
    return (head, ZoneInfo(name)) if name and head else (text, None)


def _iso(text: str) -> datetime | None:
    if not re.match(r"\d{4}-\d{2}-\d{2}", text):
        return None
    try:
        return datetime.fromisoformat(text.replace(" ", "T", 1) if text[10:11] == " " else text)
    except ValueError:
        return None


def _written(text: str) -> datetime | None:
    for form in _FORMS:
        found = form.fullmatch(text)
        if found is None:
            continue
        parts = found.groupdict()
        month = _MONTHS.get(parts["word"].lower()) if parts.get("word") else int(parts["month"])
        day = int(parts["day"])
        if month is None:
            continue
        if month > 12 >= day:
            # Only an American can have written this one.
            month, day = day, month
        hour = int(parts["hour"] or 0)
        if half := (parts["half"] or "").strip().upper():
            hour = hour % 12 + (12 if half == "PM" else 0)
        try:
            return datetime(int(parts["year"]), month, day, hour, int(parts["minute"] or 0), int(parts["second"] or 0))  # noqa: DTZ001 - the zone is the caller's.
        except ValueError:
            return None
    return None


def _numeric(value: float) -> datetime | None:
    if _EXCEL_DAYS[0] <= value <= _EXCEL_DAYS[1]:
        return _EXCEL_EPOCH + timedelta(seconds=round(value * 86_400))
    for scale in (1, 1000):
        if _UNIX_SECONDS[0] <= value / scale <= _UNIX_SECONDS[1]:
            return datetime.fromtimestamp(value / scale, UTC)
    return None
