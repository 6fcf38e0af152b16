"""`/operator`: claims to decide on, and the addresses and states of municipalities."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lumbung.db import db
from lumbung.errors import Invalid
from lumbung.i18n import t
from lumbung.web.access import OPERATOR, access, current_visitor
from tenants.municipalities.claims import ClaimView, get_claim, get_evidence, list_claims
from tenants.municipalities.decisions import approve_claim, refuse_claim
from tenants.municipalities.models import Municipality
from tenants.municipalities.notices import operator_sections
from tenants.municipalities.services import change_slug, get_by_region, list_municipalities, set_status

operator = Blueprint("operator", __name__, url_prefix="/operator", subdomain="hub", template_folder="templates")
Page = str | AnyResponse | tuple[str, int]


@operator.get("/claims")
@access(OPERATOR)
def claims() -> Page:
    """Open claims, or those decided."""
    decided = request.args.get("show") == "decided"
    return render_template(
        "municipalities/operator_claims.html", claims=list_claims(db.session, decided=decided), decided=decided
    )


@operator.get("/claims/<uuid:claim_id>")
@access(OPERATOR)
def claim(claim_id: UUID) -> Page:
    """One claim with its evidence."""
    return _claim_page(get_claim(db.session, claim_id), {})


@operator.get("/claims/<uuid:claim_id>/evidence")
@access(OPERATOR)
def evidence(claim_id: UUID) -> Response:
    """The file that was shown with a claim."""
    file = get_evidence(db.session, claim_id)
    response = Response(file.data, mimetype=file.content_type)
    response.headers.set("Content-Disposition", "inline" if file.content_type != "application/pdf" else "attachment")
    response.headers["Content-Disposition"] += f'; filename="bukti-{claim_id}.{file.content_type.rpartition("/")[2]}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@operator.post("/claims/<uuid:claim_id>/approve")
@access(OPERATOR)
def approve(claim_id: UUID) -> Page:
    """Found the municipality."""
    slug = request.form.get("slug", "").strip().lower()
    try:
        municipality = approve_claim(db.session, claim_id, operator_id=current_visitor().account_id, slug=slug)
    except Invalid as error:
        return _claim_page(get_claim(db.session, claim_id), error.fields), 422
    flash(t("{name} bergabung di Lumbung.", "{name} has joined Lumbung.", name=municipality.name), "success")
    return redirect(url_for("operator.claims"), 303)


@operator.post("/claims/<uuid:claim_id>/refuse")
@access(OPERATOR)
def refuse(claim_id: UUID) -> Page:
    """Refuse with a reason."""
    reason = request.form.get("reason", "").strip()[:2000]
    try:
        refuse_claim(db.session, claim_id, operator_id=current_visitor().account_id, reason=reason)
    except Invalid as error:
        return _claim_page(get_claim(db.session, claim_id), error.fields), 422
    flash(
        t("Pengajuan ditolak; alasannya dapat dibaca pengaju.", "The claim was refused; the claimant can read why."),
        "success",
    )
    return redirect(url_for("operator.claims"), 303)


@operator.get("/municipalities")
@access(OPERATOR)
def municipalities() -> Page:
    """All municipalities."""
    found = sorted(list_municipalities(db.session).values(), key=lambda municipality: municipality.name)
    return render_template("municipalities/operator_municipalities.html", municipalities=found)


@operator.get("/municipalities/<code>")
@access(OPERATOR)
def municipality(code: str) -> Page:
    """One municipality: its address and state."""
    return _municipality_page(get_by_region(db.session, code), {})


@operator.post("/municipalities/<code>/slug")
@access(OPERATOR)
def slug(code: str) -> Page:
    """Move it to another address; the old one is retired."""
    found = get_by_region(db.session, code)
    try:
        change_slug(db.session, found, request.form.get("slug", "").strip().lower())
    except Invalid as error:
        return _municipality_page(found, error.fields), 422
    flash(t("Alamat portal sekarang {slug}.", "The portal’s address is now {slug}.", slug=found.slug), "success")
    return redirect(url_for("operator.municipality", code=code), 303)


@operator.post("/municipalities/<code>/status")
@access(OPERATOR)
def status(code: str) -> Page:
    """Close a portal for the time being, or let it continue."""
    found = get_by_region(db.session, code)
    wanted = request.form.get("status", "")
    if wanted == "suspended":
        set_status(db.session, found, "suspended")
        flash(t("Portal ditutup sementara.", "The portal is closed for the time being."), "success")
    elif wanted == "resumed" and found.status == "suspended":
        set_status(db.session, found, "active" if found.activated_at else "preparing")
        flash(t("Portal dilanjutkan.", "The portal continues."), "success")
    return redirect(url_for("operator.municipality", code=code), 303)


def _claim_page(view: ClaimView, errors: Mapping[str, list[str]]) -> str:
    return render_template(
        "municipalities/operator_claim.html",
        view=view,
        errors=errors,
        slug=request.form.get("slug", view.region.slug),
        reason=request.form.get("reason", ""),
    )


def _municipality_page(found: Municipality, errors: Mapping[str, list[str]]) -> str:
    return render_template(
        "municipalities/operator_municipality.html",
        municipality=found,
        errors=errors,
        slug=request.form.get("slug", found.slug),
        sections=operator_sections(db.session, found),
    )
