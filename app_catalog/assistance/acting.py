"""What a person of either side does on the page of a case: say something, arrange meetings, close it; and who is told.

Both pages, the municipality's and the helper's, lead here, so that the same step is the same on both.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from app_catalog.assistance.answering import close_case
from app_catalog.assistance.asking import asking_party, end_addresses, list_addressed, withdraw_case
from app_catalog.assistance.calendar_files import Invited, calendar_file
from app_catalog.assistance.forms import Form, read_number, read_proposal, read_times
from app_catalog.assistance.meetings import (
    access_meeting,
    agree_on_time,
    cancel_meeting,
    change_place,
    list_meetings,
    propose_meeting,
    propose_other_times,
    write_minutes,
)
from app_catalog.assistance.models import AssistanceCase, AssistanceMeeting
from app_catalog.assistance.reminding import remind_of
from app_catalog.assistance.telling import (
    Letter,
    app_name,
    helper_of,
    tell_both,
    tell_helper,
    tell_other_side,
    when_and_where,
    zone_of,
)
from app_catalog.assistance.thread import Party, write_message
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import BadRequest
from lumbung.i18n import Text, speaking
from lumbung.plain_text import plain_text
from lumbung.web.access import Visitor
from tenants.accounts.models import Account


def say(session: AnySession, case: AssistanceCase, party: Party, form: Form) -> Text:
    """A message to the other side, who is told. Raises as `write_message` does."""
    write_message(session, case, party, form.get("message", ""))
    said = {"who": party.organisation, "app": app_name(session, case)}
    subject = Text("{who} menulis tentang pendampingan {app}", "{who} wrote about the help with {app}").format(**said)
    tell_other_side(
        session, case, party, Letter(subject, Text.paragraphs(subject, plain_text(form.get("message", ""))))
    )
    return Text("Pesan terkirim.", "The message was sent.")


def arrange(session: AnySession, case: AssistanceCase, party: Party, form: Form) -> Text:
    """Propose a meeting; the other side is told. Raises as `propose_meeting` does."""
    zone = zone_of(session, case)
    meeting = propose_meeting(session, case, party, read_proposal(form, timezone=zone))
    _tell_of_options(session, case, party, meeting)
    return Text("Usulan waktu terkirim.", "The times were proposed.")


def change(session: AnySession, case: AssistanceCase, party: Party, meeting_id: UUID, form: Form) -> Text:
    """One step of a meeting, by the form's `step`; whom it concerns is told.

    Raises NotFound, BadRequest for a step that is none, and as the step itself does.
    """
    meeting = access_meeting(session, case, meeting_id)
    step: Callable[[AnySession, AssistanceCase, Party, AssistanceMeeting, Form], Text] | None
    step = _STEPS.get(form.get("step", ""))
    if step is None:
        raise BadRequest
    return step(session, case, party, meeting, form)


def finish(session: AnySession, case: AssistanceCase, party: Party, form: Form) -> Text:
    """Close the case; the other side is told. Raises as `close_case` does."""
    case = close_case(session, case, party, form.get("words", ""))
    _cancel_what_is_left(session, case)
    said = {"who": party.organisation, "app": app_name(session, case)}
    tell_other_side(
        session,
        case,
        party,
        Letter(
            Text("{who} menutup pendampingan {app}", "{who} closed the case of help with {app}").format(**said),
            Text.paragraphs(
                Text(
                    "{who} menutup pendampingan {app}. Semua pesan dan hasil sesi tetap dapat dibaca.",
                    "{who} closed the case of help with {app}. All messages and minutes can still be read.",
                ).format(**said),
                plain_text(form.get("words", "")),
            ),
        ),
    )
    return Text("Pendampingan ditutup.", "The case is closed.")


def take_back(session: AnySession, visitor: Visitor, case: AssistanceCase) -> Text:
    """The municipality no longer needs the help; whoever was asked or helps is told. Raises as `withdraw_case` does."""
    waiting = list_addressed(session, case)
    case = withdraw_case(session, visitor, case)
    _cancel_what_is_left(session, case)
    end_addresses(session, case, "withdrawn")
    said = {"who": asking_party(session, visitor).organisation, "app": app_name(session, case)}
    subject = Text("{who} menarik permintaan pendampingan {app}", "{who} withdrew the request for help with {app}")
    for helper in waiting:
        tell_helper(session, case, helper, Letter(subject.format(**said)))
    return Text("Permintaan ditarik.", "The request was withdrawn.")


def invitation(
    session: AnySession, case: AssistanceCase, meeting: AssistanceMeeting, person: Account, link: str
) -> str:
    """The calendar file of a meeting for one person, in the person's language."""
    with speaking(person.language):
        return calendar_file(
            meeting,
            invited=Invited(person.email, person.name),
            organiser=case.helper_name,
            about=str(Text("Pendampingan {app}", "Help with {app}").format(app=app_name(session, case))),
            link=link,
            timezone=zone_of(session, case),
        )


def _agree(session: AnySession, case: AssistanceCase, party: Party, meeting: AssistanceMeeting, form: Form) -> Text:
    agree_on_time(session, case, party, meeting, form.get("option", ""))
    remind_of(session, meeting)
    _tell_of_meeting(session, case, meeting, Text("Sesi disepakati: {title}", "Session agreed: {title}"))
    return Text(
        "Waktu disepakati. Kedua pihak menerima undangan kalender.",
        "The time is agreed. Both sides receive a calendar invitation.",
    )


def _move(session: AnySession, case: AssistanceCase, party: Party, meeting: AssistanceMeeting, form: Form) -> Text:
    times = read_times(form, timezone=zone_of(session, case))
    propose_other_times(session, case, party, meeting, times)
    _tell_of_options(session, case, party, meeting)
    return Text("Usulan waktu terkirim.", "The times were proposed.")


def _place(session: AnySession, case: AssistanceCase, party: Party, meeting: AssistanceMeeting, form: Form) -> Text:
    change_place(session, case, party, meeting, form=form.get("form", ""), place=form.get("place", ""))
    if meeting.state == "agreed":
        _tell_of_meeting(session, case, meeting, Text("Tempat sesi berubah: {title}", "New place: {title}"))
    return Text("Tempat diganti.", "The place was changed.")


def _cancel(session: AnySession, case: AssistanceCase, party: Party, meeting: AssistanceMeeting, form: Form) -> Text:
    cancel_meeting(session, case, party, meeting)
    title = Text("Sesi dibatalkan: {title}", "Session cancelled: {title}")
    if meeting.starts_at is None:
        tell_other_side(session, case, party, Letter(title.format(title=meeting.title)))
    else:
        _tell_of_meeting(session, case, meeting, title)
    return Text("Sesi dibatalkan.", "The session was cancelled.")


def _minutes(session: AnySession, case: AssistanceCase, party: Party, meeting: AssistanceMeeting, form: Form) -> Text:
    number = read_number(form.get("attendance", ""))
    write_minutes(session, case, party, meeting, notes=form.get("notes", ""), attendance=number)
    subject = Text("Hasil sesi: {title}", "Minutes of the session: {title}").format(title=meeting.title)
    tell_other_side(session, case, party, Letter(subject, Text.paragraphs(subject, meeting.notes)))
    return Text("Hasil sesi tersimpan.", "The minutes were saved.")


_STEPS = {"agree": _agree, "move": _move, "place": _place, "cancel": _cancel, "minutes": _minutes}


def _cancel_what_is_left(session: AnySession, case: AssistanceCase) -> None:
    """Meetings that are still to come do not take place when a case ends."""
    for meeting in list_meetings(session, case):
        if meeting.state == "proposed" or (
            meeting.state == "agreed" and meeting.starts_at and meeting.starts_at > now()
        ):
            meeting.state, meeting.options, meeting.sequence = "cancelled", [], meeting.sequence + 1
            meeting.updated_at = now()
            session.flush()
            if meeting.starts_at is not None:
                _tell_of_meeting(session, case, meeting, Text("Sesi dibatalkan: {title}", "Session cancelled: {title}"))


def _tell_of_options(session: AnySession, case: AssistanceCase, party: Party, meeting: AssistanceMeeting) -> None:
    said = {"who": party.organisation, "title": meeting.title}
    subject = Text("{who} mengusulkan waktu sesi: {title}", "{who} proposes times: {title}").format(**said)
    text = Text.paragraphs(subject, Text("Pilih waktunya di sini:", "Choose a time here:"))
    tell_other_side(session, case, party, Letter(subject, text))


def _tell_of_meeting(session: AnySession, case: AssistanceCase, meeting: AssistanceMeeting, title: Text) -> None:
    """Both sides get the calendar file."""
    subject = title.format(title=meeting.title)
    letter = Letter(
        subject,
        Text.paragraphs(subject, when_and_where(session, case, meeting)),
        calendar=lambda person, link: invitation(session, case, meeting, person, link),
    )
    assert helper_of(case) is not None
    tell_both(session, case, letter)
