"""What the pages of a case and of its meetings show, the same on both sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app_catalog.assistance.asking import helpers_left, list_addressed
from app_catalog.assistance.closing import is_thanked_in_public
from app_catalog.assistance.meetings import is_link, list_meetings
from app_catalog.assistance.models import AssistanceCase, AssistanceMeeting, AssistanceMessage
from app_catalog.assistance.telling import app_name, zone_of
from app_catalog.assistance.thread import Party, list_thread
from app_catalog.assistance.whom_to_ask import Helper
from app_catalog.assistance.wording import (
    EVENTS,
    FORMS,
    HELPED_STATES,
    MEETING_FORMS,
    MEETING_STATES,
    MEETING_TONES,
    OPEN_STATES,
    STATES,
    TONES,
    TOPICS,
)
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import show_datetime, t
from tenants.municipalities.models import Municipality

WORDS = {
    "topics": TOPICS,
    "case_forms": FORMS,
    "states": STATES,
    "tones": TONES,
    "meeting_forms": MEETING_FORMS,
    "meeting_states": MEETING_STATES,
    "meeting_tones": MEETING_TONES,
}
_ICONS = {
    "asked": "send",
    "asked_others": "send",
    "accepted": "heart-handshake",
    "declined": "x",
    "handed_on": "arrow-forward-up",
    "times_proposed": "calendar",
    "time_agreed": "calendar-event",
    "place_changed": "map-pin",
    "meeting_cancelled": "ban",
    "meeting_held": "clipboard-list",
    "done": "circle-check",
    "withdrawn": "arrow-back-up",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """Where the page is and what was typed: `base` is the path of the case on this side."""

    base: str
    errors: Mapping[str, list[str]]
    values: Mapping[str, str]


def case_context(session: AnySession, case: AssistanceCase, party: Party, shown: Shown) -> dict[str, Any]:
    """Everything that the page of a case shows."""
    zone = zone_of(session, case)
    waiting = case.state in ("asked", "declined")
    return {
        "case": case,
        "side": party.side,
        "asker": session.get_one(Municipality, case.tenant_id).name,
        "app_name": app_name(session, case),
        "items": [_told(message, zone) for message in list_thread(session, case)],
        "meetings": list_meetings(session, case),
        "addressed": list_addressed(session, case) if waiting else [],
        "left": helper_choices(helpers_left(session, case)) if waiting else [],
        "open": case.state in OPEN_STATES,
        "helped": case.state in HELPED_STATES,
        "thanked": is_thanked_in_public(session, case),
        "base": shown.base,
        "errors": shown.errors,
        "values": shown.values,
        "at": _clock(zone),
        **WORDS,
    }


def meeting_context(
    session: AnySession, case: AssistanceCase, party: Party, meeting: AssistanceMeeting | None, shown: Shown
) -> dict[str, Any]:
    """Everything that the page of a meeting shows; None is one that is about to be proposed."""
    zone = zone_of(session, case)
    began = meeting is not None and meeting.starts_at is not None and meeting.starts_at <= now()
    return {
        "case": case,
        "meeting": meeting,
        "side": party.side,
        "app_name": app_name(session, case),
        "helped": case.state in HELPED_STATES,
        "began": began,
        "options": [(option, datetime.fromisoformat(option)) for option in meeting.options] if meeting else [],
        "linked": meeting is not None and is_link(meeting.place),
        "zone": show_datetime(now(), zone).rpartition(" ")[2],
        "base": shown.base,
        "errors": shown.errors,
        "values": shown.values,
        "at": _clock(zone),
        **WORDS,
    }


def helper_choices(helpers: Iterable[Helper]) -> list[tuple[str, str]]:
    """Helpers for a form: key and label."""
    found = []
    for helper in helpers:
        if helper.kind == "publisher":
            label = t("{name} (penerbit)", "{name} (publisher)", name=helper.name)
        elif helper.online and helper.on_site:
            label = t("{name} (daring atau tatap muka)", "{name} (online or on site)", name=helper.name)
        elif helper.online:
            label = t("{name} (daring)", "{name} (online)", name=helper.name)
        else:
            label = t("{name} (tatap muka)", "{name} (on site)", name=helper.name)
        found.append((helper.key, label))
    return found


def _clock(zone: str) -> Any:
    return lambda moment, style="medium": show_datetime(moment, zone, style)


def _told(message: AssistanceMessage, zone: str) -> dict[str, Any]:
    who = f"{message.author}, {message.organisation}" if message.author else message.organisation
    title = f"{message.organisation} {EVENTS[message.event]}" if message.event else message.organisation
    return {
        "title": title,
        "text": message.words,
        "actor": who if not message.event else message.author,
        "time": show_datetime(message.created_at, zone),
        "iso": message.created_at.isoformat(),
        "tone": "blue" if message.side == "helper" else "grey",
        "icon": _ICONS.get(message.event, "message"),
    }
