"""What was last measured in each municipality."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db.base import LocalTable
from lumbung.ids import new_id


class Measurement(LocalTable):
    """One number about a municipality and perhaps one of its apps: an id, a name of ours and a number, so that it
    needs no wall; the worker writes it from inside the municipality (ADR 0027).

    `app` is the app's place in the portal, empty for the municipality as a whole.
    """

    __tablename__ = "measurements"
    __table_args__ = (Index("uq_measurements_what", "tenant_id", "name", "app", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-1)
    tenant_id: Mapped[UUID]
    name: Mapped[str]
    app: Mapped[str] = mapped_column(default="")
    value: Mapped[float]
    measured_at: Mapped[datetime]
