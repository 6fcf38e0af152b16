"""Security headers, nonces and CSRF."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Response, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import RequestEntityTooLarge

from lumbung.web.sites import LumbungFlask

csrf = CSRFProtect()
MOST_FIELDS_BYTES = 1024 * 1024
"""The most of a body that is read into memory at once: forms without files, and what programs send."""
MOST_PACKAGE_BYTES = 9 * 1024 * 1024
_PACKAGES = frozenset({"releases_api.create_release"})


def csp_nonce() -> str:
    """The nonce of this answer, for the few inline scripts and styles that there are."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def install_security(app: LumbungFlask) -> None:
    """Register CSRF protection and the headers of every answer."""
    # Before the CSRF check, which reads the form.
    app.before_request(_bound_body)
    csrf.init_app(app)
    tiles = urlsplit(app.lumbung.map_tiles_url)
    tile_origin = f" {tiles.scheme}://{tiles.netloc}" if tiles.netloc else ""

    settings = app.lumbung
    before_checkout = (
        f"img-src 'self' data: blob:{tile_origin}; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self' "
        f"{settings.base_url} {settings.scheme}://*.{settings.hub_host}"
    )
    always = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
    }
    if settings.scheme == "https":
        always["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    @app.after_request
    def _headers(response: Response) -> Response:
        # One look at what is there: each question to werkzeug's headers goes through all of them.
        present = {name.lower() for name, _ in response.headers}
        added = {name: value for name, value in always.items() if name.lower() not in present}
        if "content-security-policy" not in present:
            nonce = f" 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else ""
            # A form that begins a payment or changes a card leads on to Stripe's page; browsers hold such redirects to
            # this list too.
            now = app.lumbung
            stripe = f" {now.stripe_checkout_origin} {now.stripe_portal_origin}" if now.stripe_secret_key else ""
            added["Content-Security-Policy"] = (
                f"default-src 'none'; script-src 'self'{nonce}; style-src 'self'{nonce}; "
                f"{before_checkout}{stripe}; base-uri 'none'; frame-ancestors 'none'"
            )
        if "cache-control" not in present:
            added["Cache-Control"] = "no-store" if g.get("visitor") and g.visitor.signed_in else "no-cache"
        response.headers.extend(added)
        return response


def _bound_body() -> None:
    """Files travel as multipart, which goes to disk as it comes; any other body is read at once, and so must be short.

    What is longer is refused with 413 before it is read, and a form of more than `MAX_FORM_PARTS` fields before they
    are taken apart.
    """
    if request.mimetype != "multipart/form-data":
        request.max_content_length = MOST_PACKAGE_BYTES if request.endpoint in _PACKAGES else MOST_FIELDS_BYTES
    # werkzeug holds only multipart forms to that number.
    most = request.max_form_parts
    if request.mimetype == "application/x-www-form-urlencoded" and most and request.get_data().count(b"&") >= most:
        raise RequestEntityTooLarge
