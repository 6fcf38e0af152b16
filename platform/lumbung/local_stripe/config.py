"""`/_config/…`: what tests and the demonstration do to the double; answered on this machine alone."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from lumbung.local_stripe import disputes, payouts, portal, refunds
from lumbung.local_stripe.balance import book
from lumbung.local_stripe.due import catch_up
from lumbung.local_stripe.errors import Refused
from lumbung.local_stripe.faults import Fault, Faults
from lumbung.local_stripe.paying import pay
from lumbung.local_stripe.webhooks import Deliveries, undelivered
from lumbung.local_stripe.world import FeeRules, Json, World, public

_LOOPBACK = ("127.0.0.1", "::1")
_OWN_NAMES = (*_LOOPBACK, "localhost")
_BOOKED = ("adjustment", "stripe_fee")


class Config:
    """The handles of one account, by name; `LocalStripe` calls the same ones."""

    def __init__(self, world: World, faults: Faults, deliveries: Deliveries) -> None:
        self._world = world
        self._faults = faults
        self._deliveries = deliveries

    def install(self, app: web.Application) -> None:
        """Put the handles on `app`."""
        posts: dict[str, Callable[..., Any]] = {
            "clock": self.advance,
            "fees": self.set_fees,
            "faults": self.fail_next,
            "reset": self.reset,
            "deliveries": self.pause,
            "deliveries/{ident}": self._deliveries.deliver,
            "pay/{ident}": self.pay,
            "card/{ident}": self.change_card,
            "disputes": self.dispute,
            "disputes/{ident}/close": self.close_dispute,
            "payouts": self.payout,
            "payouts/{ident}/arrive": self.payout_arrives,
            "payouts/{ident}/fail": self.payout_fails,
            "refunds": self.refund,
            "refunds/{ident}/fail": self.refund_fails,
            "balance_transactions": self.book,
        }
        for path, call in posts.items():
            app.router.add_post(f"/_config/{path}", _handler(call))
        app.router.add_get("/_config", _handler(self.overview))
        app.router.add_get("/_config/deliveries", _handler(lambda: {"undelivered": undelivered(self._world)}))
        app.router.add_delete("/_config/faults", _handler(self._faults.clear))

    def overview(self) -> Json:
        """The clock, the rules and how much there is of everything."""
        world = self._world
        return {
            "now": world.now(),
            "ahead": world.clock.ahead,
            "fees": asdict(world.fees),
            "paused": self._deliveries.paused,
            "undelivered": len(world.table("delivery")),
            "objects": {kind: len(found) for kind, found in world.tables.items()},
        }

    def advance(self, *, advance: int) -> Json:
        """Move the clock by `advance` seconds, and do what is due meanwhile. Raises `Refused` for going back."""
        if advance < 0:
            raise Refused("The clock goes forward only.", param="advance")
        self._world.clock.ahead += advance
        self._world.changed()
        catch_up(self._world)
        return {"now": self._world.now()}

    def set_fees(self, **rules: float) -> Json:
        """Other rules of fees, by the names of `FeeRules`; the rest stays."""
        self._world.fees = FeeRules(**(asdict(self._world.fees) | rules))
        self._world.changes += 1
        return asdict(self._world.fees)

    def fail_next(self, **fault: Any) -> None:
        """Trouble for the next requests: see `Fault`."""
        self._faults.add(Fault(**fault))

    def reset(self) -> None:
        """Forget everything but the webhook endpoints."""
        self._world.clear()
        self._world.fees = FeeRules()
        self._faults.clear()
        self.pause(paused=False)

    def pause(self, *, paused: bool) -> None:
        """Hold deliveries back, or let them go on."""
        self._deliveries.paused = paused
        self._deliveries.wake()

    def pay(self, ident: str, **card: str) -> Json:
        """Pay a Checkout without a browser: see `lumbung.local_stripe.paying.pay`."""
        catch_up(self._world)
        return public(pay(self._world, ident, **card))

    def change_card(self, ident: str, **card: str) -> Json:
        """Give another card in a portal session: see `lumbung.local_stripe.portal.change_card`."""
        catch_up(self._world)
        return public(portal.change_card(self._world, ident, **card))

    def dispute(self, **given: Any) -> Json:
        """Open a dispute on a charge."""
        return public(disputes.open_dispute(self._world, **given))

    def close_dispute(self, ident: str, *, won: bool) -> Json:
        """The bank decides a dispute."""
        return public(disputes.close(self._world, ident, won=won))

    def payout(self, *, amount: int | None = None, arrive: bool = False) -> Json:
        """Pay out what is available, or `amount` of it."""
        made = payouts.make(self._world, amount=amount)
        return public(payouts.arrive(self._world, made["id"]) if arrive else made)

    def payout_arrives(self, ident: str) -> Json:
        """A payout reaches the bank at once."""
        return public(payouts.arrive(self._world, ident))

    def payout_fails(self, ident: str) -> Json:
        """A payout comes back."""
        return public(payouts.fail(self._world, ident))

    def refund(self, *, charge: str, amount: int | None = None) -> Json:
        """A refund as the dashboard makes it: without metadata."""
        return public(refunds.create(self._world, {"charge": charge} | ({} if amount is None else {"amount": amount})))

    def refund_fails(self, ident: str) -> Json:
        """A refund comes back."""
        return public(refunds.fail(self._world, ident))

    def book(self, *, type: str, amount: int, description: str | None = None) -> Json:
        """An adjustment, or a fee that Stripe bills by itself; `amount` is negative when money leaves."""
        if type not in _BOOKED:
            raise Refused(f"Only {' and '.join(_BOOKED)} are booked by hand.", param="type")
        category = "fee" if type == "stripe_fee" else "other_adjustment"
        return public(
            book(self._world, amount=amount, kind=type, category=category, source=None, description=description)
        )


def _handler(call: Callable[..., Any]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        # By another name than the machine's own comes a page of the web that had its name lead here.
        if request.remote not in _LOOPBACK or (request.url.host or "") not in _OWN_NAMES:
            return web.json_response({"error": "Only on this machine."}, status=403)
        body = await request.read()
        # A page of the web can send forms anywhere, also empty ones, but not JSON.
        if request.method != "GET" and request.content_type != "application/json":
            return web.json_response({"error": "Send JSON."}, status=415)
        try:
            given = json.loads(body or b"{}")
            answer = call(*request.match_info.values(), **given)
            if isinstance(answer, Awaitable):
                answer = await answer
        except Refused as refusal:
            return web.json_response(refusal.body, status=refusal.status)
        except (TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({} if answer is None else answer)

    return handle
