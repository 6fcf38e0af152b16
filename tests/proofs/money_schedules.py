"""Schedules of money: payments, renewals, refunds, disputes and payouts, told late, twice, shuffled or never, to an
application that dies between any two steps."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import event, func, select

from lumbung.db import db, set_clock
from lumbung.local_stripe.errors import Refused
from lumbung.money import asking
from lumbung.money.agreements import change_agreement, continue_agreement, end_agreement, withdraw_agreement
from lumbung.money.books import balances, given_back, settled_balance
from lumbung.money.errors import CannotChange, RefundRefused
from lumbung.money.gateway import the_gateway
from lumbung.money.models import Agreement, Cadence, JournalEntry, Payment, Refund
from lumbung.money.reconciling import reconcile
from lumbung.money.refunds import ask_refund, refundable
from lumbung.outbox import drain
from lumbung.outbox.models import PlatformEffect
from tenants.accounts.models import Account
from tests.money_stage import MoneyStage
from tests.proofs.plain_books import Row, Truth, work_out

CARDS = ("4242424242424242",) * 3 + ("4000000000000341",) * 2 + ("4000000000000002",)
AMOUNTS = (20_000, 33_333, 250_000, 1_000_001, 7_654_321)


class Crash(BaseException):
    """The process dies here: nothing that catches errors may catch it."""


@contextmanager
def dying(after: int) -> Iterator[None]:
    """Die at the `after`th step from now: before or after a statement, a commit, or a question to Stripe."""
    left = [after]

    def step(*_: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Crash

    asked = asking.asked

    def ask(what: Callable[[], Any]) -> Any:
        step()
        answer = asked(what)
        step()
        return answer

    names = ("before_cursor_execute", "after_cursor_execute", "commit")
    for name in names:
        event.listen(db.engine, name, step)
    asking.asked = ask  # type: ignore[assignment]
    try:
        yield
    except Crash:
        db.session.rollback()
        db.session.remove()
    finally:
        asking.asked = asked
        for name in names:
            event.remove(db.engine, name, step)


class Schedule:
    """One schedule, the same for the same number."""

    def __init__(self, money: MoneyStage, account: Account, number: int) -> None:
        self.money, self.stripe, self.number = money, money.stripe, number
        self.dice = random.Random(number)
        self.browser = money.app.test_client()
        self.account = account
        self.kinds: dict[str, str] = {}
        self.crashes = 0
        self.known = set[str]()
        # Some are never told of anything: the night finds it.
        self.deaf = self.dice.random() < 0.15

    def play(self) -> None:
        """Play it to its end, and compare all there is with the truth."""
        for _ in range(self.dice.choice((1, 1, 2, 3))):
            made = self.money.agree(
                self.account,
                kind=self.dice.choice(("sponsorship", "plan")),
                amount=self.dice.choice(AMOUNTS),
                cadence=self.dice.choice((Cadence.ONCE, Cadence.MONTHLY, Cadence.MONTHLY)),
            )
            self.kinds[str(made.stripe_customer_id)] = made.kind
            # Most are paid, and half of those are heard of, before anything else happens.
            if self.dice.random() < 0.8:
                with suppress(Refused):
                    self.stripe.pay(str(made.stripe_session_id), card=self.dice.choice(CARDS))
                if self.dice.random() < 0.5 and not self.deaf:
                    self.money.tell()
        # Each schedule has something that it is mostly about: rare things meet each other there.
        families: tuple[tuple[Callable[[], None], ...], ...] = (
            (self._wait, self._wait, self._pay, self._withdraw),
            (self._refund, self._refund_there, self._refund_returns),
            (self._dispute, self._decide, self._refund),
            (self._pay_out, self._payout_returns, self._fee, self._compare),
            (self._order, self._order, self._card, self._wait),
        )
        every = (self._hear, self._hear, *(doing for family in families for doing in family))
        mostly = (self._hear, self._hear, *families[self.number % len(families)])
        for _ in range(self.dice.randrange(5, 16)):
            try:
                self.dice.choice(mostly if self.dice.random() < 0.6 else every)()
            except Refused:
                # Stripe said no: there was nothing to refund, to pay or to decide.
                self.money.session.rollback()
        self._end()

    # What people and Stripe do.

    def _pay(self) -> None:
        checkout = self._any("checkout.session", lambda one: one["status"] == "open")
        if checkout:
            self.stripe.pay(checkout["id"], card=self.dice.choice(CARDS))

    def _card(self) -> None:
        subscription = self._any("subscription", lambda one: True)
        if subscription:
            page = the_gateway().card_page(
                subscription["customer"], language="id", done_url="https://l.test/a", back_url="https://l.test/b"
            )
            self.stripe.change_card(page.rpartition("/")[2], card=self.dice.choice(CARDS))

    def _wait(self) -> None:
        self.stripe.advance(hours=self.dice.choice((1, 30, 24 * 8, 24 * 32, 24 * 70)))

    def _refund_there(self) -> None:
        charge = self._any("charge", lambda one: one["paid"])
        if charge:
            self.stripe.refund(charge["id"], amount=100 * self.dice.randrange(1, charge["amount"] // 250))

    def _refund_returns(self) -> None:
        refund = self._any("refund", lambda one: one["status"] == "succeeded")
        if refund:
            self.stripe.fail_refund(refund["id"])

    def _dispute(self) -> None:
        charge = self._any("charge", lambda one: one["paid"] and not one["disputed"] and not one["amount_refunded"])
        if charge:
            self.stripe.dispute(charge["id"])

    def _decide(self) -> None:
        dispute = self._any("dispute", lambda one: one["status"] == "needs_response")
        if dispute:
            self.stripe.close_dispute(dispute["id"], won=self.dice.random() < 0.5)

    def _pay_out(self) -> None:
        self.stripe.payout(arrive=self.dice.random() < 0.7)

    def _payout_returns(self) -> None:
        payout = self._any("payout", lambda one: one["status"] != "failed")
        if payout:
            self.stripe.fail_payout(payout["id"])

    def _fee(self) -> None:
        self.stripe.book(self.dice.choice(("stripe_fee", "adjustment")), -self.dice.randrange(1, 5_000_000))

    def _any(self, kind: str, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
        found = [one for one in self.stripe.objects(kind) if fits(one)]
        return self.dice.choice(found) if found else None

    # What is done here.

    def _refund(self) -> None:
        session = self.money.session
        payment = session.scalars(select(Payment).order_by(func.md5(Payment.receipt_number)).limit(1)).first()
        if payment is None:
            return
        with self._perhaps_dying():
            seen = refundable(session, payment)
            amount = self.dice.randrange(1, payment.amount // self.dice.choice((1, 3)) + 2)
            try:
                ask_refund(session, payment.id, amount=amount, reason="Salah", seen=seen, by=None)
                session.commit()
            except RefundRefused:
                assert not 0 < amount <= seen
        session.rollback()

    def _order(self) -> None:
        session = self.money.session
        agreement = session.scalars(select(Agreement).order_by(func.md5(Agreement.stripe_customer_id)).limit(1)).one()
        with self._perhaps_dying():
            try:
                match self.dice.randrange(3):
                    case 0:
                        end_agreement(session, agreement)
                    case 1:
                        continue_agreement(session, agreement)
                    case _:
                        change_agreement(
                            session, agreement, amount=self.dice.choice(AMOUNTS), description="Lebih besar"
                        )
                session.commit()
            except CannotChange:
                pass
        session.rollback()

    def _withdraw(self) -> None:
        session = self.money.session
        agreement = session.scalars(select(Agreement).order_by(func.md5(Agreement.stripe_customer_id)).limit(1)).one()
        with self._perhaps_dying(), suppress(CannotChange):
            withdraw_agreement(session, agreement)
            session.commit()
        session.rollback()

    def _hear(self) -> None:
        """Some events, in any order and some twice; and the worker does some of what follows."""
        if not self.deaf:
            known = [one["id"] for one in self.stripe.events()]
            heard = self.dice.choices(known, k=self.dice.randrange(1, 7)) if known else []
            for one in heard:
                with self._perhaps_dying():
                    assert self.money.send(self.browser, one) == 200
                    self.known.add(one)
        self._work()

    def _compare(self) -> None:
        with self._at(1), self._perhaps_dying():
            reconcile(db.session, the_gateway())
            db.session.commit()
        db.session.rollback()

    def _work(self) -> None:
        self.money.session.rollback()
        with self._at(5), self._perhaps_dying():
            drain(self.money.app)

    @contextmanager
    def _perhaps_dying(self) -> Iterator[None]:
        if self.dice.random() < 0.5:
            yield
            return
        self.crashes += 1
        with dying(self.dice.randrange(1, 60)):
            yield

    @contextmanager
    def _at(self, seconds: float) -> Iterator[None]:
        with set_clock(datetime.fromtimestamp(self.stripe.now() + seconds, UTC)):
            yield

    # How it ends.

    def _end(self) -> None:
        if not self.deaf:
            # Stripe tells until it is heard: what was refused or lost comes again, and some that was heard too.
            everything = [one["id"] for one in self.stripe.events()]
            events = [one for one in everything if one not in self.known] + self.dice.choices(everything, k=4)
            self.dice.shuffle(events)
            for one in events:
                assert self.money.send(self.browser, one) == 200
            self.known.update(events)
            self._until_quiet()
            truth = work_out(self.stripe, self.kinds)
            assert self._rows() >= truth.told, self.number
            assert self._rows() <= truth.rows, self.number
            self._check_agreements(truth)
        for _ in range(2 if self.deaf else 1):
            with self._at(1):
                made = reconcile(db.session, the_gateway())
                db.session.commit()
            self._until_quiet()
        assert {found["kind"] for found in made.findings if found["open"]} <= {"unattributed"}, self.number
        truth = work_out(self.stripe, self.kinds)
        assert self._rows() == truth.rows, self.number
        self._check_agreements(truth)
        assert sum(balances(db.session).values()) == 0
        assert settled_balance(db.session) == sum(one["net"] for one in self.stripe.balance_transactions())
        db.session.rollback()

    def _until_quiet(self) -> None:
        """What failed is tried again, each time later, until nothing is left to do."""
        waiting = select(func.count()).select_from(PlatformEffect).where(PlatformEffect.status != "done")
        for hours in (0, 1, 12, 48, 96, 200, 400):
            with self._at(5 + hours * 3600):
                drain(self.money.app)
            # What was done there told Stripe, which tells us.
            news = [] if self.deaf else [one["id"] for one in self.stripe.events() if one["id"] not in self.known]
            for one in news:
                assert self.money.send(self.browser, one) == 200
                self.known.add(one)
            left = db.session.scalar(waiting)
            db.session.rollback()
            if not left:
                return
        raise AssertionError(f"Schedule {self.number} does not come to rest.")

    def _rows(self) -> frozenset[Row]:
        query = select(
            JournalEntry.source,
            JournalEntry.debit,
            JournalEntry.credit,
            JournalEntry.amount,
            func.coalesce(Agreement.stripe_customer_id, ""),
        ).outerjoin(Agreement, Agreement.id == JournalEntry.agreement_id)
        return frozenset((row[0], row[1], row[2], row[3], row[4]) for row in db.session.execute(query))

    def _check_agreements(self, truth: Truth) -> None:
        session = db.session
        payments = session.scalars(select(Payment).order_by(Payment.receipt_number)).all()
        assert {one.charge_id: one.amount for one in payments} == truth.payments, self.number
        assert {one.charge_id: given_back(session, one.id) for one in payments} == truth.given_back, self.number
        numbers = [int(one[-6:]) for one in sorted(one.receipt_number for one in payments)]
        assert all(later in {earlier + 1, 1} for earlier, later in pairwise(numbers)), self.number
        assert session.scalars(select(Refund).where(Refund.status == "asked")).all() == [], self.number
        there = {one["customer"]: one for one in self.stripe.objects("subscription") if one["status"] != "incomplete"}
        for agreement in session.scalars(select(Agreement)):
            customer = str(agreement.stripe_customer_id)
            assert (agreement.status, self.number) == (truth.standing[customer], self.number)
            assert not agreement.order_pending, self.number
            one = there.get(customer)
            if one is not None and one["id"] in truth.paid_until:
                until = datetime.fromtimestamp(truth.paid_until[one["id"]], UTC)
                assert agreement.paid_until == until, (self.number, agreement.status)
                assert agreement.cancel_at_period_end == one["cancel_at_period_end"], self.number
                assert agreement.amount * 100 == one["items"]["data"][0]["price"]["unit_amount"], self.number
        session.rollback()
