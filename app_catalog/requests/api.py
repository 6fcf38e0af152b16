"""`/api/v1/apps/<app>/requests` and `/roadmap` on the hub: what everybody may read of requests, for programs."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, request

from app_catalog.catalog.openapi import Operation, register_hub_operation
from app_catalog.catalog.program_answers import answer_programs
from app_catalog.releases.models import App
from app_catalog.requests.reading import (
    PAGE,
    Standing,
    access_listed_app,
    count_states,
    get_request,
    list_standings,
    read_roadmap,
)
from app_catalog.requests.schemas import RequestDetailOut, RequestListOut, RoadmapOut
from app_catalog.requests.wording import KINDS, STATES
from lumbung.db import db
from lumbung.errors import Invalid
from lumbung.i18n import Text, t
from lumbung.web.access import PUBLIC, access, for_programs
from lumbung.web.sites import hub_origin

requests_api = Blueprint("requests_api", __name__, url_prefix="/api/v1", subdomain="hub")
_LIST, _DETAIL, _ROADMAP = RequestListOut(), RequestDetailOut(), RoadmapOut()
_SORTS = ("wanted", "newest")
_LAST_PAGE = 1_000


@requests_api.get("/apps/<slug>/requests")
@access(PUBLIC)
@for_programs()
def listed(slug: str) -> Response:
    """Requests about an app, page by page: those most wanted first, or the newest."""
    app = access_listed_app(db.session, slug)
    asked = {name: request.args.get(name, "") for name in ("kind", "state", "sort")}
    _check(asked)
    page = min(max(request.args.get("page", 1, type=int), 1), _LAST_PAGE)
    found = list_standings(
        db.session, app.id, kind=asked["kind"], state=asked["state"], newest=asked["sort"] == "newest", page=page
    )
    following = None
    if len(found) > PAGE and page < _LAST_PAGE:
        kept = {name: value for name, value in asked.items() if value}
        following = f"{_address(app)}?{urlencode({**kept, 'page': page + 1})}"
    document = {
        "items": [_document(app, one) for one in found[:PAGE]],
        "counts": count_states(db.session, app.id),
        "next": following,
    }
    response = answer_programs(_LIST.dump(document))
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


@requests_api.get("/apps/<slug>/requests/<uuid:request_id>")
@access(PUBLIC)
@for_programs()
def in_full(slug: str, request_id: UUID) -> Response:
    """One request with who wants it and what was merged into it."""
    app = access_listed_app(db.session, slug)
    whole = get_request(db.session, app.id, request_id)
    document = {
        **_document(app, whole.standing),
        "supported_by": list(whole.supporters),
        "merged": [one.id for one in whole.merged],
    }
    return answer_programs(_DETAIL.dump(document))


@requests_api.get("/apps/<slug>/roadmap")
@access(PUBLIC)
@for_programs()
def roadmap(slug: str) -> Response:
    """What is planned, in progress, and fixed by version."""
    app = access_listed_app(db.session, slug)
    found = read_roadmap(db.session, app.id)
    document = {
        "planned": [_document(app, one) for one in found.planned],
        "in_progress": [_document(app, one) for one in found.in_progress],
        "fixed": [
            {"version": version, "requests": [_document(app, one) for one in fixed]} for version, fixed in found.fixed
        ],
    }
    return answer_programs(_ROADMAP.dump(document))


def _check(asked: dict[str, str]) -> None:
    known = {"kind": tuple(KINDS), "state": tuple(STATES), "sort": _SORTS}
    errors = {
        name: [t("Pilih salah satu: {which}.", "Choose one of: {which}.", which=", ".join(known[name]))]
        for name, value in asked.items()
        if value and value not in known[name]
    }
    if errors:
        raise Invalid(fields=errors)


def _address(app: App) -> str:
    return f"{hub_origin()}/api/v1/apps/{app.slug}/requests"


def _document(app: App, standing: Standing) -> dict[str, Any]:
    asked, decision = standing.request, standing.decision
    return {
        "id": asked.id,
        "kind": asked.kind,
        "state": standing.state,
        "title": asked.title,
        "words": asked.words,
        "municipality": asked.municipality_name,
        "version": asked.version,
        "supporters": standing.supporters,
        "note": decision.note if decision else "",
        "fixed_version": decision.fixed_version if decision else None,
        "duplicate_of": decision.duplicate_of if decision else None,
        "asked_at": asked.created_at,
        "updated_at": max(asked.updated_at, decision.updated_at) if decision else asked.updated_at,
        "page": f"{hub_origin()}/apps/{app.slug}/requests/{asked.id}",
        "url": f"{_address(app)}/{asked.id}",
    }


def _choice(values: tuple[str, ...], default: str | None = None) -> dict[str, Any]:
    return {"type": "string", "enum": list(values), **({"default": default} if default else {})}


register_hub_operation(
    "requests_api.listed",
    Operation(
        Text("Permintaan daerah tentang sebuah aplikasi", "What municipalities ask of an app"),
        RequestListOut,
        (
            ("kind", Text("Jenisnya.", "Its kind."), _choice(tuple(KINDS))),
            ("state", Text("Keadaannya.", "Its state."), _choice(tuple(STATES))),
            ("sort", Text("Urutan.", "Order."), _choice(_SORTS, "wanted")),
            ("page", Text("Halaman ke-.", "Number of the page."), {"type": "integer", "minimum": 1, "default": 1}),
        ),
    ),
)
register_hub_operation(
    "requests_api.in_full",
    Operation(Text("Satu permintaan dengan pendukungnya", "One request with its supporters"), RequestDetailOut),
)
register_hub_operation(
    "requests_api.roadmap",
    Operation(Text("Rencana kerja sebuah aplikasi", "The roadmap of an app"), RoadmapOut),
)
