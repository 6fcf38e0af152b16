"""`/regions/adoption` and `/apps/<app>/adoption`: a map of provinces with its table, for everybody."""

from __future__ import annotations

from flask import Blueprint, render_template

from app_catalog.regions.adoption import COLUMNS, GAP, ROWS, TILE, WESTERN, use_by_province
from app_catalog.releases.models import App
from app_catalog.requests.reading import access_listed_app
from lumbung.db import db
from lumbung.web.access import PUBLIC, access

adoption_maps = Blueprint("adoption_maps", __name__, subdomain="hub", template_folder="templates")


@adoption_maps.get("/regions/adoption")
@access(PUBLIC)
def everything() -> str:
    """All apps."""
    return _page(None)


@adoption_maps.get("/apps/<slug>/adoption")
@access(PUBLIC)
def of_app(slug: str) -> str:
    """One app."""
    return _page(access_listed_app(db.session, slug))


def _page(app: App | None) -> str:
    provinces = use_by_province(db.session, app)
    parted, whole = WESTERN * (TILE + GAP), COLUMNS * (TILE + GAP) - GAP
    return render_template(
        "region_pages/adoption.html",
        app=app,
        provinces=provinces,
        using=sum(one.using for one in provinces),
        services=sum(one.services for one in provinces),
        halves=[
            (0, parted, [one for one in provinces if one.x < parted]),
            (parted, whole - parted, [one for one in provinces if one.x >= parted]),
        ],
        size={"height": ROWS * (TILE + GAP) - GAP, "tile": TILE},
    )
