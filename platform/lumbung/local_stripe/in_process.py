"""The double in the process of a test: a server in a thread, and handles to what Stripe's dashboard would do."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from lumbung.local_stripe import webhooks
from lumbung.local_stripe.balance import present_status
from lumbung.local_stripe.config import Config
from lumbung.local_stripe.server import Server
from lumbung.local_stripe.world import Json, World, public

T = TypeVar("T")

TEST_KEY = "sk_test_lumbung"
TEST_SECRET = "whsec_lumbung"  # noqa: S105 - signs what a test double sends.
_PATIENCE_SECONDS = 30.0


class LocalStripe:
    """`with LocalStripe() as stripe:` a double of its own on a free port of this machine.

    `webhook` is the address that events are sent to, signed with `webhook_secret`; without one they wait in
    `events()`. Every handle raises `Refused` as the API would answer.
    """

    def __init__(
        self,
        *,
        secret_key: str = TEST_KEY,
        webhook: str | None = None,
        webhook_secret: str = TEST_SECRET,
        webhook_host: str | None = None,
    ) -> None:
        self.key = secret_key
        self.webhook_secret = webhook_secret
        self._world = World(key=secret_key)
        self._webhook = webhook
        self._webhook_host = webhook_host
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="local-stripe", daemon=True)
        self._server: Server | None = None
        self.base = ""

    def __enter__(self) -> Self:
        self._thread.start()
        if self._webhook is not None:
            webhooks.register(self._world, address=self._webhook, secret=self.webhook_secret, host=self._webhook_host)

        async def start() -> Server:
            server = Server(self._world)
            await server.start()
            return server

        self._server = self._run(start())
        self.base = self._world.public_base
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._run(self._server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE_SECONDS)
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_SECONDS)

    def _call(self, work: Callable[[], T]) -> T:
        async def done() -> T:
            return work()

        return self._run(done())

    @property
    def _config(self) -> Config:
        assert self._server is not None
        return self._server.config

    def now(self) -> int:
        """The moment on the double's clock, in seconds."""
        return self._world.now()

    def advance(self, *, days: int = 0, hours: int = 0, seconds: int = 0) -> None:
        """Move the clock on; what is due meanwhile happens, each thing at its own moment."""
        self._call(lambda: self._config.advance(advance=days * 86_400 + hours * 3600 + seconds))

    def reset(self) -> None:
        """Forget everything but the webhook endpoint; the clock is the real one again."""
        self._call(self._config.reset)

    def pay(self, session_id: str, *, card: str = "4242424242424242", name: str = "", email: str = "") -> Json:
        """Pay a Checkout as somebody in a browser would; the completed session."""
        return self._call(lambda: self._config.pay(session_id, card=card, name=name, email=email))

    def change_card(self, session_id: str, *, card: str = "4242424242424242") -> Json:
        """Give another card in a portal session as somebody in a browser would; the customer."""
        return self._call(lambda: self._config.change_card(session_id, card=card))

    def events(self, kind: str | None = None) -> list[Json]:
        """All events, or those of one type, oldest first."""
        return self._call(
            lambda: [public(one) for one in self._world.table("event").values() if kind in (None, one["type"])]
        )

    def signed(self, event_id: str) -> tuple[bytes, str]:
        """The body of an event and its Stripe-Signature, as they would be sent now."""
        return self._call(lambda: webhooks.signed(self._world.get("event", event_id), self.webhook_secret))

    def deliver(self, event_id: str) -> list[int | str]:
        """Send an event to the endpoints now, once more if it was sent; their statuses."""
        assert self._server is not None
        return self._run(self._server.deliveries.deliver(event_id))

    def pause(self, *, paused: bool = True) -> None:
        """Hold deliveries back, or let them go on."""
        self._call(lambda: self._config.pause(paused=paused))

    def undelivered(self) -> list[Json]:
        """The deliveries that are still on their way."""
        return self._call(lambda: webhooks.undelivered(self._world))

    def balance_transactions(self) -> list[Json]:
        """Every balance transaction, oldest first, past the API and its pages."""
        return self._call(
            lambda: [
                public(one) | present_status(self._world, one)
                for one in self._world.table("balance_transaction").values()
            ]
        )

    def objects(self, kind: str) -> list[Json]:
        """Every object of a kind (`charge`, `subscription`, …), oldest first, past the API."""
        return self._call(lambda: [public(one) for one in self._world.table(kind).values()])

    def set_fees(self, **rules: float) -> None:
        """Other fees: percent, fixed, tax_percent, dispute (hundredths), settle_seconds."""
        self._call(lambda: self._config.set_fees(**rules))

    def fail_next(self, kind: str, *, times: int = 1, **where: Any) -> None:
        """Trouble for the next requests: `error`, `lost` or `slow`, with method, path and seconds."""
        self._call(lambda: self._config.fail_next(kind=kind, times=times, **where))

    def dispute(self, charge: str, *, amount: int | None = None) -> Json:
        """Open a dispute on a charge."""
        return self._call(lambda: self._config.dispute(charge=charge, amount=amount))

    def close_dispute(self, dispute: str, *, won: bool) -> Json:
        """The bank decides a dispute."""
        return self._call(lambda: self._config.close_dispute(dispute, won=won))

    def refund(self, charge: str, *, amount: int | None = None) -> Json:
        """A refund as the dashboard makes it, without metadata of ours."""
        return self._call(lambda: self._config.refund(charge=charge, amount=amount))

    def fail_refund(self, refund: str) -> Json:
        """A refund comes back from the bank."""
        return self._call(lambda: self._config.refund_fails(refund))

    def payout(self, *, amount: int | None = None, arrive: bool = False) -> Json:
        """Pay out all that is available, or `amount` of it."""
        return self._call(lambda: self._config.payout(amount=amount, arrive=arrive))

    def fail_payout(self, payout: str) -> Json:
        """A payout comes back from the bank."""
        return self._call(lambda: self._config.payout_fails(payout))

    def book(self, kind: str, amount: int, *, description: str | None = None) -> Json:
        """An `adjustment` or a `stripe_fee`, in hundredths, negative when money leaves."""
        return self._call(lambda: self._config.book(type=kind, amount=amount, description=description))
