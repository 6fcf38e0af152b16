"""How far the indexes of an app are, on its management page."""

from __future__ import annotations

from flask import render_template
from markupsafe import Markup

from app_catalog.installations.indexes import list_indexes
from app_catalog.installations.models import Installation
from lumbung.db.tenancy import AnySession


def index_section(session: AnySession, installation: Installation) -> Markup:
    """The progress of what is being built; empty when everything is whole."""
    building = [index for index in list_indexes(session, installation) if index.status == "building"]
    if not building:
        return Markup("")
    done, total = sum(index.done for index in building), sum(index.total for index in building)
    return Markup(  # noqa: S704 - rendered by an autoescaping template.
        render_template("upgrades/_indexes.html", done=min(done, total), total=total)
    )
