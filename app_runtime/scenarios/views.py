"""Playing scenarios from the web: `/manage/apps/<app>/scenarios`, and for a version of one's own on the hub.

With a script the scenarios are played one request each, and every answer asks for the next: that is the progress, and
no job and no row is left of it. Without one all are played in one request.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from app_catalog.installations.names import shown_name
from app_catalog.installations.services import access_installation
from app_catalog.publishers.blueprint import own_account
from app_catalog.publishers.members import access_publisher
from app_catalog.releases.changing import access_own_app, get_state
from app_catalog.releases.loading import load_release_definition
from app_runtime.scenarios.playing import Play, mistakes_of, play_of_installation, story_of
from lumbung.db import db
from lumbung.errors import NotFound
from lumbung.limits import Limit, spend
from lumbung.web.access import ADMIN, SIGNED_IN, access, current_visitor

own_scenarios = Blueprint("own_scenarios", __name__, subdomain="portal", template_folder="templates")
release_scenarios = Blueprint("release_scenarios", __name__, subdomain="hub", template_folder="templates")
PLAYS = Limit("scenario-plays", 600, 3600)
"""Each scenario that is played may take seconds of the processor."""
WHOLE = Limit("scenarios-whole", 30, 3600)


@own_scenarios.get("/manage/apps/<slug>/scenarios")
@access(ADMIN)
def of_app(slug: str) -> str:
    """The scenarios of an app under the municipality's own settings."""
    installation = access_installation(db.session, slug)
    play = play_of_installation(db.session, installation)
    name = shown_name(installation, play.definition)
    return _page(play, "scenarios/of_app.html", name=name, installation=installation)


@release_scenarios.get("/publish/<slug>/apps/<app_slug>/<version>/scenarios")
@access(SIGNED_IN)
def of_release(slug: str, app_slug: str, version: str) -> str:
    """The scenarios of a version of one's own app, under its defaults."""
    publisher = access_publisher(db.session, own_account(), slug)
    app = access_own_app(db.session, publisher, app_slug)
    release = get_state(db.session, app, version).release
    play = Play(load_release_definition(db.session, release.id), {}, {})
    return _page(play, "scenarios/of_release.html", publisher=publisher, app=app, version=version)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the playing has come: the place of the scenario whose turn it is, and how many failed before it."""

    place: int
    failed: int
    total: int

    @property
    def following(self) -> str:
        """The address of the next step."""
        return f"{request.path}?{urlencode({'place': self.place, 'failed': self.failed})}"


def _page(play: Play, template: str, **context: object) -> str:
    scenarios = play.scenarios
    shown = {"scenarios": scenarios, "mistakes_of": mistakes_of, "story_of": story_of}
    place = request.args.get("place", type=int)
    if request.args.get("run") == "all":
        spend(WHOLE, str(current_visitor().account_id))
        return render_template(template, results=play.play_all(db.session).results, **shown, **context)
    if place is None or request.headers.get("HX-Request") != "true":
        return render_template(template, results=None, **shown, **context)
    if not 0 <= place <= len(scenarios):
        raise NotFound
    failed = min(max(request.args.get("failed", 0, type=int), 0), place)
    if place == len(scenarios):
        return _step((), Progress(place, failed, len(scenarios)), shown)
    spend(PLAYS, str(current_visitor().account_id))
    result = play.play_one(db.session, place)
    return _step((result,), Progress(place + 1, failed + (not result.passed), len(scenarios)), shown)


def _step(results: tuple[object, ...], progress: Progress, shown: dict[str, object]) -> str:
    return render_template("scenarios/_step.html", results=results, progress=progress, **shown)
