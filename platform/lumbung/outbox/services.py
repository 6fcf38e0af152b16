"""Noting effects and wake-ups in the transaction of the change that they follow from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from lumbung.db.clock import now
from lumbung.db.inside import Asked, compile_inside, run_inside
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import NotFound
from lumbung.ids import new_id
from lumbung.outbox.handlers import Payload, find_effect_handler, periodic
from lumbung.outbox.models import Effect, EffectStatus, PlatformEffect, Wakeup
from lumbung.outbox.queue import assert_transaction, defer_wakeup

KEPT_DONE = timedelta(days=90)

AnyEffect = Effect | PlatformEffect
_WAKEUP = compile_inside(
    insert(Wakeup)
    .values({name: bindparam(name) for name in ("id", "tenant_id", "kind", "due_at")} | {"attempts": 0})
    .on_conflict_do_nothing()
)


def enqueue_effect(
    session: AnySession,
    kind: str,
    payload: Payload,
    *,
    dedupe_key: str | None = None,
    due_at: datetime | None = None,
) -> UUID:
    """Note an effect of the session's municipality (of the hub when it has none) and return its id.

    It happens after the open transaction commits, not before `due_at`, and not at all when it rolls back.
    `payload` is JSON and holds ids only. With a `dedupe_key` that was used before, the id of the earlier
    effect comes back and nothing is added. Raises OutsideTransaction without an open transaction,
    ValueError when no handler does effects of this kind.
    """
    assert_transaction(session)
    if find_effect_handler(kind) is None:
        raise ValueError(f"Nobody handles effects of kind {kind!r}.")
    session.flush()
    tenant_id = current_tenant(session)
    moment = due_at or now()
    values: dict[str, Any] = {
        "id": new_id(),
        "kind": kind,
        "payload": payload,
        "status": EffectStatus.PENDING,
        "next_attempt_at": moment,
        "dedupe_key": dedupe_key,
        "created_at": now(),
    }
    model: type[AnyEffect] = PlatformEffect
    if tenant_id is not None:
        values["tenant_id"] = tenant_id
        model = Effect
    made = session.execute(insert(model).values(values).on_conflict_do_nothing().returning(model.id)).scalar()
    if made is None:
        return _earlier(session, model, str(dedupe_key))
    _wake(session, made, kind=kind, due_at=moment)
    return made


def schedule_wakeup(session: AnySession, kind: str, due_at: datetime) -> None:
    """Have the handler of `kind` called in the session's municipality at `due_at` or a few seconds later.

    The same moment twice is one wake-up. It comes only when the open transaction commits.
    Raises OutsideTransaction without an open transaction, ValueError when the session belongs to no
    municipality.
    """
    assert_transaction(session)
    run_inside(session, wakeup_of(session, kind, due_at))


def wakeup_of(session: AnySession, kind: str, due_at: datetime) -> Asked:
    """The statement of `schedule_wakeup`, for whoever sends others with it. Raises ValueError as it does."""
    tenant_id = current_tenant(session)
    if tenant_id is None:
        raise ValueError("A wake-up needs a municipality.")
    return _WAKEUP, {"id": new_id(), "tenant_id": tenant_id, "kind": kind, "due_at": due_at}


def list_failed_effects(session: AnySession, *, limit: int = 100) -> Sequence[AnyEffect]:
    """Effects of the session's municipality (or of the hub) that were given up, the newest first."""
    model: Any = effect_model(current_tenant(session))
    query = select(model).where(model.status == EffectStatus.FAILED).order_by(model.id.desc()).limit(limit)
    return session.scalars(query).all()


def retry_effect(session: AnySession, effect_id: UUID) -> None:
    """Try an effect that was given up once more. Raises NotFound when there is no such failed effect here."""
    assert_transaction(session)
    model = effect_model(current_tenant(session))
    moment = now()
    kind = session.execute(
        update(model)
        .where(model.id == effect_id, model.status == EffectStatus.FAILED)
        .values(status=EffectStatus.PENDING, attempts=0, next_attempt_at=moment)
        .returning(model.kind)
    ).scalar()
    if kind is None:
        raise NotFound
    _wake(session, effect_id, kind=kind, due_at=moment)


def forget_done_effects(session: AnySession) -> int:
    """Delete effects of the session's municipality (or of the hub) that were done over 90 days ago; return how
    many. Their dedupe keys are free again."""
    model: Any = effect_model(current_tenant(session))
    long_ago = now() - KEPT_DONE
    done = delete(model).where(model.status == EffectStatus.DONE, model.done_at < long_ago).returning(model.id)
    return len(session.execute(done).all())


@periodic(24 * 3600, name="forget-done-effects")
@periodic(24 * 3600, name="forget-done-platform-effects", per_tenant=False)
def _forget_done_effects(session: AnySession) -> None:
    forget_done_effects(session)


def effect_model(tenant_id: UUID | None) -> type[AnyEffect]:
    """The table that holds the effects of a municipality, or of the hub."""
    return PlatformEffect if tenant_id is None else Effect


def _earlier(session: AnySession, model: type[AnyEffect], dedupe_key: str) -> UUID:
    return session.execute(select(model.id).where(model.dedupe_key == dedupe_key)).scalar_one()


def _wake(session: AnySession, effect_id: UUID, *, kind: str, due_at: datetime) -> None:
    session.execute(
        insert(Wakeup).values(
            id=new_id(), tenant_id=current_tenant(session), kind=kind, due_at=due_at, effect_id=effect_id
        )
    )
    handler = find_effect_handler(kind)
    if handler is None or not handler.waits:
        defer_wakeup(session, effect_id, at=due_at if due_at > now() else None)
