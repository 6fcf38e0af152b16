"""Idempotency keys as Stripe keeps them: for a day, with the whole answer."""

from __future__ import annotations

import hashlib

from lumbung.local_stripe.errors import Refused
from lumbung.local_stripe.world import Json, World

_KEPT_SECONDS = 86_400
_LONGEST_KEY = 255


class Keys:
    """The idempotency keys of one account."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._under_way: set[str] = set()

    def begin(self, key: str, *, method: str, path: str, body: bytes) -> Json | None:
        """The answer that `key` has already; None when it has none: the work begins, and must be ended.

        Raises `Refused`: 400 when the key came with another request before, 409 while that one is under way.
        """
        if not key or len(key) > _LONGEST_KEY:
            raise Refused("Idempotency keys have 1 to 255 characters.", kind="idempotency_error")
        kept = self._world.table("idempotency").get(key)
        if kept is not None and kept["created"] + _KEPT_SECONDS <= self._world.now():
            kept = None
        print_of = _fingerprint(method, path, body)
        if kept is not None and kept["print"] != print_of:
            raise Refused(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. Try "
                f"using a key other than '{key}' if you meant to execute a different request.",
                kind="idempotency_error",
            )
        if kept is not None:
            return kept
        if key in self._under_way:
            raise Refused(
                "There is currently another in-progress request using this Stripe-Idempotency-Key (that probably means "
                f"you submitted twice, and the other request is still going through): {key}. Please try again later.",
                status=409,
                kind="idempotency_error",
                code="idempotency_key_in_use",
            )
        self._under_way.add(key)
        return None

    def end(self, key: str) -> None:
        """The work is over, with an answer that was kept or without."""
        self._under_way.discard(key)

    def keep(self, key: str, *, method: str, path: str, body: bytes, status: int, answer: str) -> None:
        """Keep the answer for the next request with this key."""
        self._world.table("idempotency")[key] = {
            "print": _fingerprint(method, path, body),
            "status": status,
            "answer": answer,
            "created": self._world.now(),
        }
        self._world.changes += 1


def _fingerprint(method: str, path: str, body: bytes) -> str:
    return hashlib.sha256(f"{method} {path}\n".encode() + body).hexdigest()
