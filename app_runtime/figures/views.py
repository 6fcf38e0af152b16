"""`/manage/apps/<app>/figures`: an administrator reads the municipality's own figures, month by month."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from app_catalog.figures.columns import COLUMNS, as_csv, as_item
from app_catalog.figures.low_use import low_use
from app_catalog.figures.publishing import may_publish
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.names import shown_name
from app_catalog.installations.services import access_installation
from app_runtime.figures.agency_use import list_agency_use
from app_runtime.figures.months import list_figures
from lumbung.db import db
from lumbung.web.access import ADMIN, access

managed_figures = Blueprint(
    "managed_figures", __name__, url_prefix="/manage/apps", subdomain="portal", template_folder="templates"
)


@managed_figures.get("/<slug>/figures")
@access(ADMIN)
def figures(slug: str) -> str:
    """Every month as a whole, by version and type of record, and by agency; the open months as they are now."""
    installation = access_installation(db.session, slug)
    rows = list_figures(db.session, installation)
    return render_template(
        "managed_figures/figures.html",
        slug=slug,
        name=shown_name(installation, definition_by_digest(db.session, installation.definition_digest)),
        whole=[row for row in rows if not row.version],
        parts=[row for row in rows if row.version],
        columns=COLUMNS,
        published=may_publish(installation),
        agencies=list_agency_use(db.session, installation),
        hints=low_use(db.session, installation),
    )


@managed_figures.get("/<slug>/figures.csv")
@access(ADMIN)
def as_table(slug: str) -> Response:
    """The same as CSV."""
    installation = access_installation(db.session, slug)
    items = [as_item(row, final=row.frozen) for row in list_figures(db.session, installation)]
    response = Response(as_csv(items), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-figures.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response
