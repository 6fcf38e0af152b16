"""Forms of people who are signed in, each sent for once: a second tap, or a retry, gets what the first one got."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

from flask import request

from lumbung.db import db
from lumbung.idempotency import once
from lumbung.web.access import current_visitor

FIELD = "submission_key"


def fresh_key() -> str:
    """A key for a form that is about to be shown."""
    return str(uuid4())


def make_once(what: str, make: Callable[[], UUID]) -> UUID:
    """The id of what `make()` made of the form that was sent, called once for each form that was shown to this person.

    A form without a key cannot be told from another one, and makes something each time. Only in a municipality; whoever
    comes while the first is still at work waits for it.
    """
    try:
        key = str(UUID(request.form.get(FIELD, "")))
    except ValueError:
        key = fresh_key()
    result = once(db.session, f"form:{what}:{current_visitor().account_id}", key, lambda: {"id": str(make())})
    return UUID(result["id"])
