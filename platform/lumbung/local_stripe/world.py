"""Everything that the double knows: objects by kind, its clock, its rules of fees."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from lumbung.local_stripe.clock import Clock
from lumbung.local_stripe.errors import Refused, no_such

API_VERSION = "2026-10-28.endive"
# Half a US dollar is the least that Stripe takes in any currency; Rp 8.000 is about that, in hundredths.
LEAST_AMOUNT = 800_000
MOST_AMOUNT = 999_999_999_999

Json = dict[str, Any]

PREFIXES = {
    "balance_transaction": "txn_",
    "billing_portal.configuration": "bpc_",
    "billing_portal.session": "bps_",
    "charge": "ch_",
    "checkout.session": "cs_test_",
    "customer": "cus_",
    "dispute": "du_",
    "event": "evt_",
    "invoice": "in_",
    "invoice_payment": "inpay_",
    "line_item": "il_",
    "item": "li_",
    "invoiceitem": "ii_",
    "payment_intent": "pi_",
    "payment_method": "pm_",
    "payout": "po_",
    "price": "price_",
    "product": "prod_",
    "refund": "re_",
    "subscription": "sub_",
    "subscription_item": "si_",
    "webhook_endpoint": "we_",
}

_WITH_A_TIME = ("checkout.session", "invoice", "payout", "subscription")
_WITHOUT_MODE = ("balance_transaction", "refund", "subscription_item")


@dataclass
class FeeRules:
    """What Stripe keeps, amounts in hundredths of a rupiah, and when money becomes available."""

    percent: float = 2.9
    fixed: int = 500_000
    tax_percent: float = 0.0
    dispute: int = 15_000_000
    settle_seconds: int = 7 * 86_400


@dataclass
class Asked:
    """The request that is being answered; events name it."""

    ident: str | None = None
    idempotency_key: str | None = None


@dataclass
class World:
    """The state of one account. Changed by one thread alone.

    Keys of an object that begin with an underscore are the double's own and are never shown.
    """

    key: str
    public_base: str = ""
    clock: Clock = field(default_factory=Clock)
    fees: FeeRules = field(default_factory=FeeRules)
    tables: dict[str, dict[str, Json]] = field(default_factory=dict)
    asked: Asked = field(default_factory=Asked)
    # The earliest moment at which something happens by itself; None: look again.
    next_due: int | None = None
    changes: int = 0
    on_event: Callable[[Json], None] | None = None

    def now(self) -> int:
        """The present moment in seconds."""
        return self.clock.now()

    def table(self, kind: str) -> dict[str, Json]:
        """All objects of a kind by id, oldest first."""
        return self.tables.setdefault(kind, {})

    def add(self, kind: str, fields: Json, *, ident: str | None = None) -> Json:
        """A new object: `fields` with its id, kind and moment."""
        ident = ident or PREFIXES[kind] + secrets.token_hex(12)
        made = {"id": ident, "object": kind, "created": self.now(), "livemode": False} | fields
        if kind in _WITHOUT_MODE:
            del made["livemode"]
        self.table(kind)[ident] = made
        self.changes += 1
        if kind in _WITH_A_TIME:
            self.next_due = None
        return made

    def get(self, kind: str, ident: str) -> Json:
        """The object that an address names. Raises `Refused` (404) when there is none."""
        found = self.table(kind).get(ident)
        if found is None:
            raise no_such(kind.replace(".", " "), ident, status=404)
        return found

    def named(self, kind: str, ident: str, param: str) -> Json:
        """The object that the parameter `param` names. Raises `Refused` (400) when there is none."""
        found = self.table(kind).get(ident)
        if found is None:
            raise no_such(kind.replace(".", " "), ident, param=param)
        return found

    def check_filters(self, params: Json, *names: str) -> None:
        """Raises `Refused` (400) when a filter of a list names an object that there is not."""
        for name in names:
            if name in params:
                self.named(name, params[name], name)

    def where(self, kind: str, **equal: Any) -> Iterator[Json]:
        """The objects of a kind whose fields equal these, oldest first."""
        wanted = equal.items()
        for found in list(self.table(kind).values()):
            for name, value in wanted:
                if found.get(name) != value:
                    break
            else:
                yield found

    def changed(self) -> None:
        """Something was changed in place. What brings something due forward forgets `next_due` too."""
        self.changes += 1

    def clear(self) -> None:
        """Forget everything but the webhook endpoints and the rules; the clock is the real one again."""
        kept = self.tables.get("webhook_endpoint", {})
        self.tables = {"webhook_endpoint": kept} if kept else {}
        self.clock.ahead = 0
        self.next_due = None
        self.changed()

    def dump(self) -> str:
        """All of it as JSON."""
        return json.dumps({"ahead": self.clock.ahead, "fees": asdict(self.fees), "tables": self.tables})

    def load(self, dumped: str) -> None:
        """Take over what `dump` wrote. Raises `ValueError` when it is not that."""
        state = json.loads(dumped)
        self.clock.ahead = int(state["ahead"])
        self.fees = FeeRules(**state["fees"])
        self.tables = state["tables"]
        items = self.table("subscription_item")
        for subscription in self.table("subscription").values():
            # One and the same object: a change of an item is seen in its subscription.
            subscription["items"]["data"] = [items[item["id"]] for item in subscription["items"]["data"]]
        self.next_due = None


def public(found: Json) -> Json:
    """An object as Stripe shows it: without the double's own notes."""
    return {
        name: _shown(value) if isinstance(value, dict | list) else value
        for name, value in found.items()
        if not name.startswith("_")
    }


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return public(value) if "object" in value else dict(value)
    return [_shown(element) if isinstance(element, dict | list) else element for element in value]


def check_amount(amount: int, param: str, *, least: int = LEAST_AMOUNT) -> int:
    """`amount` when Stripe would charge it. Raises `Refused` when it is too small or too large."""
    if amount < 0:
        raise Refused("This value must be greater than or equal to 0.", code="parameter_invalid_integer", param=param)
    if amount < least:
        raise Refused("Amount must convert to at least 50 cents.", code="amount_too_small", param=param)
    if amount > MOST_AMOUNT:
        raise Refused(f"Amount must be no more than Rp{MOST_AMOUNT // 100:,}.99", code="amount_too_large", param=param)
    return amount
