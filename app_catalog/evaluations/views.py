"""`/manage/evaluations`: a municipality judges the apps that it runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app_catalog.campaigns.days import is_open
from app_catalog.campaigns.services import access_asked, find_campaign, list_asked
from app_catalog.evaluations.comparison import LEAST_LIKE, compare_evaluation
from app_catalog.evaluations.evidence import (
    ACCEPTED,
    MOST_FILES,
    MOST_MB,
    keep_evidence,
    list_evidence,
    remove_evidence,
)
from app_catalog.evaluations.facts import told_facts
from app_catalog.evaluations.models import Evaluation
from app_catalog.evaluations.papers import comparison_note
from app_catalog.evaluations.rubric import rubric_from
from app_catalog.evaluations.services import (
    access_evaluation,
    list_evaluations,
    save_draft,
    start_evaluation,
    start_for_campaign,
    usual_period,
)
from app_catalog.evaluations.submitting import submit_evaluation
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
from lumbung.limits import Limit, spend
from lumbung.web.access import EVALUATOR, access, current_visitor
from lumbung.web.sites import current_municipality

evaluations = Blueprint(
    "evaluations", __name__, url_prefix="/manage/evaluations", subdomain="portal", template_folder="templates"
)
Page = str | Response | tuple[str, int]
SENDING = Limit("evaluation-evidence", 100, 3600)
STARTING = Limit("evaluation-starting", 40, 3600)
"""Each evaluation that is begun is counted from history, and may file twenty requests when it is submitted."""


@evaluations.get("")
@access(EVALUATOR)
def overview() -> Page:
    """Drafts and submitted evaluations, and the form that starts a new one."""
    return _overview({}, request.args)


@evaluations.post("")
@access(EVALUATOR)
def start() -> Page:
    """Start a draft for an app and a period."""
    spend(STARTING, str(current_visitor().account_id))
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


@evaluations.post("/campaigns/<uuid:campaign_id>")
@access(EVALUATOR)
def answer(campaign_id: UUID) -> Page:
    """Begin to answer a campaign about an app, or go on."""
    asked = access_asked(db.session, campaign_id, request.form.get("app", ""))
    if (evaluation := asked.evaluation) is None:
        spend(STARTING, str(current_visitor().account_id))
        evaluation = start_for_campaign(db.session, current_visitor(), asked.installation, asked.campaign)
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
    return _draft_page(evaluation, {})


@evaluations.post("/<uuid:evaluation_id>")
@access(EVALUATOR)
def write(evaluation_id: UUID) -> Page:
    """Keep the draft and its evidence, or submit it."""
    evaluation = access_evaluation(db.session, evaluation_id)
    save_draft(db.session, evaluation, request.form)
    try:
        _take_evidence(evaluation)
        if request.form.get("step") == "submit":
            return _submit(evaluation)
    except Invalid as error:
        # The draft is worth keeping although it cannot be submitted yet, or a file did not fit.
        db.session.commit()
        return _draft_page(access_evaluation(db.session, evaluation_id), error.fields), 422
    flash(t("Draf disimpan.", "Draft saved."), "success")
    return redirect(url_for("evaluations.edit", evaluation_id=evaluation_id), 303)


def _submit(evaluation: Evaluation) -> Page:
    installation = get_installation(db.session, evaluation.installation_id)
    published = submit_evaluation(
        db.session,
        evaluation,
        with_facts=request.form.get("with_facts") == "1",
        installation=installation,
        public=request.form.get("public") == "1",
        with_evidence=request.form.get("with_evidence") == "1",
    )
    if request.form.get("file_points") == "1":
        file_points(db.session, current_visitor(), installation, published)
    app = db.session.get_one(App, evaluation.app_id)
    if evaluation.public:
        tell_maintainers(db.session, app, who=published.municipality_name, what="evaluation")
        flash(t("Evaluasi terkirim dan tampil di katalog.", "The evaluation is submitted and public."), "success")
    else:
        flash(t("Evaluasi terkirim.", "The evaluation is submitted."), "success")
    return redirect(url_for("evaluations.edit", evaluation_id=evaluation.id), 303)


def _take_evidence(evaluation: Evaluation) -> None:
    remove_evidence(db.session, evaluation, request.form.getlist("remove"))
    uploads = {
        one.id: [upload for upload in request.files.getlist(f"evidence_{one.id}") if upload.filename]
        for one in rubric_from(evaluation.rubric).criteria
    }
    if any(uploads.values()):
        spend(SENDING, str(current_visitor().account_id))
        keep_evidence(db.session, current_visitor(), evaluation, uploads)


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
        asked=list_asked(db.session),
        names=names,
        apps=[(found.slug, names[found.id]) for found in installations],
        chosen=values.get("app", installations[0].slug if installations else ""),
        first=values.get("first") or first.isoformat(),
        last=values.get("last") or last.isoformat(),
        today=today.isoformat(),
        notice=review_notice(db.session),
        errors=errors,
    )


def _draft_page(evaluation: Evaluation, errors: Mapping[str, list[str]]) -> str:
    campaign = find_campaign(db.session, evaluation.campaign_id)
    return _page(
        "evaluations/draft.html",
        evaluation,
        errors=errors,
        over=evaluation.campaign_id is not None and not (campaign and is_open(campaign)),
        accepted=ACCEPTED,
        most={"files": MOST_FILES, "mb": MOST_MB},
    )


def _page(template: str, evaluation: Evaluation, **more: object) -> str:
    comparison = compare_evaluation(db.session, evaluation)
    return render_template(
        template,
        evaluation=evaluation,
        name=_name(get_installation(db.session, evaluation.installation_id)),
        rubric=rubric_from(evaluation.rubric),
        campaign=find_campaign(db.session, evaluation.campaign_id),
        evidence=list_evidence(db.session, evaluation),
        comparison=comparison,
        note=comparison_note(comparison),
        least=LEAST_LIKE,
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
