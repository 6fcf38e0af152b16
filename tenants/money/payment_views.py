"""`/operator/money/payments`: what was paid, and giving some or all of it back."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from lumbung.db import db
from lumbung.errors import BadRequest, Invalid
from lumbung.i18n import Text, t
from lumbung.money.agreements import get_agreement
from lumbung.money.errors import RefundRefused
from lumbung.money.models import Refund
from lumbung.money.payments import list_payments, refunds_of
from lumbung.money.refunds import ask_refund, get_payment, refundable
from lumbung.money.standing import standing_of
from lumbung.money.subjects import name_subjects
from lumbung.web.access import OPERATOR, access
from tenants.money.blueprint import Page, asked_id, money, own_account
from tenants.money.forms import read_amount
from tenants.money.naming import account_names

LONGEST_REASON = 300


@money.get("/payments")
@access(OPERATOR)
def payments() -> Page:
    """Payments, the newest first."""
    words = request.args.get("q", "")[:200]
    found = list_payments(db.session, words=words, before=asked_id("before"))
    return render_template("money/payments.html", found=found, words=words)


@money.get("/payments/<uuid:payment_id>")
@access(OPERATOR)
def payment(payment_id: UUID) -> Page:
    """One payment: its agreement and receipt, what went back, and the form to give back."""
    again = asked_id("again")
    return _page(payment_id, {}, again=again)


@money.post("/payments/<uuid:payment_id>/refund")
@access(OPERATOR)
def refund(payment_id: UUID) -> Page:
    """Ask that some or all of it go back."""
    try:
        amount, reason, seen = _read()
        asked = ask_refund(db.session, payment_id, amount=amount, reason=reason, seen=seen, by=own_account())
    except Invalid as error:
        return _page(payment_id, error.fields), error.status
    except RefundRefused as error:
        return _page(payment_id, {"amount": [str(error.message)]}), error.status
    flash(_told(asked), "success")
    return redirect(url_for("money.payment", payment_id=payment_id), code=303)


def _read() -> tuple[int, str, int]:
    reason = request.form.get("reason", "").strip()
    wrong: dict[str, list[str]] = {}
    amount = 0
    try:
        amount = read_amount(request.form.get("amount", ""))
    except Invalid as error:
        wrong.update({name: list(told) for name, told in error.fields.items()})
    if not reason or len(reason) > LONGEST_REASON:
        text = Text("Tulis alasannya, paling banyak 300 huruf.", "Give the reason, in at most 300 characters.")
        wrong["reason"] = [str(text)]
    if wrong:
        raise Invalid(fields=wrong)
    try:
        seen = int(request.form.get("seen", ""))
    except ValueError as error:
        raise BadRequest from error
    return amount, reason, seen


def _told(asked: Refund) -> str:
    if asked.done_at is not None:
        return t(
            "Pengembalian dicatat. Kirim uangnya dari rekening bank.",
            "The refund is noted. Send the money from the bank account.",
        )
    return t(
        "Pengembalian diminta. Stripe mengerjakannya; hasilnya tampak di halaman ini.",
        "The refund is asked for. Stripe carries it out; what came of it shows on this page.",
    )


def _page(payment_id: UUID, errors: Mapping[str, list[str]], *, again: UUID | None = None) -> str:
    found = get_payment(db.session, payment_id)
    refunds = refunds_of(db.session, payment_id)
    agreement = get_agreement(db.session, found.agreement_id)
    subject = (agreement.subject_type, agreement.subject_id)
    failed = next((one for one in refunds if one.id == again), None)
    typed = {"amount": failed.amount, "reason": failed.reason} if failed is not None else request.form
    return render_template(
        "money/payment.html",
        payment=found,
        standing=standing_of(db.session, found),
        agreement=agreement,
        subject=name_subjects(db.session, [subject])[subject],
        refunds=refunds,
        refundable=refundable(db.session, found),
        people=account_names(db.session, [agreement.account_id, *(one.asked_by for one in refunds)]),
        errors=errors,
        typed=typed,
    )
