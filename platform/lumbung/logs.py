"""Structured logs with the request's id and without personal data."""

from __future__ import annotations

import logging
import re
import sys

import structlog

# PostgreSQL quotes the values of a row that breaks a rule: "DETAIL:  Key (email)=(…) already exists."
_QUOTED_VALUES = re.compile(r"^(\s*(?:DETAIL|CONTEXT):).*$", re.MULTILINE)


def _without_values(logger: object, method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    for name in ("exception", "error"):
        if isinstance(event.get(name), str):
            event[name] = _QUOTED_VALUES.sub(r"\1 ~", event[name])
    return event


def configure_logs(log_format: str, level: str = "info") -> None:
    """One JSON line per event on standard error, or short coloured lines when `log_format` is `console`.

    Events below `level` (`debug`, `info`, `warning`, `error`) are left out; an unknown level means `info`.
    """
    lowest = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    renderer: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer() if log_format == "console" else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_values,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(lowest),
        # Standard error as it is when something is said, not as it was when the logs were set up.
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
