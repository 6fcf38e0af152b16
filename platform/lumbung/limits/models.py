"""The buckets."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db.base import LocalTable


class RateBucket(LocalTable):
    """What is left in one bucket; `key` holds a digest, never an address or a name."""

    __tablename__ = "rate_buckets"

    key: Mapped[str] = mapped_column(primary_key=True)
    tokens: Mapped[float] = mapped_column(Float)
    updated_at: Mapped[datetime]
