"""Sending a package to a hub over HTTP, for the command line."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from app_catalog.definitions.signing import Signature

TIMEOUT = 120
_LARGEST_ANSWER = 4 * 1024 * 1024


class HubUnreachableError(Exception):
    """The hub did not answer as a hub does; the message says how."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the hub said: the HTTP status and its JSON document."""

    status: int
    document: dict[str, Any]

    @property
    def ok(self) -> bool:
        """Whether the release is there now."""
        return self.status in (200, 201)


class _StayHere(HTTPRedirectHandler):
    """Follows no redirect: a token goes to the address that was named and to no other."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def send_package(
    hub: str,
    publisher: str,
    token: str,
    archive: bytes,
    *,
    signature: Signature | None = None,
    channel: str = "stable",
    language: str = "id",
) -> Answer:
    """The hub's answer to a package. `hub` is the address of its start page, `channel` stable or beta.

    Raises HubUnreachableError when the address is no http(s) address, nobody answers there, or the answer is not the
    API's.
    """
    headers = {"Content-Type": "application/zip"}
    if signature is not None:
        headers["Lumbung-Key"] = signature.key_id
        headers["Lumbung-Signature"] = b64encode(signature.value).decode()
    path = f"publishers/{quote(publisher, safe='')}/releases?{urlencode({'channel': channel})}"
    return _post(hub, path, token, archive, headers, language)


def send_change(
    hub: str,
    publisher: str,
    token: str,
    *,
    app: str,
    version: str | None,
    change: Literal["yank", "promote", "deprecate", "support"],
    body: Mapping[str, Any],
    language: str = "id",
) -> Answer:
    """The hub's answer to what becomes of a version, or of the whole app without one. Raises as `send_package` does."""
    place = "/".join(quote(part, safe="") for part in (publisher, "apps", app, version, change) if part)
    content = json.dumps(dict(body)).encode()
    return _post(hub, f"publishers/{place}", token, content, {"Content-Type": "application/json"}, language)


def _post(hub: str, path: str, token: str, content: bytes, headers: Mapping[str, str], language: str) -> Answer:
    if urlsplit(hub).scheme not in {"http", "https"} or not urlsplit(hub).netloc:
        raise HubUnreachableError(hub)
    sent = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/json",
        "Accept-Language": language,
        **headers,
    }
    url = f"{hub.rstrip('/')}/api/v1/{path}"
    request = Request(url, data=content, headers=sent, method="POST")  # noqa: S310 - the scheme was checked.
    try:
        with build_opener(_StayHere).open(request, timeout=TIMEOUT) as response:
            return Answer(response.status, _document(response.read(_LARGEST_ANSWER)))
    except HTTPError as error:
        with error:
            return Answer(error.code, _document(error.read(_LARGEST_ANSWER)))
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise HubUnreachableError(f"{hub}: {reason}") from error


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise HubUnreachableError("…") from error
    if not isinstance(document, dict):
        raise HubUnreachableError("…")
    return document
