"""The API over HTTP: who asks, in which version, with which key against doing it twice."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web

from lumbung.local_stripe.due import catch_up
from lumbung.local_stripe.errors import Refused
from lumbung.local_stripe.expanding import expanded
from lumbung.local_stripe.faults import ERROR, LOST, SLOW, Faults
from lumbung.local_stripe.foundation import decoded
from lumbung.local_stripe.idempotency import Keys
from lumbung.local_stripe.parameters import list_of, read_fields, text
from lumbung.local_stripe.routes import ROUTES, Route
from lumbung.local_stripe.world import API_VERSION, Asked, Json, World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_expand = list_of(text)


class Api:
    """Answers the requests of `/v1/`."""

    def __init__(self, world: World, faults: Faults) -> None:
        self._world = world
        self._faults = faults
        self._keys = Keys(world)

    def install(self, app: web.Application) -> None:
        """Put every request of the table on `app`, and a refusal in Stripe's words for all others."""
        for route in ROUTES:
            app.router.add_route(route.method, route.path, self._handler(route))
        app.router.add_route("*", "/v1/{rest:.*}", self._nowhere)

    def _handler(self, route: Route) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            body = await request.read()
            ident = f"req_{secrets.token_hex(7)}"
            try:
                self._admit(request)
                return await self._answer(request, route, body, ident)
            except Refused as refusal:
                return _response(refusal.status, json.dumps(refusal.body), ident)

        return handle

    async def _nowhere(self, request: web.Request) -> web.StreamResponse:
        try:
            self._admit(request)
        except Refused as refusal:
            return _response(refusal.status, json.dumps(refusal.body), "req_none")
        words = f"Unrecognized request URL ({request.method}: {request.path}). This local test double does not have it."
        return _response(404, json.dumps(Refused(words).body), "req_none")

    def _admit(self, request: web.Request) -> None:
        key = _api_key(request.headers.get("Authorization", ""))
        if key is None:
            raise Refused("You did not provide an API key.", status=401)
        if key != self._world.key:
            raise Refused(f"Invalid API Key provided: {key[:8]}{'*' * 12}{key[-4:]}", status=401)
        version = request.headers.get("Stripe-Version")
        if version != API_VERSION:
            raise Refused(f"Invalid Stripe API version: {version}. This test double speaks {API_VERSION}.")

    async def _answer(self, request: web.Request, route: Route, body: bytes, ident: str) -> web.StreamResponse:
        troubles = {fault.kind: fault for fault in self._faults.next(request.method, request.path)}
        if ERROR in troubles:
            error = {"error": {"type": "api_error", "message": "Sorry, something went wrong on our end."}}
            return _response(500, json.dumps(error), ident)
        key = request.headers.get("Idempotency-Key") if request.method != "GET" else None
        if key is not None:
            kept = self._keys.begin(key, method=request.method, path=request.path, body=body)
            if kept is not None:
                return _response(kept["status"], kept["answer"], ident, key=key, replayed=True)
        try:
            if SLOW in troubles:
                await asyncio.sleep(troubles[SLOW].seconds)
            try:
                status, answer = 200, json.dumps(self._work(request, route, body, Asked(ident, key)))
            except Refused as refusal:
                if refusal.validation:
                    raise
                status, answer = refusal.status, json.dumps(refusal.body)
            if key is not None:
                self._keys.keep(key, method=request.method, path=request.path, body=body, status=status, answer=answer)
        finally:
            if key is not None:
                self._keys.end(key)
        if LOST in troubles and request.transport is not None:
            request.transport.abort()
        return _response(status, answer, ident, key=key)

    def _work(self, request: web.Request, route: Route, body: bytes, asked: Asked) -> Json:
        given = body.decode() if request.method == "POST" else request.query_string
        params = dict(decoded(given))
        paths = _expand(params.pop("expand"), "expand") if "expand" in params else []
        values = read_fields(params, route.fields)
        world = self._world
        catch_up(world)
        world.asked = asked
        try:
            answer = route.call(world, values, *request.match_info.values())
        finally:
            world.asked = Asked()
        if answer.get("object") == "list":
            return answer | {"data": _expanded_elements(world, answer["data"], paths)}
        return expanded(world, answer, paths)


def _expanded_elements(world: World, data: list[Json], paths: list[str]) -> list[Json]:
    for path in paths:
        if not path.startswith("data."):
            raise Refused(f"This property cannot be expanded ({path}).", param="expand")
    inner = [path.removeprefix("data.") for path in paths]
    return [expanded(world, one, inner) for one in data]


def _api_key(header: str) -> str | None:
    scheme, _, value = header.partition(" ")
    if scheme == "Bearer" and value:
        return value.strip()
    if scheme == "Basic":
        try:
            return base64.b64decode(value).decode().partition(":")[0] or None
        except (binascii.Error, UnicodeDecodeError):
            return None
    return None


def _response(status: int, answer: str, ident: str, *, key: str | None = None, replayed: bool = False) -> web.Response:
    headers = {"Request-Id": ident, "Stripe-Version": API_VERSION}
    if key is not None:
        headers["Idempotency-Key"] = key
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    if status == 409:
        headers["Stripe-Should-Retry"] = "true"
    return web.Response(status=status, text=answer, content_type="application/json", headers=headers)
