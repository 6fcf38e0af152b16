"""Webhook endpoints, and events on their way to them: signed, and tried again while they are not taken."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import secrets
import time
from urllib.parse import urlsplit

import aiohttp

from lumbung.local_stripe.expanding import page
from lumbung.local_stripe.parameters import LISTING, Fields, Required, list_of, metadata, text, url
from lumbung.local_stripe.world import API_VERSION, Json, World, public

CREATE: Fields = {
    "url": Required(url),
    "enabled_events": Required(list_of(text)),
    "api_version": text,
    "description": text,
    "metadata": metadata,
}
LIST: Fields = {**LISTING}
# The pauses before each new try; Stripe goes on for three days, the last one here repeats.
RETRY_PAUSES = (1.0, 2.0, 5.0, 15.0, 60.0)
_MOST_TRIES = 50
_ANSWER_SECONDS = 20.0
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def create(world: World, params: Json) -> Json:
    """POST /v1/webhook_endpoints; the answer, and it alone, has the secret."""
    endpoint = register(world, address=params["url"], secret=f"whsec_{secrets.token_hex(16)}", params=params)
    return endpoint | {"secret": endpoint["_secret"]}


def register(
    world: World,
    *,
    address: str,
    secret: str,
    params: Json | None = None,
    host: str | None = None,
    ident: str | None = None,
) -> Json:
    """An endpoint with a given secret. `host` is what the Host header says instead of the address."""
    given = params or {}
    return world.add(
        "webhook_endpoint",
        {
            "api_version": given.get("api_version", API_VERSION),
            "application": None,
            "description": given.get("description"),
            "enabled_events": given.get("enabled_events", ["*"]),
            "metadata": given.get("metadata", {}),
            "status": "enabled",
            "url": address,
            "_secret": secret,
            "_host": host,
        },
        ident=ident,
    )


def get(world: World, _params: Json, ident: str) -> Json:
    """GET /v1/webhook_endpoints/:id."""
    return world.get("webhook_endpoint", ident)


def delete(world: World, _params: Json, ident: str) -> Json:
    """DELETE /v1/webhook_endpoints/:id."""
    world.get("webhook_endpoint", ident)
    del world.table("webhook_endpoint")[ident]
    for one in list(world.table("delivery").values()):
        if one["endpoint"] == ident:
            del world.table("delivery")[one["id"]]
    world.changed()
    return {"id": ident, "object": "webhook_endpoint", "deleted": True}


def list_endpoints(world: World, params: Json) -> Json:
    """GET /v1/webhook_endpoints."""
    return page(world, world.table("webhook_endpoint").values(), params, path="/v1/webhook_endpoints")


def signed(event: Json, secret: str) -> tuple[bytes, str]:
    """The body that is sent for `event`, and its Stripe-Signature of the real present moment."""
    body = json.dumps(public(event), indent=2).encode()
    moment = int(time.time())
    mac = hmac.new(secret.encode(), b"%d." % moment + body, hashlib.sha256).hexdigest()
    return body, f"t={moment},v1={mac}"


class Deliveries:
    """Sends events in the background of an event loop."""

    def __init__(self, world: World, *, pauses: tuple[float, ...] = RETRY_PAUSES) -> None:
        self._world = world
        self._pauses = pauses
        self._wake = asyncio.Event()
        self._session: aiohttp.ClientSession | None = None
        self.paused = False
        world.on_event = self.queue

    def queue(self, event: Json) -> None:
        """An event happened: note it down for every endpoint that wants its kind."""
        for endpoint in self._world.table("webhook_endpoint").values():
            if "*" in endpoint["enabled_events"] or event["type"] in endpoint["enabled_events"]:
                ident = f"{event['id']}:{endpoint['id']}"
                self._world.table("delivery")[ident] = {
                    "id": ident,
                    "event": event["id"],
                    "type": event["type"],
                    "endpoint": endpoint["id"],
                    "tries": 0,
                    "next": 0.0,
                    "answer": None,
                }
                event["pending_webhooks"] += 1
                event["_delivered"] = False
        self._wake.set()

    def wake(self) -> None:
        """Look again at what is to be sent."""
        self._wake.set()

    async def run(self) -> None:
        """Send what is due, for ever."""
        while True:
            self._wake.clear()
            pause = await self._send_due()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause)

    async def _send_due(self) -> float | None:
        """Send everything that is due; answers the seconds until the next is, None when none is waiting."""
        if self.paused:
            return None
        waiting = self._world.table("delivery")
        for one in sorted(waiting.values(), key=lambda each: float(each["next"])):
            if one["next"] <= time.time() and self._may_send(one["id"]) and one["tries"] < _MOST_TRIES:
                await self._try(one)
        left = [one["next"] for one in self._world.table("delivery").values() if one["tries"] < _MOST_TRIES]
        return max(0.01, min(left) - time.time()) if left else None

    def _may_send(self, ident: str) -> bool:
        return not self.paused and ident in self._world.table("delivery")

    async def _try(self, delivery: Json) -> None:
        event = self._world.table("event").get(delivery["event"])
        endpoint = self._world.table("webhook_endpoint").get(delivery["endpoint"])
        if event is None or endpoint is None:
            self._world.table("delivery").pop(delivery["id"], None)
            return
        answer = await self._post(endpoint, event)
        if not self._taken(event, endpoint, answer):
            delivery["answer"] = answer
            delivery["tries"] += 1
            delivery["next"] = time.time() + self._pauses[min(delivery["tries"], len(self._pauses)) - 1]
            self._world.changes += 1

    def _taken(self, event: Json, endpoint: Json, answer: int | str) -> bool:
        if not (isinstance(answer, int) and 200 <= answer < 300):
            return False
        if self._world.table("delivery").pop(f"{event['id']}:{endpoint['id']}", None) is not None:
            event["pending_webhooks"] -= 1
            event["_delivered"] = event["pending_webhooks"] == 0
            self._world.changes += 1
        return True

    async def deliver(self, ident: str) -> list[int | str]:
        """Send one event now, once more if need be; the status of each endpoint, or what kept it from answering."""
        event = self._world.get("event", ident)
        answers = []
        for endpoint in list(self._world.table("webhook_endpoint").values()):
            answer = await self._post(endpoint, event)
            self._taken(event, endpoint, answer)
            answers.append(answer)
        return answers

    async def _post(self, endpoint: Json, event: Json) -> int | str:
        body, signature = signed(event, endpoint["_secret"])
        headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature}
        if endpoint["_host"]:
            headers["Host"] = endpoint["_host"]
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS),
                headers={"User-Agent": "Stripe/1.0 (local test double)"},
            )
        # On this machine itself a certificate that we made ourselves is good enough.
        secure = urlsplit(endpoint["url"]).hostname not in _LOOPBACK
        try:
            async with self._session.post(
                endpoint["url"], data=body, headers=headers, ssl=secure, allow_redirects=False
            ) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return type(error).__name__

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


def undelivered(world: World) -> list[Json]:
    """What is still on its way, oldest first."""
    return [dict(one) for one in world.table("delivery").values()]
