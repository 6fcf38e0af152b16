"""Until a municipality opens its portal, residents are told so; its own people see everything."""

from __future__ import annotations

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from lumbung.db import db
from lumbung.web.access import PUBLIC, current_visitor, stated_rule
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.errors import PortalPreparing
from tenants.municipalities.services import is_open, own_municipality

_ALWAYS_OPEN = ("tenants.", "lumbung.")
"""Sign-in, invitations, seal and the shell answer always; what is run for residents waits for the opening."""


def install_preparing_page(app: LumbungFlask) -> None:
    """Answer residents with the page; register it after the request cycle, which knows site and visitor."""

    @app.before_request
    def _wait_for_opening() -> ResponseReturnValue | None:
        tenant = g.site.tenant
        if tenant is None or is_open(tenant) or request.endpoint is None:
            return None
        view = app.view_functions[request.endpoint]
        if current_visitor().membership_id is not None or stated_rule(view) is not PUBLIC:
            return None
        if view.__module__.startswith(_ALWAYS_OPEN):
            return None
        if request.path.startswith("/api/") or request.method not in {"GET", "HEAD"}:
            raise PortalPreparing
        page = render_template("municipalities/preparing.html", municipality=own_municipality(db.session))
        return page, 503, {"Retry-After": "3600"}
