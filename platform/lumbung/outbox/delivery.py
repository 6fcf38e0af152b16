"""Doing one thing that is due: an effect, or a wake-up of a municipality."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from flask import Flask
from sqlalchemy import delete, select, update

from lumbung.db.clock import now
from lumbung.db.engine import db
from lumbung.db.tenancy import AnySession, use_tenant
from lumbung.outbox.handlers import GiveUp, RegisteredEffect, find_effect_handler, find_wakeup_handler
from lumbung.outbox.models import EffectStatus, Wakeup
from lumbung.outbox.services import AnyEffect, effect_model

MAX_ATTEMPTS = 12
FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=6)

log = structlog.get_logger("lumbung.outbox")


class Outcome(StrEnum):
    """What became of an attempt. `skipped`: not due, done already, or somebody else is at it."""

    DONE = "done"
    RETRY = "retry"
    FAILED = "failed"
    SKIPPED = "skipped"


def deliver_effect(app: Flask, tenant_id: UUID | None, effect_id: UUID) -> Outcome:
    """Do one effect if it is due and nobody else is at it; what the handler wrote commits together with
    "done".

    When the handler raises, what it wrote is rolled back and the effect comes again, later each time, until
    it is given up after `MAX_ATTEMPTS`. Never raises because of the handler.
    """
    with app.app_context():
        session = db.session
        use_tenant(session, tenant_id)
        try:
            return _attempt(session, tenant_id, effect_id)
        finally:
            session.rollback()


def _attempt(session: AnySession, tenant_id: UUID | None, effect_id: UUID) -> Outcome:
    effect = _lock(session, tenant_id, effect_id)
    if effect is None:
        _forget_settled(session, tenant_id, effect_id)
        return Outcome.SKIPPED
    if effect.next_attempt_at > now():
        return Outcome.SKIPPED
    handler = find_effect_handler(effect.kind)
    try:
        if handler is None:
            raise GiveUp("no handler")
        handler.run(session, effect.payload)
        effect.status, effect.done_at, effect.attempts = EffectStatus.DONE, now(), effect.attempts + 1
        effect.last_error = None
        _forget_wakeup(session, effect_id)
        session.commit()
    except Exception as error:
        session.rollback()
        return _note_failure(session, tenant_id, effect_id, handler=handler, error=error)
    return Outcome.DONE


def _note_failure(
    session: AnySession,
    tenant_id: UUID | None,
    effect_id: UUID,
    *,
    handler: RegisteredEffect | None,
    error: Exception,
) -> Outcome:
    effect = _lock(session, tenant_id, effect_id)
    if effect is None:
        return Outcome.SKIPPED
    reason = describe_error(error)
    effect.attempts += 1
    effect.last_error = reason
    given_up = isinstance(error, GiveUp) or effect.attempts >= MAX_ATTEMPTS
    log.warning("effect-failed", kind=effect.kind, effect=str(effect_id), attempts=effect.attempts, reason=reason)
    if given_up:
        effect.status = EffectStatus.FAILED
        _forget_wakeup(session, effect_id)
        if handler is not None and handler.on_failure is not None:
            handler.on_failure(session, effect.payload, reason)
    else:
        effect.next_attempt_at = now() + retry_delay(effect.attempts)
        session.execute(update(Wakeup).where(Wakeup.effect_id == effect_id).values(due_at=effect.next_attempt_at))
    session.commit()
    return Outcome.FAILED if given_up else Outcome.RETRY


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after so many attempts: half a minute, doubled each time, at most six hours."""
    return min(FIRST_RETRY * (1 << (attempts - 1)), LONGEST_RETRY)


def describe_error(error: Exception) -> str:
    """What went wrong without the error's own words, which may hold an address or a name; GiveUp speaks for
    itself.
    """
    if isinstance(error, GiveUp):
        return str(error)
    code = getattr(error, "smtp_code", None) or getattr(error, "errno", None) or getattr(error, "sqlstate", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__


def _lock(session: AnySession, tenant_id: UUID | None, effect_id: UUID) -> AnyEffect | None:
    model: Any = effect_model(tenant_id)
    query = select(model).where(model.id == effect_id, model.status == EffectStatus.PENDING)
    if tenant_id is not None:
        # A row lock is refused by the sharded engine without the municipality in the query itself
        # (citus.md, rule 17).
        query = query.where(model.tenant_id == tenant_id)
    found: AnyEffect | None = session.scalars(
        query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    ).one_or_none()
    return found


def _forget_settled(session: AnySession, tenant_id: UUID | None, effect_id: UUID) -> None:
    model = effect_model(tenant_id)
    pending = select(model.id).where(model.id == effect_id, model.status == EffectStatus.PENDING)
    if session.execute(pending).scalar() is None:
        _forget_wakeup(session, effect_id)
        session.commit()


def _forget_wakeup(session: AnySession, effect_id: UUID) -> None:
    session.execute(delete(Wakeup).where(Wakeup.effect_id == effect_id))


def answer_wakeup(app: Flask, tenant_id: UUID | None, kind: str) -> Outcome:
    """Call the handler of `kind` in a municipality if a wake-up is due and nobody else has taken it.

    The wake-ups go when the handler's work commits; when it raises, they come back later. Never raises
    because of it.
    """
    with app.app_context():
        session = db.session
        use_tenant(session, tenant_id)
        try:
            taken = _take_wakeups(session, tenant_id, kind)
            if not taken:
                return Outcome.SKIPPED
            return _answer(session, tenant_id, kind, taken)
        finally:
            session.rollback()


def _answer(session: AnySession, tenant_id: UUID | None, kind: str, taken: list[Wakeup]) -> Outcome:
    ids = [wakeup.id for wakeup in taken]
    attempts = max(wakeup.attempts for wakeup in taken) + 1
    handler = find_wakeup_handler(kind)
    try:
        if handler is None or tenant_id is None:
            raise GiveUp("no handler")
        # The wake-ups go first, so that the handler may ask for the same moment again.
        session.execute(delete(Wakeup).where(Wakeup.id.in_(ids)))
        handler(session, tenant_id)
        session.commit()
    except Exception as error:
        session.rollback()
        log.warning("wakeup-failed", kind=kind, attempts=attempts, reason=describe_error(error), exc_info=error)
        later = now() + retry_delay(attempts)
        # One row stands for all of them: two rows may not share a moment.
        session.execute(delete(Wakeup).where(Wakeup.id.in_(ids[1:])))
        session.execute(update(Wakeup).where(Wakeup.id == ids[0]).values(due_at=later, attempts=attempts))
        session.commit()
        return Outcome.RETRY
    return Outcome.DONE


def _take_wakeups(session: AnySession, tenant_id: UUID | None, kind: str) -> list[Wakeup]:
    query = (
        select(Wakeup)
        .where(
            Wakeup.tenant_id.is_not_distinct_from(tenant_id),
            Wakeup.kind == kind,
            Wakeup.effect_id.is_(None),
            Wakeup.due_at <= now(),
        )
        .order_by(Wakeup.due_at, Wakeup.id)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(query))
