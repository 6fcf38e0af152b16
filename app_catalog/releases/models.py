"""Apps of the catalog and their releases, which nothing ever overwrites."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app_catalog.publishers.models import Publisher
from lumbung.db import GlobalTable


class App(GlobalTable):
    """An entry of the catalog. `slug` is the package's id (`siaran`); the texts are those of the newest release.

    An entry of another `kind` than `package` is a listing: it has no release and cannot be enabled (`listings`).
    """

    __tablename__ = "apps"
    __table_args__ = (
        UniqueConstraint("slug", name="uq_apps_slug"),
        Index("ix_apps_category", "category"),
        CheckConstraint("audience IN ('public-service', 'government')", name="audience"),
        CheckConstraint("kind IN ('package', 'website', 'android', 'ios', 'desktop', 'hosted')", name="kind"),
    )

    slug: Mapped[str]
    kind: Mapped[str] = mapped_column(default="package", server_default="package")
    publisher_id: Mapped[UUID] = mapped_column(ForeignKey("publishers.id"))
    category: Mapped[str]
    audience: Mapped[str]
    name: Mapped[dict[str, Any]]
    summary: Mapped[dict[str, Any]]
    description: Mapped[dict[str, Any]]
    latest_release_id: Mapped[UUID | None]
    search_text: Mapped[str] = mapped_column(default="")
    hidden_at: Mapped[datetime | None]
    publisher: Mapped[Publisher] = relationship(lazy="raise")


class Release(GlobalTable):
    """One immutable version. `canonical` is the signed content as canonical JSON text; its digest is the identity.

    Rows are only ever inserted; what happens to a release afterwards is in `release_events`. `channel` is the one that
    it was sent for (see `states.ReleaseState.channel`).
    """

    __tablename__ = "releases"
    __append_only__ = True
    __table_args__ = (
        UniqueConstraint("app_id", "version", name="uq_releases_app_id_version"),
        UniqueConstraint("app_id", "digest", name="uq_releases_app_id_digest"),
        CheckConstraint("channel IN ('stable', 'beta')", name="channel"),
    )

    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    version: Mapped[str]
    digest: Mapped[str]
    canonical: Mapped[str] = mapped_column(deferred=True)
    signature: Mapped[str]
    signing_key_id: Mapped[UUID] = mapped_column(ForeignKey("signing_keys.id"))
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    changelog: Mapped[str] = mapped_column(default="")
    report: Mapped[dict[str, Any]] = mapped_column(JSONB)
    channel: Mapped[str] = mapped_column(default="stable", server_default="stable")
    app: Mapped[App] = relationship(lazy="raise")


class ReleaseFile(GlobalTable):
    """A binary file of a release (icon, screenshot), by the digest that the canonical form names."""

    __tablename__ = "release_files"
    __append_only__ = True
    __table_args__ = (UniqueConstraint("release_id", "path", name="uq_release_files_release_id_path"),)

    release_id: Mapped[UUID] = mapped_column(ForeignKey("releases.id"))
    path: Mapped[str]
    digest: Mapped[str]
    content_type: Mapped[str]
    data: Mapped[bytes] = mapped_column(deferred=True)


class ReleaseEvent(GlobalTable):
    """What happened to a release: submitted, sent back, published, yanked, and the newest of these counts; one that was
    promoted is in the stable channel besides."""

    __tablename__ = "release_events"
    __append_only__ = True
    __table_args__ = (
        Index("ix_release_events_release_id", "release_id", "created_at"),
        CheckConstraint("kind IN ('submitted', 'published', 'sent_back', 'promoted', 'yanked')", name="kind"),
    )

    release_id: Mapped[UUID] = mapped_column(ForeignKey("releases.id"))
    kind: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
