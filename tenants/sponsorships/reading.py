"""What everybody may know of sponsorships. Everything public goes through `Shown`, which holds nobody's name who wishes
to be anonymous (ADR 60)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, and_, case, func, or_, select

from lumbung.codes import is_valid, normalise
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.i18n import Text
from lumbung.money.chart import BookAccount
from lumbung.money.models import Agreement, JournalEntry, Payment
from lumbung.money.payments import payments_of
from lumbung.money.statements import WENT_BACK, figures_of_kind
from tenants.sponsorships.models import Sponsor, Sponsorship
from tenants.sponsorships.services import KIND
from tenants.sponsorships.standing import day_of, last_day, standing_of, standing_words
from tenants.sponsorships.targets import Target, describe_targets

PAGE: Final = 20
MOST: Final = 100


@dataclass(frozen=True, slots=True)
class ShownSponsor:
    """A sponsor who wishes to be known."""

    name: str
    kind: str
    website: str
    city: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A sponsorship as everybody sees it. `sponsor` is None and `message` empty where the sponsor is anonymous.

    Amounts are whole rupiah; `amount` is that of a month, or of the one payment. Days, never hours.
    """

    code: str
    sponsor: ShownSponsor | None
    message: str
    target: Target
    cadence: str
    amount: int
    since: date
    until: date | None
    standing: str
    words: Text
    received: int
    given_back: int


@dataclass(frozen=True, slots=True)
class ShownPayment:
    """One payment: its day, whole rupiah, and the number of its receipt (whose code opens it and is the sponsor's)."""

    day: date
    amount: int
    receipt_number: str


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What went back on a day, in whole rupiah; less than nothing when a bank returned it after all."""

    day: date
    amount: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What sponsors gave by the books, in whole rupiah: received, given back, and kept by Stripe; and how many ran."""

    received: int
    given_back: int
    fees: int
    sponsorships: int


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page of sponsorships; `following` is where the next one begins, None on the last."""

    items: Sequence[Shown]
    following: str | None


def read_totals(session: AnySession) -> Totals:
    """What sponsors made possible in all, as the books say."""
    figures = figures_of_kind(session, KIND)
    count = session.scalar(select(func.count()).select_from(Sponsorship).where(Sponsorship.since.is_not(None)))
    return Totals(
        received=figures.received,
        given_back=figures.given_back,
        fees=figures.fees,
        sponsorships=int(count or 0),
    )


def list_shown(
    session: AnySession, *, kind: str = "", target: Target | None = None, words: str = "", after: str = "", limit: int
) -> ShownPage:
    """Sponsorships that were ever paid, the latest first; of one day in the order of their codes, which tells nothing.

    `words` are looked for in the names of those who are known, and in what is sponsored. `after` is a `following`;
    what is none begins at the beginning.
    """
    query = _shown()
    if kind:
        query = query.where(Sponsorship.target_type == kind)
    if target is not None:
        query = query.where(Sponsorship.target_type == target.kind, Sponsorship.target_id == target.id)
    if words:
        known = and_(Sponsorship.anonymous.is_(False), _contains(Sponsor.name, words))
        query = query.where(or_(known, _contains(Agreement.description, words)))
    begun = _read_cursor(after)
    if begun is not None:
        day, code = begun
        query = query.where(or_(Sponsorship.since < day, and_(Sponsorship.since == day, Sponsorship.code > code)))
    query = query.order_by(Sponsorship.since.desc(), Sponsorship.code).limit(limit + 1)
    rows = session.execute(query).all()
    more = len(rows) > limit
    items = _as_shown(session, rows[:limit])
    return ShownPage(items, f"{items[-1].since.isoformat()}~{items[-1].code}" if more else None)


def get_shown(session: AnySession, code: str) -> tuple[Shown, UUID]:
    """A sponsorship by its public code, and the id of its agreement for what else is asked. Raises NotFound, the same
    for what is not there and what nobody has paid."""
    if not is_valid(code):
        raise NotFound
    row = session.execute(_shown().where(Sponsorship.code == normalise(code))).one_or_none()
    if row is None:
        raise NotFound
    return _as_shown(session, [row])[0], row[2].id


def shown_payments(session: AnySession, agreement_id: UUID) -> list[ShownPayment]:
    """The payments of an agreement as everybody sees them, the latest first."""
    found = payments_of(session, agreement_id)
    return [ShownPayment(day_of(one.paid_at), one.amount, one.receipt_number) for one in found]


def list_given_back(session: AnySession, agreement_ids: Collection[UUID]) -> list[tuple[UUID, GivenBack]]:
    """What went back of these agreements by the books, the latest first, each with its agreement."""
    signed = case((JournalEntry.debit == BookAccount.SPONSORSHIP, JournalEntry.amount), else_=-JournalEntry.amount)
    query = (
        select(JournalEntry.agreement_id, JournalEntry.at, signed)
        .where(JournalEntry.agreement_id.in_(agreement_ids), JournalEntry.kind.in_(WENT_BACK))
        .order_by(JournalEntry.at.desc(), JournalEntry.id.desc())
    )
    return [(agreement, GivenBack(day_of(at), int(amount))) for agreement, at, amount in session.execute(query)]


def sponsors_of(kind: str, target_id: Any) -> Select[str | None, int]:
    """The statement for who sponsors a target now or paid once for it and did not get all of it back, by name; NULL for
    each who is anonymous."""
    name = case((Sponsorship.anonymous.is_(False), Sponsor.name), else_=None)
    return (
        select(name, Agreement.amount)
        .select_from(Sponsorship)
        .join(Sponsor, Sponsor.id == Sponsorship.sponsor_id)
        .join(Agreement, Agreement.id == Sponsorship.agreement_id)
        .where(
            Sponsorship.since.is_not(None),
            Sponsorship.target_type == kind,
            Sponsorship.target_id == target_id,
            # No list: statements that are sent together take none.
            or_(
                *(Agreement.status == standing for standing in ("active", "late")),
                and_(Agreement.status == "paid", _kept() > 0),
            ),
        )
        .order_by(name.is_(None), name, Sponsorship.code)
    )


def _kept() -> ScalarSelect[int]:
    """What the books still hold of an agreement's payments."""
    signed = case(
        (JournalEntry.credit == BookAccount.SPONSORSHIP, JournalEntry.amount),
        (JournalEntry.debit == BookAccount.SPONSORSHIP, -JournalEntry.amount),
        else_=0,
    )
    return (
        select(func.coalesce(func.sum(signed), 0))
        .where(JournalEntry.agreement_id == Agreement.id)
        .correlate(Agreement)
        .scalar_subquery()
    )


def _shown() -> Select[Sponsorship, Sponsor, Agreement]:
    return (
        select(Sponsorship, Sponsor, Agreement)
        .join(Sponsor, Sponsor.id == Sponsorship.sponsor_id)
        .join(Agreement, Agreement.id == Sponsorship.agreement_id)
        .where(Sponsorship.since.is_not(None))
    )


def _as_shown(session: AnySession, rows: Sequence[Any]) -> list[Shown]:
    agreements = [agreement.id for _, _, agreement in rows]
    targets = describe_targets(session, {(one.target_type, one.target_id) for one, _, _ in rows})
    received = _received(session, agreements)
    back: dict[UUID, int] = {}
    for agreement_id, given in list_given_back(session, agreements) if agreements else ():
        back[agreement_id] = back.get(agreement_id, 0) + given.amount
    return [
        Shown(
            code=one.code,
            sponsor=None if one.anonymous else _known(sponsor),
            message="" if one.anonymous else one.public_message,
            target=targets[one.target_type, one.target_id],
            cadence=agreement.cadence,
            amount=agreement.amount,
            since=one.since,
            until=last_day(agreement),
            standing=standing_of(agreement),
            words=standing_words(agreement),
            received=received.get(agreement.id, 0),
            given_back=back.get(agreement.id, 0),
        )
        for one, sponsor, agreement in rows
    ]


def _known(sponsor: Sponsor) -> ShownSponsor:
    return ShownSponsor(sponsor.name, sponsor.kind, sponsor.website, sponsor.city, sponsor.about)


def _received(session: AnySession, agreement_ids: Collection[UUID]) -> Mapping[UUID, int]:
    query = (
        select(Payment.agreement_id, func.sum(Payment.amount))
        .where(Payment.agreement_id.in_(agreement_ids))
        .group_by(Payment.agreement_id)
    )
    return {agreement_id: int(amount) for agreement_id, amount in session.execute(query)}


def _contains(column: Any, words: str) -> Any:
    return func.lower(column).contains(words.lower(), autoescape=True)


def _read_cursor(after: str) -> tuple[date, str] | None:
    day, _, code = after.partition("~")
    try:
        return (date.fromisoformat(day), code) if code else None
    except ValueError:
        return None
