"""What somebody sponsored in a year: for the report that companies owe to their owners and to the law (CSR)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.i18n import Text
from lumbung.money.models import Agreement, Payment
from lumbung.money.receipts import JAKARTA
from tenants.sponsorships.models import Sponsor, Sponsorship
from tenants.sponsorships.reading import GivenBack, list_given_back
from tenants.sponsorships.services import find_sponsor, list_own
from tenants.sponsorships.standing import day_of, last_day, standing_words
from tenants.sponsorships.targets import Target, describe_targets
from tenants.sponsorships.use import Use
from tenants.sponsorships.used import used_by


@dataclass(frozen=True, slots=True, kw_only=True)
class YearOfOne:
    """One sponsorship in a year. `code` is that of its public record, None where the sponsor is anonymous."""

    target: Target
    cadence: str
    words: Text
    code: str | None
    payments: Sequence[Payment]
    given_back: Sequence[GivenBack]
    use: Use | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A sponsor's year by the days of Jakarta; amounts are whole rupiah. `stamp` is the last moment in it."""

    year: int
    sponsor: Sponsor
    parts: Sequence[YearOfOne]
    stamp: datetime

    @property
    def paid(self) -> int:
        """What was paid in the year."""
        return sum(payment.amount for part in self.parts for payment in part.payments)

    @property
    def given_back(self) -> int:
        """What went back in the year."""
        return sum(one.amount for part in self.parts for one in part.given_back)


def report_years(session: AnySession, account_id: UUID) -> list[int]:
    """The years in which an account paid, the latest first."""
    year = func.extract("year", func.timezone(str(JAKARTA), Payment.paid_at))
    query = (
        select(year)
        .join(Agreement, Agreement.id == Payment.agreement_id)
        .join(Sponsorship, Sponsorship.agreement_id == Agreement.id)
        .join(Sponsor, Sponsor.id == Sponsorship.sponsor_id)
        .where(Sponsor.account_id == account_id)
        .distinct()
        .order_by(year.desc())
    )
    return [int(one) for one in session.scalars(query)]


def read_year(session: AnySession, account_id: UUID, year: int) -> Year:
    """What an account sponsored in a year. Raises NotFound for a year in which it paid nothing."""
    if year not in report_years(session, account_id):
        raise NotFound
    sponsor = find_sponsor(session, account_id)
    owned = [one for one in list_own(session, account_id) if one.sponsorship.since is not None]
    if sponsor is None:
        raise NotFound
    first, last = date(year, 1, 1), date(year, 12, 31)
    ids = [one.agreement.id for one in owned]
    payments = session.scalars(
        select(Payment).where(Payment.agreement_id.in_(ids)).order_by(Payment.paid_at, Payment.receipt_number)
    ).all()
    back = list_given_back(session, ids)
    targets = describe_targets(session, {(one.sponsorship.target_type, one.sponsorship.target_id) for one in owned})
    parts = []
    for one in reversed(owned):
        agreement, sponsorship = one.agreement, one.sponsorship
        target = targets[sponsorship.target_type, sponsorship.target_id]
        mine = [paid for paid in payments if paid.agreement_id == agreement.id and _in(year, day_of(paid.paid_at))]
        returned = [given for agreement_id, given in back if agreement_id == agreement.id and _in(year, given.day)]
        if not mine and not returned:
            continue
        use = used_by(
            session,
            target,
            cadence=agreement.cadence,
            since=sponsorship.since or first,
            paid_until=last_day(agreement),
            within=(first, last),
        )
        parts.append(
            YearOfOne(
                target=target,
                cadence=agreement.cadence,
                words=standing_words(agreement),
                code=None if sponsorship.anonymous else sponsorship.code,
                payments=mine,
                given_back=returned,
                use=use,
            )
        )
    stamp = max(paid.paid_at for part in parts for paid in part.payments)
    return Year(year=year, sponsor=sponsor, parts=parts, stamp=stamp)


def _in(year: int, day: date) -> bool:
    return day.year == year
