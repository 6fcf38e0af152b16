"""How the tables of this layer travel in a backup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from app_runtime.records.models import Record
from app_runtime.records.tracking import SEALED_KEY
from lumbung.backup.carrying import Carrying, SealedValue, carry, carry_also


def _tracking_code(row: Mapping[str, Any]) -> Iterable[SealedValue]:
    token = row["private"].get(SEALED_KEY)
    if token:
        yield SealedValue(
            ("private", SEALED_KEY),
            token,
            f"records:{row['tenant_id']}:{row['id']}:tracking",
            label=SEALED_KEY,
            digest=row.get("tracking_digest"),
            digest_context="records:tracking",
        )


carry("records", Carrying(sealed=_tracking_code))
# Citizens who reported with an account: they find their reports again, and answers find them.
carry_also(
    "accounts",
    lambda table, tenant_id: table.c.id.in_(select(Record.created_by).where(Record.tenant_id == tenant_id)),
)
