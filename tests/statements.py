"""Listens to what the application says to the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import g, has_request_context, request
from sqlalchemy import event

from app_catalog.installations.definitions import definition_is_given
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


MOST_REPEATS = 15
"""A page that sends the same query more often than this asks once per row (a form of 15 rows does not)."""


class RepeatGuard:
    """Notices requests that send one query again and again, each time for another row."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def install(self, app: LumbungFlask) -> None:
        """Listen to every request of `app` from now on."""
        app.before_request(self._begin)
        app.teardown_request(lambda error: self._end())
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", self._hear)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen inside the block as if it were a request of its own."""
        engine = db.engine
        event.listen(engine, "before_cursor_execute", self._hear)
        self._begin()
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", self._hear)
            self._end()

    def _begin(self) -> None:
        g.heard = Counter[str]()

    def _end(self) -> None:
        for statement, times in g.pop("heard", Counter[str]()).items():
            if times > MOST_REPEATS:
                self.found[f"{request.method} {request.url_rule}"] = f"{times} x {statement}"

    def _hear(self, conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        if definition_is_given():
            # A scenario acts on many records, each by itself, as people would.
            return
        if has_request_context() and "heard" in g and statement.startswith("SELECT") and "set_tenant" not in statement:
            g.heard[statement] += 1
