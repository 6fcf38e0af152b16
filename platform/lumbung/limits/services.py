"""Spending from a bucket."""

from __future__ import annotations

import hashlib
import hmac
import math
from dataclasses import dataclass

from flask import current_app, request

from lumbung.db.clock import now
from lumbung.db.direct import run_alone, statement_alone
from lumbung.errors import TooMany

_SPEND = statement_alone(
    """
    INSERT INTO rate_buckets AS b (key, tokens, updated_at)
    VALUES ($1::text, $2::float8 - 1, $4::timestamptz)
    ON CONFLICT (key) DO UPDATE SET
      tokens = greatest(-1, least(
        $2::float8, b.tokens + greatest(0, extract(epoch FROM excluded.updated_at - b.updated_at)) * $3::float8) - 1),
      updated_at = excluded.updated_at
    RETURNING tokens
    """,
    "key",
    "size",
    "rate",
    "now",
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
    row = run_alone(_SPEND, {"key": _key(limit.name, who), "size": limit.size, "rate": rate, "now": now()})
    assert row is not None
    left = float(row[0] or 0)
    if left < 0:
        raise TooMany(retry_after=max(1, math.ceil(-left / rate)))


def address_key() -> str:
    """The caller's network: the address, or the /64 of an IPv6 address."""
    address = request.remote_addr or "-"
    return ":".join(address.split(":")[:4]) if ":" in address else address


def _key(name: str, who: str) -> str:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return f"{name}:{hmac.new(secret, who.encode(), hashlib.sha256).hexdigest()[:32]}"
