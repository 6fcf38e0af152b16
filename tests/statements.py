"""Listens to what the application says to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from lumbung.db import db
from lumbung.web.sites import LumbungFlask


@contextmanager
def statements_of(app: LumbungFlask) -> Iterator[list[str]]:
    """Every statement that is sent inside the block, in order; savepoints and commits are not among them."""
    heard: list[str] = []

    def listen(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        heard.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", listen)
