"""Stripe in a test: the double, told of the application, and the application of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session

from lumbung.db.clock import set_clock
from lumbung.local_stripe import LocalStripe
from lumbung.money.agreements import open_agreement, start_checkout
from lumbung.money.models import Agreement, Cadence
from lumbung.outbox import drain
from lumbung.web.sites import LumbungFlask
from tenants.accounts.models import Account

HUB = "https://lumbung.test"


@contextmanager
def with_stripe(app: LumbungFlask, stripe: LocalStripe) -> Iterator[None]:
    """Give the application the double's keys for as long as the block lasts."""
    before = app.lumbung
    app.lumbung = replace(
        before,
        stripe_secret_key=stripe.key,
        stripe_webhook_secrets=(stripe.webhook_secret,),
        stripe_api_base=stripe.base,
        stripe_checkout_origin=stripe.base,
        stripe_portal_origin=stripe.base,
    )
    try:
        yield
    finally:
        app.lumbung = before
        app.extensions.pop("lumbung_gateway", None)


@dataclass
class MoneyStage:
    """The double beside the application: what happens there is told here by `tell` and done by `work`."""

    app: LumbungFlask
    session: scoped_session[Session]
    stripe: LocalStripe
    told: int = 0

    def agree(
        self,
        account: Account,
        *,
        kind: str = "sponsorship",
        amount: int = 250_000,
        cadence: Cadence = Cadence.ONCE,
        subject: tuple[str, str] = ("app", "siaran"),
    ) -> Agreement:
        """An agreement with its Checkout open; committed."""
        with self.app.test_request_context(base_url=HUB):
            made = open_agreement(
                self.session,
                kind=kind,
                account_id=account.id,
                payer_name=account.name,
                description="Sponsor SIARAN",
                subject=subject,
                amount=amount,
                cadence=cadence,
            )
            start_checkout(
                self.session,
                made,
                email=account.email,
                success_url=f"{HUB}/kembali?session={{CHECKOUT_SESSION_ID}}",
                cancel_url=f"{HUB}/batal",
            )
            self.session.commit()
        return made

    def pay(self, agreement: Agreement, *, card: str = "4242424242424242") -> None:
        """Pay on Stripe's page, and let the application hear of it."""
        assert agreement.stripe_session_id is not None
        self.stripe.pay(agreement.stripe_session_id, card=card)
        self.tell()

    def paid(self, account: Account, *, kind: str = "sponsorship", cadence: Cadence = Cadence.ONCE) -> Agreement:
        """An agreement that is paid and booked."""
        made = self.agree(account, kind=kind, cadence=cadence)
        self.pay(made)
        return made

    def tell(self) -> None:
        """Send the events that were not sent yet, each once, and do what follows."""
        events = self.stripe.events()
        browser = self.app.test_client()
        for event in events[self.told :]:
            assert self.send(browser, event["id"]) == 200
        self.told = len(events)
        self.work()

    def send(self, browser: FlaskClient, event_id: str) -> int:
        """Send one event, signed as of now; the status of the answer."""
        body, signature = self.stripe.signed(event_id)
        headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
        return browser.post("/stripe/events", base_url=HUB, data=body, headers=headers).status_code

    def work(self) -> None:
        """Let the worker do what is due by the double's clock."""
        # What the test has looked at, or locked, must hold nobody up.
        self.session.rollback()
        with set_clock(datetime.fromtimestamp(self.stripe.now() + 5, UTC)):
            drain(self.app)
        self.session.rollback()
        self.session.expire_all()

    def advance(self, *, days: int) -> None:
        """Let days pass at Stripe, and hear of what happened there."""
        self.stripe.advance(days=days)
        self.tell()
