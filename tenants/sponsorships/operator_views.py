"""`/operator/money/sponsorships`: every sponsor by name, also those who are anonymous to everybody else."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from lumbung.db import db
from lumbung.web.access import OPERATOR, access
from tenants.sponsorships.services import search_sponsorships
from tenants.sponsorships.standing import CADENCES, TONES, own_standing
from tenants.sponsorships.targets import describe_targets

operator_sponsorships = Blueprint(
    "operator_sponsorships", __name__, url_prefix="/operator/money", subdomain="hub", template_folder="templates"
)
PAGE = 50


@operator_sponsorships.get("/sponsorships")
@access(OPERATOR)
def listed() -> str:
    """All sponsorships, the newest first, with who pays."""
    words = " ".join(request.args.get("q", "").split())[:100]
    page = min(max(request.args.get("page", 1, type=int), 1), 1_000)
    rows = search_sponsorships(db.session, words, most=PAGE + 1, skip=(page - 1) * PAGE)
    targets = describe_targets(db.session, {(row[0].target_type, row[0].target_id) for row in rows})
    return render_template(
        "sponsorships/operator.html",
        rows=rows[:PAGE],
        more=len(rows) > PAGE,
        page=page,
        words=words,
        targets=targets,
        standing=own_standing,
        tones=TONES,
        cadences=CADENCES,
    )
