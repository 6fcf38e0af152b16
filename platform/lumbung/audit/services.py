"""Writing the audit."""

from __future__ import annotations

from typing import Any

import structlog
from flask import g, has_request_context
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from lumbung.audit.models import AuditEntry, PlatformAuditEntry, Refusal
from lumbung.db.clock import now
from lumbung.db.engine import db
from lumbung.db.insertions import insertion
from lumbung.db.inside import run_later
from lumbung.db.tenancy import AnySession, current_tenant

log = structlog.get_logger("lumbung.audit")


def record_audit(
    session: AnySession,
    action: str,
    *,
    subject_type: str,
    subject_id: object,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Note a change in the same transaction: in the municipality that the session belongs to, else on the hub.

    `before` and `after` are JSON-able and hold no secrets and no personal data beyond names of officials.
    """
    session.add(_entry(session, action, subject_type, subject_id, before, after))
    if has_request_context():
        g.audited = True


def record_request(session: AnySession, *, endpoint: str, status: int) -> None:
    """Note a changing request that no service noted by itself, so that none is without a trace."""
    if g.get("audited"):
        return
    run_later(session, insertion(_entry(session, "request", "endpoint", endpoint, None, {"status": status})))
    g.audited = True


def record_refusal(slug: str, *, endpoint: str) -> None:
    """Count a refusal in a transaction of its own; never fails the answer."""
    visitor, site = g.get("visitor"), g.get("site")
    if slug == "not-found" and not (visitor and visitor.signed_in):
        return
    row = {
        "hour": now().replace(minute=0, second=0, microsecond=0),
        "site": (site.slug or site.kind) if site else "-",
        "endpoint": endpoint,
        "slug": slug,
        "account": str(visitor.account_id) if visitor and visitor.account_id else "-",
        "times": 1,
    }
    statement = insert(Refusal).values(row)
    statement = statement.on_conflict_do_update(
        index_elements=["hour", "site", "endpoint", "slug", "account"], set_={"times": Refusal.times + 1}
    )
    try:
        with db.engine.begin() as connection:
            connection.execute(statement)
    except SQLAlchemyError:
        log.warning("refusal-not-counted", slug=slug)


def _entry(
    session: AnySession,
    action: str,
    subject_type: str,
    subject_id: object,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> AuditEntry | PlatformAuditEntry:
    visitor = g.get("visitor") if has_request_context() else None
    values: dict[str, Any] = {
        "account_id": visitor.account_id if visitor else None,
        "actor": (visitor.name if visitor and visitor.signed_in else "visitor") if visitor else "system",
        "action": action,
        "subject_type": subject_type,
        "subject_id": str(subject_id),
        "before": before,
        "after": after,
        "request_id": g.get("request_id", "") if has_request_context() else "",
    }
    tenant_id = current_tenant(session)
    return AuditEntry(tenant_id=tenant_id, **values) if tenant_id else PlatformAuditEntry(**values)
