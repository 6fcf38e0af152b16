"""Makes the Flask application of the host; `wsgi.create_app` adds the features."""

from __future__ import annotations

from math import inf

from flask import Flask, Response
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

import lumbung.files.models
import lumbung.idempotency.models
import lumbung.limits.models
import lumbung.messages.models
import lumbung.metrics.models
import lumbung.money.models
import lumbung.money.reconciling
import lumbung.outbox.models  # noqa: F401 - models are known once imported.
from lumbung.db import db
from lumbung.db.conversing import install_later
from lumbung.db.liveness import install_liveness
from lumbung.db.prepared import install_doubt
from lumbung.logs import configure_logs
from lumbung.metrics.exposition import metrics
from lumbung.metrics.requests import install_request_metrics
from lumbung.metrics.statements import watch_statements
from lumbung.money.events import stripe_events
from lumbung.settings import Settings
from lumbung.web.access import PUBLIC, Identity, access
from lumbung.web.fair_share import BUSY, FairShare
from lumbung.web.health import health
from lumbung.web.packed import send_static
from lumbung.web.problem_docs import problem_docs
from lumbung.web.problems import install_problems
from lumbung.web.request_cycle import install_request_cycle
from lumbung.web.revalidation import install_revalidation
from lumbung.web.security import csrf, install_security
from lumbung.web.shell import install_shell
from lumbung.web.sites import BOTH_SITES, LumbungFlask, TenantDirectory


def create_host(settings: Settings, *, directory: TenantDirectory, identity: Identity) -> LumbungFlask:
    """The application with everything that every feature needs, and no feature yet."""
    configure_logs(settings.log_format, settings.log_level)
    app = LumbungFlask("lumbung.web", static_folder=None, template_folder="templates", host_matching=True)
    app.lumbung = settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.former_secret_keys),
        TESTING=settings.testing,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        # A request holds one connection, and a second one for a moment while it spends from a rate limit.
        SQLALCHEMY_ENGINE_OPTIONS={"pool_size": settings.web_threads, "max_overflow": settings.web_threads},
        SESSION_COOKIE_NAME="__Host-lumbung",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=60 * 60 * 24 * 30,
        MAX_CONTENT_LENGTH=settings.max_upload_bytes,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        MAX_FORM_PARTS=2_000,
        WTF_CSRF_TIME_LIMIT=60 * 60 * 12,
        WTF_CSRF_SSL_STRICT=False,
    )
    # Inside of what believes the proxy, so that hosts are those that visitors asked for. A test asks as fast as it can,
    # and must see what each page answers.
    app.wsgi_app = FairShare(app.wsgi_app, busy=inf if settings.testing else BUSY)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    provider = app.json
    if isinstance(provider, DefaultJSONProvider):
        provider.sort_keys = False
    db.init_app(app)
    with app.app_context():
        install_liveness(db.engine)
        install_doubt(db.engine)
        install_later(db.engine)
    # Redirects that werkzeug makes by itself would name the kind of site as their host.
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    _serve_static(app)
    with app.app_context():
        watch_statements(db.engine)
    install_request_metrics(app)
    # The request cycle comes first: a page that refuses a missing CSRF token needs the site and the visitor.
    install_request_cycle(app, directory=directory, identity=identity)
    # Steps after a view go backwards: the validator is of the answer with all its headers.
    install_revalidation(app)
    install_security(app)
    install_problems(app, identity)
    install_shell(app)
    app.register_blueprint(health)
    app.register_blueprint(metrics)
    app.register_blueprint(problem_docs)
    csrf.exempt(stripe_events)
    app.register_blueprint(stripe_events)
    return app


def _serve_static(app: Flask) -> None:
    app.static_folder = "static"

    @access(PUBLIC)
    def static(filename: str) -> Response:
        response = send_static(app, filename)
        if filename.startswith("build/"):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            response.headers["Cache-Control"] = "public, max-age=3600"
        return response

    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=static, subdomain=BOTH_SITES)
