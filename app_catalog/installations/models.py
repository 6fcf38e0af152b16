"""An app in a municipality."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import SharedTable, TenantTable
from lumbung.db.base import Base, TableKind


class Installation(TenantTable):
    """One app, enabled once. `slug` is the app's id and its place in the portal (`/siaran`).

    `public_numbers` shows this month's figures on the portal's first page; since `figures_agreed_at` the municipality
    agrees to publish those of every month too (who agreed before that was asked has agreed to the first page alone).
    """

    __tablename__ = "installations"
    __table_args__ = (
        UniqueConstraint("tenant_id", "app_id", name="uq_installations_tenant_id_app_id"),
        UniqueConstraint("tenant_id", "slug", name="uq_installations_tenant_id_slug"),
        CheckConstraint("status IN ('enabled', 'disabled')", name="status"),
        CheckConstraint("update_policy IN ('by_hand', 'patches', 'minors')", name="update_policy"),
        CheckConstraint("channel IN ('stable', 'beta')", name="channel"),
    )

    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    release_id: Mapped[UUID] = mapped_column(ForeignKey("releases.id"))
    definition_digest: Mapped[str]
    slug: Mapped[str]
    status: Mapped[str] = mapped_column(default="enabled")
    own_name: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    icon_file_id: Mapped[UUID | None]
    settings_version: Mapped[int] = mapped_column(default=1)
    public_numbers: Mapped[bool] = mapped_column(default=False)
    figures_agreed_at: Mapped[datetime | None]
    update_policy: Mapped[str] = mapped_column(default="by_hand", server_default="by_hand")
    channel: Mapped[str] = mapped_column(default="stable", server_default="stable")
    enabled_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    disabled_reason: Mapped[str] = mapped_column(default="")


class VersionChange(TenantTable):
    """From then on new records were made by another version; `automatic` when the update policy did it. `findings` is
    what the upgrade report had said."""

    __tablename__ = "version_changes"
    __append_only__ = True
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "installation_id"],
            ["installations.tenant_id", "installations.id"],
            name="fk_version_changes_installation",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "from_digest"],
            ["definitions.tenant_id", "definitions.digest"],
            name="fk_version_changes_from",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "to_digest"],
            ["definitions.tenant_id", "definitions.digest"],
            name="fk_version_changes_to",
        ),
        CheckConstraint("kind IN ('upgraded', 'went_back')", name="kind"),
        Index("ix_version_changes_installation", "tenant_id", "installation_id", "created_at"),
    )

    installation_id: Mapped[UUID]
    kind: Mapped[str]
    from_version: Mapped[str]
    to_version: Mapped[str]
    from_digest: Mapped[str]
    to_digest: Mapped[str]
    settings_version: Mapped[int]
    automatic: Mapped[bool] = mapped_column(default=False)
    account_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    findings: Mapped[dict[str, Any]] = mapped_column(JSONB)


class InstalledDefinition(Base):
    """What a release becomes after a municipality's patches; immutable, named by its digest (ADR 0003)."""

    __tablename__ = "definitions"
    __kind__ = TableKind.TENANT
    __append_only__ = True
    __table_args__ = (PrimaryKeyConstraint("tenant_id", "digest", name="pk_definitions"),)

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"))
    digest: Mapped[str]
    release_id: Mapped[UUID] = mapped_column(ForeignKey("releases.id"))
    patches: Mapped[list[Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]


class SettingsVersion(TenantTable):
    """The municipality's own values (overrides only), as they were from this version on; secrets are sealed."""

    __tablename__ = "settings_versions"
    __append_only__ = True
    __table_args__ = (
        UniqueConstraint("tenant_id", "installation_id", "version", name="uq_settings_versions_installation_version"),
        ForeignKeyConstraint(
            ["tenant_id", "installation_id"],
            ["installations.tenant_id", "installations.id"],
            name="fk_settings_versions_installation",
        ),
    )

    installation_id: Mapped[UUID]
    version: Mapped[int]
    overrides: Mapped[dict[str, Any]]
    sealed: Mapped[dict[str, Any]]
    changed_by: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(default="")


class Adoption(SharedTable):
    """A municipality says in public: we run this app. Written at enabling, with consent, and taken back by will."""

    __tablename__ = "adoptions"
    __table_args__ = (
        UniqueConstraint("tenant_id", "app_id", name="uq_adoptions_tenant_id_app_id"),
        Index("ix_adoptions_app_id", "app_id"),
    )

    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    version: Mapped[str]
    shown_as: Mapped[str]
    municipality_name: Mapped[str]
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
