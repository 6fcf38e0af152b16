"""Quiet hours as they stand: the platform's default, the municipality's, a person's own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.ids import new_id
from lumbung.settings import Settings
from tenants.preferences.models import QuietHours
from tenants.preferences.quiet import Quiet


def default_hours() -> Quiet:
    """The hours of municipalities that have not set their own (QUIET_HOURS)."""
    settings: Settings = current_app.lumbung  # type: ignore[attr-defined]
    return Quiet.parse(settings.quiet_hours)


def municipal_hours(session: AnySession) -> Quiet:
    """The quiet hours of the session's municipality."""
    return hours_of(session, ())[None]


def own_hours(session: AnySession, account_id: UUID) -> Quiet | None:
    """The hours that a person set here, or None for the municipality's."""
    return hours_of(session, [account_id]).get(account_id)


def hours_of(session: AnySession, account_ids: Collection[UUID]) -> Mapping[UUID | None, Quiet]:
    """The municipality's hours under None, and those that these accounts set for themselves."""
    rows = session.scalars(
        select(QuietHours).where(
            QuietHours.tenant_id == current_tenant(session),
            QuietHours.account_id.is_(None) | QuietHours.account_id.in_(account_ids),
        )
    )
    found: dict[UUID | None, Quiet] = {None: default_hours()}
    found.update({row.account_id: Quiet(row.enabled, row.begins, row.ends, row.working_days) for row in rows})
    return found


def save_municipal_hours(session: AnySession, quiet: Quiet) -> None:
    """Set the municipality's quiet hours, which hold for messages from now on."""
    before = municipal_hours(session)
    _store(session, None, quiet)
    record_audit(
        session,
        "quiet_hours.changed",
        subject_type="municipality",
        subject_id=current_tenant(session),
        before=_shown(before),
        after=_shown(quiet),
    )


def save_own_hours(session: AnySession, account_id: UUID, quiet: Quiet | None) -> None:
    """Set a person's own hours; None for the municipality's again."""
    if quiet is None:
        session.execute(
            delete(QuietHours)
            .where(QuietHours.tenant_id == current_tenant(session), QuietHours.account_id == account_id)
            .execution_options(synchronize_session=False)
        )
        return
    _store(session, account_id, quiet)


def _store(session: AnySession, account_id: UUID | None, quiet: Quiet) -> None:
    values = {"enabled": quiet.on, "begins": quiet.begins, "ends": quiet.ends, "working_days": quiet.working_days}
    row = insert(QuietHours).values(
        id=new_id(), tenant_id=current_tenant(session), created_at=now(), account_id=account_id, **values
    )
    session.execute(row.on_conflict_do_update(index_elements=["tenant_id", "account_id"], set_=values))


def _shown(quiet: Quiet) -> dict[str, object]:
    return {
        "on": quiet.on,
        "begins": quiet.begins.isoformat("minutes"),
        "ends": quiet.ends.isoformat("minutes"),
        "working_days": quiet.working_days,
    }
