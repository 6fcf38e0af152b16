"""Requests, votes, what the publisher decided, and who has been told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import GlobalTable, SharedTable, TenantTable


class AppRequest(SharedTable):
    """A bug, an idea or a question of a municipality about an app, with the version that it ran then.

    `evaluation_id` names the submitted evaluation of the same municipality that it came from.
    """

    __tablename__ = "app_requests"
    __table_args__ = (
        CheckConstraint("kind IN ('bug', 'idea', 'question')", name="kind"),
        Index("ix_app_requests_app_id", "app_id", "created_at"),
    )

    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    kind: Mapped[str]
    title: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    version: Mapped[str]
    author: Mapped[str]
    municipality_name: Mapped[str]
    evaluation_id: Mapped[UUID | None]
    updated_at: Mapped[datetime]


class RequestVote(SharedTable):
    """A municipality wants this too: one per municipality and request, taken back at will.

    `request_id` is another municipality's row, so no foreign key can hold it; a vote for what was withdrawn counts for
    nothing.
    """

    __tablename__ = "request_votes"
    __table_args__ = (
        UniqueConstraint("tenant_id", "request_id", name="uq_request_votes_tenant_id_request_id"),
        Index("ix_request_votes_app_id", "app_id", "request_id"),
    )

    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    request_id: Mapped[UUID]
    municipality_name: Mapped[str]


class RequestDecision(GlobalTable):
    """What the app's publisher says about a request, in public; one per request, editable."""

    __tablename__ = "request_decisions"
    __table_args__ = (
        UniqueConstraint("request_id", name="uq_request_decisions_request_id"),
        CheckConstraint("state IN ('open', 'planned', 'in_progress', 'fixed', 'declined', 'duplicate')", name="state"),
        CheckConstraint("(state = 'fixed') = (fixed_version IS NOT NULL)", name="fixed_version"),
        CheckConstraint("(state = 'duplicate') = (duplicate_of IS NOT NULL)", name="duplicate_of"),
        Index("ix_request_decisions_app_id", "app_id", "state"),
    )

    publisher_id: Mapped[UUID] = mapped_column(ForeignKey("publishers.id"))
    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    request_id: Mapped[UUID]
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"))
    state: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    fixed_version: Mapped[str | None]
    duplicate_of: Mapped[UUID | None]
    author: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    updated_at: Mapped[datetime]


class RequestNotice(TenantTable):
    """The municipality's people have been told that a request is fixed in a version."""

    __tablename__ = "request_notices"
    __append_only__ = True
    __table_args__ = (
        UniqueConstraint("tenant_id", "request_id", "version", name="uq_request_notices_request_version"),
    )

    request_id: Mapped[UUID]
    version: Mapped[str]
