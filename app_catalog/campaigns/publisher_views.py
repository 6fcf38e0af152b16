"""`/publish/<publisher>/campaigns`: a publisher asks the municipalities that run one of its apps."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app_catalog.campaigns.forms import read_days, read_title, usual_answers
from app_catalog.campaigns.rubrics import chosen_rubric, list_rubrics
from app_catalog.campaigns.services import Scope, count_answers, list_campaigns, open_campaign
from app_catalog.campaigns.tending import tend_campaign
from app_catalog.publishers.blueprint import own_account
from app_catalog.publishers.members import access_publisher, is_owner
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from app_catalog.requests.deciding import list_own_apps
from lumbung.db import db
from lumbung.errors import Invalid, NotFound
from lumbung.i18n import t
from lumbung.limits import Limit, spend
from lumbung.web.access import PUBLISHER, access, current_visitor

publisher_campaigns = Blueprint(
    "publisher_campaigns",
    __name__,
    url_prefix="/publish/<slug>/campaigns",
    subdomain="hub",
    template_folder="templates",
)
Page = str | Response | tuple[str, int]
OPENING = Limit("campaign-opening", 10, 24 * 3600)


@publisher_campaigns.get("")
@access(PUBLISHER)
def overview(slug: str) -> Page:
    """The publisher's campaigns, and those of curators about its apps."""
    publisher = access_publisher(db.session, own_account(), slug)
    found = list_campaigns(db.session, publisher=publisher)
    return render_template(
        "campaigns/publisher.html",
        **_frame(publisher),
        campaigns=found,
        counts=count_answers(db.session, [one for one in found if one.publisher_id == publisher.id]),
    )


@publisher_campaigns.get("/new")
@access(PUBLISHER)
def new(slug: str) -> Page:
    """The form of a new campaign."""
    return _form(access_publisher(db.session, own_account(), slug), {}, usual_answers())


@publisher_campaigns.post("/new")
@access(PUBLISHER)
def open_new(slug: str) -> Page:
    """Open a campaign; who is asked is told on its first day."""
    publisher = access_publisher(db.session, own_account(), slug)
    spend(OPENING, str(publisher.id))
    app = next((one for one in _apps(publisher) if one.slug == request.form.get("app")), None)
    try:
        if app is None:
            raise Invalid(fields={"app": [t("Pilih aplikasinya.", "Choose the app.")]})
        campaign = open_campaign(
            db.session,
            current_visitor(),
            Scope(publisher=publisher, app=app),
            title=read_title(request.form),
            rubric=chosen_rubric(db.session, request.form, app.category).rubric,
            days=read_days(request.form),
        )
    except Invalid as error:
        return _form(publisher, error.fields, request.form), 422
    except NotFound:
        return _form(publisher, {"rubric": [t("Pilih rubriknya.", "Choose the rubric.")]}, request.form), 422
    tend_campaign(db.session, campaign)
    flash(t("Kampanye dibuka; daerah diberi tahu.", "The campaign is open; municipalities are told."), "success")
    return redirect(url_for("campaigns.show", campaign_id=campaign.id), 303)


def _form(publisher: Publisher, errors: Mapping[str, list[str]], values: Mapping[str, str]) -> str:
    apps = _apps(publisher)
    categories = {"", *(app.category for app in apps)}
    rubrics = [listed for listed in list_rubrics(db.session) if listed.category in categories]
    # The rubric of the app's own category comes first; the standing one is for all.
    rubrics.sort(key=lambda listed: not listed.category)
    return render_template(
        "campaigns/new.html",
        **_frame(publisher),
        apps=[(app.slug, app.name) for app in apps],
        rubrics=rubrics,
        values=values,
        errors=errors,
    )


def _apps(publisher: Publisher) -> list[App]:
    """Only what can be run here can be judged from experience: not what is merely listed."""
    return [app for app in list_own_apps(db.session, publisher) if app.latest_release_id is not None]


def _frame(publisher: Publisher) -> dict[str, object]:
    return {"publisher": publisher, "owner": is_owner(db.session, publisher, own_account())}
