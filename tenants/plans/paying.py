"""From a programme to Stripe's page, and back."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from lumbung.db.tenancy import AnySession
from lumbung.limits import Limit, spend
from lumbung.money.agreements import get_agreement, start_checkout
from lumbung.money.asking import somebody_waits
from lumbung.money.cards import open_card_page
from lumbung.money.errors import CannotChange, MoneyNotReady, StripeRefused, StripeUnreachable
from lumbung.money.gateway import find_gateway
from lumbung.money.told import Invoice
from lumbung.web.sites import url_on_hub
from tenants.plans.models import Programme

CHECKOUTS = Limit("checkout", 20, 3600)
"""So many times an hour an account may be led to Stripe."""


LOOKS = Limit("stripe-invoices", 60, 3600)
"""So many times an hour an account may have Stripe asked for its invoices, or for its card."""


def list_invoices(session: AnySession, programme: Programme) -> Sequence[Invoice]:
    """The invoices that Stripe has for a programme, the newest first; none for one that is paid by bank.

    Raises TooMany, StripeUnreachable, StripeRefused.
    """
    agreement = get_agreement(session, programme.agreement_id, account_id=programme.holder_account_id)
    gateway = find_gateway()
    if gateway is None or agreement.stripe_subscription_id is None:
        return []
    spend(LOOKS, str(programme.holder_account_id))
    with somebody_waits():
        return gateway.invoices_of(agreement.stripe_subscription_id)


def lead_to_checkout(session: AnySession, programme: Programme, *, email: str) -> AnyResponse:
    """Lead to the page of Stripe on which a programme is paid; where that cannot be now, to the programme's own page,
    which says so. Nothing that was typed is lost then. What limits who calls it is spent
    before."""
    agreement = get_agreement(session, programme.agreement_id, account_id=programme.holder_account_id)
    try:
        address = start_checkout(
            session,
            agreement,
            email=email,
            success_url=url_on_hub("programmes.checking", programme_id=programme.id),
            cancel_url=url_on_hub("programmes.show", programme_id=programme.id),
        )
    except (MoneyNotReady, StripeUnreachable, StripeRefused, CannotChange) as error:
        flash(str(error.message), "warning")
        return redirect(url_for("programmes.show", programme_id=programme.id), 303)
    return redirect(address, 303)


def lead_to_card(session: AnySession, programme: Programme) -> AnyResponse:
    """Lead to the page of Stripe on which another card is given; where that cannot be now, to the programme's own page,
    which says so. Raises TooMany."""
    spend(CHECKOUTS, str(programme.holder_account_id))
    try:
        address = open_card_page(
            get_agreement(session, programme.agreement_id, account_id=programme.holder_account_id),
            done_url=url_on_hub("programmes.card_given", programme_id=programme.id),
            back_url=url_on_hub("programmes.show", programme_id=programme.id),
        )
    except (MoneyNotReady, StripeUnreachable, StripeRefused, CannotChange) as error:
        flash(str(error.message), "warning")
        return redirect(url_for("programmes.show", programme_id=programme.id), 303)
    return redirect(address, 303)
