"""A calendar as a feed that calendar programs fetch again and again (RFC 5545)."""

from __future__ import annotations

from datetime import timedelta

from icalendar import Calendar, Event

from app_runtime.agendas.entries import Entry, entries_between
from app_runtime.pages.opening import OpenPage, app_name
from lumbung.db import now
from lumbung.i18n import pick
from tenants.municipalities.addresses import municipality_origin

_BACK, _AHEAD = timedelta(days=31), timedelta(days=366)


def calendar_feed(opened: OpenPage) -> bytes:
    """The entries from a month ago to a year ahead, as the page's reader may see them, in the reader's language."""
    today = now().astimezone(opened.app.zone).date()
    calendar = Calendar()
    calendar.add("prodid", "-//Lumbung//Kalender//ID")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{pick(opened.page.title)} · {app_name(opened.app)}")
    calendar.add("x-wr-timezone", opened.app.municipality.timezone)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for entry in entries_between(opened, today - _BACK, today + _AHEAD, {}):
        calendar.add_component(_event(opened, entry))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(opened: OpenPage, entry: Entry) -> Event:
    origin = municipality_origin(opened.app.municipality)
    record = entry.row.record
    event = Event()
    event.add("uid", f"{record.id}.{opened.page.id}@{origin.partition('//')[2].partition(':')[0]}")
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", entry.at or entry.day)
    event.add("summary", record.title)
    told = [record.number or "", record.state_label, *entry.row.meta]
    event.add("description", "\n".join(part for part in told if part))
    event.add("url", f"{origin}{entry.row.href}")
    if entry.at is None:
        # A whole day keeps nobody from other meetings.
        event.add("transp", "TRANSPARENT")
    return event
