"""The clocks of a record in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from app_catalog.definitions.model import RecordType
from app_runtime.records.models import RecordClock
from app_runtime.records.running_app import RunningApp
from app_runtime.records.values import latest_rounds
from lumbung.i18n import current_language, pick, show_datetime, show_span, t

_SOON = ("warned",)


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock: its label, how it stands (`state` for colours: late, soon, running, paused, met, met_late, ended), a
    sentence, and its due time."""

    label: str
    state: str
    text: str
    iso: str
    round: int


def show_deadlines(app: RunningApp, kind: RecordType, clocks: list[RecordClock], *, at: datetime) -> list[Deadline]:
    """The newest round of each clock, in the order of the definition."""
    newest = {clock.clock: clock for clock in latest_rounds(clocks)}
    found = []
    for spec in kind.clocks.values():
        clock = newest.get(spec.id)
        if clock is not None:
            state, text = _told(clock, app.municipality.timezone, at)
            found.append(Deadline(pick(spec.label), state, text, clock.due_at.isoformat(), clock.round))
    return found


def since(moment: datetime, zone: str) -> str:
    """Since when something is late, for the red mark."""
    return t("sejak {when}", "since {when}", when=show_datetime(moment, zone))


def left(moment: datetime, zone: str, at: datetime) -> str:
    """A deadline that still runs, with what is left of it."""
    return t(
        "{when} (sisa {span})",
        "{when} ({span} left)",
        when=show_datetime(moment, zone),
        span=show_span((moment - at).total_seconds()),
    )


def short_moment(moment: datetime, zone: str) -> str:
    """Day and hour for a row on a small screen, without the year."""
    pattern = "d MMM HH.mm" if current_language() == "id" else "d MMM HH:mm"
    return format_datetime(moment, pattern, tzinfo=ZoneInfo(zone), locale=current_language())


def short_since(moment: datetime, zone: str, at: datetime) -> str:
    """Since when something is late, for a row: the hour within a day, else the day."""
    hour = "HH.mm" if current_language() == "id" else "HH:mm"
    pattern = hour if at - moment < timedelta(days=1) else "d MMM"
    when = format_datetime(moment, pattern, tzinfo=ZoneInfo(zone), locale=current_language())
    return t("sejak {when}", "since {when}", when=when)


def short_left(moment: datetime, zone: str, at: datetime) -> str:
    """A deadline that still runs, for a row."""
    span = show_span((moment - at).total_seconds())
    return t("{when}, sisa {span}", "{when}, {span} left", when=short_moment(moment, zone), span=span)


def age_of(moment: datetime, at: datetime) -> str:
    """How long ago something was."""
    return t("{span} lalu", "{span} ago", span=show_span(max((at - moment).total_seconds(), 1)))


def _told(clock: RecordClock, zone: str, at: datetime) -> tuple[str, str]:
    if clock.state == "met":
        return "met", t("Tepat waktu, {when}", "In time, {when}", when=_when(clock.met_at, zone))
    if clock.state == "met_late":
        return "met_late", t(
            "Terlambat: baru {met}, batasnya {due}",
            "Late: only on {met}, it was due on {due}",
            met=_when(clock.met_at, zone),
            due=_when(clock.due_at, zone),
        )
    if clock.state == "ended":
        return "ended", t("Berhenti", "Ended")
    if clock.state == "paused":
        return "paused", t("Dijeda sejak {when}", "Paused since {when}", when=_when(clock.paused_at, zone))
    if clock.breached_at is not None or clock.due_at <= at:
        return "late", since(clock.due_at, zone)
    return "soon" if clock.state in _SOON else "running", left(clock.due_at, zone, at)


def _when(moment: datetime | None, zone: str) -> str:
    return show_datetime(moment, zone) if moment is not None else "–"
