"""What both sides say to each other about a case, and what happens to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from app_catalog.assistance.models import AssistanceCase, AssistanceMessage
from app_catalog.assistance.wording import OPEN_STATES
from lumbung.audit import record_audit
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import Text, t
from lumbung.plain_text import plain_text

LONGEST_MESSAGE = 4_000
CLOSED = Text(
    "Pendampingan ini sudah ditutup. Ajukan yang baru bila masih perlu bantuan.",
    "This case is closed. Ask anew when help is still needed.",
)
Side = Literal["asker", "helper"]


@dataclass(frozen=True, slots=True)
class Party:
    """Who acts in a case: a person of one of its two sides."""

    side: Side
    account_id: UUID
    name: str
    organisation: str


def note_event(session: AnySession, case: AssistanceCase, party: Party, event: str, words: str = "") -> None:
    """Put what happened into the thread and the audit of the municipality that asked."""
    session.add(
        AssistanceMessage(
            tenant_id=case.tenant_id,
            case_id=case.id,
            side=party.side,
            author=party.name,
            organisation=party.organisation,
            account_id=party.account_id,
            event=event,
            words=words,
        )
    )
    session.flush()
    record_audit(
        session,
        f"assistance.{event.replace('_', '-') or 'message'}",
        subject_type="assistance",
        subject_id=case.id,
        after={"side": party.side, "organisation": party.organisation, "state": case.state},
    )


def write_message(session: AnySession, case: AssistanceCase, party: Party, words: str) -> None:
    """Say something to the other side. Raises Conflict when the case is closed, Invalid for what does not fit."""
    words = plain_text(words)
    if not words:
        raise Invalid(fields={"message": [t("Tulis pesannya.", "Write the message.")]})
    if len(words) > LONGEST_MESSAGE:
        raise Invalid(fields={"message": [t("Paling banyak {n} huruf.", "At most {n} characters.", n=LONGEST_MESSAGE)]})
    case = lock_case(session, case)
    require_open(case)
    note_event(session, case, party, "", words)


def lock_case(session: AnySession, case: AssistanceCase) -> AssistanceCase:
    """The case as it is now; others who change it wait until the transaction ends."""
    query = select(AssistanceCase).where(AssistanceCase.tenant_id == case.tenant_id, AssistanceCase.id == case.id)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()


def require_open(case: AssistanceCase) -> None:
    """Raise Conflict when nothing can happen to the case any more."""
    if case.state not in OPEN_STATES:
        raise Conflict(CLOSED)


def list_thread(session: AnySession, case: AssistanceCase) -> Sequence[AssistanceMessage]:
    """All that was said and happened, in order; the last 500."""
    newest = session.scalars(
        select(AssistanceMessage)
        .where(AssistanceMessage.tenant_id == case.tenant_id, AssistanceMessage.case_id == case.id)
        .order_by(AssistanceMessage.created_at.desc(), AssistanceMessage.id.desc())
        .limit(500)
    ).all()
    return list(reversed(newest))
