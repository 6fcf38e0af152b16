"""Cases of assistance, whom they are addressed to, what was said, when people meet, and what everybody may read."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import GlobalTable, SharedTable, TenantTable

TOPICS_CHECK = "topic IN ('starting', 'settings', 'training', 'moving_data', 'low_use', 'other')"
ONE_HELPER = "(publisher_id IS NULL) <> (partner_id IS NULL)"


class AssistanceCase(TenantTable):
    """A municipality asks for help with an app; the row is the municipality's (ADR 0043).

    Whoever accepted is named by `publisher_id` or `partner_id` (a municipality), with `helper_name` as it was then.
    `shares_progress` lets the helper see the checklist of the first 30 days while the case is open.
    """

    __tablename__ = "assistance_cases"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "installation_id"],
            ["installations.tenant_id", "installations.id"],
            name="fk_assistance_cases_installation",
        ),
        CheckConstraint(TOPICS_CHECK, name="topic"),
        CheckConstraint("form IN ('online', 'on_site', 'either')", name="form"),
        CheckConstraint(
            "state IN ('asked', 'declined', 'accepted', 'under_way', 'done', 'withdrawn')",
            name="state",
        ),
        CheckConstraint("publisher_id IS NULL OR partner_id IS NULL", name="helper"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        Index("ix_assistance_cases_installation", "tenant_id", "installation_id", "created_at"),
    )

    installation_id: Mapped[UUID]
    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    topic: Mapped[str]
    form: Mapped[str]
    suitable: Mapped[str]
    words: Mapped[str]
    author: Mapped[str]
    contact_id: Mapped[UUID]
    contact_name: Mapped[str]
    contact_email: Mapped[str]
    shares_progress: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="asked")
    publisher_id: Mapped[UUID | None]
    partner_id: Mapped[UUID | None]
    helper_name: Mapped[str] = mapped_column(default="")
    accepted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    rating: Mapped[int | None]
    thanks: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime]


class AssistanceAddress(GlobalTable):
    """To whom a case is addressed: the way of a helper to one case of one municipality, and nothing of what it says.

    `publisher_id` or `partner_id` (a municipality) is the helper. Visible to it while the state is `asked`, `accepted`
    or `done`.
    """

    __tablename__ = "assistance_addresses"
    __table_args__ = (
        UniqueConstraint("case_id", "publisher_id", name="uq_assistance_addresses_publisher"),
        UniqueConstraint("case_id", "partner_id", name="uq_assistance_addresses_partner"),
        CheckConstraint(ONE_HELPER, name="helper"),
        CheckConstraint(TOPICS_CHECK, name="topic"),
        CheckConstraint(
            "state IN ('asked', 'accepted', 'done', 'declined', 'handed_on', 'taken', 'withdrawn')",
            name="state",
        ),
        Index("ix_assistance_addresses_publisher_id", "publisher_id", "state"),
        Index("ix_assistance_addresses_partner_id", "partner_id", "state"),
    )

    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"))
    case_id: Mapped[UUID]
    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    publisher_id: Mapped[UUID | None] = mapped_column(ForeignKey("publishers.id"))
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("municipalities.id"))
    topic: Mapped[str]
    state: Mapped[str] = mapped_column(default="asked")
    updated_at: Mapped[datetime]


class AssistanceMessage(TenantTable):
    """What one side said to the other, or what happened (`event`); nobody else reads it."""

    __tablename__ = "assistance_messages"
    __append_only__ = True
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["assistance_cases.tenant_id", "assistance_cases.id"],
            name="fk_assistance_messages_case",
        ),
        CheckConstraint("side IN ('asker', 'helper')", name="side"),
        Index("ix_assistance_messages_case", "tenant_id", "case_id", "created_at"),
    )

    case_id: Mapped[UUID]
    side: Mapped[str]
    author: Mapped[str]
    organisation: Mapped[str]
    account_id: Mapped[UUID | None]
    event: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(default="")


class AssistanceMeeting(TenantTable):
    """A meeting (sesi) of both sides: proposed times, the one agreed on, and what came of it.

    `options` are the proposed moments (ISO 8601 in UTC) that the other side has not answered yet. `sequence` is that of
    RFC 5545: it rises whenever what was agreed on changes. `minutes` is the planned length.
    """

    __tablename__ = "assistance_meetings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["assistance_cases.tenant_id", "assistance_cases.id"],
            name="fk_assistance_meetings_case",
        ),
        CheckConstraint("state IN ('proposed', 'agreed', 'held', 'cancelled')", name="state"),
        CheckConstraint("proposed_by IN ('asker', 'helper')", name="proposed_by"),
        CheckConstraint("form IN ('online', 'on_site')", name="form"),
        CheckConstraint("minutes BETWEEN 15 AND 600", name="minutes"),
        CheckConstraint("attendance BETWEEN 0 AND 10000", name="attendance"),
        CheckConstraint("state NOT IN ('agreed', 'held') OR starts_at IS NOT NULL", name="starts_at"),
        Index("ix_assistance_meetings_case", "tenant_id", "case_id", "created_at"),
        Index("ix_assistance_meetings_starts_at", "tenant_id", "starts_at"),
    )

    case_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="proposed")
    title: Mapped[str]
    proposed_by: Mapped[str]
    options: Mapped[list[str]] = mapped_column(JSONB)
    minutes: Mapped[int]
    form: Mapped[str]
    place: Mapped[str]
    starts_at: Mapped[datetime | None]
    sequence: Mapped[int] = mapped_column(default=0)
    reminded_for: Mapped[datetime | None]
    attendance: Mapped[int | None]
    notes: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime]


class AssistanceOffer(SharedTable):
    """A municipality says in public that it is willing to help others with an app, and why it can (`reasons`)."""

    __tablename__ = "assistance_offers"
    __table_args__ = (
        UniqueConstraint("tenant_id", "app_id", name="uq_assistance_offers_tenant_id_app_id"),
        CheckConstraint("online OR on_site", name="form"),
        Index("ix_assistance_offers_app_id", "app_id"),
    )

    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    municipality_name: Mapped[str]
    words: Mapped[str]
    online: Mapped[bool]
    on_site: Mapped[bool]
    reasons: Mapped[dict[str, Any]] = mapped_column(JSONB)
    updated_at: Mapped[datetime]


class AssistanceThanks(SharedTable):
    """What a municipality says in public about help that it got: stars and a sentence; taken back at will."""

    __tablename__ = "assistance_thanks"
    __table_args__ = (
        UniqueConstraint("tenant_id", "case_id", name="uq_assistance_thanks_tenant_id_case_id"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        CheckConstraint(ONE_HELPER, name="helper"),
        Index("ix_assistance_thanks_app_id", "app_id", "created_at"),
    )

    case_id: Mapped[UUID]
    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    publisher_id: Mapped[UUID | None]
    partner_id: Mapped[UUID | None]
    municipality_name: Mapped[str]
    helper_name: Mapped[str]
    stars: Mapped[int]
    words: Mapped[str]


class AppMaterial(GlobalTable):
    """What a publisher gives everybody to learn an app by: a link, or a PDF that is kept here (`data`)."""

    __tablename__ = "app_materials"
    __table_args__ = (
        CheckConstraint("kind IN ('link', 'file')", name="kind"),
        CheckConstraint("(kind = 'link') = (url IS NOT NULL)", name="url"),
        CheckConstraint("(kind = 'file') = (data IS NOT NULL)", name="data"),
        Index("ix_app_materials_app_id", "app_id", "order"),
    )

    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    kind: Mapped[str]
    title: Mapped[dict[str, Any]] = mapped_column(JSONB)
    about: Mapped[dict[str, Any]] = mapped_column(JSONB)
    url: Mapped[str | None]
    file_name: Mapped[str] = mapped_column(default="")
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(default="")
    data: Mapped[bytes | None] = mapped_column(deferred=True)
    order: Mapped[int] = mapped_column(default=0)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
