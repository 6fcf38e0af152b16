"""Events: what happened, with the object as it was then."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

from lumbung.local_stripe.errors import Refused
from lumbung.local_stripe.expanding import page
from lumbung.local_stripe.parameters import LISTING, Fields, boolean, list_of, moment_range, text
from lumbung.local_stripe.world import API_VERSION, Json, World, public

LIST: Fields = {
    **LISTING,
    "created": moment_range,
    "type": text,
    "types": list_of(text),
    "delivery_success": boolean,
}
_MOST_TYPES = 20


def emit(world: World, kind: str, about: Json, *, previous: Json | None = None) -> Json:
    """Record that `kind` happened to `about`, and hand it to the deliveries.

    `previous` holds the values before the change, as `data.previous_attributes` of the events named updated.
    """
    data: Json = {"object": public(about)}
    if previous is not None:
        data["previous_attributes"] = previous
    fields: Json = {
        "api_version": API_VERSION,
        "data": json.loads(json.dumps(data)),
        "pending_webhooks": 0,
        "request": {"id": world.asked.ident, "idempotency_key": world.asked.idempotency_key},
        "type": kind,
        "_delivered": True,
    }
    event = world.add("event", fields)
    if world.on_event is not None:
        world.on_event(event)
    return event


def get(world: World, _params: Json, ident: str) -> Json:
    """GET /v1/events/:id."""
    return world.get("event", ident)


def list_events(world: World, params: Json) -> Json:
    """GET /v1/events."""
    if "type" in params and "types" in params:
        raise Refused("You may only specify one of these parameters: type, types.", param="types")
    wanted = params.get("types") or ([params["type"]] if "type" in params else ["*"])
    if len(wanted) > _MOST_TYPES:
        raise Refused(f"You may only specify up to {_MOST_TYPES} types.", param="types")
    success: Any = params.get("delivery_success")
    found = (
        event
        for event in world.table("event").values()
        if any(fnmatchcase(event["type"], pattern) for pattern in wanted) and success in (None, event["_delivered"])
    )
    return page(world, found, params, path="/v1/events")
