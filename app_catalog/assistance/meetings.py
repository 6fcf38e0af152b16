"""Meetings of both sides: proposing times, agreeing on one, moving it, cancelling it, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app_catalog.assistance.models import AssistanceCase, AssistanceMeeting
from app_catalog.assistance.thread import Party, lock_case, note_event
from app_catalog.assistance.wording import HELPED_STATES, MEETING_FORMS
from app_catalog.listings.addresses import public_address
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text, t
from lumbung.plain_text import plain_text

MOST_OPTIONS = 3
FARTHEST = timedelta(days=366)
LONGEST_TITLE, LONGEST_PLACE, LONGEST_NOTES = 120, 500, 4_000
MOST_MEETINGS = 50
_NOT_NOW = Text(
    "Sesi dapat diatur setelah permintaan diterima dan sebelum pendampingan ditutup.",
    "Sessions can be arranged once the request is accepted and until the case is closed.",
)
_ENOUGH = Text(
    "Satu pendampingan punya paling banyak {n} sesi. Tutup yang ini, lalu ajukan yang baru bila masih perlu.",
    "A case has {n} sessions at most. Close this one, and ask anew when help is still needed.",
).format(n=MOST_MEETINGS)
_CHANGED = Text(
    "Sesi ini sudah berubah. Muat ulang halaman, lalu pilih dari usulan yang sekarang.",
    "This session has changed. Reload the page and choose from what is proposed now.",
)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A session that one side proposes: up to three moments, how long in minutes, in what form and where."""

    title: str
    options: Sequence[datetime]
    minutes: int
    form: str
    place: str


def list_meetings(session: AnySession, case: AssistanceCase) -> Sequence[AssistanceMeeting]:
    """The meetings of a case in the order in which they were proposed."""
    return session.scalars(
        select(AssistanceMeeting)
        .where(AssistanceMeeting.tenant_id == case.tenant_id, AssistanceMeeting.case_id == case.id)
        .order_by(AssistanceMeeting.created_at)
        .limit(MOST_MEETINGS)
    ).all()


def access_meeting(session: AnySession, case: AssistanceCase, meeting_id: UUID) -> AssistanceMeeting:
    """A meeting of the case; raises NotFound."""
    found = session.scalar(
        select(AssistanceMeeting).where(
            AssistanceMeeting.tenant_id == case.tenant_id,
            AssistanceMeeting.case_id == case.id,
            AssistanceMeeting.id == meeting_id,
        )
    )
    if found is None:
        raise NotFound
    return found


def propose_meeting(session: AnySession, case: AssistanceCase, party: Party, proposal: Proposal) -> AssistanceMeeting:
    """Propose a meeting to the other side.

    Raises Conflict when nobody is helping or there are too many, Invalid with what does not fit.
    """
    case = _lock(session, case)
    errors = {**_wrong_frame(proposal), **_wrong_place(proposal.form, proposal.place), **_wrong_times(proposal.options)}
    if errors:
        raise Invalid(fields=errors)
    if len(list_meetings(session, case)) >= MOST_MEETINGS:
        raise Conflict(_ENOUGH)
    meeting = AssistanceMeeting(
        tenant_id=case.tenant_id,
        case_id=case.id,
        title=" ".join(plain_text(proposal.title).split()),
        proposed_by=party.side,
        options=_written(proposal.options),
        minutes=proposal.minutes,
        form=proposal.form,
        place=plain_text(proposal.place),
        updated_at=now(),
    )
    session.add(meeting)
    session.flush()
    note_event(session, case, party, "times_proposed", meeting.title)
    return meeting


def propose_other_times(
    session: AnySession,
    case: AssistanceCase,
    party: Party,
    meeting: AssistanceMeeting,
    options: Sequence[datetime],
) -> AssistanceMeeting:
    """Propose other times for a meeting. One that was agreed on stays as it is until the other side chooses.

    Raises Conflict when it is over, Invalid for times that do not fit.
    """
    case = _lock(session, case, meeting)
    if meeting.state not in ("proposed", "agreed"):
        raise Conflict(_CHANGED)
    errors = _wrong_times(options)
    if errors:
        raise Invalid(fields=errors)
    meeting.proposed_by, meeting.options, meeting.updated_at = party.side, _written(options), now()
    session.flush()
    note_event(session, case, party, "times_proposed", meeting.title)
    return meeting


def change_place(
    session: AnySession, case: AssistanceCase, party: Party, meeting: AssistanceMeeting, *, form: str, place: str
) -> AssistanceMeeting:
    """The meeting takes place elsewhere, or by another link. Raises Conflict when it is over, Invalid for what does
    not fit."""
    case = _lock(session, case, meeting)
    if meeting.state not in ("proposed", "agreed"):
        raise Conflict(_CHANGED)
    errors = _wrong_place(form, place)
    if errors:
        raise Invalid(fields=errors)
    meeting.form, meeting.place, meeting.updated_at = form, plain_text(place), now()
    if meeting.state == "agreed":
        meeting.sequence += 1
    session.flush()
    note_event(session, case, party, "place_changed", meeting.title)
    return meeting


def agree_on_time(
    session: AnySession, case: AssistanceCase, party: Party, meeting: AssistanceMeeting, chosen: str
) -> AssistanceMeeting:
    """One of the times that the other side proposed holds from now on; the first agreed one sets the case under way.

    Raises Conflict when it was the own side's proposal or the times have changed, Invalid when none of them, or one
    that has passed, is chosen.
    """
    case = _lock(session, case, meeting)
    if meeting.state not in ("proposed", "agreed") or not meeting.options or meeting.proposed_by == party.side:
        raise Conflict(_CHANGED)
    if chosen not in meeting.options:
        raise Invalid(fields={"option": [t("Pilih salah satu waktu.", "Choose one of the times.")]})
    starts_at = datetime.fromisoformat(chosen)
    if starts_at <= now():
        raise Invalid(fields={"option": [t("Waktu ini sudah lewat.", "This time has passed.")]})
    if meeting.starts_at is not None:
        meeting.sequence += 1
    meeting.state, meeting.starts_at, meeting.options = "agreed", starts_at, []
    meeting.updated_at = now()
    if case.state == "accepted":
        case.state = "under_way"
    note_event(session, case, party, "time_agreed", meeting.title)
    return meeting


def cancel_meeting(
    session: AnySession, case: AssistanceCase, party: Party, meeting: AssistanceMeeting
) -> AssistanceMeeting:
    """The meeting does not take place. Raises Conflict when it is over already."""
    case = _lock(session, case, meeting)
    if meeting.state not in ("proposed", "agreed"):
        raise Conflict(_CHANGED)
    meeting.state, meeting.options, meeting.updated_at = "cancelled", [], now()
    meeting.sequence += 1
    note_event(session, case, party, "meeting_cancelled", meeting.title)
    return meeting


def write_minutes(
    session: AnySession,
    case: AssistanceCase,
    party: Party,
    meeting: AssistanceMeeting,
    *,
    notes: str,
    attendance: int | None,
) -> AssistanceMeeting:
    """What came of a meeting and how many took part; either side may write it again.

    Raises Conflict before it began or when it was cancelled, Invalid for what does not fit.
    """
    case = _lock(session, case, meeting)
    if meeting.state not in ("agreed", "held") or meeting.starts_at is None or meeting.starts_at > now():
        raise Conflict(Text("Sesi ini belum berlangsung.", "This session has not taken place yet."))
    errors: dict[str, list[str]] = {}
    if not 1 <= len(plain_text(notes)) <= LONGEST_NOTES:
        errors["notes"] = [t("Tulis 1 sampai {n} huruf.", "Write 1 to {n} characters.", n=LONGEST_NOTES)]
    if attendance is None or not 0 <= attendance <= 10_000:
        errors["attendance"] = [t("Tulis jumlah orangnya, 0 sampai 10.000.", "Write how many people, 0 to 10,000.")]
    if errors:
        raise Invalid(fields=errors)
    meeting.state, meeting.notes, meeting.attendance = "held", plain_text(notes), attendance
    meeting.options, meeting.updated_at = [], now()
    note_event(session, case, party, "meeting_held", meeting.title)
    return meeting


def _lock(session: AnySession, case: AssistanceCase, meeting: AssistanceMeeting | None = None) -> AssistanceCase:
    """The case, locked, and its meeting as it is by then."""
    case = lock_case(session, case)
    if meeting is not None:
        session.refresh(meeting)
    if case.state not in HELPED_STATES:
        raise Conflict(_NOT_NOW)
    return case


def _written(options: Sequence[datetime]) -> list[str]:
    return [option.isoformat() for option in sorted({option.astimezone(UTC) for option in options})]


def _wrong_frame(proposal: Proposal) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if not 3 <= len(" ".join(plain_text(proposal.title).split())) <= LONGEST_TITLE:
        errors["title"] = [t("Tulis 3 sampai {n} huruf.", "Write 3 to {n} characters.", n=LONGEST_TITLE)]
    if not 15 <= proposal.minutes <= 600:
        errors["minutes"] = [t("Pilih 15 sampai 600 menit.", "Choose 15 to 600 minutes.")]
    return errors


def _wrong_times(options: Sequence[datetime]) -> dict[str, list[str]]:
    if not 1 <= len(options) <= MOST_OPTIONS:
        return {"time_1": [t("Usulkan satu sampai {n} waktu.", "Propose one to {n} times.", n=MOST_OPTIONS)]}
    if any(not now() < option < now() + FARTHEST for option in options):
        return {"time_1": [t("Pilih waktu dalam setahun ke depan.", "Choose times within the coming year.")]}
    return {}


def _wrong_place(form: str, place: str) -> dict[str, list[str]]:
    place = plain_text(place)
    if form not in MEETING_FORMS:
        return {"form": [t("Pilih bentuknya.", "Choose the form.")]}
    if not 3 <= len(place) <= LONGEST_PLACE or any(ord(character) < 32 for character in place):
        message = t("Tulis tempatnya, atau tautan rapat daring.", "Write the place, or the link of the online meeting.")
        return {"place": [message]}
    if form == "online" and not is_link(place):
        return {
            "place": [t("Tautan rapat daring diawali https://", "The link of an online meeting begins with https://")]
        }
    return {}


def is_link(place: str) -> bool:
    """Whether a place is an address on the web that may be shown as a link; as strict as those of listings."""
    return public_address(place) is not None
