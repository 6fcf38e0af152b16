"""How the tables of this layer travel in a backup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import false, select

from app_runtime.drafts.services import sealed_for
from app_runtime.joining.services import letter_context, person_context
from app_runtime.records.models import Record
from app_runtime.records.niks import NIK_DIGEST, SEALED_NIK, nik_context, nik_digest_context
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


def _sealed(row: Mapping[str, Any]) -> Iterable[SealedValue]:
    yield from _tracking_code(row)
    for key, token in row["private"].items():
        if key.startswith(SEALED_NIK):
            path = key.removeprefix(SEALED_NIK)
            yield SealedValue(
                ("private", key),
                token,
                nik_context(row["tenant_id"], row["id"], path),
                label="NIK",
                digest=row["private"].get(NIK_DIGEST + path),
                digest_context=nik_digest_context(row["tenant_id"]),
            )


def _draft(row: Mapping[str, Any]) -> Iterable[SealedValue]:
    yield SealedValue(("sealed",), row["sealed"], sealed_for(row["tenant_id"], row["account_id"]))


def _letter(row: Mapping[str, Any]) -> Iterable[SealedValue]:
    if row["sealed"]:
        yield SealedValue(("sealed",), row["sealed"], letter_context(row["tenant_id"], row["id"]))
    if row["sealed_person"]:
        yield SealedValue(("sealed_person",), row["sealed_person"], person_context(row["tenant_id"], row["id"]))


carry("records", Carrying(sealed=_sealed))
carry("record_joins", Carrying(sealed=_letter))
carry(
    "form_drafts",
    Carrying(
        of_municipality=lambda table, tenant_id: false(),
        reason="What nobody has sent yet is not the municipality's to take along.",
        sealed=_draft,
    ),
)
carry("package_drafts", Carrying(reason="What somebody writes in the catalog stays where the catalog is."))
# Citizens who reported with an account: they find their reports again, and answers find them.
carry_also(
    "accounts",
    lambda table, tenant_id: table.c.id.in_(select(Record.created_by).where(Record.tenant_id == tenant_id)),
)
