"""Everything that is due now: what the queue lost, what a crash left behind, and what runs again and again."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from datetime import timedelta
from uuid import UUID

import structlog
from flask import Flask
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lumbung.db.base import Base
from lumbung.db.clock import now
from lumbung.db.engine import db
from lumbung.db.tenancy import use_tenant
from lumbung.outbox.delivery import Outcome, answer_wakeup, deliver_effect, describe_error
from lumbung.outbox.handlers import RegisteredPeriodic, list_periodics, list_waiting_kinds
from lumbung.outbox.models import PeriodicRun, Wakeup
from lumbung.outbox.queue import forget_abandoned_jobs

BATCH = 200
_ENDLESS = 100_000

log = structlog.get_logger("lumbung.sweep")
Due = tuple[UUID | None, str, UUID | None]


def drain(app: Flask, *, waiting: bool | None = None, stop: threading.Event | None = None) -> int:
    """Do everything that is due by `lumbung.db.now()`, in the order of its due time, and what that makes
    due in turn; with `waiting` only effects that ask a slow service, or only all others; until `stop`.

    Returns how many effects and wake-ups were done. Those that fail come back later and do not hold up the
    others. For tests, scenarios and commands; the worker uses it too. Raises RuntimeError when work makes
    new work for ever.
    """
    done = attempts = 0
    skipped: set[Due] = set()
    while True:
        due = [one for one in _list_due(app, waiting) if one not in skipped]
        if not due:
            return done
        for one in due:
            if stop is not None and stop.is_set():
                return done
            outcome = _do(app, one)
            attempts += 1
            done += outcome is Outcome.DONE
            if outcome is Outcome.SKIPPED:
                skipped.add(one)
        if attempts > _ENDLESS:
            raise RuntimeError("Effects and wake-ups make new ones without end.")


def sweep(app: Flask) -> None:
    """One round of the worker: what is due and waits for no slow service, periodic functions whose time has come, and
    the queue's leftovers.
    """
    drain(app, waiting=False)
    run_periodics(app, only_due=True)
    with app.app_context():
        forget_abandoned_jobs(db.session)
        db.session.commit()


def run_periodics(app: Flask, *, only_due: bool = False, names: Iterable[str] | None = None) -> int:
    """Run the periodic functions (those of `names`, or all) now and return how many; with `only_due` those
    whose time has come and that no other worker runs.

    A function that raises in one municipality is logged and does not keep the others from running.
    """
    wanted = None if names is None else set(names)
    ran = 0
    for function in list_periodics():
        if wanted is not None and function.name not in wanted:
            continue
        if only_due and not _claim(app, function):
            continue
        for tenant_id in _tenants(app) if function.per_tenant else [None]:
            _run_once(app, function, tenant_id)
        ran += 1
    return ran


def _list_due(app: Flask, waiting: bool | None) -> list[Due]:
    query = (
        select(Wakeup.tenant_id, Wakeup.kind, Wakeup.effect_id)
        .where(Wakeup.due_at <= now())
        .order_by(Wakeup.due_at, Wakeup.id)
        .limit(BATCH)
    )
    if waiting is not None:
        kinds = list_waiting_kinds()
        query = query.where(Wakeup.kind.in_(kinds) if waiting else Wakeup.kind.not_in(kinds))
    with app.app_context():
        # One call answers all due wake-ups of a municipality and kind, so each pair counts once.
        return list(dict.fromkeys((row.tenant_id, row.kind, row.effect_id) for row in db.session.execute(query)))


def _do(app: Flask, due: Due) -> Outcome:
    tenant_id, kind, effect_id = due
    if effect_id is not None:
        return deliver_effect(app, tenant_id, effect_id)
    return answer_wakeup(app, tenant_id, kind)


def _claim(app: Flask, function: RegisteredPeriodic) -> bool:
    moment = now()
    statement = insert(PeriodicRun).values(name=function.name, started_at=moment)
    statement = statement.on_conflict_do_update(
        index_elements=["name"],
        set_={"started_at": moment},
        where=PeriodicRun.started_at <= moment - timedelta(seconds=function.seconds),
    )
    with app.app_context():
        claimed = db.session.execute(statement.returning(PeriodicRun.name)).scalar() is not None
        db.session.commit()
    return claimed


def _tenants(app: Flask) -> Iterator[UUID]:
    municipalities = Base.metadata.tables["municipalities"]
    with app.app_context():
        found = list(db.session.execute(select(municipalities.c.id)).scalars())
    yield from found


def _run_once(app: Flask, function: RegisteredPeriodic, tenant_id: UUID | None) -> None:
    with app.app_context():
        use_tenant(db.session, tenant_id)
        try:
            # The transaction begins here, also for a function whose first word is to note an effect.
            db.session.connection()
            function.run(db.session)
            db.session.commit()
        except Exception as error:
            db.session.rollback()
            log.warning("periodic-failed", name=function.name, reason=describe_error(error), exc_info=error)
