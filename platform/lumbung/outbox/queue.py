"""The queue: procrastinate in a schema of its own, which only wakes workers (ADR 0008)."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

from procrastinate.schema import SchemaManager
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import scoped_session

from lumbung.db.conversing import is_whole
from lumbung.db.tenancy import AnySession, current_tenant

QUEUE_SCHEMA = "procrastinate"
QUEUE_NAME = "outbox"
WAKE_TASK = "wake"

_DEFER = text(
    """
    SELECT procrastinate.procrastinate_defer_jobs_v1(ARRAY[
      ROW(:queue, :task, 0, NULL, NULL, CAST(:args AS jsonb), CAST(:at AS timestamptz))
      ::procrastinate.procrastinate_job_to_defer_v1])
    """
)
# Longer than the library's heartbeat and a worker's way out together: whoever is silent for so long is gone.
_STALLED_SECONDS = 120
_FORGET_STALLED = text("SELECT procrastinate.procrastinate_prune_stalled_workers_v1(:seconds)")
_FORGET_ABANDONED = text(
    """
    DELETE FROM procrastinate.procrastinate_jobs AS job WHERE job.status = 'doing' AND (
      job.worker_id IS NULL OR (
        NOT EXISTS (SELECT FROM wakeups WHERE wakeups.effect_id = CAST(job.args ->> 'effect_id' AS uuid))
        AND NOT EXISTS (
          SELECT FROM procrastinate.procrastinate_events AS event
          WHERE event.job_id = job.id AND event.type = 'started' AND event.at > now() - interval '10 minutes')))
    """
)


class OutsideTransaction(RuntimeError):
    """An effect was about to be noted where nothing ties it to the change that it follows from."""


def defer_wakeup(session: AnySession, effect_id: UUID, *, at: datetime | None = None) -> None:
    """Wake a worker for one effect of the session's municipality once the open transaction commits, not
    before `at`.

    Raises OutsideTransaction when the session has no open
    transaction or its connection commits by itself.
    """
    assert_transaction(session)
    tenant_id = current_tenant(session)
    args = {"tenant_id": str(tenant_id) if tenant_id else None, "effect_id": str(effect_id)}
    session.execute(_DEFER, {"queue": QUEUE_NAME, "task": WAKE_TASK, "args": json.dumps(args), "at": at})


def assert_transaction(session: AnySession) -> None:
    """Raise OutsideTransaction unless what is done now commits or vanishes together with what was done
    before.
    """
    real = session() if isinstance(session, scoped_session) else session
    if not real.in_transaction():
        raise OutsideTransaction("Effects are noted in the transaction of the change that they follow from.")
    if not is_whole(real.connection()):
        raise OutsideTransaction("The connection commits every statement by itself.")


def forget_abandoned_jobs(session: AnySession) -> None:
    """Delete workers that have not been heard for two minutes, and the wake-ups that those who are gone had taken or
    that were answered long ago; the sweep finds effects without them.

    The library looks for such workers when one starts, and not again: after a crash of the database the one that
    starts anew comes too soon to find the other silent.
    """
    session.execute(_FORGET_STALLED, {"seconds": _STALLED_SECONDS})
    session.execute(_FORGET_ABANDONED)


def queue_schema_sql(*, application_role: str = "lumbung_app") -> str:
    """One script that makes the queue's schema and lets the application's role use it, for a migration.

    Run it as the owner on the driver's own connection
    (`connection.connection.driver_connection.execute(script)`): it holds many statements and percent signs.
    """
    role = sql.Identifier(application_role).as_string(None)
    return "\n".join(
        (
            f"CREATE SCHEMA {QUEUE_SCHEMA};",
            f"SET LOCAL search_path TO {QUEUE_SCHEMA};",
            SchemaManager.get_schema(),
            _PIN_SEARCH_PATH,
            "SET LOCAL search_path TO DEFAULT;",
            f"GRANT USAGE ON SCHEMA {QUEUE_SCHEMA} TO {role};",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {QUEUE_SCHEMA} TO {role};",
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {QUEUE_SCHEMA} TO {role};",
        )
    )


# The library's functions name their tables without a schema; pinned, they find them from any search path.
_PIN_SEARCH_PATH = """
DO $$ DECLARE f regprocedure; BEGIN
  FOR f IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'procrastinate'::regnamespace LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = procrastinate, pg_temp', f);
  END LOOP;
END $$;
"""
