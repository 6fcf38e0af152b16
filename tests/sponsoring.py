"""Sponsorships for tests: opened by the service, and paid without Stripe."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import now
from lumbung.messages.models import PlatformMessage
from lumbung.money.agreements import tell_of_change
from lumbung.money.models import AgreementStatus, Cadence
from lumbung.money.periods import month_later
from tenants.accounts.models import Account
from tenants.sponsorships.forms import SponsorAnswers, SponsorshipAnswers
from tenants.sponsorships.services import Own, open_sponsorship
from tenants.sponsorships.targets import get_target
from tests.money_world import add_payment

Sessions = scoped_session[Session] | Session
NEW = "/sponsors/new?for=municipality:tangsel"
TYPED = {
    "amount": "other",
    "other": "Rp 1.250.000",
    "cadence": "once",
    "kind": "company",
    "name": "PT Padi Jaya",
    "message": "Untuk warga Tangsel",
}
"""What somebody types who sponsors once."""


def sponsor(
    session: Sessions,
    account: Account,
    named: str = "municipality:tangsel",
    *,
    name: str = "PT Padi Jaya",
    amount: int = 1_000_000,
    cadence: Cadence = Cadence.MONTHLY,
    anonymous: bool = False,
    message: str = "",
    website: str = "",
    by_card: bool = True,
) -> Own:
    """A sponsorship that nobody has paid yet; not committed."""
    said = SponsorAnswers(name=name, kind="company", website=website, city="Serpong")
    answers = SponsorshipAnswers(sponsor=said, amount=amount, cadence=cadence, anonymous=anonymous, message=message)
    return open_sponsorship(session, account.id, get_target(session, named), answers, by_card=by_card)


def letters(session: Sessions) -> list[str]:
    """The subjects of everything that the hub has written, in its order."""
    return list(session.scalars(select(PlatformMessage.subject).order_by(PlatformMessage.id)))


def pay(session: Sessions, own: Own, *, at: datetime | None = None) -> Own:
    """One payment by card, and what the agreement then is; committed."""
    agreement, moment = own.agreement, at or now()
    if agreement.cadence == Cadence.MONTHLY:
        agreement.stripe_subscription_id = agreement.stripe_subscription_id or f"sub_{agreement.id.hex}"
        agreement.status, agreement.paid_until = AgreementStatus.ACTIVE, month_later(moment)
    else:
        agreement.status = AgreementStatus.PAID
    add_payment(session, agreement, at=moment)
    tell_of_change(session, agreement)
    session.commit()
    return own
