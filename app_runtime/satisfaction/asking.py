"""The question about satisfaction on a page of whoever made the record, and what is sent from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, select

from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import Installation
from app_catalog.installations.names import shown_name
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record
from app_runtime.records.tracking import tracking_code_of
from app_runtime.satisfaction.models import SatisfactionAnswer
from app_runtime.satisfaction.services import LONGEST_WORDS, OPEN_FOR, Question, answer_question, find_question
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Conflict, Forbidden, Invalid, LumbungError, NotFound
from lumbung.i18n import pick

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Tried:
    """What was sent and why it was not taken: `errors` by field, or a `refusal`."""

    score: str
    words: str
    errors: Mapping[str, list[str]]
    refusal: LumbungError | None
    status: int


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """The question on a page: what was answered so far, or what was tried just now."""

    question: Question
    score: str
    words: str
    errors: Mapping[str, list[str]]
    longest: int = LONGEST_WORDS

    @property
    def answered(self) -> bool:
        """Whether there is an answer already."""
        return self.question.answer is not None


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """A record in the list of whoever made it; `waits` for their rating."""

    id: UUID
    title: str
    number: str | None
    app_name: str
    state_label: str
    state_tone: str
    waits: bool


def show_question(session: AnySession, record: Record, tried: Tried | None = None) -> ShownQuestion | None:
    """The question for the record's page; None when nothing is asked, or when it is too late to begin."""
    question = find_question(session, record)
    if question is None or not (question.waits or question.answer):
        return None
    answer = question.answer
    if tried is not None:
        return ShownQuestion(question, tried.score, tried.words, tried.errors)
    return ShownQuestion(question, str(answer.score) if answer else "", (answer and answer.words) or "", {})


def try_answer(session: AnySession, record: Record, actor: Actor, form: Mapping[str, str]) -> Tried | None:
    """Keep the answer that was sent; what stands in the way comes back with what was typed, and the session is rolled
    back then."""
    score, words = form.get("score", "").strip()[:9], form.get("words", "").replace("\r\n", "\n")
    number = int(score) if score.isascii() and score.isdigit() else None
    try:
        answer_question(session, record, actor, score=number, words=words)
    except Invalid as error:
        tried = Tried(score, words, error.fields, None, error.status)
    except (Conflict, Forbidden) as error:
        tried = Tried(score, words, {}, error, error.status)
    else:
        return None
    session.rollback()
    return tried


def list_own(session: AnySession, account_id: UUID) -> list[OwnRecord]:
    """The records that somebody made with an account, the newest first, at most `MOST_SHOWN`."""
    answered = exists().where(
        SatisfactionAnswer.tenant_id == current_tenant(session),
        SatisfactionAnswer.record_id == Record.id,
        SatisfactionAnswer.answered_at >= Record.closed_at,
    )
    rows = session.execute(
        select(Record, Installation, answered)
        .join(Installation, (Installation.tenant_id == Record.tenant_id) & (Installation.id == Record.installation_id))
        .where(
            Record.tenant_id == current_tenant(session),
            Installation.tenant_id == current_tenant(session),
            Record.created_by == account_id,
        )
        .order_by(Record.created_at.desc(), Record.id.desc())
        .limit(MOST_SHOWN)
    )
    return [_own(session, record, installation, rated=rated) for record, installation, rated in rows]


def code_of_own(session: AnySession, account_id: UUID, record_id: UUID) -> str:
    """The tracking code of a record that somebody made with an account. Raises NotFound for everybody else's, and for
    one whose code is gone."""
    record = session.scalar(
        select(Record).where(
            Record.tenant_id == current_tenant(session), Record.id == record_id, Record.created_by == account_id
        )
    )
    code = tracking_code_of(record) if record is not None else None
    if code is None:
        raise NotFound
    return code


def _own(session: AnySession, record: Record, installation: Installation, *, rated: bool) -> OwnRecord:
    definition = definition_by_digest(session, record.definition_digest)
    kind = definition.records[record.record_type]
    state = kind.workflow.states.get(record.state) if kind.workflow else None
    asked = kind.satisfaction is not None and record.state in kind.satisfaction.ask_on
    return OwnRecord(
        id=record.id,
        title=record.title,
        number=record.number,
        app_name=shown_name(installation, definition),
        state_label=pick(state.label) if state else record.state,
        state_tone=state.tone if state else "grey",
        waits=asked and not rated and installation.status == "enabled" and _closed_within(record, OPEN_FOR),
    )


def _closed_within(record: Record, span: timedelta) -> bool:
    return record.closed_at is not None and now() - record.closed_at <= span
