"""`/live`: the live room of a municipality, for who is at work there, on a large screen or on a phone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, json, render_template

from app_catalog.figures.wording import show_share
from app_runtime.live.happenings import at_risk, newest
from app_runtime.live.layers import Layer, counters, layers
from app_runtime.live.measuring import indicators
from app_runtime.live.patience import Patience, waiting
from lumbung.db import db, now
from lumbung.i18n import show_datetime
from lumbung.web.access import MEMBER, access, current_visitor
from lumbung.web.sites import current_site

live_room = Blueprint("live_room", __name__, url_prefix="/live", subdomain="portal", template_folder="templates")
_ROWS = 8


@live_room.get("")
@access(MEMBER)
def room() -> str:
    """Everything on one screen: the map, what is fetched again while somebody looks, and shares, which are reckoned
    over all records and change slowly."""
    with waiting(db.session) as patience:
        shown = {**_panel(patience), "measured": indicators(db.session, patience=patience)}
    return render_template("live/room.html", **shown, show_share=show_share)


@live_room.get("/panel")
@access(MEMBER)
def panel() -> str:
    """Figures, deadlines and events, fetched again every few seconds."""
    with waiting(db.session) as patience:
        shown = _panel(patience)
    return render_template("live/_panel.html", **shown)


@live_room.get("/points.geojson")
@access(MEMBER)
def points() -> Response:
    """The points of all layers as GeoJSON (RFC 7946), as this official may see them."""
    with waiting(db.session) as patience:
        drawn = layers(db.session, current_visitor(), patience=patience)
    features = [feature for layer in drawn for feature in _features(layer)]
    body = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))
    response = Response(body, mimetype="application/geo+json")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _panel(patience: Patience) -> dict[str, Any]:
    visitor = current_visitor()
    return {
        "counted": counters(db.session, patience=patience),
        "drawn": layers(db.session, visitor, patience=patience),
        "risks": at_risk(db.session, visitor, limit=_ROWS),
        "events": newest(db.session, visitor, limit=_ROWS),
        "at": show_datetime(now(), current_site().timezone, "short"),
    }


def _features(layer: Layer) -> list[dict[str, Any]]:
    """The features as maps of ours show them."""
    return [
        {
            **feature,
            "properties": {
                "title": f"{layer.app_name}: {layer.label}",
                "number": feature["properties"]["number"],
                "state": feature["properties"]["state_label"],
                "tone": feature["properties"]["tone"],
                "overdue": feature["properties"]["red"],
                "href": feature["properties"]["href"],
            },
        }
        for feature in layer.features["features"]
    ]
