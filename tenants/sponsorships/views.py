"""`/sponsors`: what sponsors make possible, one sponsorship in full, and becoming a sponsor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lumbung import secrets
from lumbung.db import db
from lumbung.errors import Invalid
from lumbung.limits import Limit, spend
from lumbung.money.agreements import LEAST, MOST
from lumbung.money.gateway import find_gateway
from lumbung.money.statements import public_totals
from lumbung.web.access import PUBLIC, access, current_visitor
from tenants.sponsorships.errors import TargetClosed
from tenants.sponsorships.forms import (
    KINDS,
    LONGEST_MESSAGE,
    SUGGESTED,
    SponsorshipAnswers,
    read_sponsorship,
    shown_sponsor,
)
from tenants.sponsorships.paying import pay_page
from tenants.sponsorships.reading import PAGE, get_shown, list_given_back, list_shown, read_totals, shown_payments
from tenants.sponsorships.services import find_sponsor, open_sponsorship
from tenants.sponsorships.standing import CADENCES, TONES, month_name
from tenants.sponsorships.targets import Target, find_target, get_target, search_targets, target_kinds
from tenants.sponsorships.used import used_by

sponsor_pages = Blueprint(
    "sponsor_pages", __name__, url_prefix="/sponsors", subdomain="hub", template_folder="templates"
)
Page = str | Response | tuple[str, int]
OPENING = Limit("sponsorship-opening", 20, 3600)
_SEALED_FOR = "sponsoring"
_TYPED = ("amount", "other", "cadence", "anonymous", "kind", "name", "city", "website", "message", "about")
_MOST_KEPT = 1_500
WORDS: Mapping[str, Any] = {"cadences": CADENCES, "tones": TONES, "kinds": KINDS, "month_name": month_name}


@sponsor_pages.get("")
@access(PUBLIC)
def listed() -> str:
    """What sponsors make possible."""
    chosen = {name: " ".join(request.args.get(name, "").split())[:100] for name in ("q", "kind", "for", "after")}
    target = find_target(db.session, chosen["for"]) if chosen["for"] else None
    kind = chosen["kind"] if chosen["kind"] in target_kinds() else ""
    page = list_shown(db.session, kind=kind, target=target, words=chosen["q"], after=chosen["after"], limit=PAGE)
    asked = {name: value for name, value in chosen.items() if value and name != "after"}
    older = f"/sponsors?{urlencode({**asked, 'after': page.following})}" if page.following else None
    return render_template(
        "sponsorships/listed.html",
        page=page,
        older=older,
        chosen={**chosen, "kind": kind},
        target=target,
        target_kinds=target_kinds(),
        totals=read_totals(db.session),
        years=() if target or chosen["after"] else public_totals(db.session),
        **WORDS,
    )


@sponsor_pages.get("/<code>")
@access(PUBLIC)
def show(code: str) -> str:
    """The public record of one sponsorship."""
    shown, agreement_id = get_shown(db.session, code)
    return render_template(
        "sponsorships/show.html",
        shown=shown,
        payments=shown_payments(db.session, agreement_id),
        given_back=[one for _, one in list_given_back(db.session, [agreement_id])],
        use=used_by(db.session, shown.target, cadence=shown.cadence, since=shown.since, paid_until=shown.until),
        **WORDS,
    )


@sponsor_pages.get("/new")
@access(PUBLIC)
def new() -> Page:
    """Choose what to sponsor; then how much, and what others may see."""
    named = request.args.get("for", "")
    if not named:
        words = " ".join(request.args.get("q", "").split())[:100]
        targets = search_targets(db.session, words)
        return render_template("sponsorships/choose.html", targets=targets, words=words, labels=target_kinds())
    target = get_target(db.session, named)
    return _form(target, _first_answers(_opened(request.args.get("typed", ""))), {})


@sponsor_pages.post("/new")
@access(PUBLIC)
def begin() -> Page:
    """Open a sponsorship and go to Stripe's page, or to how to pay by bank."""
    target = get_target(db.session, request.form.get("for", ""))
    visitor = current_visitor()
    if visitor.account_id is None:
        back = f"/sponsors/new?{urlencode({'for': target.key, 'typed': _sealed(request.form)})}"
        return redirect(f"/sign-in?{urlencode({'next': back})}", 303)
    spend(OPENING, str(visitor.account_id))
    by_card = find_gateway() is not None
    answers = read_sponsorship(request.form)
    try:
        answers.require_valid()
        own = open_sponsorship(db.session, visitor.account_id, target, answers, by_card=by_card)
    except Invalid as error:
        return _form(target, answers, error.fields), 422
    except TargetClosed as closed:
        flash(str(closed.message), "warning")
        return redirect(url_for("sponsor_pages.new"), 303)
    if own.sponsorship.by_bank:
        return redirect(url_for("own_sponsorships.show", sponsorship_id=own.sponsorship.id), 303)
    return pay_page(db.session, own, email=visitor.email)


def _sealed(form: Mapping[str, str]) -> str:
    """What was typed, for an address that leads through sign-in: nobody reads it on the way, and a browser's session
    begins anew there. As much of it as an address holds; the rest is typed again."""
    kept: dict[str, str] = {}
    for name in _TYPED:
        if len(json.dumps(more := {**kept, name: form.get(name, "")})) <= _MOST_KEPT:
            kept = more
    return secrets.encrypt(json.dumps(kept), context=_SEALED_FOR)


def _opened(sealed: str) -> dict[str, str]:
    try:
        return dict(json.loads(secrets.decrypt(sealed, context=_SEALED_FOR))) if sealed else {}
    except secrets.UndecryptableError:
        return {}


def _first_answers(kept: Mapping[str, str]) -> SponsorshipAnswers:
    visitor = current_visitor()
    sponsor = find_sponsor(db.session, visitor.account_id) if visitor.account_id else None
    asked = {name: request.args[name][:40] for name in ("amount", "cadence") if name in request.args}
    typed = {"amount": str(SUGGESTED[1]), "cadence": "monthly", **asked, **kept}
    if sponsor is not None:
        said = shown_sponsor(sponsor)
        typed = {"anonymous": "1" if sponsor.anonymous else "", **vars(said), **typed}
    answers = read_sponsorship(typed)
    answers.errors, answers.sponsor.errors = {}, {}
    return answers


def _form(target: Target, answers: SponsorshipAnswers, errors: Mapping[str, Any]) -> str:
    return render_template(
        "sponsorships/new.html",
        target=target,
        answers=answers,
        errors=errors,
        by_card=find_gateway() is not None,
        suggested=SUGGESTED,
        least=LEAST,
        most=MOST,
        longest=LONGEST_MESSAGE,
        **WORDS,
    )
