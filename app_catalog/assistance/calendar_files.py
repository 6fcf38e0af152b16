"""A meeting as a calendar file (RFC 5545, RFC 5546): the same UID for life, a SEQUENCE that rises with every change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from typing import Literal
from zoneinfo import ZoneInfo

from flask import current_app
from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from app_catalog.assistance.meetings import is_link
from app_catalog.assistance.models import AssistanceMeeting
from lumbung.i18n import t
from lumbung.settings import Settings

Method = Literal["REQUEST", "CANCEL"]


@dataclass(frozen=True, slots=True)
class Invited:
    """Who a calendar file is for."""

    email: str
    name: str


def calendar_file(
    meeting: AssistanceMeeting, *, invited: Invited, organiser: str, about: str, link: str, timezone: str
) -> str:
    """The invitation to a meeting that was agreed on, for one person; its cancellation when the meeting is cancelled.

    `organiser` is the name of the side that helps, `about` what the case is called, `link` where it is found. Times are
    in the municipality's `timezone`, which comes along as a VTIMEZONE. Raises ValueError while no time was agreed on.
    """
    if meeting.starts_at is None:
        raise ValueError("No time was agreed on.")
    settings: Settings = current_app.lumbung  # type: ignore[attr-defined]
    sender = parseaddr(settings.mail_from)[1]
    cancelled = meeting.state == "cancelled"
    calendar = Calendar()
    calendar.add("prodid", "-//Lumbung//Pendampingan//ID")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    starts_at = meeting.starts_at.astimezone(ZoneInfo(timezone))
    event = Event()
    event.add("uid", f"{meeting.id}@{sender.rpartition('@')[2]}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.updated_at)
    event.add("dtstart", starts_at)
    event.add("dtend", starts_at + timedelta(minutes=meeting.minutes))
    event.add("summary", f"{meeting.title} ({about})")
    event.add("description", f"{about}\n{link}")
    event.add("location", meeting.place)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if is_link(meeting.place):
        event.add("url", meeting.place)
    event.add("organizer", _address(sender, organiser))
    attendee = _address(invited.email, invited.name)
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["RSVP"] = vText("FALSE")
    event.add("attendee", attendee, encode=False)
    if not cancelled:
        event.add_component(_alarm(meeting))
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return str(calendar.to_ical(), "utf-8")


def method_of(calendar: str) -> str:
    """REQUEST or CANCEL, as the file says."""
    return "CANCEL" if "\r\nMETHOD:CANCEL\r\n" in calendar else "REQUEST"


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = vText(name)
    return address


def _alarm(meeting: AssistanceMeeting) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", t("Sesi: {title}", "Session: {title}", title=meeting.title))
    alarm.add("trigger", timedelta(minutes=-30))
    return alarm
