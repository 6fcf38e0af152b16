"""`/curator/campaigns` and `/curator/rubrics`: curators ask about a category or all apps, and keep the rubrics."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app_catalog.campaigns.forms import read_criteria, read_days, read_title, usual_answers
from app_catalog.campaigns.rubrics import (
    chosen_rubric,
    copy_rubric,
    get_rubric,
    list_rubrics,
    list_versions,
    write_rubric,
)
from app_catalog.campaigns.services import Scope, count_answers, list_campaigns, open_campaign
from app_catalog.campaigns.tending import tend_campaign
from app_catalog.catalog.categories import category_choices
from app_catalog.definitions.shape.records import CATEGORIES
from app_catalog.evaluations.criteria import Criterion
from app_catalog.evaluations.rubric import MOST_CRITERIA
from lumbung.db import db
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text, t
from lumbung.web.access import CURATOR, access, current_visitor

curator_campaigns = Blueprint(
    "curator_campaigns", __name__, url_prefix="/curator/campaigns", subdomain="hub", template_folder="templates"
)
curator_rubrics = Blueprint(
    "curator_rubrics", __name__, url_prefix="/curator/rubrics", subdomain="hub", template_folder="templates"
)
Page = str | Response | tuple[str, int]
ALL = "all"


@curator_campaigns.get("")
@access(CURATOR)
def overview() -> Page:
    """All campaigns."""
    found = list_campaigns(db.session, publisher=None)
    return render_template("campaigns/curator.html", campaigns=found, counts=count_answers(db.session, found))


@curator_campaigns.get("/new")
@access(CURATOR)
def new() -> Page:
    """The form of a new campaign."""
    return _form({}, usual_answers())


@curator_campaigns.post("/new")
@access(CURATOR)
def open_new() -> Page:
    """Open a campaign about a category, or about all apps."""
    category = request.form.get("category", "")
    try:
        if category not in (ALL, *CATEGORIES):
            raise Invalid(fields={"category": [t("Pilih kategorinya.", "Choose the category.")]})
        asked = None if category == ALL else category
        campaign = open_campaign(
            db.session,
            current_visitor(),
            Scope(category=asked),
            title=read_title(request.form),
            rubric=chosen_rubric(db.session, request.form, asked).rubric,
            days=read_days(request.form),
        )
    except Invalid as error:
        return _form(error.fields, request.form), 422
    except NotFound:
        return _form({"rubric": [t("Pilih rubriknya.", "Choose the rubric.")]}, request.form), 422
    tend_campaign(db.session, campaign)
    flash(t("Kampanye dibuka; daerah diberi tahu.", "The campaign is open; municipalities are told."), "success")
    return redirect(url_for("campaigns.show", campaign_id=campaign.id), 303)


@curator_rubrics.get("")
@access(CURATOR)
def listed() -> Page:
    """The newest version of every rubric."""
    return render_template("campaigns/rubrics.html", rubrics=list_rubrics(db.session))


@curator_rubrics.get("/<rubric_slug>")
@access(CURATOR)
def edit(rubric_slug: str) -> Page:
    """A rubric to change or copy."""
    found = get_rubric(db.session, rubric_slug)
    return _rubric_page(rubric_slug, found.rubric.name, found.rubric.criteria, {})


@curator_rubrics.post("/<rubric_slug>")
@access(CURATOR)
def write(rubric_slug: str) -> Page:
    """Save a new version, or a new rubric beside this one."""
    found = get_rubric(db.session, rubric_slug)
    name, criteria = read_title(request.form, "name"), read_criteria(request.form)
    save = copy_rubric if request.form.get("step") == "copy" else write_rubric
    try:
        rubric = save(db.session, current_visitor(), found, name=name, criteria=criteria)
    except Invalid as error:
        return _rubric_page(rubric_slug, name, criteria, error.fields), 422
    except Conflict as error:
        return _rubric_page(rubric_slug, name, criteria, {"name_id": [str(error.message)]}), error.status
    flash(
        t("Rubrik disimpan; kampanye yang sudah ada tidak berubah.", "Saved; campaigns that exist do not change."),
        "success",
    )
    return redirect(url_for("curator_rubrics.edit", rubric_slug=rubric.slug), 303)


def _form(errors: Mapping[str, list[str]], values: Mapping[str, str]) -> str:
    return render_template(
        "campaigns/new_by_curator.html",
        categories=[(ALL, t("Semua aplikasi", "All apps")), *category_choices()],
        rubrics=list_rubrics(db.session),
        values=values,
        errors=errors,
    )


def _rubric_page(
    rubric_slug: str, name: Text, criteria: list[Criterion] | tuple[Criterion, ...], errors: Mapping[str, list[str]]
) -> str:
    return render_template(
        "campaigns/rubric.html",
        listed=get_rubric(db.session, rubric_slug),
        versions=list_versions(db.session, rubric_slug),
        name=name,
        criteria=criteria,
        rows=min(len(criteria) + 2, MOST_CRITERIA),
        errors=errors,
    )
