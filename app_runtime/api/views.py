"""`/api/v1` of a portal: answers programs, without cookies, readable from any origin."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, g, jsonify, request
from werkzeug.exceptions import UnsupportedMediaType

from app_runtime.api.areas import areas_document
from app_runtime.api.asking import GEOJSON, Asked, read_asked
from app_runtime.api.catalogue import describe_municipality, describe_openapi
from app_runtime.api.exports import export_public
from app_runtime.api.reading import Page, Shelf, Shelves, from_shelf, look_up_shelf, read_list, read_one
from app_runtime.api.sending import send_record
from lumbung.db import db
from lumbung.errors import BadRequest
from lumbung.i18n import Text
from lumbung.web.access import PUBLIC, access, for_programs
from lumbung.web.json_body import sent_json
from lumbung.web.request_cycle import enter_site
from lumbung.web.security import csrf
from lumbung.web.sites import Site, current_municipality

api = Blueprint("api", __name__, subdomain="portal", url_prefix="/api/v1")
csrf.exempt(api)
_shelves = Shelves()
_ALLOWED = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After, X-Request-Id",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_FOR_A_DAY = {"Cache-Control": "public, max-age=86400"}
_NOT_AN_OBJECT = Text("Kirim satu objek JSON.", "Send one JSON object.")


@api.after_request
def _readable_from_anywhere(response: Response) -> Response:
    """Other sites' scripts may read what everybody may read; sending is not theirs (no cookie would help them)."""
    if request.method != "POST" and "access-control-allow-origin" not in response.headers:
        response.headers.extend(_ALLOWED)
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD"
        response.headers["Access-Control-Allow-Headers"] = "If-None-Match"
    return response


@api.get("")
@access(PUBLIC)
@for_programs()
def index() -> Response:
    """What there is in this municipality: apps, their record types, and where."""
    return _json(describe_municipality(db.session, current_municipality(), _origin()))


@api.get("/openapi.json")
@access(PUBLIC)
@for_programs()
def openapi() -> Response:
    """This municipality's interface as OpenAPI 3.1."""
    return _json(describe_openapi(db.session, current_municipality(), _origin()))


@api.get("/areas")
@access(PUBLIC)
@for_programs()
def areas() -> Response:
    """The municipality's districts and villages, with the texts by which records name them."""
    return _document(areas_document(current_municipality().region_code), "application/json", _FOR_A_DAY)


@api.get("/<app_slug>/<record_type>")
@access(PUBLIC)
@for_programs(finds_site=True)
def records(app_slug: str, record_type: str) -> Response:
    """Published records, the newest first."""
    geojson = GEOJSON in request.headers.get("Accept", "")

    def read(shelf: Shelf) -> Page | None:
        return read_list(shelf, _asked(shelf, geojson=geojson))

    page = _from_shelf(app_slug, record_type, read)
    return _list_answer(page, geojson=geojson or request.args.get("format") == "geojson")


@api.get("/<app_slug>/<record_type>/export.<kind>")
@access(PUBLIC)
@for_programs()
def export(app_slug: str, record_type: str, kind: str) -> Response:
    """All published records that pass the filters as one file, at most 20,000, the newest first."""
    return export_public(db.session, app_slug, record_type, kind, request.args)


@api.get("/<app_slug>/<record_type>/<path:reference>")
@access(PUBLIC)
@for_programs(finds_site=True)
def record(app_slug: str, record_type: str, reference: str) -> Response:
    """One published record, by id or number."""
    return _document(_from_shelf(app_slug, record_type, lambda shelf: read_one(shelf, reference)), "application/json")


@api.post("/<app_slug>/<record_type>")
@access(PUBLIC)
@for_programs()
def send(app_slug: str, record_type: str) -> tuple[Response, int]:
    """Make a record, as a citizen does with the form; `Idempotency-Key` makes a repeat safe for 72 hours."""
    values = _sent_object()
    key = request.headers.get("Idempotency-Key")
    sent = send_record(db.session, app_slug, record_type, values, key=key, body=request.get_data())
    document = {
        "id": str(sent.record.id),
        "number": sent.record.number,
        "tracking_code": sent.tracking_code,
        "track_url": sent.link,
        "created_at": sent.record.created_at.isoformat(),
    }
    response = jsonify(document)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Location"] = f"{_origin()}{request.path}/{sent.record.id}"
    if sent.repeated:
        response.headers["Idempotency-Replayed"] = "true"
    return response, 201


def _from_shelf(slug: str, record_type: str, read: Any) -> Any:
    host = request.host.lower()
    key = (host, slug, record_type)
    known = _shelves.find(key)
    if known is not None:
        g.site = Site(kind="portal", name=known.tenant.name, tenant=known.tenant)

    def look_up() -> Shelf:
        enter_site()
        tenant = current_municipality()
        hub_host = current_app.lumbung.hub_host  # type: ignore[attr-defined]
        shelf = look_up_shelf(db.session, tenant, host, _origin(), slug, record_type, hub_host=hub_host)
        _shelves.keep(key, shelf)
        return shelf

    return from_shelf(known, look_up, read)


def _asked(shelf: Shelf, *, geojson: bool) -> Asked:
    known = shelf.statements
    return read_asked(
        request.args,
        choices=known.choices,
        areas=known.areas,
        region_code=shelf.tenant.region_code,
        geojson=geojson,
        parent=known.takes_parent,
    )


def _list_answer(page: Page, *, geojson: bool) -> Response:
    following = None
    if page.next_cursor is not None:
        query = [(name, value) for name, value in request.args.items(multi=True) if name != "after"]
        query.append(("after", page.next_cursor))
        following = f"{_origin()}{request.path}?{urlencode(query)}"
    head = b'{"type":"FeatureCollection","features":[' if geojson else b'{"items":['
    tail = b'],"next":"%s"}' % following.encode() if following else b'],"next":null}'
    more = {"Vary": "Accept"}
    if following:
        more["Link"] = f'<{following}>; rel="next"'
    return _document(head + page.documents + tail, GEOJSON if geojson else "application/json", more)


def _json(document: Mapping[str, Any]) -> Response:
    return _document(jsonify(document).get_data(), "application/json", {"Vary": "Accept-Language"})


def _document(body: bytes, mimetype: str, more: Mapping[str, str] | None = None) -> Response:
    """With a strong validator, so that who asks again for the same gets 304 (RFC 9110, 8.8.3)."""
    headers = {"ETag": f'"{sha256(body).hexdigest()[:32]}"', **_ALLOWED, **(more or {})}
    return Response(body, headers=headers, mimetype=mimetype)


def _sent_object() -> dict[str, Any]:
    # A form of another site can send no JSON without asking first, and is not allowed to.
    if not request.is_json:
        raise UnsupportedMediaType
    values = sent_json()
    if not isinstance(values, dict):
        raise BadRequest(_NOT_AN_OBJECT)
    return values


def _origin() -> str:
    settings = current_app.lumbung  # type: ignore[attr-defined]
    return f"{settings.scheme}://{request.host.lower()}"
