"""JSON that a program has sent."""

from __future__ import annotations

from typing import Any

from flask import request


def sent_json() -> Any:
    """What the request's body holds as JSON; None when it holds none, or nests deeper than any reader
    follows."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None
