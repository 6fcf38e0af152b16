"""Rate limits: a token bucket in PostgreSQL (ADR 0013)."""

from lumbung.limits.models import RateBucket
from lumbung.limits.services import Limit, address_key, spend, spend_each

__all__ = ["Limit", "RateBucket", "address_key", "spend", "spend_each"]
