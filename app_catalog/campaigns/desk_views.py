"""`/campaigns/<campaign>`: what came in, for who opened it, for the publishers of the apps, and for curators."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app_catalog.campaigns.days import is_open
from app_catalog.campaigns.reading import (
    Sight,
    access_answer,
    access_campaign,
    evidence_of,
    file_of,
    names_of_apps,
    summarise,
)
from app_catalog.campaigns.tending import close_campaign
from app_catalog.evaluations.facts import told_facts
from app_catalog.evaluations.papers import evaluation_pdf
from app_catalog.evaluations.rubric import rubric_from
from app_catalog.evaluations.tables import answers_csv, evaluation_csv
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from lumbung.db import db
from lumbung.errors import NotFound
from lumbung.files import send_stored_file
from lumbung.i18n import pick, t
from lumbung.limits import Limit, spend
from lumbung.web.access import SIGNED_IN, access, current_visitor
from lumbung.web.attached import send_csv, send_pdf

campaigns = Blueprint(
    "campaigns", __name__, url_prefix="/campaigns/<uuid:campaign_id>", subdomain="hub", template_folder="templates"
)
Page = str | Response | tuple[str, int]
PRINTING = Limit("campaign-pdf", 300, 3600)


@campaigns.get("")
@access(SIGNED_IN)
def show(campaign_id: UUID) -> Page:
    """What came in so far."""
    sight = _sight(campaign_id)
    summary = summarise(db.session, sight)
    apps = names_of_apps(db.session, summary.answers)
    return render_template(
        "campaigns/show.html",
        sight=sight,
        campaign=sight.campaign,
        about=db.session.get(App, sight.campaign.app_id) if sight.campaign.app_id else None,
        back=_overview_of(sight),
        is_open=is_open(sight.campaign),
        rubric=rubric_from(sight.campaign.rubric),
        summary=summary,
        apps=apps,
    )


@campaigns.post("/close")
@access(SIGNED_IN)
def close(campaign_id: UUID) -> Page:
    """End the campaign before its last day."""
    sight = _sight(campaign_id)
    if not sight.own:
        raise NotFound
    close_campaign(db.session, sight.campaign)
    flash(t("Kampanye ditutup.", "The campaign is closed."), "success")
    return redirect(url_for("campaigns.show", campaign_id=campaign_id), 303)


@campaigns.get("/answers.csv")
@access(SIGNED_IN)
def answers(campaign_id: UUID) -> Response:
    """All answers that one may see, one a line."""
    sight = _sight(campaign_id)
    found = summarise(db.session, sight).answers
    slugs = {app_id: app.slug for app_id, app in names_of_apps(db.session, found).items()}
    return send_csv(answers_csv(found, sight.campaign.rubric, slugs), f"campaign-{sight.campaign.closes_on}")


@campaigns.get("/answers/<uuid:evaluation_id>")
@access(SIGNED_IN)
def answer(campaign_id: UUID, evaluation_id: UUID) -> Page:
    """One answer in full."""
    sight = _sight(campaign_id)
    found = access_answer(db.session, sight, evaluation_id)
    return render_template(
        "campaigns/answer.html",
        campaign=sight.campaign,
        evaluation=found,
        app=db.session.get_one(App, found.app_id),
        rubric=rubric_from(sight.campaign.rubric),
        facts=told_facts(found.facts or {}),
        evidence=evidence_of(db.session, found),
    )


@campaigns.get("/answers/<uuid:evaluation_id>.pdf")
@access(SIGNED_IN)
def answer_paper(campaign_id: UUID, evaluation_id: UUID) -> Response:
    """One answer on paper."""
    sight = _sight(campaign_id)
    found = access_answer(db.session, sight, evaluation_id)
    spend(PRINTING, str(current_visitor().account_id))
    app = db.session.get_one(App, found.app_id)
    paper = evaluation_pdf(
        found,
        rubric_from(sight.campaign.rubric),
        app_name=pick(app.name),
        municipality=found.municipality_name,
        total=found.mean_score,
        facts=found.facts,
    )
    return send_pdf(paper, f"{app.slug}-{found.period_end}")


@campaigns.get("/answers/<uuid:evaluation_id>.csv")
@access(SIGNED_IN)
def answer_table(campaign_id: UUID, evaluation_id: UUID) -> Response:
    """One answer as a table."""
    sight = _sight(campaign_id)
    found = access_answer(db.session, sight, evaluation_id)
    table = evaluation_csv(found, rubric_from(sight.campaign.rubric), facts=found.facts)
    return send_csv(table, f"answer-{found.period_end}")


@campaigns.get("/answers/<uuid:evaluation_id>/evidence/<uuid:file_id>")
@access(SIGNED_IN)
def answer_evidence(campaign_id: UUID, evaluation_id: UUID, file_id: UUID) -> Response:
    """A file of evidence of one answer."""
    sight = _sight(campaign_id)
    return send_stored_file(file_of(db.session, access_answer(db.session, sight, evaluation_id), file_id))


def _overview_of(sight: Sight) -> str:
    """Where the visitor came from: the opener's campaigns, or those about an own app."""
    visitor, opener = current_visitor(), sight.campaign.publisher_id
    if opener is None and (visitor.is_curator or visitor.is_operator):
        return url_for("curator_campaigns.overview")
    own = opener if opener in visitor.publishers else next((app.publisher_id for app in sight.apps), None)
    if own is None:
        return url_for("curator_campaigns.overview")
    return url_for("publisher_campaigns.overview", slug=db.session.get_one(Publisher, own).slug)


def _sight(campaign_id: UUID) -> Sight:
    return access_campaign(db.session, current_visitor(), campaign_id)
