"""Dates with their time in forms: `datetime-local` shows and gives the municipality's time, to the minute."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def typed_moment(zone: ZoneInfo, text: str) -> str:
    """What was typed, as ISO text with its offset; what is no moment stays as it is, for the schema to refuse."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()


def shown_moment(zone: ZoneInfo, stored: str) -> str:
    """A moment as its control takes it; what is none, as it was typed."""
    try:
        moment = datetime.fromisoformat(stored)
    except ValueError:
        return stored
    return (moment.astimezone(zone) if moment.tzinfo else moment).strftime("%Y-%m-%dT%H:%M")
