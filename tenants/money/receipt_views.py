"""`/receipts`: whether a receipt is genuine, for anybody who holds it; the paper for its payer."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lumbung.codes import normalise
from lumbung.db import db
from lumbung.web.access import PUBLIC, SIGNED_IN, access, current_visitor
from lumbung.web.attached import send_pdf
from tenants.money.receipts import UnknownReceipt, look_up_receipt, own_receipt, receipt_pdf

receipts = Blueprint("receipts", __name__, subdomain="hub", url_prefix="/receipts", template_folder="templates")


@receipts.get("")
@access(PUBLIC)
def ask() -> Response:
    """Ask for the code of a receipt."""
    return _answer(render_template("money/receipt_ask.html", code="", error=None))


@receipts.post("")
@access(PUBLIC)
def look_up() -> AnyResponse:
    """Lead to the receipt of a code."""
    code = request.form.get("code", "")[:200]
    try:
        found = look_up_receipt(db.session, code, current_visitor())
    except UnknownReceipt as error:
        return _unknown(code, error)
    return redirect(url_for("receipts.show", code=found.standing.payment.receipt_code), 303)


@receipts.get("/<code>")
@access(PUBLIC)
def show(code: str) -> Response:
    """Number, date, amount and what it is for: where its QR code leads."""
    return _show(code, None)


@receipts.post("/<code>")
@access(PUBLIC)
def compare(code: str) -> Response:
    """The same, with whether it was made out to the name that was sent. Nothing of it is kept."""
    return _show(code, request.form.get("name", "")[:300])


@receipts.get("/<code>.pdf")
@access(SIGNED_IN)
def paper(code: str) -> Response:
    """The receipt with the payer's name, for the payer and operators."""
    found = own_receipt(db.session, code, current_visitor())
    return send_pdf(receipt_pdf(found), found.standing.payment.receipt_number.replace("/", "-"))


def _show(code: str, name: str | None) -> Response:
    try:
        found = look_up_receipt(db.session, code, current_visitor())
    except UnknownReceipt as error:
        return _unknown(code, error)
    same = found.same_name(name) if name and name.strip() else None
    none_sent = name is not None and same is None
    page = render_template("money/receipt.html", receipt=found, name=name or "", same=same, none_sent=none_sent)
    return _answer(page, 422 if none_sent else 200)


def _unknown(code: str, error: UnknownReceipt) -> Response:
    page = render_template("money/receipt_ask.html", code=normalise(code) or code[:80], error=str(error.message))
    return _answer(page, error.status)


def _answer(page: str, status: int = 200) -> Response:
    response = Response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
