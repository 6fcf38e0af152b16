"""`/apps/<app>/figures` on the hub and `/open-data` on portals: what municipalities have agreed to publish."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from app_catalog.catalog.sections import MOST_KEPT, Section, reader_of
from app_catalog.figures.columns import COLUMNS, LICENCE, LICENCE_URL, as_csv, as_item, described_columns
from app_catalog.figures.reading import (
    LEAST_MUNICIPALITIES,
    LEAST_RATINGS,
    LEAST_RECORDS,
    MONTHS_ON_PAGE,
    TRULY_USED,
    AppFigures,
    AppMonth,
    figures_of,
    find_listed_app,
    list_published,
    list_recent,
    publishing_of_app,
    read_app_figures,
)
from app_catalog.releases.models import App
from lumbung.db import db
from lumbung.db.fetching import Kept, compile_rows
from lumbung.db.inside import Row
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.web.access import PUBLIC, access
from lumbung.web.sites import current_municipality

app_figures = Blueprint("app_figures", __name__, subdomain="hub", template_folder="templates")
open_data = Blueprint("open_data", __name__, subdomain="portal", template_folder="templates", url_prefix="/open-data")


@app_figures.get("/apps/<slug>/figures")
@access(PUBLIC)
def figures(slug: str) -> str:
    """How an app fares over all municipalities that let it be known."""
    app = find_listed_app(db.session, slug)
    return render_template("figures/app.html", app=app, **_told(read_app_figures(db.session, app.id)))


@app_figures.get("/api/v1/apps/<slug>/figures")
@access(PUBLIC)
def figures_document(slug: str) -> Response:
    """The same for programs."""
    app = find_listed_app(db.session, slug)
    return _answer(json.dumps(_document(app, read_app_figures(db.session, app.id))).encode(), "application/json")


@open_data.get("")
@access(PUBLIC)
def overview() -> str:
    """Every app whose figures the municipality publishes."""
    rows = list_recent(db.session, current_municipality().id)
    apps = [(app, [row.PublishedFigures for row in found]) for app, found in groupby(rows, key=lambda row: row.App)]
    return render_template(
        "figures/open_data.html", apps=apps, columns=COLUMNS, licence_url=LICENCE_URL, most=MONTHS_ON_PAGE
    )


@open_data.get("/<slug>.csv")
@access(PUBLIC)
def as_table(slug: str) -> Response:
    """One app's figures as CSV."""
    _, items = _published(slug)
    response = _answer(as_csv(items), "text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}.csv"'
    return response


@open_data.get("/<slug>.json")
@access(PUBLIC)
def as_document(slug: str) -> Response:
    """One app's figures as JSON."""
    app, items = _published(slug)
    document = {
        "municipality": current_municipality().name,
        "app": app.slug,
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "columns": described_columns(),
        "items": items,
    }
    return _answer(json.dumps(document).encode(), "application/json")


def _say_figures(session: AnySession, app: App, answers: Sequence[list[Row]]) -> Markup:
    """Adoption and outcome on an app's page; nothing while no municipality publishes figures."""
    ((enabled, publishing),) = _COUNTS.read(answers[0])
    if not publishing:
        return Markup()
    found = figures_of(session, app.id, enabled=enabled or 0, publishing=publishing)
    return _kept.of(
        reader_of(app),
        (app.slug, found),
        lambda: Markup(render_template("figures/section.html", app=app, **_told(found))),  # noqa: S704 - autoescaped.
    )


_COUNTS = compile_rows(publishing_of_app())
_kept: Kept[Markup] = Kept(MOST_KEPT)
figures_section = Section(asks=(_COUNTS,), say=_say_figures)


def _told(found: AppFigures) -> dict[str, Any]:
    least = {
        "municipalities": LEAST_MUNICIPALITIES,
        "records": LEAST_RECORDS,
        "ratings": LEAST_RATINGS,
        "used": TRULY_USED,
    }
    return {"found": found, "least": least}


def _published(slug: str) -> tuple[App, list[dict[str, Any]]]:
    rows = list_published(db.session, current_municipality().id, slug)
    if not rows:
        raise NotFound
    items = [as_item(row.PublishedFigures, final=row.PublishedFigures.final) for row in rows]
    return rows[0].App, items


def _document(app: App, found: AppFigures) -> dict[str, Any]:
    return {
        "app": app.slug,
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "adoption": {
            "enabled": found.enabled,
            "publishing": found.publishing,
            "truly_used": found.used,
            "month": f"{found.last_month:%Y-%m}",
            "records_needed": TRULY_USED,
            "truly_used_before": found.used_before,
            **_people(found.last),
        },
        "satisfaction": {"rated": found.rated, "mean": found.rating_mean, "scale": 5},
        "months": [
            {
                "month": f"{month.month:%Y-%m}",
                "municipalities": month.municipalities,
                "truly_used": month.used,
                "created": month.created,
                "closed": month.closed,
                "due": month.due,
                "in_time": month.in_time,
                **_people(month),
                "rated": month.rated,
                "rating_mean": month.rating_mean,
            }
            for month in found.months
        ],
        "minimum": {"municipalities": LEAST_MUNICIPALITIES, "records": LEAST_RECORDS, "ratings": LEAST_RATINGS},
        "versions": [
            {
                "version": version.version,
                "municipalities": version.municipalities,
                "created": version.created,
                "closed": version.closed,
                "due": version.due,
                "in_time": version.in_time,
                "close_seconds": version.close_seconds,
                "rated": version.rated if version.satisfaction is not None else None,
                "rating_mean": version.satisfaction,
            }
            for version in found.compared
        ],
    }


def _people(month: AppMonth | None) -> dict[str, int]:
    """Who works with the app, in the municipalities that may tell it."""
    if month is None:
        return {"people": 0, "agencies": 0, "people_told_by": 0}
    return {"people": month.people, "agencies": month.agencies, "people_told_by": month.staffed}


def _answer(body: bytes, mimetype: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Link"] = f'<{LICENCE_URL}>; rel="license"'
    response.set_etag(sha256(body).hexdigest()[:32])
    response.make_conditional(request)
    return response
