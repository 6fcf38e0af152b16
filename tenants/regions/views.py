"""`/regions`: the 514 regencies and cities, and which of them take part."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from lumbung.db import db
from lumbung.web.access import PUBLIC, access, current_visitor
from tenants.municipalities.claims import find_open_claim, get_region
from tenants.municipalities.services import find_by_region
from tenants.regions.directory import list_regions
from tenants.regions.reference import LONGEST_QUERY
from tenants.regions.sections import region_page_sections

regions = Blueprint("regions", __name__, url_prefix="/regions", subdomain="hub", template_folder="templates")


@regions.get("")
@access(PUBLIC)
def index() -> str:
    """Search, provinces, and those that take part."""
    query = " ".join(request.args.get("q", "")[:LONGEST_QUERY].split())
    found = list_regions(db.session, query=query, province_code=request.args.get("province", ""))
    return render_template("regions/index.html", found=found, query=query)


@regions.get("/<code>")
@access(PUBLIC)
def show(code: str) -> str:
    """One region."""
    region = get_region(code)
    municipality = find_by_region(db.session, region.code)
    visitor = current_visitor()
    claim = find_open_claim(db.session, visitor.account_id, region.code) if visitor.account_id else None
    sections = region_page_sections(db.session, municipality) if municipality else []
    return render_template(
        "regions/show.html", region=region, municipality=municipality, sections=sections, own_claim=claim
    )
