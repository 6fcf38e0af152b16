"""What the forms about a case say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from app_catalog.assistance.asking import Wish
from app_catalog.assistance.meetings import MOST_OPTIONS, Proposal
from lumbung.errors import Invalid
from lumbung.i18n import t

Form = MultiDict[str, str]


def read_wish(form: Form) -> Wish:
    """What a municipality asks for."""
    return Wish(
        topic=form.get("topic", ""),
        form=form.get("form", ""),
        suitable=form.get("suitable", ""),
        words=form.get("words", ""),
        helpers=frozenset(form.getlist("helpers")),
        contact=form.get("contact", ""),
        shares_progress=form.get("shares_progress") == "1",
    )


def read_proposal(form: Form, *, timezone: str) -> Proposal:
    """A meeting that is proposed. Raises Invalid when a time is none."""
    return Proposal(
        title=form.get("title", ""),
        options=read_times(form, timezone=timezone),
        minutes=read_number(form.get("minutes", "")) or 0,
        form=form.get("form", ""),
        place=form.get("place", ""),
    )


def read_times(form: Form, *, timezone: str) -> list[datetime]:
    """The moments of `time_1` to `time_3`, by the municipality's clock; empty ones are left out.

    Raises Invalid when one is no day and time.
    """
    found = []
    for number in range(1, MOST_OPTIONS + 1):
        written = form.get(f"time_{number}", "").strip()
        if not written:
            continue
        try:
            moment = datetime.strptime(written[:16], "%Y-%m-%dT%H:%M").replace(tzinfo=ZoneInfo(timezone))
            # Years near the first and the last have no moment in UTC.
            moment.timestamp()
        except (ValueError, OverflowError) as error:
            message = t("Tulis hari dan jamnya.", "Write the day and the time.")
            raise Invalid(fields={f"time_{number}": [message]}) from error
        found.append(moment)
    return found


def read_number(written: str) -> int | None:
    """A whole number of at most six digits, or None."""
    written = written.strip()
    return int(written) if written.isascii() and written.isdigit() and len(written) < 7 else None


def kept(form: Form) -> Mapping[str, str]:
    """What was typed, to show it again."""
    return {name: form.get(name, "") for name in form}
