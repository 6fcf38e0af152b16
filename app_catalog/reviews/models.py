"""Reviews, the maintainer's replies, flags and what curators hid, and when not to ask again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import GlobalTable, SharedTable, TenantTable


class Review(SharedTable):
    """One per municipality and app: stars and words, bound to the version in use and to the time since enabling.

    `archived_at` is set while the municipality no longer runs the app.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("tenant_id", "app_id", name="uq_reviews_tenant_id_app_id"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        Index("ix_reviews_app_id", "app_id"),
    )

    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    version: Mapped[str]
    stars: Mapped[int]
    words: Mapped[str]
    author: Mapped[str]
    municipality_name: Mapped[str]
    used_since: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]

    @property
    def days_in_use(self) -> int | None:
        """Whole days from enabling the app to this judgement; None for one written before that was kept."""
        return (self.updated_at - self.used_since).days if self.used_since else None


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


class ReviewFlag(GlobalTable):
    """Somebody finds a review wrong; settled once a curator has looked."""

    __tablename__ = "review_flags"
    __table_args__ = (UniqueConstraint("review_id", "account_id", name="uq_review_flags_review_account"),)

    review_id: Mapped[UUID]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    reason: Mapped[str]
    settled_at: Mapped[datetime | None]


class HiddenReview(GlobalTable):
    """A curator took a review off the catalog; without this row it is shown again. The review stays its owner's."""

    __tablename__ = "hidden_reviews"
    __table_args__ = (UniqueConstraint("review_id", name="uq_hidden_reviews_review_id"),)

    review_id: Mapped[UUID]
    reason: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))


class ReviewPostponement(TenantTable):
    """The municipality does not want to be asked for a review of this app before then."""

    __tablename__ = "review_postponements"
    __table_args__ = (UniqueConstraint("tenant_id", "app_id", name="uq_review_postponements_app"),)

    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    until: Mapped[datetime]
