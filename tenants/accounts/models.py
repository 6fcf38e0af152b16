"""Accounts of people, their sessions on each site, and single-use tokens."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lumbung.db import GlobalTable


class Account(GlobalTable):
    """One person, everywhere. `email` is kept in lower case.

    `awaiting_confirmation`: signed up by themselves and has not opened the link in the mail yet; cannot sign in.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("email", name="uq_accounts_email"),
        CheckConstraint("email = lower(email)", name="email_lower"),
    )

    email: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="id")
    is_operator: Mapped[bool] = mapped_column(default=False)
    is_curator: Mapped[bool] = mapped_column(default=False)
    awaiting_confirmation: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None]
    password_changed_at: Mapped[datetime | None]


class AccountSession(GlobalTable):
    """A browser that is signed in on one site. Only the digest of its token is kept.

    A session on a portal was handed over from one on the hub (`parent_id`) and ends with it.
    """

    __tablename__ = "account_sessions"
    __table_args__ = (
        UniqueConstraint("token_digest", name="uq_account_sessions_token_digest"),
        Index("ix_account_sessions_account_id", "account_id"),
        Index("ix_account_sessions_parent_id", "parent_id"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("account_sessions.id", ondelete="CASCADE"))
    token_digest: Mapped[str]
    site: Mapped[str]
    user_agent: Mapped[str]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship(lazy="joined")


class AccountToken(GlobalTable):
    """A single-use link: password reset, address check, hand-over to another host. Digest only."""

    __tablename__ = "account_tokens"
    __table_args__ = (
        UniqueConstraint("token_digest", name="uq_account_tokens_token_digest"),
        CheckConstraint("purpose IN ('reset', 'confirm', 'handover')", name="purpose"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("account_sessions.id", ondelete="CASCADE"))
    purpose: Mapped[str]
    token_digest: Mapped[str]
    audience: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class AccountMembership(GlobalTable):
    """The index for sign-in: in which municipalities an account has a membership. Nothing else is said here."""

    __tablename__ = "account_memberships"
    __table_args__ = (
        UniqueConstraint("account_id", "municipality_id", name="uq_account_memberships_account_id_municipality_id"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"))
