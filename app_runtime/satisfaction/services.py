"""Asking how satisfied the maker of a record is, and keeping the answer (ADR 0040)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from app_catalog.definitions.model import RecordType, Satisfaction
from app_catalog.installations.definitions import definition_by_digest
from app_runtime.records.actors import Actor
from app_runtime.records.errors import not_by_you
from app_runtime.records.models import Record, RecordHistory
from app_runtime.satisfaction.errors import bad_score, not_asked, too_late, too_many_words
from app_runtime.satisfaction.models import SatisfactionAnswer
from app_runtime.workflow.acting import lock_for_change
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import t
from lumbung.plain_text import plain_text

OPEN_FOR: Final = timedelta(days=30)
"""How long after the closing the answer may be given and changed."""
LONGEST_WORDS: Final = 1_000
_STEPS_LOOKED_AT: Final = 20


@dataclass(frozen=True, slots=True)
class Question:
    """What the maker of a closed record is asked. `closing` is the sequence of the closing in the record's history,
    `until` when the answer can no longer be given or changed, `answer` what was said so far."""

    closing: int
    digest: str
    spec: Satisfaction
    until: datetime
    answer: SatisfactionAnswer | None

    @property
    def waits(self) -> bool:
        """Whether an answer may be given or changed now."""
        return now() <= self.until


def find_question(session: AnySession, record: Record) -> Question | None:
    """What the record's maker is asked, or None: the record is open, was brought in from old records, or the version by
    which it was closed does not ask in that state."""
    if record.open:
        return None
    steps = session.execute(
        select(
            RecordHistory.sequence, RecordHistory.to_state, RecordHistory.definition_digest, RecordHistory.created_at
        )
        .where(
            RecordHistory.tenant_id == record.tenant_id,
            RecordHistory.record_id == record.id,
            RecordHistory.kind == "action",
            RecordHistory.from_state.is_distinct_from(RecordHistory.to_state),
        )
        .order_by(RecordHistory.sequence.desc())
        .limit(_STEPS_LOOKED_AT)
    )
    for sequence, state, digest, at in steps:
        kind = definition_by_digest(session, digest).records.get(record.record_type)
        if kind is None or _is_open(kind, state):
            return None
        if kind.satisfaction is not None and state in kind.satisfaction.ask_on:
            answer = _find_answer(session, record, sequence)
            return Question(sequence, digest, kind.satisfaction, at + OPEN_FOR, answer)
    return None


def answer_question(
    session: AnySession, record: Record, actor: Actor, *, score: int | None, words: str = ""
) -> Question:
    """Keep how satisfied the record's maker is, or change it; the same again changes nothing.

    Raises NotFound when the record is out of reach; Forbidden for everybody but its maker, and for officials who made
    it; Conflict with `because` `state` (nothing is asked), `condition` (30 days are over) or `disabled`; Invalid for a
    score beyond the scale or words that are too long. Words are left out where the app asks for none.
    """
    change = lock_for_change(session, record, actor)
    if not change.actor.owns(change.record) or change.actor.is_member:
        raise not_by_you(t("menilai", "rate"))
    question = find_question(session, change.record)
    if question is None:
        raise not_asked()
    if not question.waits:
        raise too_late()
    if score is None or not 1 <= score <= question.spec.scale:
        raise bad_score(question.spec.scale)
    kept = plain_text(words) if question.spec.reasons else ""
    if len(kept) > LONGEST_WORDS:
        raise too_many_words(LONGEST_WORDS)
    before = question.answer
    if before is not None and (before.score, before.words or "") == (score, kept):
        return question
    moved = {"score": {"from": before.score if before else None, "to": score}, "scale": question.spec.scale}
    if before is None or before.score != score:
        change.note("rated", "", moved)
    if before is None:
        before = SatisfactionAnswer(
            tenant_id=record.tenant_id,
            record_id=record.id,
            closing=question.closing,
            definition_digest=question.digest,
            scale=question.spec.scale,
            answered_at=change.at,
        )
        session.add(before)
    before.score, before.words, before.changed_at = score, kept or None, change.at
    session.flush()
    return Question(question.closing, question.digest, question.spec, question.until, before)


def list_answers(session: AnySession, record: Record) -> Sequence[SatisfactionAnswer]:
    """What was said about each closing of the record, the newest first."""
    return session.scalars(
        select(SatisfactionAnswer)
        .where(SatisfactionAnswer.tenant_id == record.tenant_id, SatisfactionAnswer.record_id == record.id)
        .order_by(SatisfactionAnswer.closing.desc())
    ).all()


def _find_answer(session: AnySession, record: Record, closing: int) -> SatisfactionAnswer | None:
    return session.scalar(
        select(SatisfactionAnswer).where(
            SatisfactionAnswer.tenant_id == record.tenant_id,
            SatisfactionAnswer.record_id == record.id,
            SatisfactionAnswer.closing == closing,
        )
    )


def _is_open(kind: RecordType, state: str | None) -> bool:
    found = kind.workflow.states.get(state or "") if kind.workflow else None
    return found is None or found.end is None
