"""Browsers that follow one record, and reporters who want no more e-mails about theirs."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from lumbung.db import TenantTable

_RECORD = (["tenant_id", "record_id"], ["records.tenant_id", "records.id"])


class RecordFollower(TenantTable):
    """A browser that is told what happens to one record, with an account or without."""

    __tablename__ = "record_followers"
    __table_args__ = (
        UniqueConstraint("tenant_id", "record_id", "device_id", name="uq_record_followers_device"),
        Index("ix_record_followers_device", "tenant_id", "device_id"),
        ForeignKeyConstraint(*_RECORD, name="fk_record_followers_record", ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["tenant_id", "device_id"],
            ["push_devices.tenant_id", "push_devices.id"],
            name="fk_record_followers_device",
            ondelete="CASCADE",
        ),
    )

    record_id: Mapped[UUID]
    device_id: Mapped[UUID]


class RecordSilence(TenantTable):
    """The reporter, who has no account, wants no more e-mails about this record."""

    __tablename__ = "record_silences"
    __table_args__ = (
        UniqueConstraint("tenant_id", "record_id", name="uq_record_silences_record"),
        ForeignKeyConstraint(*_RECORD, name="fk_record_silences_record", ondelete="CASCADE"),
    )

    record_id: Mapped[UUID]
