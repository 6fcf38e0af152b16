"""`/me/programmes`: the programmes that somebody pays for."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lumbung.db import db
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import show_date, t
from lumbung.limits import spend
from lumbung.money.agreements import get_agreement, look_again
from lumbung.money.cards import card_words, has_card, look_for_card
from lumbung.money.errors import StripeUnreachable
from lumbung.money.gateway import find_gateway
from lumbung.money.models import AgreementStatus
from lumbung.web.access import SIGNED_IN, access, current_visitor
from lumbung.web.sites import LumbungFlask
from tenants.plans.members import add_member, take_out
from tenants.plans.models import Programme
from tenants.plans.paying import CHECKOUTS, LOOKS, lead_to_card, lead_to_checkout, list_invoices
from tenants.plans.programmes import (
    begin_again,
    cancel_programme,
    change_size,
    check_change,
    choose_first_size,
    continue_programme,
    get_programme,
    list_programmes,
    plan_of,
    size_now,
    withdraw_programme,
)
from tenants.plans.showing import programme_page, said_of, state_of
from tenants.plans.standing import runs_until

programmes = Blueprint(
    "programmes", __name__, url_prefix="/me/programmes", subdomain="hub", template_folder="templates"
)
Page = str | AnyResponse | tuple[str, int]


@programmes.get("")
@access(SIGNED_IN)
def index() -> Page:
    """All programmes of the visitor."""
    account_id = current_visitor().account_id
    assert account_id is not None
    return render_template(
        "plans/programmes.html",
        programmes=list_programmes(db.session, account_id),
        state_of=state_of,
        size_now=size_now,
    )


@programmes.get("/<uuid:programme_id>")
@access(SIGNED_IN)
def show(programme_id: UUID) -> Page:
    """One programme: how it stands, its municipalities, its payments."""
    return _show(_mine(programme_id))


@programmes.post("/<uuid:programme_id>/pay")
@access(SIGNED_IN)
def pay(programme_id: UUID) -> Page:
    """Lead to Stripe's page; a programme that is over begins again by it."""
    programme = _mine(programme_id)
    spend(CHECKOUTS, str(programme.holder_account_id))
    if get_agreement(db.session, programme.agreement_id).status in {AgreementStatus.ENDED, AgreementStatus.ABANDONED}:
        try:
            begin_again(db.session, programme, size=_asked_size() if "size" in request.form else None)
        except (Conflict, Invalid) as error:
            db.session.rollback()
            return _show(_mine(programme_id), refused=_reason(error)), error.status
    return lead_to_checkout(db.session, programme, email=current_visitor().email)


@programmes.get("/<uuid:programme_id>/checking")
@access(SIGNED_IN)
def checking(programme_id: UUID) -> Page:
    """Where Stripe's page leads back to: nothing is believed before Stripe was asked."""
    programme = _mine(programme_id)
    agreement = get_agreement(db.session, programme.agreement_id)
    if agreement.status != AgreementStatus.OPENED:
        return redirect(url_for("programmes.show", programme_id=programme_id), 303)
    look_again(db.session, agreement)
    return render_template("plans/checking.html", programme=programme)


@programmes.get("/<uuid:programme_id>/state")
@access(SIGNED_IN)
def state(programme_id: UUID) -> Response:
    """For the page that waits: still being checked, or on to the programme."""
    programme = _mine(programme_id)
    waiting = get_agreement(db.session, programme.agreement_id).status == AgreementStatus.OPENED
    answer = make_response(render_template("plans/_checking.html"))
    if not waiting:
        answer.headers["HX-Redirect"] = url_for("programmes.show", programme_id=programme_id)
    return answer


@programmes.post("/<uuid:programme_id>/withdraw")
@access(SIGNED_IN)
def withdraw(programme_id: UUID) -> Page:
    """Take it back before its first payment."""
    try:
        withdraw_programme(db.session, _mine(programme_id))
    except (Conflict, StripeUnreachable) as error:
        flash(str(error.message), "warning")
    else:
        flash(t("Dibatalkan; tidak ada yang dibayar.", "Withdrawn; nothing was paid."), "success")
    return redirect(url_for("programmes.show", programme_id=programme_id), 303)


@programmes.post("/<uuid:programme_id>/first-size")
@access(SIGNED_IN)
def first_size(programme_id: UUID) -> Page:
    """Another size before its first payment; a page of Stripe that is open for the former one is closed."""
    programme = _mine(programme_id)
    spend(CHECKOUTS, str(programme.holder_account_id))
    try:
        choose_first_size(db.session, programme, _asked_size())
    except (Conflict, Invalid, StripeUnreachable) as error:
        flash(_reason(error), "warning")
    else:
        flash(t("Ukuran program sudah diubah.", "The size of the programme is changed."), "success")
    return redirect(url_for("programmes.show", programme_id=programme_id), 303)


@programmes.post("/<uuid:programme_id>/card")
@access(SIGNED_IN)
def change_card(programme_id: UUID) -> Page:
    """Lead to Stripe's page for another card."""
    return lead_to_card(db.session, _mine(programme_id))


@programmes.get("/<uuid:programme_id>/card")
@access(SIGNED_IN)
def card_given(programme_id: UUID) -> Page:
    """Where that page leads back to: Stripe is asked which card it is."""
    programme = _mine(programme_id)
    spend(LOOKS, str(programme.holder_account_id))
    if look_for_card(db.session, get_agreement(db.session, programme.agreement_id)):
        flash(card_words(), "success")
    return redirect(url_for("programmes.show", programme_id=programme_id), 303)


@programmes.get("/<uuid:programme_id>/invoices")
@access(SIGNED_IN)
def invoices(programme_id: UUID) -> Page:
    """The invoices that Stripe keeps, each with Stripe's own page of it, where one that failed is paid."""
    programme = _mine(programme_id)
    return render_template("plans/invoices.html", programme=programme, invoices=list_invoices(db.session, programme))


@programmes.post("/<uuid:programme_id>/members")
@access(SIGNED_IN)
def add(programme_id: UUID) -> Page:
    """Take a municipality in."""
    programme = _mine(programme_id)
    try:
        chosen = UUID(request.form.get("municipality_id", ""))
    except ValueError:
        chosen = UUID(int=0)
    try:
        add_member(db.session, programme, chosen)
    except Conflict as error:
        db.session.rollback()
        return _show(_mine(programme_id), refused=str(error.message)), 409
    flash(t("Daerah sudah ikut, dan admin-adminnya diberi tahu.", "It is in; its administrators are told."), "success")
    return redirect(url_for("programmes.show", programme_id=programme_id), 303)


@programmes.post("/<uuid:programme_id>/members/<uuid:joined_id>/remove")
@access(SIGNED_IN)
def remove(programme_id: UUID, joined_id: UUID) -> Page:
    """Let a municipality go."""
    gone = take_out(db.session, _mine(programme_id), joined_id)
    flash(t("{name} tidak lagi ikut.", "{name} is out of the programme.", name=gone.name), "success")
    return redirect(url_for("programmes.show", programme_id=programme_id), 303)


@programmes.get("/<uuid:programme_id>/size")
@access(SIGNED_IN)
def ask_size(programme_id: UUID) -> Page:
    """What a change of the size means, before it is made."""
    programme = _mine(programme_id)
    size = _asked_size()
    try:
        at = check_change(db.session, programme, size)
    except (Conflict, Invalid) as error:
        return _show(programme, refused=_reason(error)), error.status
    return render_template(
        "plans/size.html",
        programme=programme,
        agreement=get_agreement(db.session, programme.agreement_id),
        before=size_now(programme),
        size=size,
        price=plan_of(programme).price_of(size),
        at=at,
    )


@programmes.post("/<uuid:programme_id>/size")
@access(SIGNED_IN)
def set_size(programme_id: UUID) -> Page:
    """Change the size."""
    programme = _mine(programme_id)
    try:
        change_size(db.session, programme, _asked_size())
    except (Conflict, Invalid) as error:
        db.session.rollback()
        return _show(_mine(programme_id), refused=_reason(error)), error.status
    flash(t("Ukuran program sudah diubah.", "The size of the programme is changed."), "success")
    return redirect(url_for("programmes.show", programme_id=programme_id), 303)


@programmes.get("/<uuid:programme_id>/cancel")
@access(SIGNED_IN)
def ask_cancel(programme_id: UUID) -> Page:
    """Until when it runs once it is ended, and what then."""
    programme = _mine(programme_id)
    agreement = get_agreement(db.session, programme.agreement_id)
    return render_template(
        "plans/cancel.html",
        programme=programme,
        agreement=agreement,
        until=runs_until(programme, agreement),
    )


@programmes.post("/<uuid:programme_id>/cancel")
@access(SIGNED_IN)
def cancel(programme_id: UUID) -> Page:
    """End it with the month that is paid."""
    programme = _mine(programme_id)
    cancel_programme(db.session, programme)
    until = runs_until(programme, get_agreement(db.session, programme.agreement_id))
    flash(
        t("Berjalan sampai {day}, lalu berakhir.", "It runs until {day} and is over then.", day=show_date(until))
        if until
        else t("Program akan berakhir.", "It will end."),
        "success",
    )
    return redirect(url_for("programmes.show", programme_id=programme_id), 303)


@programmes.post("/<uuid:programme_id>/continue")
@access(SIGNED_IN)
def go_on(programme_id: UUID) -> Page:
    """Let it go on after all."""
    programme = _mine(programme_id)
    # Ending is never refused; but only what was continued can be ended again, and Stripe is told of each.
    spend(CHECKOUTS, str(programme.holder_account_id))
    continue_programme(db.session, programme)
    flash(t("Program diteruskan setiap bulan.", "The programme goes on every month."), "success")
    return redirect(url_for("programmes.show", programme_id=programme_id), 303)


def _mine(programme_id: UUID) -> Programme:
    return get_programme(db.session, programme_id, account_id=current_visitor().account_id)


def _asked_size() -> int:
    written = request.values.get("size", "")
    return int(written[:6]) if written.isascii() and written.isdigit() else 0


def _reason(error: Conflict | Invalid | StripeUnreachable) -> str:
    if isinstance(error, Invalid):
        return next((texts[0] for texts in error.fields.values()), str(error.message))
    return str(error.message)


def _show(programme: Programme, *, refused: str = "") -> str:
    query = request.args.get("q", "").strip()[:100]
    page = programme_page(db.session, programme, query=query)
    return render_template(
        "plans/programme.html",
        page=page,
        programme=programme,
        agreement=page.agreement,
        state=state_of(page.agreement),
        said=said_of(programme, page.agreement),
        query=query,
        refused=refused,
        ready=find_gateway() is not None,
        has_card=has_card(page.agreement),
        bank=cast(LumbungFlask, current_app).lumbung.bank_account,
    )
