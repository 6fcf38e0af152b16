"""Spending from a bucket."""

from __future__ import annotations

import hashlib
import hmac
import math
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, IPv6Network

from flask import current_app, request

from lumbung.db.clock import now
from lumbung.db.direct import run_alone_together, statement_alone
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
    spend_each((limit, who))


def spend_each(*spent: tuple[Limit, str]) -> None:
    """Take one token from each, all in one round trip.

    Raises TooMany as `spend` does, for the longest wait when several are empty.
    """
    # Always in the same order, so that two who spend from the same buckets never wait for each other.
    asked = sorted(_asked(limit, who) for limit, who in spent)
    rows = run_alone_together(_SPEND, [dict(zip(_SPEND.takes, values, strict=True)) for values in asked])
    waits = [-float(row[0] or 0) / rate for row, (_, _, rate, _) in zip(rows, asked, strict=True) if row is not None]
    if (longest := max(waits)) > 0:
        raise TooMany(retry_after=max(1, math.ceil(longest)))


def _asked(limit: Limit, who: str) -> tuple[str, int, float, datetime]:
    return _key(limit.name, who), limit.size, limit.size / limit.seconds, now()


def address_key() -> str:
    """The caller's network: the address, or the /64 of an IPv6 address, however that is written."""
    written = request.remote_addr or "-"
    if ":" not in written:
        return written
    try:
        address = IPv6Address(written)
    except ValueError:
        return written
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address) >> 64 << 64, 64)))


def _key(name: str, who: str) -> str:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return f"{name}:{hmac.new(secret, who.encode(), hashlib.sha256).hexdigest()[:32]}"
