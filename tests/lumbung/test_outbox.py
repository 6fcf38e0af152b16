"""Effects happen once, after the commit, and are never lost."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from lumbung.db import as_tenant, db, now, set_clock, use_tenant
from lumbung.errors import NotFound
from lumbung.outbox import (
    GiveUp,
    OutsideTransaction,
    PlatformEffect,
    Wakeup,
    drain,
    enqueue_effect,
    handlers,
    list_failed_effects,
    retry_effect,
    run_periodics,
    schedule_wakeup,
)
from lumbung.outbox.delivery import MAX_ATTEMPTS, Outcome, deliver_effect, retry_delay
from lumbung.outbox.sweep import sweep
from lumbung.outbox.worker import run_worker
from tests.lumbung.outbox_probe import Db, Recorder, count, enqueue, record, stored
from tests.world import World


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Registered for effects and wake-ups of the kind `probe`, for the test only."""
    return record(monkeypatch)


def test_an_effect_happens_once_and_leaves_nothing_to_do(
    app: Flask, session: Db, world: World, recorder: Recorder
) -> None:
    effect_id = enqueue(session, world.tangsel.id)
    assert count(session, "wakeups") == 1
    assert drain(app) == 1
    assert drain(app) == 0
    assert recorder.calls == ["1"]
    effect = stored(session, effect_id)
    assert (effect.status, effect.attempts) == ("done", 1)
    assert count(session, "wakeups") == 0


def test_the_job_holds_ids_only_and_comes_with_the_same_transaction(
    session: Db, world: World, recorder: Recorder
) -> None:
    effect_id = enqueue(session, world.tangsel.id)
    args = session.execute(text("SELECT args FROM procrastinate.procrastinate_jobs")).scalars().all()
    assert args == [{"tenant_id": str(world.tangsel.id), "effect_id": str(effect_id)}]


def test_a_rolled_back_change_has_no_effect(app: Flask, session: Db, world: World, recorder: Recorder) -> None:
    use_tenant(session, world.tangsel.id)
    session.execute(select(1))
    enqueue_effect(session, "probe", {"n": "1"})
    session.rollback()
    assert drain(app) == 0
    for table in ("wakeups", "outbox", "procrastinate.procrastinate_jobs"):
        assert count(session, table) == 0
    assert recorder.calls == []


def test_an_effect_without_an_open_transaction_is_refused(session: Db, world: World, recorder: Recorder) -> None:
    session.commit()
    with pytest.raises(OutsideTransaction):
        enqueue_effect(session, "probe", {"n": "1"})


def test_an_effect_on_a_connection_that_commits_by_itself_is_refused(
    session: Db, world: World, recorder: Recorder
) -> None:
    engine = db.engine.execution_options(isolation_level="AUTOCOMMIT")
    with Session(engine) as other:
        other.execute(select(1))
        with pytest.raises(OutsideTransaction):
            enqueue_effect(other, "probe", {"n": "1"})


def test_an_effect_that_nobody_handles_is_refused_at_once(session: Db, world: World) -> None:
    session.execute(select(1))
    with pytest.raises(ValueError, match="handles"):
        enqueue_effect(session, "unheard-of", {})


def test_the_hub_has_effects_of_its_own(app: Flask, session: Db, world: World, recorder: Recorder) -> None:
    enqueue(session, None)
    assert drain(app) == 1
    assert session.scalar(select(PlatformEffect.status)) == "done"


def test_the_same_dedupe_key_is_one_effect_per_municipality(
    app: Flask, session: Db, world: World, recorder: Recorder
) -> None:
    first = enqueue(session, world.tangsel.id, dedupe_key="k")
    assert enqueue(session, world.tangsel.id, dedupe_key="k") == first
    assert enqueue(session, world.surabaya.id, dedupe_key="k") != first
    assert drain(app) == 2


def test_an_effect_waits_for_its_time(app: Flask, session: Db, world: World, recorder: Recorder) -> None:
    due = now() + timedelta(hours=1)
    effect_id = enqueue(session, world.tangsel.id, due_at=due)
    assert drain(app) == 0
    assert deliver_effect(app, world.tangsel.id, effect_id) is Outcome.SKIPPED
    with set_clock(due):
        assert drain(app) == 1


def test_a_failing_effect_comes_again_later_and_does_not_hold_up_others(
    app: Flask, session: Db, world: World, recorder: Recorder
) -> None:
    recorder.fail = OSError(111, "refused by siti@warga.test")
    effect_id = enqueue(session, world.tangsel.id, "1")
    enqueue(session, world.surabaya.id, "2")
    start = now()
    with set_clock(start):
        assert drain(app) == 0
        assert recorder.calls == ["1", "2"]
    use_tenant(session, world.tangsel.id)
    effect = stored(session, effect_id)
    assert (effect.status, effect.attempts, effect.next_attempt_at) == ("pending", 1, start + retry_delay(1))
    # The words of the error may hold personal data.
    assert effect.last_error == "ConnectionRefusedError 111"
    recorder.fail = None
    with set_clock(start + retry_delay(1)):
        assert drain(app) == 2
    assert stored(session, effect_id).status == "done"


def test_what_a_failing_handler_wrote_is_rolled_back(app: Flask, session: Db, world: World, recorder: Recorder) -> None:
    def write_and_fail(inner: Any, payload: dict[str, Any]) -> None:
        schedule_wakeup(inner, "probe", now() + timedelta(days=1))
        raise OSError

    handlers._effects["probe"] = handlers.RegisteredEffect("probe", write_and_fail, None)
    enqueue(session, world.tangsel.id)
    drain(app)
    assert session.scalars(select(Wakeup.effect_id)).all() != [None]
    assert count(session, "wakeups") == 1


def test_an_effect_is_given_up_in_the_end_and_can_be_tried_again(
    app: Flask, session: Db, world: World, recorder: Recorder
) -> None:
    recorder.fail = OSError()
    effect_id = enqueue(session, world.tangsel.id)
    moment = now()
    for _ in range(MAX_ATTEMPTS):
        with set_clock(moment):
            drain(app)
        moment += timedelta(hours=6)
    assert len(recorder.calls) == MAX_ATTEMPTS
    assert recorder.given_up == ["OSError"]
    use_tenant(session, world.tangsel.id)
    assert [effect.id for effect in list_failed_effects(session)] == [effect_id]
    assert count(session, "wakeups") == 0
    recorder.fail = None
    with as_tenant(session, world.surabaya.id), pytest.raises(NotFound):
        retry_effect(session, effect_id)
    retry_effect(session, effect_id)
    session.commit()
    with set_clock(moment):
        assert drain(app) == 1


def test_a_hopeless_effect_is_given_up_at_once(app: Flask, session: Db, world: World, recorder: Recorder) -> None:
    recorder.fail = GiveUp("address refused (550)")
    effect_id = enqueue(session, world.tangsel.id)
    drain(app)
    assert (stored(session, effect_id).status, recorder.given_up) == ("failed", ["address refused (550)"])


def test_two_workers_at_once_do_an_effect_once(app: Flask, session: Db, world: World, recorder: Recorder) -> None:
    effect_id = enqueue(session, world.tangsel.id)
    recorder.hold = threading.Event()
    first = threading.Thread(target=deliver_effect, args=(app, world.tangsel.id, effect_id))
    first.start()
    assert recorder.entered.wait(10)
    assert deliver_effect(app, world.tangsel.id, effect_id) is Outcome.SKIPPED
    recorder.hold.set()
    first.join()
    assert deliver_effect(app, world.tangsel.id, effect_id) is Outcome.SKIPPED
    assert recorder.calls == ["1"]
    assert stored(session, effect_id).status == "done"


def test_an_effect_is_not_done_in_the_name_of_another_municipality(
    app: Flask, session: Db, world: World, recorder: Recorder
) -> None:
    effect_id = enqueue(session, world.tangsel.id)
    assert deliver_effect(app, world.surabaya.id, effect_id) is Outcome.SKIPPED
    assert recorder.calls == []


def test_a_lost_wakeup_of_the_queue_is_made_up_for_by_the_sweep(
    app: Flask, session: Db, world: World, recorder: Recorder
) -> None:
    enqueue(session, world.tangsel.id)
    session.execute(text("UPDATE procrastinate.procrastinate_jobs SET status = 'doing', worker_id = NULL"))
    session.commit()
    sweep(app)
    assert recorder.calls == ["1"]
    assert count(session, "procrastinate.procrastinate_jobs") == 0


def test_effects_are_forgotten_long_after_they_were_done(
    app: Flask, session: Db, world: World, recorder: Recorder
) -> None:
    for tenant_id in (world.tangsel.id, None):
        enqueue(session, tenant_id)
    drain(app)
    waiting = enqueue(session, world.tangsel.id, due_at=now() + timedelta(days=365))
    start = now()
    for days, left in ((89, (2, 1)), (91, (1, 0))):
        with set_clock(start + timedelta(days=days)):
            run_periodics(app, names=["forget-done-effects", "forget-done-platform-effects"])
        use_tenant(session, world.tangsel.id)
        assert (count(session, "outbox"), count(session, "platform_outbox")) == left
        session.rollback()
    assert stored(session, waiting).status == "pending"


def test_the_worker_is_woken_by_the_commit_and_stops_when_asked(
    app: Flask, session: Db, world: World, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The sweep would do the work too; out of the way it shows that the queue alone is enough.
    monkeypatch.setattr("lumbung.outbox.worker.sweep", lambda _: None)
    stop = threading.Event()
    worker = threading.Thread(target=run_worker, args=(app,), kwargs={"stop": stop})
    worker.start()
    try:
        effect_id = enqueue(session, world.tangsel.id, str(uuid4()))
        deadline = time.monotonic() + 15
        while stored(session, effect_id).status != "done" and time.monotonic() < deadline:
            session.rollback()
            time.sleep(0.05)
        assert stored(session, effect_id).status == "done"
    finally:
        session.rollback()
        stop.set()
        worker.join(20)
    assert not worker.is_alive()
    assert len(recorder.calls) == 1
    assert count(session, "procrastinate.procrastinate_jobs") == 0
