"""What the hub shows of reviews and evaluations on an app's page."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, render_template
from markupsafe import Markup

from app_catalog.catalog.sections import MOST_KEPT, Section, reader_of
from app_catalog.evaluations.facts import told_facts
from app_catalog.evaluations.papers import evaluation_pdf
from app_catalog.evaluations.published import access_published, get_readable, list_readable, submitted_of_app
from app_catalog.evaluations.rubric import rubric_from
from app_catalog.evaluations.tables import evaluation_csv
from app_catalog.releases.models import App
from app_catalog.requests.reading import list_of_evaluation
from app_catalog.requests.wording import KINDS, STATES, TONES
from app_catalog.reviews.rating import LEAST, Rating, rating_from, stars_of_app
from app_catalog.reviews.services import ShownReview, replies_for, replies_of_app, reviews_of_app
from lumbung.db import db
from lumbung.db.fetching import Kept, compile_rows
from lumbung.db.inside import Row
from lumbung.db.tenancy import AnySession
from lumbung.files import send_stored_file
from lumbung.i18n import pick
from lumbung.limits import Limit, address_key, spend
from lumbung.web.access import PUBLIC, access, current_visitor
from lumbung.web.attached import send_csv, send_pdf

PRINTING = Limit("published-evaluation-pdf", 120, 3600)
judgements = Blueprint("judgements", __name__, subdomain="hub", template_folder="templates")


def _say_judgements(session: AnySession, app: App, answers: Sequence[list[Row]]) -> Markup:
    """Reviews and evaluations of an app with the maintainer's replies; says so when there are none yet."""
    # The stars' weights differ with every moment, what is shown of them does not.
    rating = rating_from(_STARS.read(answers[0]))
    written = answers[1:]
    return _kept.of(reader_of(app), (app.slug, rating, written), lambda: _render_judgements(app, rating, written))


def _render_judgements(app: App, rating: Rating, answers: Sequence[list[Row]]) -> Markup:
    reviews, evaluations, replies = answers
    return Markup(  # noqa: S704 - rendered by an autoescaping template.
        render_template(
            "reviews/section.html",
            app=app,
            rating=rating,
            least=LEAST,
            reviews=[ShownReview(review, gone) for review, gone in _REVIEWS.read(reviews)],
            evaluations=[evaluation for (evaluation,) in _EVALUATIONS.read(evaluations)],
            replies={reply.subject_id: reply for (reply,) in _REPLIES.read(replies)},
        )
    )


_STARS = compile_rows(stars_of_app())
_REVIEWS = compile_rows(reviews_of_app())
_EVALUATIONS = compile_rows(submitted_of_app())
_REPLIES = compile_rows(replies_of_app())
_kept: Kept[Markup] = Kept(MOST_KEPT)
judgement_section = Section(asks=(_STARS, _REVIEWS, _EVALUATIONS, _REPLIES), say=_say_judgements)


@judgements.get("/apps/<slug>/evaluations/<uuid:evaluation_id>")
@access(PUBLIC)
def evaluation_page(slug: str, evaluation_id: UUID) -> str:
    """One submitted evaluation, in full; made for printing too."""
    app, evaluation = access_published(db.session, slug, evaluation_id)
    return render_template(
        "evaluations/public.html",
        app=app,
        evaluation=evaluation,
        rubric=rubric_from(evaluation.rubric),
        facts=told_facts(evaluation.facts or {}),
        evidence=list_readable(db.session, current_visitor(), app, evaluation),
        reply=replies_for(db.session, app.id).get(evaluation.id),
        filed=list_of_evaluation(db.session, app.id, evaluation.id),
        kinds=KINDS,
        states=STATES,
        tones=TONES,
    )


@judgements.get("/apps/<slug>/evaluations/<uuid:evaluation_id>.pdf")
@access(PUBLIC)
def evaluation_paper(slug: str, evaluation_id: UUID) -> Response:
    """The same on paper."""
    app, evaluation = access_published(db.session, slug, evaluation_id)
    spend(PRINTING, address_key())
    paper = evaluation_pdf(
        evaluation,
        rubric_from(evaluation.rubric),
        app_name=pick(app.name),
        municipality=evaluation.municipality_name,
        total=evaluation.mean_score,
        facts=evaluation.facts,
    )
    return send_pdf(paper, f"{app.slug}-{evaluation.period_end}")


@judgements.get("/apps/<slug>/evaluations/<uuid:evaluation_id>.csv")
@access(PUBLIC)
def evaluation_table(slug: str, evaluation_id: UUID) -> Response:
    """The same as a table."""
    app, evaluation = access_published(db.session, slug, evaluation_id)
    table = evaluation_csv(evaluation, rubric_from(evaluation.rubric), facts=evaluation.facts)
    return send_csv(table, f"{app.slug}-{evaluation.period_end}")


@judgements.get("/apps/<slug>/evaluations/<uuid:evaluation_id>/evidence/<uuid:file_id>")
@access(PUBLIC)
def evaluation_evidence(slug: str, evaluation_id: UUID, file_id: UUID) -> Response:
    """A file of evidence, for whom the municipality lets read it."""
    app, evaluation = access_published(db.session, slug, evaluation_id)
    return send_stored_file(get_readable(db.session, current_visitor(), app, evaluation, file_id))
