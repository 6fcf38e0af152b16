"""What the hub shows of reviews and evaluations on an app's page."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template
from markupsafe import Markup
from sqlalchemy import select

from app_catalog.evaluations.criteria import CRITERIA
from app_catalog.evaluations.facts import told_facts
from app_catalog.evaluations.services import get_submitted, list_submitted
from app_catalog.releases.models import App
from app_catalog.requests.reading import list_of_evaluation
from app_catalog.requests.wording import KINDS, STATES, TONES
from app_catalog.reviews.rating import LEAST, rate_app
from app_catalog.reviews.services import list_reviews, replies_for
from lumbung.db import db
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.web.access import PUBLIC, access

judgements = Blueprint("judgements", __name__, subdomain="hub", template_folder="templates")


def judgement_section(session: AnySession, app: App) -> Markup:
    """Reviews and evaluations of an app with the maintainer's replies; says so when there are none yet."""
    return Markup(  # noqa: S704 - rendered by an autoescaping template.
        render_template(
            "reviews/section.html",
            app=app,
            rating=rate_app(session, app.id),
            least=LEAST,
            reviews=list_reviews(session, app.id),
            evaluations=list_submitted(session, app.id),
            replies=replies_for(session, app.id),
        )
    )


@judgements.get("/apps/<slug>/evaluations/<uuid:evaluation_id>")
@access(PUBLIC)
def evaluation_page(slug: str, evaluation_id: UUID) -> str:
    """One submitted evaluation, in full; made for printing too."""
    app = db.session.scalar(select(App).where(App.slug == slug))
    if app is None:
        raise NotFound
    evaluation = get_submitted(db.session, app.id, evaluation_id)
    return render_template(
        "evaluations/public.html",
        app=app,
        evaluation=evaluation,
        criteria=CRITERIA,
        facts=told_facts(evaluation.facts or {}),
        reply=replies_for(db.session, app.id).get(evaluation.id),
        filed=list_of_evaluation(db.session, app.id, evaluation.id),
        kinds=KINDS,
        states=STATES,
        tones=TONES,
    )
