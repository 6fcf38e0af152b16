"""What everybody may read on the hub carries a validator: who asks again for the same gets 304 (RFC 9110, 8.8.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

from flask import Response, g, request, session

from lumbung.web.sites import LumbungFlask

_CSRF = "csrf_token"
_CONDITIONS = frozenset({"HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"})
"""The conditions of RFC 9110, 13.1, as they arrive; nothing here is given in ranges."""
_HOURS_OF_A_TOKEN = 6
"""A page with a form is fetched anew after so long, well before its token would be refused (12 hours)."""


def install_revalidation(app: LumbungFlask) -> None:
    """Give every page, document and feed for everybody an ETag, and answer 304 to who holds the same already.

    Pages of people who are signed in are never stored, so that they need none. Views may set an ETag of their own,
    and leave the rest to this.
    """

    @app.after_request
    def _validate(response: Response) -> Response:
        if "ETag" in response.headers and response.status_code == 200:
            return _as_held(response)
        if not _is_for_everybody(response):
            return response
        value, same_bytes = _fingerprint(response.get_data())
        response.set_etag(value, weak=not same_bytes)
        _as_held(response)
        if response.status_code == 304:
            # A browser goes on with the page that it holds, whose scripts carry the nonce of the policy that came with
            # it: a policy with another nonce would take its place, and stop them.
            response.headers.pop("Content-Security-Policy", None)
        return response


def _as_held(response: Response) -> Response:
    """304 without a body to who holds the same already; most ask for nothing of the kind, and are not examined."""
    if not _CONDITIONS.isdisjoint(request.environ):
        response.make_conditional(request)
    return response


def _is_for_everybody(response: Response) -> bool:
    if request.method not in {"GET", "HEAD"} or response.status_code != 200 or response.is_streamed:
        return False
    site, visitor = g.get("site"), g.get("visitor")
    if site is None or site.kind != "hub" or visitor is None or visitor.signed_in:
        return False
    return not response.cache_control.no_store


def _fingerprint(body: bytes) -> tuple[str, bool]:
    """A name for what the body says, and whether equal names mean equal bytes.

    The nonce says nothing. A token for forms is signed anew for each answer, but as good as the one before for the
    same browser and the next hours; to another browser the page with it is of no use.
    """
    digest, same_bytes = sha256(), True
    nonce = g.get("csp_nonce")
    if nonce:
        body, same_bytes = body.replace(nonce.encode(), b""), False
    token = g.get(_CSRF)
    if token and token.encode() in body:
        body, same_bytes = body.replace(token.encode(), b""), False
        hours = int(datetime.now(UTC).timestamp()) // (_HOURS_OF_A_TOKEN * 3600)
        digest.update(f"{session.get(_CSRF, '')} {hours}".encode())
    digest.update(body)
    return digest.hexdigest()[:32], same_bytes
