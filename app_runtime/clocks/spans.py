"""Durations of packages as the working calendar takes them."""

from __future__ import annotations

from datetime import timedelta

from app_catalog.definitions.durations import DurationError, parse_duration
from app_catalog.definitions.model import Duration
from tenants.calendars.span import Span


def span_of(duration: Duration) -> Span:
    """The span of a duration. Raises ValueError when it is longer than any deadline may be."""
    if duration.is_working:
        return Span(working_days=duration.working_days)
    return Span(wall=timedelta(seconds=duration.seconds))


def parse_span(text: str) -> Span:
    """The span that a text such as `PT48H` or `P3WD` writes. Raises ValueError when it is none."""
    try:
        return span_of(parse_duration(text))
    except DurationError as error:
        raise ValueError(f"{text!r} is no duration.") from error
