"""Wishes, votes for them, and what publishers and curators make of them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import GlobalTable, SharedTable, TenantTable


class Wish(SharedTable):
    """An app that a municipality misses: its name in a few words, the problem, and whom it would serve."""

    __tablename__ = "wishes"
    __table_args__ = (Index("ix_wishes_created_at", "created_at"),)

    title: Mapped[str]
    problem: Mapped[str]
    serves: Mapped[str]
    category: Mapped[str]
    author: Mapped[str]
    municipality_name: Mapped[str]
    updated_at: Mapped[datetime]


class WishVote(SharedTable):
    """A municipality misses it too: one per municipality and wish, taken back at will.

    `wish_id` is another municipality's row, so no foreign key can hold it; a vote for what was withdrawn counts for
    nothing.
    """

    __tablename__ = "wish_votes"
    __table_args__ = (
        UniqueConstraint("tenant_id", "wish_id", name="uq_wish_votes_tenant_id_wish_id"),
        Index("ix_wish_votes_wish_id", "wish_id"),
    )

    wish_id: Mapped[UUID]
    municipality_name: Mapped[str]


class WishClaim(GlobalTable):
    """A publisher works on it until a day; `app_id` once an app of its own fulfils it. One per publisher and wish."""

    __tablename__ = "wish_claims"
    __table_args__ = (
        UniqueConstraint("wish_id", "publisher_id", name="uq_wish_claims_wish_id_publisher_id"),
        Index("ix_wish_claims_publisher_id", "publisher_id"),
        Index("ix_wish_claims_app_id", "app_id"),
    )

    wish_id: Mapped[UUID]
    publisher_id: Mapped[UUID] = mapped_column(ForeignKey("publishers.id"))
    until: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    app_id: Mapped[UUID | None] = mapped_column(ForeignKey("apps.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    updated_at: Mapped[datetime]


class WishRuling(GlobalTable):
    """A curator hid a wish, or merged it into another; one per wish, taken back at will."""

    __tablename__ = "wish_rulings"
    __table_args__ = (
        UniqueConstraint("wish_id", name="uq_wish_rulings_wish_id"),
        Index("ix_wish_rulings_merged_into", "merged_into"),
        CheckConstraint("(kind = 'merged') = (merged_into IS NOT NULL)", name="merged_into"),
        CheckConstraint("kind IN ('hidden', 'merged')", name="kind"),
    )

    wish_id: Mapped[UUID]
    kind: Mapped[str]
    merged_into: Mapped[UUID | None]
    reason: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))


class WishNotice(TenantTable):
    """The municipality's people have been told that an app fulfils a wish."""

    __tablename__ = "wish_notices"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("tenant_id", "wish_id", "app_id", name="uq_wish_notices_wish_app"),)

    wish_id: Mapped[UUID]
    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
