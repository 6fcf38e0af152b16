"""Reviews, and the maintainer's replies."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import GlobalTable, SharedTable


class Review(SharedTable):
    """One per municipality and app: stars and words, bound to the version in use."""

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("tenant_id", "app_id", name="uq_reviews_tenant_id_app_id"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
    )

    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    version: Mapped[str]
    stars: Mapped[int]
    words: Mapped[str]
    author: Mapped[str]
    municipality_name: Mapped[str]
    updated_at: Mapped[datetime]


class PublisherReply(GlobalTable):
    """What a maintainer answers in public to a review or an evaluation; one per subject, editable."""

    __tablename__ = "publisher_replies"
    __table_args__ = (
        UniqueConstraint("subject_type", "subject_id", name="uq_publisher_replies_subject"),
        CheckConstraint("subject_type IN ('review', 'evaluation')", name="subject_type"),
    )

    publisher_id: Mapped[UUID] = mapped_column(ForeignKey("publishers.id"))
    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    subject_type: Mapped[str]
    subject_id: Mapped[UUID]
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"))
    words: Mapped[str]
    author: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    updated_at: Mapped[datetime]
