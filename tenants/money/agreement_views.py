"""`/operator/money/agreements`: who agreed to pay, and noting a transfer that came to the bank."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from lumbung.db import db
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import Text, t
from lumbung.money.agreements import RUNNING, get_agreement
from lumbung.money.bank import note_bank_payment
from lumbung.money.models import AgreementStatus
from lumbung.money.payments import payments_of, search_agreements
from lumbung.money.periods import today
from lumbung.money.replacing import successor_of
from lumbung.money.standing import given_back_of
from lumbung.money.subjects import name_subjects
from lumbung.web.access import OPERATOR, access
from tenants.money.blueprint import Page, asked_id, money, own_account
from tenants.money.forms import fresh_key, read_amount, read_key, read_moment
from tenants.money.naming import account_names
from tenants.money.wording import AGREEMENT_KINDS, STATUS

_NO_MONTHS = Text("Isi 1 sampai 12 bulan.", "Enter 1 to 12 months.")


@money.get("/agreements")
@access(OPERATOR)
def agreements() -> Page:
    """Agreements, the newest first."""
    words, status = request.args.get("q", "")[:200], request.args.get("status", "")
    found = search_agreements(db.session, words=words, status=status, before=asked_id("before"))
    return render_template(
        "money/agreements.html",
        found=found,
        words=words,
        status=status,
        states=STATUS,
        state_options=[(state, str(name)) for state, (name, _) in STATUS.items()],
        kinds=AGREEMENT_KINDS,
    )


@money.get("/agreements/<uuid:agreement_id>")
@access(OPERATOR)
def agreement(agreement_id: UUID) -> Page:
    """One agreement, what was paid for it, and the form for a transfer."""
    return _page(agreement_id, {})


@money.post("/agreements/<uuid:agreement_id>/transfer")
@access(OPERATOR)
def note_transfer(agreement_id: UUID) -> Page:
    """Note a transfer that came to the bank."""
    key, form = read_key(request.form), request.form
    try:
        paid = note_bank_payment(
            db.session,
            get_agreement(db.session, agreement_id),
            amount=read_amount(form.get("amount", "")),
            paid_at=read_moment(form.get("paid_on", ""), "paid_on"),
            reference=form.get("reference", ""),
            months=_months(form.get("months", "1")),
            by=own_account(),
            key=key,
        )
    except Invalid as error:
        return _page(agreement_id, error.fields), error.status
    except Conflict as error:
        return _page(agreement_id, {"reference": [str(error.message)]}), error.status
    flash(
        t("Transfer dicatat dengan kuitansi {number}.", "Noted, with receipt {number}.", number=paid.receipt_number),
        "success",
    )
    return redirect(url_for("money.payment", payment_id=paid.id), code=303)


def _months(typed: str) -> int:
    if not typed.isascii() or not typed.isdigit() or len(typed) > 2:
        raise Invalid(fields={"months": [str(_NO_MONTHS)]})
    return int(typed)


def _page(agreement_id: UUID, errors: Mapping[str, list[str]]) -> str:
    found = get_agreement(db.session, agreement_id)
    paid = payments_of(db.session, agreement_id)
    subject = (found.subject_type, found.subject_id)
    successor = successor_of(db.session, found)
    by_stripe = found.status in RUNNING and found.stripe_subscription_id is not None
    return render_template(
        "money/agreement.html",
        agreement=found,
        kinds=AGREEMENT_KINDS,
        states=STATUS,
        subject=name_subjects(db.session, [subject])[subject],
        payments=paid,
        given_back=given_back_of(db.session, [one.id for one in paid]),
        people=account_names(db.session, [found.account_id]),
        can_note=not by_stripe
        and successor is None
        and found.status not in (AgreementStatus.PAID, AgreementStatus.ENDED),
        successor=successor,
        by_stripe=by_stripe,
        key=fresh_key() if not errors else request.form.get("key", ""),
        today=today(),
        errors=errors,
        typed=request.form,
    )
