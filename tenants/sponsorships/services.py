"""Sponsoring: who, what for, how much; shown how; stopped and continued. Paying is the agreement's (ADR 58)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Row, Select, func, or_, select

from lumbung.audit import record_audit
from lumbung.codes import new_code
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.i18n import t
from lumbung.money.agreements import (
    MOST,
    RUNNING,
    change_agreement,
    continue_agreement,
    end_agreement,
    lock_agreement,
    open_agreement,
    withdraw_agreement,
)
from lumbung.money.models import Agreement, AgreementStatus, Cadence
from tenants.accounts.models import Account
from tenants.sponsorships.errors import TargetClosed
from tenants.sponsorships.forms import MOST_BY_BANK, SponsorAnswers, SponsorshipAnswers
from tenants.sponsorships.models import Sponsor, Sponsorship
from tenants.sponsorships.targets import Target

KIND: Final = "sponsorship"


@dataclass(frozen=True, slots=True)
class Own:
    """A sponsorship of whoever asks, with who sponsors and what was agreed."""

    sponsorship: Sponsorship
    sponsor: Sponsor
    agreement: Agreement

    @property
    def running(self) -> bool:
        """Whether it is monthly and still charged, or will be until it ends."""
        return self.agreement.cadence == Cadence.MONTHLY and self.agreement.status in RUNNING

    @property
    def unpaid(self) -> bool:
        """Whether nothing was paid yet and it still can be."""
        return self.agreement.status == AgreementStatus.OPENED


def find_sponsor(session: AnySession, account_id: UUID) -> Sponsor | None:
    """What an account said of itself as a sponsor."""
    return session.scalars(select(Sponsor).where(Sponsor.account_id == account_id)).one_or_none()


def save_sponsor(session: AnySession, account_id: UUID, said: SponsorAnswers) -> Sponsor:
    """Who sponsors, as shown from now on; receipts of what is paid later carry the new name."""
    values = {"name": said.name, "kind": said.kind, "website": said.website, "city": said.city, "about": said.about}
    sponsor = find_sponsor(session, account_id)
    if sponsor is not None and all(getattr(sponsor, name) == value for name, value in values.items()):
        return sponsor
    if sponsor is None:
        sponsor = Sponsor(account_id=account_id, **values)
        session.add(sponsor)
    else:
        for name, value in values.items():
            setattr(sponsor, name, value)
        own = (
            select(Sponsorship.agreement_id)
            .where(Sponsorship.sponsor_id == sponsor.id)
            .order_by(Sponsorship.agreement_id)
        )
        for agreement_id in session.scalars(own).all():
            lock_agreement(session, agreement_id).payer_name = said.name
    session.flush()
    # The name of an anonymous sponsor stands in no trail.
    record_audit(session, "sponsor.saved", subject_type="sponsor", subject_id=sponsor.id, after={"kind": said.kind})
    return sponsor


def open_sponsorship(
    session: AnySession, account_id: UUID, target: Target, said: SponsorshipAnswers, *, by_card: bool
) -> Own:
    """A sponsorship that nobody has paid yet. What is more than a card pays, and everything without `by_card`, is paid
    to the bank.

    Raises TargetClosed when the target cannot be sponsored now, Invalid for an amount out of bounds.
    """
    if target.closed is not None:
        raise TargetClosed(target.closed)
    sponsor = save_sponsor(session, account_id, said.sponsor)
    sponsor.anonymous = said.anonymous
    by_bank = not by_card or said.amount > MOST
    agreement = open_agreement(
        session,
        kind=KIND,
        account_id=account_id,
        payer_name=sponsor.name,
        description=t("Sponsor: {what}", "Sponsorship: {what}", what=target.purpose),
        subject=(target.kind, target.id),
        amount=said.amount,
        cadence=Cadence(said.cadence),
        most=MOST_BY_BANK if by_bank else MOST,
    )
    sponsorship = Sponsorship(
        sponsor_id=sponsor.id,
        agreement_id=agreement.id,
        target_type=target.kind,
        target_id=target.id,
        anonymous=said.anonymous,
        public_message=said.message,
        by_bank=by_bank,
    )
    session.add(sponsorship)
    session.flush()
    return Own(sponsorship, sponsor, agreement)


def list_own(session: AnySession, account_id: UUID) -> Sequence[Own]:
    """Everything that an account sponsors or sponsored, the newest first; not what was never paid and cannot be."""
    query = _own(account_id).where(Agreement.status != AgreementStatus.ABANDONED)
    return [Own(*row) for row in session.execute(query.order_by(Sponsorship.id.desc()))]


def get_own(session: AnySession, account_id: UUID, sponsorship_id: UUID) -> Own:
    """One of one's own. Raises NotFound, the same for missing and another's."""
    row = session.execute(_own(account_id).where(Sponsorship.id == sponsorship_id)).one_or_none()
    if row is None:
        raise NotFound
    return Own(*row)


def search_sponsorships(
    session: AnySession, words: str, *, most: int, skip: int
) -> Sequence[Row[Sponsorship, Sponsor, Agreement, Account]]:
    """For operators: sponsorships, the newest first, with who pays, whose sponsor, e-mail, purpose or code fits."""
    query = (
        select(Sponsorship, Sponsor, Agreement, Account)
        .join(Sponsor, Sponsor.id == Sponsorship.sponsor_id)
        .join(Agreement, Agreement.id == Sponsorship.agreement_id)
        .join(Account, Account.id == Sponsor.account_id)
        .order_by(Sponsorship.id.desc())
        .offset(skip)
        .limit(most)
    )
    if words:
        searched = (Sponsor.name, Account.email, Agreement.description, Sponsorship.code)
        query = query.where(or_(*(func.lower(one).contains(words.lower(), autoescape=True) for one in searched)))
    return session.execute(query).all()


def change_shown(session: AnySession, own: Own, *, anonymous: bool, message: str) -> None:
    """What everybody sees of it from now on. Who becomes anonymous gets a new public address: the old one may stand
    somewhere beside the name."""
    sponsorship = own.sponsorship
    if anonymous and not sponsorship.anonymous:
        sponsorship.code = new_code()
    sponsorship.anonymous, sponsorship.public_message = anonymous, message
    session.flush()
    record_audit(
        session,
        "sponsorship.shown",
        subject_type="sponsorship",
        subject_id=sponsorship.id,
        after={"anonymous": anonymous},
    )


def stop(session: AnySession, own: Own) -> None:
    """Let it end with the month that is paid. Raises CannotChange when it does not run."""
    end_agreement(session, lock_agreement(session, own.agreement.id))


def go_on(session: AnySession, own: Own, target: Target) -> None:
    """Let it go on after all. Raises CannotChange when it is over, TargetClosed when its target is."""
    if target.closed is not None:
        raise TargetClosed(target.closed)
    continue_agreement(session, lock_agreement(session, own.agreement.id))


def withdraw(session: AnySession, own: Own) -> None:
    """Take back what nobody has paid yet. Raises what `withdraw_agreement` raises."""
    withdraw_agreement(session, own.agreement)


def change_amount(session: AnySession, own: Own, amount: int) -> None:
    """Let it cost another amount from the next month on. Raises CannotChange when it does not run."""
    agreement = lock_agreement(session, own.agreement.id)
    change_agreement(session, agreement, amount=amount, description=agreement.description)


def _own(account_id: UUID) -> Select[Sponsorship, Sponsor, Agreement]:
    return (
        select(Sponsorship, Sponsor, Agreement)
        .join(Sponsor, Sponsor.id == Sponsorship.sponsor_id)
        .join(Agreement, Agreement.id == Sponsorship.agreement_id)
        .where(Sponsor.account_id == account_id)
    )
