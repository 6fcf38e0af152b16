"""ISO 8601 durations, and ``P3WD`` for working days of the municipality's calendar."""

import re

from app_catalog.definitions.model import Duration

# Linear, and only tried on texts of at most 40 characters.
_WORKING = re.compile(r"P([0-9]{1,4})WD\Z")
_ISO = re.compile(
    r"P(?:(?P<Y>[0-9]{1,3})Y)?(?:(?P<M>[0-9]{1,4})M)?(?:(?P<W>[0-9]{1,4})W)?(?:(?P<D>[0-9]{1,5})D)?"
    r"(?:T(?=[0-9])(?:(?P<h>[0-9]{1,6})H)?(?:(?P<m>[0-9]{1,7})M)?(?:(?P<s>[0-9]{1,8})S)?)?\Z"
)
_SECONDS = {
    "Y": 365 * 86400,
    "M": 30 * 86400,
    "W": 7 * 86400,
    "D": 86400,
    "h": 3600,
    "m": 60,
    "s": 1,
}


class DurationError(ValueError):
    """A text that is not a duration of the package format."""


def parse_duration(text: str) -> Duration:
    """The span that ``text`` writes: ``PT48H``, ``P3D``, ``P2Y`` in wall time, ``P3WD`` in working days.

    A year counts as 365 days and a month as 30, because a span of time has no start to count months from.
    ``DurationError`` when the text is neither form, names no unit, or mixes working days with other units.
    """
    if len(text) <= 40:
        working = _WORKING.match(text)
        if working:
            return Duration(text, working_days=int(working[1]))
        match = _ISO.match(text)
        if match and any(match.groups()):
            seconds = sum(int(value) * _SECONDS[unit] for unit, value in match.groupdict().items() if value)
            return Duration(text, seconds=seconds)
    raise DurationError(text)


def compare_durations(left: Duration, right: Duration) -> int | None:
    """Below 0, 0 or above 0 as ``left`` is shorter, equal or longer.

    A working day is taken as 24 hours of wall time against wall time, which is its least; None when that
    leaves the answer open.
    """
    if left.is_working == right.is_working:
        return (left.seconds + left.working_days) - (right.seconds + right.working_days)
    return None
