"""A form that was begun."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from lumbung.db import TenantTable


class FormDraft(TenantTable):
    """What one account has written so far in one form: not yet sent, and read by nobody else.

    `sealed` is encrypted: texts by name of control, files, the step, and the key under which the form will be sent.
    """

    __tablename__ = "form_drafts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "installation_id"],
            ["installations.tenant_id", "installations.id"],
            name="fk_form_drafts_installation",
        ),
        UniqueConstraint("tenant_id", "account_id", "installation_id", "page", name="uq_form_drafts_page"),
        Index("ix_form_drafts_expires_at", "tenant_id", "expires_at"),
    )

    account_id: Mapped[UUID]
    installation_id: Mapped[UUID]
    page: Mapped[str]
    sealed: Mapped[str]
    updated_at: Mapped[datetime]
    expires_at: Mapped[datetime]
