"""The question about satisfaction in the message that tells of a closing."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app_runtime.records.models import Record, RecordHistory
from app_runtime.satisfaction.services import find_question
from lumbung.db.tenancy import AnySession
from lumbung.i18n import t


def invitation(session: AnySession, record: Record, *, history_id: UUID, to: str, link: str) -> str:
    """What is added to the message that `history_id` noted for `to`: where to say how satisfied one is. Empty unless it
    is the first message to them since the closing, and nothing was answered yet."""
    question = find_question(session, record)
    if question is None or question.answer is not None or not question.waits:
        return ""
    told = session.scalars(
        select(RecordHistory.id)
        .where(
            RecordHistory.tenant_id == record.tenant_id,
            RecordHistory.record_id == record.id,
            RecordHistory.kind == "message",
            RecordHistory.sequence > question.closing,
            RecordHistory.changes["to"].astext == to,
        )
        .order_by(RecordHistory.sequence)
        .limit(1)
    ).first()
    if told != history_id:
        return ""
    return t(
        "\n\nSeberapa puas Anda dengan penanganannya? Beri nilai 1 sampai {scale} di:\n{link}#satisfaction\n",
        "\n\nHow satisfied are you with how it was handled? Give 1 to {scale} at:\n{link}#satisfaction\n",
        scale=question.spec.scale,
        link=link,
    )
