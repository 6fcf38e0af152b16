"""How the host's own tables travel."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from lumbung.backup.carrying import Carrying, SealedValue, carry
from lumbung.files.kinds import OPAQUE

_HEX = re.compile(r"[0-9a-f]{64}")
_TYPE = re.compile(r"[a-z0-9.+-]{1,80}/[a-z0-9.+-]{1,80}")


def _is_own_file(row: Mapping[str, Any]) -> bool:
    """A key of another municipality would hand out that one's file."""
    return (
        row["key"] == f"{row['tenant_id']}/{row['id']}"
        and _HEX.fullmatch(row["sha256"]) is not None
        and (row["content_type"] == OPAQUE or _TYPE.fullmatch(row["content_type"]) is not None)
    )


def _sealed_texts(row: Mapping[str, Any]) -> Iterable[SealedValue]:
    if not row["secret"]:
        return
    for part in ("text", "html"):
        if row.get(part):
            yield SealedValue((part,), row[part], f"messages:{row['tenant_id']}:{row['id']}:{part}")


carry("files", Carrying(check=_is_own_file))
carry("messages", Carrying(sealed=_sealed_texts))
carry("wakeups", Carrying(of_municipality=lambda table, tenant_id: table.c.tenant_id == tenant_id))
carry("platform_audit_entries", Carrying(reason="The hub's own audit; a municipality's is in audit_entries."))
carry("platform_outbox", Carrying(reason="What the hub has to do, not a municipality."))
carry("platform_messages", Carrying(reason="What the hub writes to people, not a municipality."))
carry("refusals", Carrying(whole=False, reason="Counts of refused requests; they watch over one running database."))
carry("rate_buckets", Carrying(whole=False, reason="Limits fill up again by themselves."))
carry("periodic_runs", Carrying(whole=False, reason="A restored database does its periodic work at once."))
carry("measurements", Carrying(whole=False, reason="Figures of one running database; they begin anew."))

_BOOKS = "The books are the platform's; a municipality's archive takes its own data along and nobody's payments."
for _table in (
    "money_agreements",
    "money_payments",
    "money_refunds",
    "money_journal",
    "money_reconciliations",
    "money_receipt_counters",
    "stripe_events",
):
    carry(_table, Carrying(reason=_BOOKS))
