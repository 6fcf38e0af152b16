"""`/api/v1/sponsors` on the hub: what sponsors pay for, for programs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from app_catalog.catalog.openapi import Operation, register_hub_operation
from app_catalog.catalog.program_answers import answer_programs
from app_catalog.sponsored.schemas import SponsorshipListOut
from lumbung.db import db
from lumbung.i18n import Text
from lumbung.web.access import PUBLIC, access, for_programs
from lumbung.web.sites import hub_origin
from tenants.sponsorships.reading import MOST, PAGE, Shown, list_shown
from tenants.sponsorships.targets import get_target

sponsors_api = Blueprint("sponsors_api", __name__, url_prefix="/api/v1", subdomain="hub")
_LIST = SponsorshipListOut()


@sponsors_api.get("/sponsors")
@access(PUBLIC)
@for_programs()
def listed() -> Response:
    """Sponsorships that were paid, page by page; nobody is named who wishes to be anonymous."""
    asked = {name: request.args.get(name, "").strip()[:200] for name in ("for", "after")}
    limit = min(max(request.args.get("limit", PAGE, type=int), 1), MOST)
    target = get_target(db.session, asked["for"]) if asked["for"] else None
    page = list_shown(db.session, target=target, after=asked["after"], limit=limit)
    following = None
    if page.following is not None:
        given = {"for": asked["for"]} if asked["for"] else {}
        kept = {**given, "limit": limit} if limit != PAGE else given
        following = f"{hub_origin()}/api/v1/sponsors?{urlencode({**kept, 'after': page.following})}"
    document = {"items": [_document(one) for one in page.items], "next": following}
    response = answer_programs(_LIST.dump(document))
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _document(shown: Shown) -> dict[str, Any]:
    target = shown.target
    return {
        "code": shown.code,
        "sponsor": shown.sponsor,
        "sponsored": {
            "kind": target.kind,
            "key": target.key,
            "name": target.name,
            "url": None if target.href is None else hub_origin() + target.href,
        },
        "cadence": shown.cadence,
        "amount": shown.amount,
        "standing": shown.standing,
        "since": shown.since,
        "until": shown.until,
        "received": shown.received,
        "given_back": shown.given_back,
        "message": shown.message,
        "page": f"{hub_origin()}/sponsors/{shown.code}",
    }


register_hub_operation(
    "sponsors_api.listed",
    Operation(
        Text("Sponsor dan yang mereka biayai", "Sponsors and what they pay for"),
        SponsorshipListOut,
        (
            (
                "for",
                Text("Hanya yang ini.", "Only this one."),
                {"type": "string", "examples": ["app:siaran", "municipality:tangsel", "platform"]},
            ),
            (
                "after",
                Text("Awal halaman ini, dari `next`.", "Where this page begins, from `next`."),
                {"type": "string"},
            ),
            (
                "limit",
                Text("Berapa banyak.", "How many."),
                {"type": "integer", "minimum": 1, "maximum": MOST, "default": PAGE},
            ),
        ),
    ),
)
