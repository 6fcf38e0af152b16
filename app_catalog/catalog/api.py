"""`/api/v1/apps` on the hub: the catalog for programs, readable from any origin."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, render_template, request

from app_catalog.catalog.documents import MOST, USUAL, get_document, list_documents
from app_catalog.catalog.openapi import describe_hub, list_operations
from app_catalog.catalog.program_answers import answer_programs
from app_catalog.catalog.schemas import AppDetailOut, AppListOut, AppOut
from app_catalog.catalog.services import LONGEST_QUERY
from app_catalog.definitions.json_schema import SCHEMA_NAMES, schema_of
from lumbung.db import db
from lumbung.db.fetching import Kept
from lumbung.errors import NotFound
from lumbung.web.access import PUBLIC, access, for_programs
from lumbung.web.sites import LumbungFlask, hub_origin

catalog_api = Blueprint("catalog_api", __name__, url_prefix="/api/v1", subdomain="hub")
api_docs = Blueprint("api_docs", __name__, subdomain="hub", template_folder="templates")
_shown: Kept[Any] = Kept(2_000)
"""What the schema makes of an app in a list, for as long as it stands there the same."""
# Making a schema costs twenty times what it is then used for.
_APP, _LIST, _DETAIL = AppOut(), AppListOut(exclude=["items"]), AppDetailOut()
_ASKED = ("q", "category", "audience", "sort", "after")


@catalog_api.get("/apps")
@access(PUBLIC)
@for_programs()
def apps() -> Response:
    """The apps of the catalog, page by page."""
    asked = {name: request.args.get(name, "").strip()[: 4 * LONGEST_QUERY] for name in _ASKED}
    limit = min(max(request.args.get("limit", USUAL, type=int), 1), MOST)
    page = list_documents(
        db.session,
        hub_origin(),
        query=asked["q"],
        category=asked["category"],
        audience=asked["audience"],
        sort=asked["sort"] or "id",
        after=asked["after"],
        limit=limit,
    )
    following = None
    if page.following is not None:
        kept = {name: value for name, value in asked.items() if value}
        given = {"limit": limit} if limit != USUAL else {}
        following = f"{hub_origin()}/api/v1/apps?{urlencode({**kept, **given, 'after': page.following})}"
    items = [_shown.of(one["url"], one, partial(_APP.dump, one)) for one in page.items]
    response = answer_programs({**_LIST.dump({"total": page.total, "next": following}), "items": items})
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


@catalog_api.get("/apps/<slug>")
@access(PUBLIC)
@for_programs()
def app_in_full(slug: str) -> Response:
    """One app with its releases, what municipalities say of it, and who runs it."""
    return answer_programs(_DETAIL.dump(get_document(db.session, hub_origin(), slug)))


@catalog_api.get("/openapi.json")
@access(PUBLIC)
@for_programs()
def openapi() -> Response:
    """This interface as OpenAPI 3.1."""
    response = answer_programs(describe_hub(_app(), hub_origin()))
    response.headers["Vary"] = "Accept-Language"
    return response


@api_docs.get("/docs/package/<name>.schema.json")
@access(PUBLIC)
@for_programs()
def package_schema(name: str) -> Response:
    """The JSON Schema of the files of a package, for editors."""
    if name not in SCHEMA_NAMES:
        raise NotFound
    return answer_programs(schema_of(name))


@api_docs.get("/docs")
@access(PUBLIC)
def page() -> str:
    """The interface for people: what can be asked, and what comes back."""
    document = describe_hub(_app(), hub_origin())
    return render_template("catalog/api_docs.html", operations=list_operations(document), document=document)


def _app() -> LumbungFlask:
    found: Any = current_app
    return found  # type: ignore[no-any-return]
