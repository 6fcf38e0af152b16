"""`/manage/evaluations`: a municipality judges the apps that it runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app_catalog.evaluations.criteria import CRITERIA
from app_catalog.evaluations.facts import told_facts
from app_catalog.evaluations.models import Evaluation
from app_catalog.evaluations.services import (
    access_evaluation,
    list_evaluations,
    save_draft,
    start_evaluation,
    submit_evaluation,
    usual_period,
)
from app_catalog.evaluations.telling import tell_maintainers
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import Installation
from app_catalog.installations.names import shown_name
from app_catalog.installations.services import access_installation, get_installation, list_installations
from app_catalog.releases.models import App
from app_catalog.requests.reading import list_of_evaluation
from app_catalog.requests.services import file_points
from app_catalog.requests.wording import KINDS, STATES, TONES
from app_catalog.reviews.asking import review_notice
from app_catalog.reviews.services import replies_for
from lumbung.db import db, now
from lumbung.errors import Invalid
from lumbung.i18n import t
from lumbung.web.access import EVALUATOR, access, current_visitor
from lumbung.web.sites import current_municipality

evaluations = Blueprint(
    "evaluations", __name__, url_prefix="/manage/evaluations", subdomain="portal", template_folder="templates"
)
Page = str | Response | tuple[str, int]


@evaluations.get("")
@access(EVALUATOR)
def overview() -> Page:
    """Drafts and submitted evaluations, and the form that starts a new one."""
    return _overview({}, request.args)


@evaluations.post("")
@access(EVALUATOR)
def start() -> Page:
    """Start a draft for an app and a period."""
    try:
        first, last = _day("first"), _day("last")
        evaluation = start_evaluation(
            db.session,
            current_visitor(),
            access_installation(db.session, request.form.get("app", "")),
            first=first,
            last=last,
        )
    except Invalid as error:
        return _overview(error.fields, request.form), 422
    return redirect(url_for("evaluations.edit", evaluation_id=evaluation.id), 303)


@evaluations.get("/<uuid:evaluation_id>")
@access(EVALUATOR)
def edit(evaluation_id: UUID) -> Page:
    """The draft to write in, or the submitted evaluation to read and print."""
    evaluation = access_evaluation(db.session, evaluation_id)
    if evaluation.status == "submitted":
        return _page(
            "evaluations/submitted.html",
            evaluation,
            reply=_reply(evaluation),
            filed=list_of_evaluation(db.session, evaluation.app_id, evaluation.id),
            kinds=KINDS,
            states=STATES,
            tones=TONES,
        )
    return _page("evaluations/draft.html", evaluation, errors={})


@evaluations.post("/<uuid:evaluation_id>")
@access(EVALUATOR)
def write(evaluation_id: UUID) -> Page:
    """Keep the draft, or submit it."""
    evaluation = access_evaluation(db.session, evaluation_id)
    save_draft(db.session, evaluation, request.form)
    if request.form.get("step") != "submit":
        flash(t("Draf disimpan.", "Draft saved."), "success")
        return redirect(url_for("evaluations.edit", evaluation_id=evaluation_id), 303)
    installation = get_installation(db.session, evaluation.installation_id)
    with_facts = request.form.get("with_facts") == "1"
    try:
        published = submit_evaluation(db.session, evaluation, with_facts=with_facts, installation=installation)
    except Invalid as error:
        # The draft is worth keeping although it cannot be submitted yet.
        db.session.commit()
        return _page("evaluations/draft.html", evaluation, errors=error.fields), 422
    if request.form.get("file_points") == "1":
        file_points(db.session, current_visitor(), installation, published)
    app = db.session.get_one(App, evaluation.app_id)
    tell_maintainers(db.session, app, who=published.municipality_name, what="evaluation")
    flash(t("Evaluasi terkirim dan tampil di katalog.", "The evaluation is submitted and public."), "success")
    return redirect(url_for("evaluations.edit", evaluation_id=evaluation_id), 303)


def _overview(errors: Mapping[str, list[str]], values: Mapping[str, str]) -> str:
    today = now().astimezone(ZoneInfo(current_municipality().timezone)).date()
    first, last = usual_period(today)
    installations = list_installations(db.session, with_disabled=True)
    began = min((found.enabled_at.date() for found in installations), default=first)
    if last < began <= today:
        # Nothing ran in that half-year yet: what can be judged is the time since.
        first, last = began, today
    names = {found.id: _name(found) for found in installations}
    return render_template(
        "evaluations/overview.html",
        evaluations=list_evaluations(db.session),
        names=names,
        apps=[(found.slug, names[found.id]) for found in installations],
        chosen=values.get("app", installations[0].slug if installations else ""),
        first=values.get("first") or first.isoformat(),
        last=values.get("last") or last.isoformat(),
        today=today.isoformat(),
        notice=review_notice(db.session),
        errors=errors,
    )


def _page(template: str, evaluation: Evaluation, **more: object) -> str:
    return render_template(
        template,
        evaluation=evaluation,
        name=_name(get_installation(db.session, evaluation.installation_id)),
        criteria=CRITERIA,
        facts=told_facts(evaluation.facts),
        app=db.session.get_one(App, evaluation.app_id),
        **more,
    )


def _name(installation: Installation) -> str:
    return shown_name(installation, definition_by_digest(db.session, installation.definition_digest))


def _reply(evaluation: Evaluation) -> object:
    return replies_for(db.session, evaluation.app_id).get(evaluation.id)


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError as error:
        raise Invalid(fields={name: [t("Isi tanggalnya.", "Enter the date.")]}) from error
