"""Stripe's page on which a payer gives another card: nothing else can be done there.

Ending and changing stay with Lumbung, which says what follows. Stripe needs to know what its page allows; that is set
here, not by hand at Stripe, and found again by what it says of itself.
"""

from __future__ import annotations

from typing import Any

from stripe import StripeClient

from lumbung.money import asking
from lumbung.money.asking import digest
from lumbung.money.errors import StripeRefused

_NO: dict[str, Any] = {"enabled": False}
_YES: dict[str, Any] = {"enabled": True}
_ALLOWED: dict[str, Any] = {
    "customer_update": _NO,
    "invoice_history": _YES,
    "payment_method_update": _YES,
    "subscription_cancel": _NO,
    "subscription_update": _NO,
}
_MARK = "lumbung_allows"
_PAGE = 100


class CardPages:
    """Opens pages for another card, and sets what they allow when nobody has yet."""

    def __init__(self, client: StripeClient) -> None:
        self._api = client.v1.billing_portal
        self._configuration: str | None = None

    def open(self, customer_id: str, *, language: str, done_url: str, back_url: str) -> str:
        """The address of a page for this customer, good for one visit soon. Raises StripeRefused, StripeUnreachable."""
        params: dict[str, Any] = {
            "customer": customer_id,
            "return_url": back_url,
            "locale": language,
            "flow_data": {
                "type": "payment_method_update",
                "after_completion": {"type": "redirect", "redirect": {"return_url": done_url}},
            },
        }
        known = self._configuration
        try:
            return self._open(params, known or self._find() or self._make())
        except StripeRefused:
            if known is None:
                raise
            # What this process remembers may have been put out of use at Stripe.
            return self._open(params, self._find() or self._make())

    def _open(self, given: dict[str, Any], configuration: str) -> str:
        params: Any = given | {"configuration": configuration}
        # Without a key of ours: a page is good for one visit, so whoever asks again needs another.
        opened = asking.asked(lambda: self._api.sessions.create(params))
        self._configuration = configuration
        return str(opened.url)

    def _find(self) -> str | None:
        listed = asking.asked(lambda: self._api.configurations.list({"active": True, "limit": _PAGE}))
        mark = digest(_ALLOWED)
        return next((one.id for one in listed.data if one.metadata and one.metadata.to_dict().get(_MARK) == mark), None)

    def _make(self) -> str:
        params: Any = {"features": _ALLOWED, "name": "Lumbung", "metadata": {_MARK: digest(_ALLOWED)}}
        # Two at once make two that allow the same: one of them is found from then on.
        return str(asking.asked(lambda: self._api.configurations.create(params)).id)
