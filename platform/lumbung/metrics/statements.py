"""Statements that take long are counted and logged, without the values in them."""

from __future__ import annotations

import time
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy import Engine, event

SLOW_SECONDS = 0.5
_SHOWN = 1_000

SLOW_STATEMENTS = Counter("lumbung_slow_statements_total", f"Statements that took longer than {SLOW_SECONDS} s.")
log = structlog.get_logger("lumbung.statements")


def watch_statements(engine: Engine, *, slow_seconds: float = SLOW_SECONDS) -> None:
    """Log every statement on `engine` that takes longer than `slow_seconds`, with placeholders in place of values."""

    @event.listens_for(engine, "before_cursor_execute")
    def _before(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        conn.info["statement_from"] = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def _after(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        seconds = time.perf_counter() - conn.info.get("statement_from", time.perf_counter())
        note_duration(statement, seconds, slow_seconds=slow_seconds)


def note_duration(statement: str | bytes, seconds: float, *, slow_seconds: float | None = None) -> None:
    """Count and log a statement that took longer than `slow_seconds` (`SLOW_SECONDS`); for those past the engine."""
    if seconds <= (SLOW_SECONDS if slow_seconds is None else slow_seconds):
        return
    SLOW_STATEMENTS.inc()
    written = statement.decode() if isinstance(statement, bytes) else statement
    log.warning("slow-statement", ms=round(seconds * 1000), statement=" ".join(written.split())[:_SHOWN])
