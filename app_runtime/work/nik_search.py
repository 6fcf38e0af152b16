"""Finding records by a number of the population register: for officials who may open it, with a reason that is kept.

The number itself is in no address, log or audit entry: it comes with the body of a request, and is compared by its
digest (ADR 54).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import defer

from app_catalog.definitions.model import Field, RecordType, Text
from app_catalog.definitions.schemas.niks import Nik, check_nik
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.names import shown_name
from app_catalog.installations.services import list_installations
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record
from app_runtime.records.niks import NIK_DIGEST, nik_digest, nik_fields
from app_runtime.records.passing import found_by
from app_runtime.records.permissions import rows_predicate
from app_runtime.records.revealing import read_reason
from app_runtime.work.inbox import InboxItem, Part, parts_of_work, present_items
from lumbung.audit import record_audit
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.limits import Limit, spend

MOST_FOUND = 50
SEARCHED_BY_MEMBER = Limit("nik-searches-by-member", size=60, seconds=60 * 60)
"""Whoever tries numbers one after the other is stopped."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Sixteen digits that somebody looks for, in one app or in all, of one record type or of all."""

    digits: str
    app_slug: str = ""
    record_type: str = ""


def search_niks(
    session: AnySession, actor: Actor, asked: Asked, *, account_id: UUID, reason: str, at: datetime
) -> Sequence[InboxItem]:
    """The records with this number in a field that the actor may see at work, and those that an ordinary search for the
    digits finds; the newest first, at most `MOST_FOUND`. The audit log keeps who, why and which, not the number.

    Raises Invalid without a reason, TooMany after many searches.
    """
    why = read_reason(reason)
    spend(SEARCHED_BY_MEMBER, str(account_id))
    tenant_id = current_tenant(session)
    installations = {one.id: one for one in list_installations(session, with_disabled=True)}
    chosen = [one for one in installations.values() if not asked.app_slug or one.slug == asked.app_slug]
    parts = parts_of_work(session, actor, chosen, record_type=asked.record_type)
    digest = _digest(tenant_id, asked.digits)
    found = or_(false(), *(_rows(part, digest, asked.digits) for part in parts))
    query = (
        select(Record)
        .options(defer(Record.search_text), defer(Record.search))
        .where(Record.tenant_id == tenant_id, found)
        .order_by(Record.created_at.desc(), Record.id.desc())
        .limit(MOST_FOUND)
    )
    rows = session.scalars(query).all()
    record_audit(
        session,
        "records.nik_searched",
        subject_type="account",
        subject_id=account_id,
        after={"app": asked.app_slug, "reason": why, "records": [str(record.id) for record in rows]},
    )
    names = {
        key: shown_name(one, definition_by_digest(session, one.definition_digest)) for key, one in installations.items()
    }
    return present_items(session, rows, actor, installations, names, at)


def with_nik(kind: RecordType, *, actor: Actor, digest: str) -> ColumnElement[bool]:
    """The rows of a kind with a number of this digest in a field that the actor reads of that very row."""
    clauses = [
        and_(
            rows_predicate(kind, actor, needing=frozenset({path.partition(".")[0]})),
            Record.private[NIK_DIGEST + path].astext == digest,
        )
        for path in nik_fields(kind)
    ]
    return or_(false(), *clauses)


def _rows(part: Part, digest: str | None, digits: str) -> ColumnElement[bool]:
    ordinary = part.rows(partial(found_by, actor=part.actor, search=digits))
    if digest is None or not any(nik_fields(kind) for _, kind in part.kinds):
        return ordinary
    return or_(ordinary, part.rows(partial(with_nik, actor=part.actor, digest=digest)))


def _digest(tenant_id: Any, digits: str) -> str | None:
    """The digest of a number; None for sixteen digits that are none."""
    try:
        nik: Nik = check_nik(digits, Field("nik", "nik", Text({})), "id")
    except ValidationError:
        return None
    return nik_digest(tenant_id, nik)
