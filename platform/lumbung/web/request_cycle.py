"""A request travels: request id, site, municipality on the transaction, visitor, access, view, one commit."""

from __future__ import annotations

import re
import time
from typing import Any
from uuid import UUID

import structlog
from flask import Response, current_app, g, request, session

from lumbung.audit import record_request
from lumbung.db import db, use_tenant
from lumbung.errors import Misdirected
from lumbung.i18n import use_language
from lumbung.ids import new_text_id
from lumbung.web.access import ANONYMOUS, Identity, check_access, meant_for_programs
from lumbung.web.sites import LumbungFlask, Site, TenantDirectory

log = structlog.get_logger("lumbung.request")
_REQUEST_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")
_READING = {"GET", "HEAD", "OPTIONS"}


def install_request_cycle(app: LumbungFlask, *, directory: TenantDirectory, identity: Identity) -> None:
    """Register the steps around every request."""

    app.extensions["lumbung_directory"] = directory

    @app.before_request
    def _begin() -> None:
        g.started = time.perf_counter()
        given = request.headers.get("X-Request-Id", "")
        g.request_id = request_id = given if _REQUEST_ID.match(given) else new_text_id()
        g.visitor = ANONYMOUS
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        g.site = Site(kind="hub", name=app.lumbung.platform_name)
        endpoint = request.endpoint or ""
        view = app.view_functions.get(endpoint)
        if (programs := meant_for_programs(view)) is not None:
            _begin_for_program(finds_site=programs == "finds-site")
        else:
            _begin_for_browser(identity)
        if view is not None and endpoint not in _UNCHECKED:
            check_access(view)

    @app.after_request
    def _end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if response.status_code < 400 and "keep_nothing" not in g:
            try:
                _commit(response.status_code)
            except Exception as error:
                # Nothing was done, and nobody may be told that it was: answered as an error anywhere else, which then
                # passes here in place of the page.
                return app.process_response(app.make_response(app.handle_user_exception(error)))
        else:
            _undo()
        _log(response.status_code)
        return response

    @app.teardown_request
    def _close(error: BaseException | None) -> None:
        if error is not None:
            _undo()
        if db.session.registry.has():
            db.session.info.pop("tenant_id", None)


_last_seen: dict[str, UUID] = {}
_MOST_SEEN = 10_000
_WITHOUT_SITE = frozenset({"health.healthz", "health.readyz"})
_WITHOUT_VISITOR = frozenset({"static"})
_UNCHECKED = _WITHOUT_SITE | _WITHOUT_VISITOR


def _begin_for_program(*, finds_site: bool) -> None:
    """Cookies are not even looked at; who asks is nobody until a token says otherwise."""
    use_language(_asked_language())
    if not finds_site:
        enter_site()


def _begin_for_browser(identity: Identity) -> None:
    # Threads serve one visitor after another: nobody is answered in the language of the one before.
    use_language(session.get("language"))
    if request.endpoint in _WITHOUT_SITE:
        return
    enter_site()
    if request.endpoint in _WITHOUT_VISITOR or request.routing_exception is not None:
        return
    g.visitor = identity.visitor(db.session, g.site)


def enter_site() -> None:
    """Find out by the host name which site this request is for, and let the session belong to its municipality.

    Raises Misdirected when the host is nobody's, or the municipality is suspended.
    """
    app: Any = current_app
    host = request.host.lower()
    # Most often it is whose it was the last time: then the first statement of all says so already. Nobody's rows are
    # read before the lookup has said that it is.
    use_tenant(db.session, _last_seen.get(host))
    try:
        g.site = _find_site(app, app.extensions["lumbung_directory"])
    except Misdirected:
        use_tenant(db.session, None)
        raise
    tenant_id = g.site.tenant.id if g.site.tenant else None
    use_tenant(db.session, tenant_id)
    if tenant_id is not None and len(_last_seen) < _MOST_SEEN:
        _last_seen[host] = tenant_id


def _asked_language() -> str | None:
    """What a program asks for in `Accept-Language`; most ask for nothing."""
    if "HTTP_ACCEPT_LANGUAGE" not in request.environ:
        return None
    return request.accept_languages.best_match(("id", "en"))


def _find_site(app: LumbungFlask, directory: TenantDirectory) -> Site:
    host = request.host.lower()
    if host == app.lumbung.hub_host:
        return Site(kind="hub", name=app.lumbung.platform_name, shows_demo=directory.holds_demo(db.session))
    tenant = directory.find_by_host(db.session, host, hub_host=app.lumbung.hub_host)
    if tenant is None:
        raise Misdirected
    return Site(kind="portal", name=tenant.name, tenant=tenant)


def _undo() -> None:
    if db.session.registry.has():
        db.session.rollback()


def _commit(status: int) -> None:
    if request.method not in _READING:
        record_request(db.session, endpoint=request.endpoint or "", status=status)
    # Who never asked for a session has nothing to commit.
    if db.session.registry.has():
        db.session.commit()


def _log(status: int) -> None:
    # The rule and not the path: paths hold tracking codes and invitation tokens.
    rule: Any = request.url_rule
    now = time.perf_counter()
    site: Site | None = g.get("site")
    log.info(
        "request",
        method=request.method,
        rule=rule.rule if rule else "-",
        status=status,
        site=site.slug or site.kind if site else "-",
        ms=round((now - g.get("started", now)) * 1000, 1),
    )
