"""`/me/sponsorships`: what somebody sponsors, with receipts; stopped, continued, changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lumbung.db import db
from lumbung.errors import Conflict, NotFound
from lumbung.i18n import t
from lumbung.limits import Limit, spend
from lumbung.money.agreements import LEAST, MOST, look_again
from lumbung.money.cards import card_words, has_card, look_for_card
from lumbung.money.errors import StripeUnreachable
from lumbung.money.gateway import find_gateway
from lumbung.money.payments import payments_of
from lumbung.settings import Settings
from lumbung.web.access import SIGNED_IN, access, current_visitor
from lumbung.web.attached import send_pdf
from tenants.answers import Answers
from tenants.sponsorships.forms import KINDS, LONGEST_MESSAGE, read_amount, read_sponsor, shown_sponsor
from tenants.sponsorships.paying import card_page, invoice_page, pay_page
from tenants.sponsorships.reading import list_given_back
from tenants.sponsorships.services import (
    Own,
    change_amount,
    change_shown,
    find_sponsor,
    get_own,
    go_on,
    list_own,
    save_sponsor,
    stop,
    withdraw,
)
from tenants.sponsorships.standing import CADENCES, TONES, day_of, last_day, own_standing
from tenants.sponsorships.targets import Target, describe_targets
from tenants.sponsorships.yearly import read_year, report_years
from tenants.sponsorships.yearly_paper import yearly_pdf

own_sponsorships = Blueprint(
    "own_sponsorships", __name__, url_prefix="/me/sponsorships", subdomain="hub", template_folder="templates"
)
Page = str | AnyResponse | tuple[str, int]
PAYING = Limit("sponsorship-paying", 20, 3600)
LOOKING = Limit("sponsorship-looking", 60, 3600)
"""So many times an hour an account may have Stripe asked how it stands."""
WORDS: dict[str, Any] = {
    "cadences": CADENCES,
    "tones": TONES,
    "kinds": KINDS,
    "standing": own_standing,
    "last_day": last_day,
    "day_of": day_of,
}


@own_sponsorships.get("")
@access(SIGNED_IN)
def index() -> Page:
    """Everything that one sponsors, and who one is as a sponsor."""
    return _index({}, None)


@own_sponsorships.post("")
@access(SIGNED_IN)
def save() -> Page:
    """Who one is as a sponsor."""
    said = read_sponsor(request.form)
    if said.errors:
        return _index(said.errors, said), 422
    if find_sponsor(db.session, _account_id()) is None:
        raise NotFound
    save_sponsor(db.session, _account_id(), said)
    flash(
        t("Tersimpan. Begini nama Anda tampak mulai sekarang.", "Saved. This is how you are shown from now on."),
        "success",
    )
    return redirect(url_for("own_sponsorships.index"), 303)


@own_sponsorships.get("/<uuid:sponsorship_id>")
@access(SIGNED_IN)
def show(sponsorship_id: UUID) -> Page:
    """One sponsorship: how it stands, its receipts, and what can be changed."""
    return _page(_mine(sponsorship_id), {}, {})


@own_sponsorships.get("/<uuid:sponsorship_id>/returned")
@access(SIGNED_IN)
def returned(sponsorship_id: UUID) -> Page:
    """Back from Stripe's page: what Stripe says is looked at, not what the browser does."""
    own = _mine(sponsorship_id)
    if own.unpaid:
        look_again(db.session, own.agreement)
    return redirect(url_for("own_sponsorships.show", sponsorship_id=sponsorship_id, back=1), 303)


@own_sponsorships.get("/<uuid:sponsorship_id>/standing")
@access(SIGNED_IN)
def standing(sponsorship_id: UUID) -> Page:
    """The part of the page that waits for the payment."""
    own = _mine(sponsorship_id)
    answer = Response(render_template("sponsorships/_waiting.html", own=own), mimetype="text/html")
    if not own.unpaid:
        answer.headers["HX-Refresh"] = "true"
    return answer


@own_sponsorships.post("/<uuid:sponsorship_id>/pay")
@access(SIGNED_IN)
def pay(sponsorship_id: UUID) -> Page:
    """To Stripe's page, again."""
    own = _mine(sponsorship_id)
    spend(PAYING, str(_account_id()))
    return pay_page(db.session, own, email=current_visitor().email)


@own_sponsorships.post("/<uuid:sponsorship_id>/card")
@access(SIGNED_IN)
def change_card(sponsorship_id: UUID) -> Page:
    """To Stripe's page for another card."""
    own = _mine(sponsorship_id)
    spend(PAYING, str(_account_id()))
    return card_page(own)


@own_sponsorships.get("/<uuid:sponsorship_id>/card")
@access(SIGNED_IN)
def card_given(sponsorship_id: UUID) -> Page:
    """Back from there: Stripe is asked which card it is."""
    own = _mine(sponsorship_id)
    spend(LOOKING, str(_account_id()))
    if look_for_card(db.session, own.agreement):
        flash(card_words(), "success")
    return redirect(url_for("own_sponsorships.show", sponsorship_id=sponsorship_id), 303)


@own_sponsorships.get("/<uuid:sponsorship_id>/invoice")
@access(SIGNED_IN)
def invoice(sponsorship_id: UUID) -> Page:
    """To Stripe's page of what is owed."""
    own = _mine(sponsorship_id)
    spend(LOOKING, str(_account_id()))
    return invoice_page(own)


@own_sponsorships.post("/<uuid:sponsorship_id>/withdraw")
@access(SIGNED_IN)
def take_back(sponsorship_id: UUID) -> Page:
    """Take back what was not paid yet."""
    own = _mine(sponsorship_id)
    try:
        withdraw(db.session, own)
    except (Conflict, StripeUnreachable) as error:
        flash(str(error.message), "warning")
        return redirect(url_for("own_sponsorships.show", sponsorship_id=sponsorship_id), 303)
    flash(t("Dibatalkan; tidak ada yang dibayar.", "Withdrawn; nothing was paid."), "success")
    return redirect(url_for("own_sponsorships.index"), 303)


@own_sponsorships.get("/<uuid:sponsorship_id>/stop")
@access(SIGNED_IN)
def ask_stop(sponsorship_id: UUID) -> Page:
    """Says until when it runs, and asks."""
    own = _mine(sponsorship_id)
    if not own.running or own.agreement.cancel_at_period_end:
        return redirect(url_for("own_sponsorships.show", sponsorship_id=sponsorship_id), 303)
    return render_template("sponsorships/stop.html", own=own, target=_target(own), **WORDS)


@own_sponsorships.post("/<uuid:sponsorship_id>/stop")
@access(SIGNED_IN)
def stop_now(sponsorship_id: UUID) -> Page:
    """Let it end with the paid month."""
    own = _mine(sponsorship_id)
    return _changed(
        own,
        lambda: stop(db.session, own),
        t("Dihentikan; tidak ada lagi yang ditagih.", "Stopped; nothing is charged any more."),
    )


@own_sponsorships.post("/<uuid:sponsorship_id>/continue")
@access(SIGNED_IN)
def continue_after_all(sponsorship_id: UUID) -> Page:
    """Let it go on after all."""
    own = _mine(sponsorship_id)
    # Stopping is never refused; but only what was continued can be stopped again, and Stripe is told of each.
    spend(PAYING, str(_account_id()))
    return _changed(
        own, lambda: go_on(db.session, own, _target(own)), t("Dilanjutkan. Terima kasih.", "It goes on. Thank you.")
    )


@own_sponsorships.post("/<uuid:sponsorship_id>/amount")
@access(SIGNED_IN)
def new_amount(sponsorship_id: UUID) -> Page:
    """Another amount from the next month on."""
    own = _mine(sponsorship_id)
    answers = Answers(request.form)
    amount = read_amount(answers, "amount", request.form.get("amount", ""))
    if answers.errors:
        return _page(own, answers.errors, request.form), 422
    spend(PAYING, str(_account_id()))
    return _changed(
        own,
        lambda: change_amount(db.session, own, amount),
        t("Jumlah baru berlaku mulai bulan depan.", "The new amount holds from the next month on."),
    )


@own_sponsorships.post("/<uuid:sponsorship_id>/shown")
@access(SIGNED_IN)
def shown(sponsorship_id: UUID) -> Page:
    """What others see of it."""
    own = _mine(sponsorship_id)
    answers = Answers(request.form)
    message = answers.text("message", most=LONGEST_MESSAGE, optional=True)
    if answers.errors:
        return _page(own, answers.errors, request.form), 422
    anonymous = answers.ticked("anonymous")
    return _changed(
        own, lambda: change_shown(db.session, own, anonymous=anonymous, message=message), t("Tersimpan.", "Saved.")
    )


@own_sponsorships.get("/report/<int:year>.pdf")
@access(SIGNED_IN)
def report(year: int) -> Response:
    """The report of a year."""
    found = read_year(db.session, _account_id(), year)
    return send_pdf(yearly_pdf(found), f"laporan-sponsor-{year}")


def _changed(own: Own, change: Any, said: str) -> AnyResponse:
    try:
        change()
        flash(said, "success")
    except Conflict as error:
        flash(str(error.message), "warning")
    return redirect(url_for("own_sponsorships.show", sponsorship_id=own.sponsorship.id), 303)


def _index(errors: Any, typed: Any) -> str:
    owned = list_own(db.session, _account_id())
    sponsor = find_sponsor(db.session, _account_id())
    targets = describe_targets(db.session, {(one.sponsorship.target_type, one.sponsorship.target_id) for one in owned})
    return render_template(
        "sponsorships/mine.html",
        owned=owned,
        targets=targets,
        sponsor=sponsor,
        said=typed or shown_sponsor(sponsor),
        errors=errors,
        years=report_years(db.session, _account_id()),
        **WORDS,
    )


def _page(own: Own, errors: Any, typed: Any) -> str:
    settings: Settings = current_app.lumbung  # type: ignore[attr-defined]
    return render_template(
        "sponsorships/own.html",
        own=own,
        target=_target(own),
        payments=payments_of(db.session, own.agreement.id),
        given_back=[one for _, one in list_given_back(db.session, [own.agreement.id])],
        came_back=request.args.get("back") == "1",
        can_pay=find_gateway() is not None,
        has_card=has_card(own.agreement),
        bank=settings.bank_account,
        errors=errors,
        typed=typed,
        least=LEAST,
        most=MOST,
        longest=LONGEST_MESSAGE,
        **WORDS,
    )


def _target(own: Own) -> Target:
    about = (own.sponsorship.target_type, own.sponsorship.target_id)
    return describe_targets(db.session, {about})[about]


def _mine(sponsorship_id: UUID) -> Own:
    return get_own(db.session, _account_id(), sponsorship_id)


def _account_id() -> UUID:
    account_id = current_visitor().account_id
    if account_id is None:
        raise NotFound
    return account_id
