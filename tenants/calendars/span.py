"""The length of a deadline: an amount of time (`PT48H`, `P3D`) or of working days (`P3WD`)."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

LONGEST_DAYS = 36_525
"""No deadline is longer than a century; more is a slip of the keyboard."""

_WORKING_DAYS = re.compile(r"P(?P<days>[0-9]{1,5})WD")
_WALL = re.compile(
    r"P(?=[0-9T])(?:(?P<years>[0-9]{1,3})Y)?(?:(?P<months>[0-9]{1,4})M)?"
    r"(?:(?P<weeks>[0-9]{1,4})W)?(?:(?P<days>[0-9]{1,5})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,6})H)?(?:(?P<minutes>[0-9]{1,7})M)?(?:(?P<seconds>[0-9]{1,8})S)?)?"
)
# A span has no start from which to count months, so they have the length that the package format gives them.
_UNITS = {
    "years": timedelta(days=365),
    "months": timedelta(days=30),
    "weeks": timedelta(weeks=1),
    "days": timedelta(days=1),
    "hours": timedelta(hours=1),
    "minutes": timedelta(minutes=1),
    "seconds": timedelta(seconds=1),
}


@dataclass(frozen=True, slots=True)
class Span:
    """Either `wall`, an amount of time by the clock on the wall, or `working_days`, a count of working days.

    Raises `ValueError` when both or neither are given, when one is negative, or when it is longer than
    `LONGEST_DAYS`.
    """

    wall: timedelta | None = None
    working_days: int | None = None

    def __post_init__(self) -> None:
        if (self.wall is None) == (self.working_days is None):
            raise ValueError("A span is either wall time or a number of working days.")
        if self.wall is not None and not timedelta(0) <= self.wall <= timedelta(days=LONGEST_DAYS):
            raise ValueError(f"A span lies between zero and {LONGEST_DAYS} days, not {self.wall}.")
        if self.working_days is not None and not 0 <= self.working_days <= LONGEST_DAYS:
            raise ValueError(f"A span lies between zero and {LONGEST_DAYS} days, not {self.working_days}.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The span that an ISO 8601 duration says, or `P<n>WD` for working days.

        A year counts as 365 days and a month as 30. Raises `ValueError` when the text is neither of the two, or when
        the span is too long.
        """
        if found := _WORKING_DAYS.fullmatch(text):
            return cls(working_days=int(found["days"]))
        if found := _WALL.fullmatch(text):
            parts = (int(amount) * _UNITS[unit] for unit, amount in found.groupdict().items() if amount)
            return cls(wall=sum(parts, timedelta(0)))
        raise ValueError(f"{text!r} is no duration; write for example PT48H, P3D or P3WD.")

    def __str__(self) -> str:
        """The span as `parse` reads it, in its shortest form: days, hours, minutes, seconds."""
        if self.working_days is not None:
            return f"P{self.working_days}WD"
        assert self.wall is not None
        hours, rest = divmod(self.wall.seconds, 3600)
        minutes, seconds = divmod(rest, 60)
        time = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
        day = f"{self.wall.days}D" if self.wall.days else ""
        return f"P{day}T{time}" if time else f"P{day or 'T0S'}"
