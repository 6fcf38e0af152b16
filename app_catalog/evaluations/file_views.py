"""An evaluation of the municipality's own as PDF and CSV, and its evidence."""

from __future__ import annotations

from uuid import UUID

from werkzeug.wrappers import Response

from app_catalog.evaluations.comparison import compare_evaluation
from app_catalog.evaluations.evidence import get_evidence, list_evidence
from app_catalog.evaluations.papers import evaluation_pdf
from app_catalog.evaluations.rubric import rubric_from
from app_catalog.evaluations.services import access_evaluation
from app_catalog.evaluations.tables import evaluation_csv
from app_catalog.evaluations.views import evaluations
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.names import shown_name
from app_catalog.installations.services import get_installation
from lumbung.db import db
from lumbung.files import send_stored_file
from lumbung.limits import Limit, spend
from lumbung.web.access import EVALUATOR, access, current_visitor
from lumbung.web.attached import send_csv, send_pdf
from lumbung.web.sites import current_municipality

PRINTING = Limit("evaluation-pdf", 120, 3600)


@evaluations.get("/<uuid:evaluation_id>.pdf")
@access(EVALUATOR)
def as_pdf(evaluation_id: UUID) -> Response:
    """The evaluation on paper, a draft too, with the comparison."""
    spend(PRINTING, str(current_visitor().account_id))
    evaluation = access_evaluation(db.session, evaluation_id)
    installation = get_installation(db.session, evaluation.installation_id)
    comparison = compare_evaluation(db.session, evaluation)
    return send_pdf(
        evaluation_pdf(
            evaluation,
            rubric_from(evaluation.rubric),
            app_name=shown_name(installation, definition_by_digest(db.session, installation.definition_digest)),
            municipality=current_municipality().name,
            total=comparison.total,
            facts=evaluation.facts,
            comparison=comparison,
            evidence={
                criterion: [file.name for file in files]
                for criterion, files in list_evidence(db.session, evaluation).items()
            },
        ),
        f"{installation.slug}-{evaluation.period_end}",
    )


@evaluations.get("/<uuid:evaluation_id>.csv")
@access(EVALUATOR)
def as_csv(evaluation_id: UUID) -> Response:
    """The evaluation as a table, with the comparison."""
    evaluation = access_evaluation(db.session, evaluation_id)
    installation = get_installation(db.session, evaluation.installation_id)
    table = evaluation_csv(
        evaluation,
        rubric_from(evaluation.rubric),
        facts=evaluation.facts,
        comparison=compare_evaluation(db.session, evaluation),
    )
    return send_csv(table, f"{installation.slug}-{evaluation.period_end}")


@evaluations.get("/<uuid:evaluation_id>/evidence/<uuid:file_id>")
@access(EVALUATOR)
def evidence(evaluation_id: UUID, file_id: UUID) -> Response:
    """A file of evidence."""
    return send_stored_file(get_evidence(db.session, access_evaluation(db.session, evaluation_id), file_id))
