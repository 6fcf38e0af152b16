"""The day before a meeting both sides are reminded, once for each time that was agreed on."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app_catalog.assistance.models import AssistanceCase, AssistanceMeeting
from app_catalog.assistance.telling import Letter, tell_both, when_and_where
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from lumbung.outbox import register_wakeup_handler, schedule_wakeup

WAKEUP = "assistance.reminder"
BEFORE = timedelta(hours=24)


def remind_of(session: AnySession, meeting: AssistanceMeeting) -> None:
    """Have both sides reminded of a meeting that was just agreed on."""
    assert meeting.starts_at is not None
    due = meeting.starts_at - BEFORE
    if due > now():
        schedule_wakeup(session, WAKEUP, due)
    else:
        # Whoever agreed on a time so near to it has just had the invitation.
        meeting.reminded_for = meeting.starts_at


def remind_due(session: AnySession, tenant_id: UUID) -> None:
    """Remind both sides of the municipality's meetings that begin within a day."""
    found = session.execute(
        select(AssistanceMeeting, AssistanceCase)
        .join(
            AssistanceCase,
            (AssistanceCase.tenant_id == AssistanceMeeting.tenant_id)
            & (AssistanceCase.id == AssistanceMeeting.case_id),
        )
        .where(
            AssistanceMeeting.tenant_id == tenant_id,
            AssistanceMeeting.state == "agreed",
            AssistanceMeeting.starts_at > now(),
            AssistanceMeeting.starts_at <= now() + BEFORE,
            AssistanceMeeting.reminded_for.is_distinct_from(AssistanceMeeting.starts_at),
        )
        .with_for_update(of=AssistanceMeeting)
    ).all()
    for meeting, case in found:
        meeting.reminded_for = meeting.starts_at
        subject = Text("Pengingat: {title}", "Reminder: {title}").format(title=meeting.title)
        tell_both(session, case, Letter(subject, Text.paragraphs(subject, when_and_where(session, case, meeting))))


register_wakeup_handler(WAKEUP, remind_due)
