"""The way to Stripe's pages: to pay, for another card, and for an invoice that is owed."""

from __future__ import annotations

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from lumbung.db.tenancy import AnySession
from lumbung.i18n import t
from lumbung.money.agreements import start_checkout
from lumbung.money.cards import open_card_page, open_invoice_page
from lumbung.money.errors import CannotChange, MoneyNotReady, StripeRefused, StripeUnreachable
from lumbung.web.sites import url_on_hub
from tenants.sponsorships.services import Own


def pay_page(session: AnySession, own: Own, *, email: str) -> Response:
    """Lead to Stripe's page; when Stripe cannot, to the sponsorship's own page, which says so."""
    page = url_for("own_sponsorships.show", sponsorship_id=own.sponsorship.id)
    try:
        address = start_checkout(
            session,
            own.agreement,
            email=email,
            success_url=url_on_hub("own_sponsorships.returned", sponsorship_id=own.sponsorship.id),
            cancel_url=url_on_hub("own_sponsorships.show", sponsorship_id=own.sponsorship.id),
        )
    except (CannotChange, MoneyNotReady, StripeRefused, StripeUnreachable) as error:
        flash(str(error.message), "warning")
        return redirect(page, 303)
    return redirect(address, 303)


def card_page(own: Own) -> Response:
    """Lead to Stripe's page for another card; when Stripe cannot, to the sponsorship's own page, which says so."""
    page = url_for("own_sponsorships.show", sponsorship_id=own.sponsorship.id)
    try:
        address = open_card_page(
            own.agreement,
            done_url=url_on_hub("own_sponsorships.card_given", sponsorship_id=own.sponsorship.id),
            back_url=url_on_hub("own_sponsorships.show", sponsorship_id=own.sponsorship.id),
        )
    except (CannotChange, MoneyNotReady, StripeRefused, StripeUnreachable) as error:
        flash(str(error.message), "warning")
        return redirect(page, 303)
    return redirect(address, 303)


def invoice_page(own: Own) -> Response:
    """Lead to Stripe's page of the oldest invoice that is not paid, where any card pays it; without one, or when Stripe
    cannot, to the sponsorship's own page, which says so."""
    page = url_for("own_sponsorships.show", sponsorship_id=own.sponsorship.id)
    try:
        address = open_invoice_page(own.agreement)
    except (MoneyNotReady, StripeRefused, StripeUnreachable) as error:
        flash(str(error.message), "warning")
        return redirect(page, 303)
    if address is None:
        flash(t("Tidak ada tagihan yang belum dibayar.", "No invoice waits to be paid."), "success")
        return redirect(page, 303)
    return redirect(address, 303)
