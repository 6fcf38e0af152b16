"""A programme follows its agreement: what Stripe says of the payment says whether it runs."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.money.agreements import agreement_handler
from lumbung.money.cards import refused_card_handler
from lumbung.money.models import Agreement, AgreementStatus
from lumbung.money.replacing import names_successor
from tenants.plans.letters import tell_card_refused, tell_late, tell_over
from tenants.plans.members import release_members
from tenants.plans.models import Programme
from tenants.plans.programmes import KIND, lock_programme


@agreement_handler(KIND)
def follow_agreement(session: AnySession, agreement: Agreement) -> None:
    """Note since when a programme is late, and let its municipalities go when it is over. The same again does
    nothing."""
    found = session.scalars(select(Programme.id).where(Programme.agreement_id == agreement.id)).one_or_none()
    if found is None:
        # The agreement of an earlier time, which a newer one has taken the place of.
        return
    programme = lock_programme(session, found)
    if agreement.status == AgreementStatus.LATE:
        if programme.late_since is None:
            programme.late_since = now()
            tell_late(session, programme)
    elif agreement.status == AgreementStatus.ENDED:
        if programme.over_since is None:
            programme.over_since, programme.late_since = agreement.ended_at or now(), None
            release_members(session, programme)
            tell_over(session, programme)
    else:
        programme.late_since = None
    session.flush()


@refused_card_handler(KIND)
def follow_card(session: AnySession, agreement: Agreement, card: str) -> None:
    """Tell the holder that a new card did not pay."""
    programme = session.scalars(select(Programme).where(Programme.agreement_id == agreement.id)).one_or_none()
    if programme is not None:
        tell_card_refused(session, programme)


@names_successor(KIND)
def _successor(session: AnySession, agreement: Agreement) -> UUID | None:
    """A programme has one agreement at a time: another size before its first payment, or a new beginning, makes one."""
    query = select(Programme.agreement_id).where(
        Programme.id == UUID(agreement.subject_id), Programme.agreement_id != agreement.id
    )
    return session.scalars(query).one_or_none()
