"""Four eyes: who took one action on a record may not take another."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from app_catalog.definitions.model import Action
from app_runtime.records.change import Change
from app_runtime.records.models import RecordHistory


def taken_before(change: Change, action: Action) -> Action | None:
    """The action of `action.not_by` that this very person took on the record before, or None.

    A person is an account, whatever role or head it acts for; whoever holds the record's code without an account is
    all those who do. The platform itself is nobody.
    """
    actor, record = change.actor, change.record
    workflow = change.record_type.workflow
    if actor.is_system or workflow is None:
        return None
    by_same: ColumnElement[bool]
    if actor.account_id is None:
        by_same = RecordHistory.actor_id.is_(None) & RecordHistory.actor_kind.in_(("visitor", "resident"))
    else:
        by_same = RecordHistory.actor_id == actor.account_id
    taken = change.session.scalar(
        select(RecordHistory.name)
        .where(
            RecordHistory.tenant_id == record.tenant_id,
            RecordHistory.record_id == record.id,
            RecordHistory.kind == "action",
            RecordHistory.name.in_(action.not_by),
            by_same,
        )
        .order_by(RecordHistory.sequence)
        .limit(1)
    )
    return workflow.actions.get(taken) if taken is not None else None
