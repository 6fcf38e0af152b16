"""Forgetting who made a record: what the record is about, its history and all figures stay (ADR 9, ADR 40)."""

from __future__ import annotations

from sqlalchemy import null, select, update

from app_runtime.joining.models import RecordJoin
from app_runtime.notifications.following import forget_contacts
from app_runtime.records.models import Record, RecordHistory, RecordHistoryPrivate
from app_runtime.satisfaction.models import SatisfactionAnswer
from lumbung.db.tenancy import AnySession


def erase_person(session: AnySession, record: Record) -> None:
    """Empty what a record keeps of the person who made it: private fields, the account, the tracking code, their own
    words in the history and in ratings, and how they were reached. Nobody can follow or rate the record after that.
    What happened stays counted: no figure changes.
    """
    history = select(RecordHistory.id).where(
        RecordHistory.tenant_id == record.tenant_id, RecordHistory.record_id == record.id
    )
    session.execute(
        update(RecordHistoryPrivate)
        .where(RecordHistoryPrivate.tenant_id == record.tenant_id, RecordHistoryPrivate.history_id.in_(history))
        .values(values=null())
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(SatisfactionAnswer)
        .where(SatisfactionAnswer.tenant_id == record.tenant_id, SatisfactionAnswer.record_id == record.id)
        .values(words=None)
        .execution_options(synchronize_session="fetch")
    )
    forget_contacts(session, record)
    session.execute(
        update(RecordJoin)
        .where(RecordJoin.tenant_id == record.tenant_id, RecordJoin.record_id == record.id)
        .values(person=None, sealed=None, sealed_person=None, leave_digest=None)
        .execution_options(synchronize_session=False)
    )
    record.private = {}
    record.tracking_digest = record.created_by = None
    session.flush()
