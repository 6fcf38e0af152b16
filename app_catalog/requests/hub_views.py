"""`/apps/<app>/requests`, its feed and `/apps/<app>/roadmap`: for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from app_catalog.catalog.sections import MOST_KEPT, Section, reader_of
from app_catalog.evaluations.published import is_published
from app_catalog.feeds.model import as_xml
from app_catalog.publishers.services import municipalities_administered_by
from app_catalog.releases.models import App
from app_catalog.requests.reading import (
    PAGE,
    Standing,
    access_listed_app,
    count_states,
    get_request,
    list_standings,
    read_roadmap,
    states_of_requests,
)
from app_catalog.requests.wording import ICONS, KINDS, STATES, STILL_WANTED, TONES
from lumbung.db import db
from lumbung.db.fetching import Kept, compile_rows
from lumbung.db.inside import Row
from lumbung.db.tenancy import AnySession
from lumbung.web.access import PUBLIC, access, current_visitor

request_pages = Blueprint("request_pages", __name__, subdomain="hub", template_folder="templates")
WORDS = {"kinds": KINDS, "states": STATES, "tones": TONES, "icons": ICONS, "still_wanted": STILL_WANTED}


@request_pages.get("/apps/<slug>/requests")
@access(PUBLIC)
def listed(slug: str) -> str:
    """What municipalities ask of an app."""
    app = access_listed_app(db.session, slug)
    kind, state = request.args.get("kind", ""), request.args.get("state", "")
    page = min(max(request.args.get("page", 1, type=int), 1), 1_000)
    found = list_standings(
        db.session,
        app.id,
        kind=kind if kind in KINDS else "",
        state=state if state in STATES else "",
        newest=request.args.get("sort") == "newest",
        page=page,
    )
    return render_template(
        "requests/listed.html",
        app=app,
        standings=found[:PAGE],
        more=len(found) > PAGE,
        page=page,
        chosen={"kind": kind, "state": state, "sort": request.args.get("sort", "")},
        counts=count_states(db.session, app.id),
        **WORDS,
    )


@request_pages.get("/apps/<slug>/requests/<uuid:request_id>")
@access(PUBLIC)
def show(slug: str, request_id: UUID) -> str:
    """One request in full, and the way to support it."""
    app = access_listed_app(db.session, slug)
    visitor = current_visitor()
    whole = get_request(db.session, app.id, request_id)
    return render_template(
        "requests/show.html",
        app=app,
        whole=whole,
        evaluation_is_public=is_published(db.session, whole.standing.request.evaluation_id),
        own_municipalities=municipalities_administered_by(db.session, visitor.account_id) if visitor.account_id else [],
        **WORDS,
    )


@request_pages.get("/apps/<slug>/requests.atom")
@access(PUBLIC)
def feed(slug: str) -> Response:
    """The newest requests about an app as an Atom feed (RFC 4287)."""
    app = access_listed_app(db.session, slug)
    standings = list_standings(db.session, app.id, newest=True)[:PAGE]
    moments = [_touched(one) for one in standings]
    text = render_template(
        "requests/feed.xml",
        app=app,
        entries=list(zip(standings, moments, strict=True)),
        updated=max(moments, default=app.created_at),
        **WORDS,
    )
    response = Response(as_xml(text), mimetype="application/atom+xml")
    response.add_etag()
    response.make_conditional(request)
    return response


@request_pages.get("/apps/<slug>/roadmap")
@access(PUBLIC)
def roadmap(slug: str) -> str:
    """What is planned, in progress, and fixed by version."""
    app = access_listed_app(db.session, slug)
    return render_template("requests/roadmap.html", app=app, roadmap=read_roadmap(db.session, app.id), **WORDS)


def _say_requests(session: AnySession, app: App, answers: Sequence[list[Row]]) -> Markup:
    """What an app's page says of requests: how many there are, and the way to them and to the roadmap."""
    return _kept.of(reader_of(app), (app.slug, answers), lambda: _render_requests(app, answers[0]))


def _render_requests(app: App, counted: list[Row]) -> Markup:
    counts: dict[str, int] = dict(_COUNTS.read(counted))
    return Markup(  # noqa: S704 - rendered by an autoescaping template.
        render_template("requests/section.html", app=app, counts=counts, **WORDS)
    )


_COUNTS = compile_rows(states_of_requests())
_kept: Kept[Markup] = Kept(MOST_KEPT)
requests_section = Section(asks=(_COUNTS,), say=_say_requests)


def _touched(standing: Standing) -> datetime:
    asked = standing.request.updated_at
    return max(asked, standing.decision.updated_at) if standing.decision else asked
