"""What people type about the working calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from lumbung.errors import Invalid
from lumbung.i18n import Text
from tenants.answers import Answers
from tenants.calendars.days_off_csv import LONGEST_TEXT, YEARS
from tenants.calendars.working_time import DAY_OFF_KINDS, DayOff

_BOTH = Text("Isi jam buka dan jam tutup, atau kosongkan keduanya.", "Fill in opening and closing time, or neither.")
_ORDER = Text("Jam tutup harus sesudah jam buka.", "Closing time comes after opening time.")
_BREAK = Text("Istirahat harus berada di antara jam buka dan tutup.", "The break lies between opening and closing.")
_YEAR = Text("Tahun antara 2000 dan 2100.", "A year between 2000 and 2100.")

WEEKDAYS = (
    Text("Senin", "Monday"),
    Text("Selasa", "Tuesday"),
    Text("Rabu", "Wednesday"),
    Text("Kamis", "Thursday"),
    Text("Jumat", "Friday"),
    Text("Sabtu", "Saturday"),
    Text("Minggu", "Sunday"),
)


@dataclass(frozen=True)
class WeekRow:
    """One weekday of the form as texts, with what is wrong in it."""

    weekday: int
    opens: str
    closes: str
    pause_from: str
    pause_to: str
    error: str | None = None

    @property
    def label(self) -> str:
        return str(WEEKDAYS[self.weekday])


@dataclass(frozen=True)
class WeekAnswers:
    """The week as it was typed: rows to show again, and the openings by weekday."""

    rows: list[WeekRow]
    week: dict[int, list[tuple[time, time]]]
    errors: dict[str, list[str]]

    def require_valid(self) -> None:
        """Raise Invalid with all mistakes when there is one."""
        if self.errors:
            raise Invalid(fields=self.errors)


def shown_week(week: Mapping[int, Sequence[tuple[time, time]]]) -> list[WeekRow]:
    """The form before anybody types. A day has at most one break in it; further openings are not shown."""
    rows = []
    for weekday in range(7):
        openings = list(week.get(weekday, ()))[:2]
        texts = [f"{moment:%H:%M}" for opening in openings for moment in opening]
        if len(openings) == 2:
            opens, pause_from, pause_to, closes = texts
        else:
            opens, closes = texts or ("", "")
            pause_from = pause_to = ""
        rows.append(WeekRow(weekday, opens, closes, pause_from, pause_to))
    return rows


def read_week(form: Mapping[str, str]) -> WeekAnswers:
    """The seven rows and everything that is wrong in them."""
    rows, week, errors = [], {}, {}
    for weekday in range(7):
        names = [f"d{weekday}.{part}" for part in ("opens", "closes", "pause_from", "pause_to")]
        answers = Answers(form)
        opens, closes, pause_from, pause_to = (answers.hour(name) for name in names)
        problem = next((messages[0] for messages in answers.errors.values()), None)
        openings: list[tuple[time, time]] = []
        if problem is None:
            openings, wrong = _openings(opens, closes, pause_from, pause_to)
            problem = str(wrong) if wrong else None
        if problem:
            errors[names[0]] = [problem]
        elif openings:
            week[weekday] = openings
        typed = [form.get(name, "") for name in names]
        rows.append(WeekRow(weekday, typed[0], typed[1], typed[2], typed[3], problem))
    return WeekAnswers(rows, week, errors)


def _openings(
    opens: time | None, closes: time | None, pause_from: time | None, pause_to: time | None
) -> tuple[list[tuple[time, time]], Text | None]:
    if opens is None or closes is None:
        filled = any(moment is not None for moment in (opens, closes, pause_from, pause_to))
        return [], _BOTH if filled else None
    if closes <= opens:
        return [], _ORDER
    if pause_from is None and pause_to is None:
        return [(opens, closes)], None
    if pause_from is None or pause_to is None or not opens < pause_from < pause_to < closes:
        return [], _BREAK
    return [(opens, pause_from), (pause_to, closes)], None


def read_day_off(form: Mapping[str, str]) -> tuple[date, DayOff]:
    """A day off as it was typed. Raises Invalid with all mistakes."""
    answers = Answers(form)
    day = answers.day("day")
    if day is not None and day.year not in YEARS:
        answers.wrong("day", _YEAR)
    name = answers.text("name", most=LONGEST_TEXT)
    source = answers.text("source", most=LONGEST_TEXT)
    kind = answers.choice("kind", DAY_OFF_KINDS)
    answers.require_valid()
    assert day is not None
    assert kind is not None
    return day, DayOff(name=name, kind=kind, source=source)
