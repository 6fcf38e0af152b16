"""Rows of the queue that crashes leave behind go by themselves, while the worker goes on."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, scoped_session

from lumbung.outbox.queue import defer_wakeup, forget_abandoned_jobs

Db = scoped_session[Session]
_STARTED = """
UPDATE procrastinate.procrastinate_events SET at = now() - CAST(:ago AS interval)
WHERE job_id = :job AND type = 'started'
"""


def _taken(session: Db, *, silent_for: str = "1 second", started: str = "1 second", waits: bool = False) -> UUID:
    """A job that a worker took so long ago; the worker was last heard before `silent_for`."""
    effect_id = uuid4()
    session.connection()
    defer_wakeup(session, effect_id)
    worker = session.execute(
        text(
            "INSERT INTO procrastinate.procrastinate_workers (last_heartbeat)"
            " VALUES (now() - CAST(:ago AS interval)) RETURNING id"
        ),
        {"ago": silent_for},
    ).scalar_one()
    job = session.execute(
        text("UPDATE procrastinate.procrastinate_jobs SET status = 'doing', worker_id = :worker RETURNING id"),
        {"worker": worker},
    ).scalar_one()
    session.execute(
        text(_STARTED),
        {"ago": started, "job": job},
    )
    if waits:
        session.execute(
            text("INSERT INTO wakeups (id, kind, due_at, effect_id) VALUES (:id, 'any', now(), :effect)"),
            {"id": uuid4(), "effect": effect_id},
        )
    session.commit()
    return effect_id


@pytest.mark.parametrize(
    ("silent_for", "started", "waits", "left"),
    [
        ("1 second", "1 second", True, 1),
        ("1 second", "1 second", False, 1),
        ("1 second", "1 hour", True, 1),
        ("1 second", "1 hour", False, 0),
        ("90 seconds", "1 minute", True, 1),
        ("3 minutes", "1 minute", True, 0),
    ],
)
def test_only_what_nobody_is_at_any_more_is_forgotten(
    session: Db, silent_for: str, started: str, waits: bool, left: int
) -> None:
    _taken(session, silent_for=silent_for, started=started, waits=waits)
    forget_abandoned_jobs(session)
    session.commit()
    found = text("SELECT count(*) FROM procrastinate.procrastinate_jobs WHERE status = 'doing'")
    assert session.execute(found).scalar_one() == left
