"""Durations as people fill them in: an amount and a unit."""

from __future__ import annotations

from app_catalog.definitions.durations import DurationError, parse_duration
from lumbung.i18n import t

UNITS = ("minutes", "hours", "days", "working_days")


def unit_options() -> list[tuple[str, str]]:
    """The units with their names."""
    return [
        ("minutes", t("menit", "minutes")),
        ("hours", t("jam", "hours")),
        ("days", t("hari", "days")),
        ("working_days", t("hari kerja", "working days")),
    ]


def split_duration(text: str | None) -> tuple[str, str]:
    """Amount and unit of an ISO text; an empty amount for none. `PT48H` is ("48", "hours")."""
    if not text:
        return "", "days"
    try:
        span = parse_duration(text)
    except DurationError:
        return "", "days"
    if span.is_working:
        return str(span.working_days), "working_days"
    if span.seconds % 3600:
        return str(span.seconds // 60), "minutes"
    if span.seconds % 86400 or "T" in text:
        return str(span.seconds // 3600), "hours"
    return str(span.seconds // 86400), "days"


def join_duration(amount: str, unit: str) -> str | None:
    """The ISO text of an amount and a unit; None for an empty amount, the amount itself when it is no number, so that
    the check can say what would be right."""
    amount = amount.strip()
    if not amount:
        return None
    if not amount.isascii() or not amount.isdigit() or len(amount) > 6:
        return amount
    number = int(amount)
    patterns = {"minutes": "PT{}M", "hours": "PT{}H", "days": "P{}D", "working_days": "P{}WD"}
    return patterns.get(unit, "P{}D").format(number)
