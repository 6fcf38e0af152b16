"""Publishers, their people, and the keys that sign their releases."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import GlobalTable


class Publisher(GlobalTable):
    """Who offers apps: usually a municipality (`municipality_id`), also an agency of one (`AgencyPublisher`), a vendor
    or a community."""

    __tablename__ = "publishers"
    __table_args__ = (
        UniqueConstraint("slug", name="uq_publishers_slug"),
        UniqueConstraint("municipality_id", name="uq_publishers_municipality_id"),
        CheckConstraint("kind IN ('municipality', 'vendor', 'community', 'agency')", name="kind"),
        CheckConstraint("status IN ('requested', 'approved', 'refused', 'suspended')", name="status"),
    )

    slug: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    municipality_id: Mapped[UUID | None] = mapped_column(ForeignKey("municipalities.id"))
    about: Mapped[str] = mapped_column(default="")
    website: Mapped[str | None]
    contact_email: Mapped[str]
    status: Mapped[str] = mapped_column(default="requested")
    reason: Mapped[str | None]
    evidence: Mapped[str] = mapped_column(default="")
    requested_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]


class AgencyPublisher(GlobalTable):
    """The agency that a publisher of kind `agency` is, as its municipality calls it: key and name, carried over.

    Agencies are rows of a municipality, behind its wall, and nothing here points at them (ADR 0041).
    """

    __tablename__ = "agency_publishers"
    __table_args__ = (
        UniqueConstraint("publisher_id", name="uq_agency_publishers_publisher_id"),
        UniqueConstraint("municipality_id", "agency_key", name="uq_agency_publishers_municipality_id_agency_key"),
    )

    publisher_id: Mapped[UUID] = mapped_column(ForeignKey("publishers.id"))
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"))
    agency_key: Mapped[str]
    agency_name: Mapped[str]


class PublisherMember(GlobalTable):
    """A person who acts for a publisher: an owner also manages people and keys."""

    __tablename__ = "publisher_members"
    __table_args__ = (
        UniqueConstraint("publisher_id", "account_id", name="uq_publisher_members_publisher_id_account_id"),
        CheckConstraint("role IN ('owner', 'maintainer')", name="role"),
    )

    publisher_id: Mapped[UUID] = mapped_column(ForeignKey("publishers.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    role: Mapped[str]


class PublisherInvitation(GlobalTable):
    """An invitation to act for a publisher. Digest of the token only."""

    __tablename__ = "publisher_invitations"
    __table_args__ = (UniqueConstraint("token_digest", name="uq_publisher_invitations_token_digest"),)

    publisher_id: Mapped[UUID] = mapped_column(ForeignKey("publishers.id"))
    email: Mapped[str]
    role: Mapped[str]
    token_digest: Mapped[str]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]


class SigningKey(GlobalTable):
    """An Ed25519 key of a publisher. `sealed_private` (encrypted) is there for keys kept by the platform, so that a
    maintainer can publish from the web; keys made on a maintainer's machine have a public half only."""

    __tablename__ = "signing_keys"
    __table_args__ = (UniqueConstraint("public_key", name="uq_signing_keys_public_key"),)

    publisher_id: Mapped[UUID] = mapped_column(ForeignKey("publishers.id"))
    name: Mapped[str]
    public_key: Mapped[str]
    sealed_private: Mapped[str | None]
    revoked_at: Mapped[datetime | None]


class PublishToken(GlobalTable):
    """A token with which `lumbung app publish` speaks for a person and a publisher. Digest only."""

    __tablename__ = "publish_tokens"
    __table_args__ = (UniqueConstraint("token_digest", name="uq_publish_tokens_token_digest"),)

    publisher_id: Mapped[UUID] = mapped_column(ForeignKey("publishers.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str]
    token_digest: Mapped[str]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
