"""Whether an app is used enough for its municipality to judge it."""

from __future__ import annotations

from sqlalchemy import select

from app_catalog.installations.models import Installation
from app_runtime.records.models import Record
from lumbung.db.tenancy import AnySession


class RecordUse:
    """Knows it from the records; looks at no more of them than it is asked for."""

    def has_records(self, session: AnySession, installation: Installation, number: int) -> bool:
        """Whether the installation has at least so many records."""
        statement = select(Record.id).where(
            Record.tenant_id == installation.tenant_id, Record.installation_id == installation.id
        )
        return session.scalar(statement.offset(number - 1).limit(1)) is not None
