"""National holidays and joint leave (cuti bersama) of Indonesia, year by year, from the library `holidays`.

Each year three ministers (Religious Affairs, Manpower, State Apparatus) decide both in one joint decree, usually in the
autumn before. The library copies the decree; until it does, it reckons the movable feasts itself and knows no joint
leave. Such a year is offered as undecided, with what can be said of it marked as estimated.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from holidays import country_holidays

from lumbung.i18n import Text
from tenants.calendars.working_time import DayOff, DayOffKind

FIRST_YEAR = 2002
"""The first year with joint leave."""
LAST_YEAR = 2070

_FIXED_BY_LAW = {(1, 1), (5, 1), (6, 1), (8, 17), (12, 25)}
_ESTIMATED_MARKS = Text(" (perkiraan)", " (estimated)")


@dataclass(frozen=True, slots=True)
class NationalDay:
    """One national holiday or day of joint leave: its name, and the decree behind it.

    `estimated` says that the date may still move: nothing was decided for the year, or the feast follows the sighting
    of the moon.
    """

    day: date
    name: Text
    kind: DayOffKind
    source: Text
    estimated: bool

    def as_day_off(self) -> DayOff:
        """The same as an entry of a municipality's calendar."""
        return DayOff(name=self.name.id, kind=self.kind, source=self.source.id, name_en=self.name.en)


@dataclass(frozen=True, slots=True)
class NationalYear:
    """A year's holidays and joint leave in order; `note` tells an admin how far they can be relied on.

    When `decided` is false there is no decree yet: joint leave is missing and movable feasts are estimated.
    """

    year: int
    decided: bool
    days: tuple[NationalDay, ...]
    note: Text


@cache
def national_year(year: int) -> NationalYear:
    """What is known of a year. Raises `ValueError` outside of `FIRST_YEAR` to `LAST_YEAR`."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"Holidays are known from {FIRST_YEAR} to {LAST_YEAR}, not for {year}.")
    holidays, joint_leave = _named(year, "public"), _named(year, "government")
    decided = bool(joint_leave)
    source = _source(year, decided=decided)
    days = tuple(
        NationalDay(
            day=day,
            name=_without_mark(name),
            kind="national" if day in holidays else "joint_leave",
            source=source,
            estimated=_is_estimated(day, name, decided=decided),
        )
        for day, name in sorted((joint_leave | holidays).items())
    )
    return NationalYear(year, decided, days, _note(year, days, decided=decided))


def national_days_off(years: Iterable[int]) -> dict[date, DayOff]:
    """The holidays and joint leave of several years as a working calendar takes them, estimated ones included.

    Raises `ValueError` as `national_year` does.
    """
    return {found.day: found.as_day_off() for year in years for found in national_year(year).days}


def _named(year: int, category: str) -> dict[date, Text]:
    indonesian, english = (
        country_holidays("ID", years=year, categories=(category,), language=language) for language in ("id", "en_US")
    )
    return {day: Text(indonesian[day], english[day]) for day in indonesian}


def _without_mark(name: Text) -> Text:
    return Text(name.id.replace(_ESTIMATED_MARKS.id, ""), name.en.replace(_ESTIMATED_MARKS.en, ""))


def _is_estimated(day: date, name: Text, *, decided: bool) -> bool:
    return _ESTIMATED_MARKS.id in name.id or (not decided and (day.month, day.day) not in _FIXED_BY_LAW)


def _source(year: int, *, decided: bool) -> Text:
    if not decided:
        return Text(
            f"Perkiraan: SKB Tiga Menteri untuk tahun {year} belum dimuat",
            f"Estimate: the joint decree of the three ministers for {year} is not included yet",
        )
    return Text(
        f"SKB Tiga Menteri tentang Hari Libur Nasional dan Cuti Bersama Tahun {year}",
        f"Joint decree of the three ministers on national holidays and joint leave in {year}",
    )


def _note(year: int, days: tuple[NationalDay, ...], *, decided: bool) -> Text:
    if not decided:
        return Text(
            f"Hari libur dan cuti bersama {year} belum ditetapkan. Tanggal yang berpindah masih perkiraan dan cuti "
            "bersama belum ada. Perbarui setelah SKB terbit.",
            f"Holidays and joint leave of {year} are not decided yet. Movable dates are estimates and joint leave is "
            "missing. Update them when the decree is out.",
        )
    if any(found.estimated for found in days):
        return Text(
            f"Sudah ditetapkan untuk {year}. Tanggal bertanda perkiraan dapat bergeser menurut sidang isbat.",
            f"Decided for {year}. Dates marked as estimates may move with the sighting of the moon.",
        )
    return Text(f"Sudah ditetapkan untuk {year}.", f"Decided for {year}.")
