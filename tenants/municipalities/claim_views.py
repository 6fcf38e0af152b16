"""`/claim/<code>` and `/claims`: an officer signs a region up and sees what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lumbung.db import db
from lumbung.errors import Invalid, NotFound
from lumbung.i18n import t
from lumbung.limits import Limit, spend
from lumbung.messages import channel_available
from lumbung.web.access import PUBLIC, SIGNED_IN, access, current_visitor
from tenants.municipalities.agreements import AGREEMENTS, AGREEMENTS_VERSION, PROCESSING, TERMS
from tenants.municipalities.claims import (
    find_open_claim,
    find_refused_claim,
    get_region,
    list_own_claims,
    submit_claim,
    withdraw_claim,
)
from tenants.municipalities.forms import ClaimAnswers, read_claim
from tenants.municipalities.services import find_by_region
from tenants.regions.reference import Regency

claims = Blueprint("claims", __name__, subdomain="hub", template_folder="templates")
Page = str | Response | tuple[str, int]
_CLAIMS = Limit("claims", size=10, seconds=86_400)


@claims.get("/claim/<code>")
@access(SIGNED_IN)
def claim_form(code: str) -> Page:
    """The form, or who to ask when the region takes part already."""
    region = get_region(code)
    municipality = find_by_region(db.session, region.code)
    if municipality is not None:
        return render_template("municipalities/taken.html", region=region, municipality=municipality), 409
    if find_open_claim(db.session, _account_id(), region.code) is not None:
        return redirect(url_for("claims.own"))
    return _form(region, _as_refused(region), {})


@claims.post("/claim/<code>")
@access(SIGNED_IN)
def claim(code: str) -> Page:
    """Send the claim."""
    region = get_region(code)
    spend(_CLAIMS, str(_account_id()))
    answers = ClaimAnswers()
    try:
        answers = read_claim(request.form, request.files.get("evidence_file"))
        answers.require_valid()
        submit_claim(
            db.session,
            _account_id(),
            region.code,
            office=answers.office,
            position=answers.position,
            evidence=answers.evidence,
            accepted=answers.accepted,
            file=answers.file,
        )
    except Invalid as error:
        return _form(region, answers, error.fields), 422
    flash(
        t("Pengajuan terkirim. Pengelola platform akan memeriksanya.", "Your claim was sent and will be examined."),
        "success",
    )
    return redirect(url_for("claims.own"), 303)


@claims.get("/claims")
@access(SIGNED_IN)
def own() -> Page:
    """One's own claims."""
    return render_template(
        "municipalities/own_claims.html",
        claims=list_own_claims(db.session, _account_id()),
        can_mail=channel_available("email"),
    )


@claims.post("/claims/<uuid:claim_id>/withdraw")
@access(SIGNED_IN)
def withdraw(claim_id: UUID) -> Page:
    """Take an open claim back."""
    withdraw_claim(db.session, _account_id(), claim_id)
    flash(t("Pengajuan ditarik.", "The claim was withdrawn."), "success")
    return redirect(url_for("claims.own"), 303)


@claims.get("/agreements/<agreement_id>")
@access(PUBLIC)
def agreement(agreement_id: str) -> Page:
    """One of the two agreements in full."""
    found = AGREEMENTS.get(agreement_id)
    if found is None:
        raise NotFound
    return render_template("municipalities/agreement.html", agreement=found, version=AGREEMENTS_VERSION)


def _as_refused(region: Regency) -> ClaimAnswers:
    """What was written in a claim that was refused, so that only what lacked has to be added."""
    refused = find_refused_claim(db.session, _account_id(), region.code)
    if refused is None:
        return ClaimAnswers()
    return ClaimAnswers(office=refused.office, position=refused.position, evidence=refused.evidence)


def _form(region: Regency, answers: ClaimAnswers, errors: Mapping[str, list[str]]) -> str:
    return render_template(
        "municipalities/claim.html",
        region=region,
        answers=answers,
        errors=errors,
        agreements=(TERMS, PROCESSING),
        can_mail=channel_available("email"),
        refused=find_refused_claim(db.session, _account_id(), region.code),
    )


def _account_id() -> UUID:
    account_id = current_visitor().account_id
    if account_id is None:
        raise NotFound
    return account_id
