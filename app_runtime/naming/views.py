"""`/<app>/choose/<type>/<field>`: what may be named in a field, while somebody types."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from app_catalog.definitions.model import Field
from app_catalog.installations.services import find_installation
from app_runtime.naming.choosing import suggest_records
from app_runtime.pages.opening import citizen
from app_runtime.records.actors import actor_for
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.db import db
from lumbung.errors import NotFound
from lumbung.web.access import PUBLIC, access, current_visitor

naming = Blueprint("naming", __name__, subdomain="portal", template_folder="templates")


@naming.get("/<slug>/choose/<record_type>/<field>")
@access(PUBLIC)
def suggest(slug: str, record_type: str, field: str) -> str:
    """Options for what was typed so far, of the records that this visitor may read; `work` asks as an official."""
    visitor = current_visitor()
    installation = find_installation(db.session, slug)
    if installation is None:
        raise NotFound
    app = running_app(db.session, installation)
    spec = _field(app, record_type, field)
    official = "work" in request.args and visitor.membership_id is not None
    actor = actor_for(db.session, visitor, installation) if official else citizen(visitor)
    typed = next((text for name, text in request.args.items() if name != "work"), "")
    return render_template("naming/options.html", found=suggest_records(app, spec, typed, actor))


def _field(app: RunningApp, record_type: str, name: str) -> Field:
    kind = app.record_type(record_type)
    actions = kind.workflow.actions.values() if kind.workflow else ()
    asked = [ask.field for action in actions for ask in action.asks.values() if ask.id == name]
    for spec in (kind.fields.get(name), *asked):
        if spec is not None and spec.target is not None:
            return spec
    raise NotFound
