"""Noting in the audit that data left the platform."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Engine

from lumbung.audit.models import AuditEntry, PlatformAuditEntry
from lumbung.backup.manifest import Manifest
from lumbung.db.base import Base
from lumbung.db.clock import now
from lumbung.db.tenancy import SET_TENANT
from lumbung.ids import new_id


def note_archive(engine: Engine, tenant_id: UUID | None, manifest: Manifest, *, actor: str = "system") -> None:
    """Note in a transaction of its own that an archive of everything, or of one municipality, was made."""
    values = {
        "id": new_id(),
        "created_at": now(),
        "actor": actor,
        "action": "backup.made",
        "subject_type": "archive",
        "subject_id": manifest.made_at,
        "after": {
            "rows": sum(table.rows for table in manifest.tables.values()),
            "files": manifest.files.count,
            "missing": manifest.files.missing_count,
        },
        "request_id": "",
    }
    tables = Base.metadata.tables
    with engine.begin() as connection:
        if tenant_id is None:
            connection.execute(tables[PlatformAuditEntry.__tablename__].insert().values(values))
            return
        connection.execute(SET_TENANT, {"tenant": tenant_id})
        connection.execute(tables[AuditEntry.__tablename__].insert().values(tenant_id=tenant_id, **values))
