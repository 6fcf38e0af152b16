"""Spending from a bucket."""

from __future__ import annotations

import hashlib
import hmac
import math
from dataclasses import dataclass

from flask import current_app, request
from sqlalchemy import text

from lumbung.db.clock import now
from lumbung.db.engine import db
from lumbung.errors import TooMany

_SPEND = text(
    """
    INSERT INTO rate_buckets AS b (key, tokens, updated_at) VALUES (:key, :size - 1, :now)
    ON CONFLICT (key) DO UPDATE SET
      tokens = greatest(-1, least(
        :size, b.tokens + greatest(0, extract(epoch FROM excluded.updated_at - b.updated_at)) * :rate) - 1),
      updated_at = excluded.updated_at
    RETURNING tokens
    """
)


@dataclass(frozen=True)
class Limit:
    """`size` at once, filled up again within `seconds`."""

    name: str
    size: int
    seconds: int


def spend(limit: Limit, who: str) -> None:
    """Take one token, in a transaction of its own so that refused requests count too.

    Raises TooMany with the seconds to wait when the bucket is empty.
    """
    rate = limit.size / limit.seconds
    with db.engine.begin() as connection:
        left = connection.execute(
            _SPEND, {"key": _key(limit.name, who), "size": limit.size, "rate": rate, "now": now()}
        ).scalar_one()
    if left < 0:
        raise TooMany(retry_after=max(1, math.ceil(-left / rate)))


def address_key() -> str:
    """The caller's network: the address, or the /64 of an IPv6 address."""
    address = request.remote_addr or "-"
    return ":".join(address.split(":")[:4]) if ":" in address else address


def _key(name: str, who: str) -> str:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return f"{name}:{hmac.new(secret, who.encode(), hashlib.sha256).hexdigest()[:32]}"
