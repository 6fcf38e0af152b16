"""How Stripe is asked: by few at once while somebody waits, and its answers that are refusals as errors of ours."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from threading import BoundedSemaphore
from typing import Any, TypeVar

import stripe
import structlog

from lumbung.money.errors import StripeRefused, StripeUnreachable

_AT_ONCE = 2
_door = BoundedSemaphore(_AT_ONCE)

log = structlog.get_logger("lumbung.money")
T = TypeVar("T")


@contextmanager
def somebody_waits() -> Iterator[None]:
    """For what is asked of Stripe while a person's browser waits: by so few of a process's threads at once that a
    Stripe which does not answer leaves the others to everybody else. Raises StripeUnreachable at once when they do."""
    if not _door.acquire(blocking=False):
        log.warning("stripe-busy")
        raise StripeUnreachable
    try:
        yield
    finally:
        _door.release()


def digest(params: dict[str, Any]) -> str:
    """What differs where the parameters do, for keys of requests that may be asked again with others."""
    return sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()[:16]


def asked(ask: Callable[[], T]) -> T:
    """What `ask` gives. Raises StripeRefused when Stripe says no, StripeUnreachable when it does not answer."""
    try:
        return ask()
    except (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError) as error:
        log.warning("stripe-refused", code=error.code, param=getattr(error, "param", None))
        said = str(error.user_message or error.code or "?")
        raise StripeRefused(said, missing=error.code == "resource_missing") from error
    except stripe.StripeError as error:
        # Also keys that are wrong: the person at the screen can do nothing about them, the operator reads the log.
        log.warning("stripe-unreachable", error=type(error).__name__, code=error.code)
        raise StripeUnreachable from error
