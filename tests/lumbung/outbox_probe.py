"""What the tests of effects and wake-ups share: handlers that remember, and what lies in the queue."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import use_tenant
from lumbung.outbox import Effect, enqueue_effect, handlers

Db = scoped_session[Session]


class Recorder:
    """Handlers that remember what they were asked, and can be told to fail."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.fail: Exception | None = None
        self.given_up: list[str] = []
        self.hold: threading.Event | None = None
        self.entered = threading.Event()

    def effect(self, session: Any, payload: dict[str, Any]) -> None:
        self.calls.append(payload["n"])
        self.entered.set()
        if self.hold is not None:
            assert self.hold.wait(10)
        if self.fail is not None:
            raise self.fail

    def failed(self, session: Any, payload: dict[str, Any], reason: str) -> None:
        self.given_up.append(reason)

    def wakeup(self, session: Any, tenant_id: UUID) -> None:
        self.calls.append(str(tenant_id))
        if self.fail is not None:
            raise self.fail


def enqueue(session: Db, tenant_id: UUID | None, n: str = "1", **how: Any) -> UUID:
    """Note one effect and commit."""
    use_tenant(session, tenant_id)
    session.execute(select(1))
    effect_id = enqueue_effect(session, "probe", {"n": n}, **how)
    session.commit()
    return effect_id


def stored(session: Db, effect_id: UUID) -> Effect:
    session.expire_all()
    return session.scalars(select(Effect).where(Effect.id == effect_id)).one()


def count(session: Db, what: str) -> int:
    return int(session.execute(text(f"SELECT count(*) FROM {what}")).scalar_one())


def record(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Registered for effects and wake-ups of the kind `probe`, for the test only."""
    made = Recorder()
    probe = handlers.RegisteredEffect("probe", made.effect, made.failed)
    monkeypatch.setitem(handlers._effects, "probe", probe)
    monkeypatch.setitem(handlers._wakeups, "probe", made.wakeup)
    return made
