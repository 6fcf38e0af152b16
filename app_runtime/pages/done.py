"""What whoever has just sent a form is told: number, tracking code, what comes next and by when."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import flash, url_for
from flask import session as browser
from markupsafe import Markup

from app_runtime.notifications.links import track_link
from app_runtime.notifications.promising import promises_message
from app_runtime.pages.opening import OpenPage
from app_runtime.records.models import Record, RecordClock
from app_runtime.records.permissions import may_read
from app_runtime.records.reading import find_record, get_record, list_clocks
from app_runtime.records.running_app import RunningApp, app_of_record
from app_runtime.records.tracking import tracking_code_of
from app_runtime.records.values import latest_rounds
from lumbung.codes import qr_svg
from lumbung.db.tenancy import AnySession
from lumbung.i18n import pick, t

_MADE = "made"
_MOST_REMEMBERED = 5


@dataclass(frozen=True)
class Deadline:
    """A clock that runs: what it is about and when it ends."""

    label: str
    clock: RecordClock


@dataclass(frozen=True)
class Done:
    """Everything on the page after sending."""

    record: Record
    app: RunningApp
    code: str
    link: str
    qr: Markup
    deadlines: list[Deadline]
    told_by_mail: bool
    agency_name: str


def list_made() -> list[UUID]:
    """Ids of the records that this browser has made lately, the newest first."""
    return [UUID(one) for one in browser.get(_MADE, [])]


def remember_made(record_id: UUID) -> None:
    """Let this browser see the code of a record that it has just made. The code itself never goes into the cookie."""
    made = [str(record_id), *(one for one in browser.get(_MADE, []) if one != str(record_id))]
    browser[_MADE] = made[:_MOST_REMEMBERED]


def find_done(session: AnySession, opened: OpenPage, record_id: UUID) -> Done | None:
    """The page after sending, for the browser that made the record; None for every other."""
    if str(record_id) not in browser.get(_MADE, []):
        return None
    record = find_record(session, record_id)
    code = tracking_code_of(record) if record is not None else None
    if record is None or code is None or record.installation_id != opened.app.installation.id:
        return None
    app = app_of_record(session, record)
    link = track_link(app.municipality, code)
    agency = app.agencies.by_id.get(record.agency_id) if record.agency_id else None
    return Done(
        record=record,
        app=app,
        code=code,
        link=link,
        qr=qr_svg(link, title=t("Kode QR untuk melacak", "QR code for tracking")),
        deadlines=running_deadlines(session, app, record),
        told_by_mail=promises_message(session, record),
        agency_name=agency.name if agency else "",
    )


def after_official(session: AnySession, opened: OpenPage, record_id: UUID) -> str:
    """Where an official goes who has sent a form: to the record, else back to the form; what happened is flashed.

    A tracking code is for whoever waits for an answer. Who made the record at work reads it by their role alone.
    """
    told = pick(opened.page.done) if opened.page.done else t("Tersimpan.", "Saved.")
    record = get_record(session, record_id)
    flash(f"{told} {record.number}" if record.number else told, "success")
    if may_read(opened.record_type, opened.writer, record):
        return url_for("work.record", app_slug=opened.slug, record_id=record_id)
    return url_for("pages.page", slug=opened.slug, page_id=opened.page.id)


def running_deadlines(session: AnySession, app: RunningApp, record: Record) -> list[Deadline]:
    """The record's clocks that still run or were missed, the earliest due first."""
    specs = app.record_type(record.record_type).clocks
    found = [
        Deadline(pick(specs[clock.clock].label), clock)
        for clock in latest_rounds(list_clocks(session, record))
        if clock.clock in specs and clock.state in ("running", "warned", "breached")
    ]
    return sorted(found, key=lambda deadline: deadline.clock.due_at)
