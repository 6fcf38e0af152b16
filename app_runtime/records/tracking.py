"""Tracking codes of records: found by a keyed digest, kept sealed, never stored in clear.

The sealed code lies in the record's private values under a key that no field can have, so that erasing a person's data
erases it too. It is opened only to answer a retry of the same submission and to write to the reporter.
"""

from __future__ import annotations

from flask import current_app

from app_runtime.records.models import Record
from lumbung import codes
from lumbung.secrets import UndecryptableError, blind_index, decrypt, encrypt

SEALED_KEY = "_tracking"
LANGUAGE_KEY = "_language"


def tracking_digest(code: str) -> str | None:
    """The digest to look for, however the code was typed; None when it is no valid code."""
    if not codes.is_valid(code):
        return None
    canonical = codes.normalise(code)
    assert canonical is not None
    return _digest(canonical)


def give_tracking_code(record: Record) -> str:
    """A new code for a record that is about to be stored."""
    code = codes.new_code()
    record.tracking_digest = _digest(code)
    record.private = {**record.private, SEALED_KEY: encrypt(code, context=_context(record))}
    return code


def tracking_code_of(record: Record) -> str | None:
    """The record's code, or None when it has none any more (personal data erased, key gone)."""
    sealed = record.private.get(SEALED_KEY)
    if not sealed:
        return None
    try:
        return decrypt(sealed, context=_context(record))
    except UndecryptableError:
        current_app.logger.warning("tracking-code-unreadable", extra={"record": str(record.id)})
        return None


def _digest(canonical: str) -> str:
    # The blind index is keyed by the platform's secret and survives its rotation; the context is the column.
    return blind_index(canonical, "records:tracking")


def _context(record: Record) -> str:
    return f"records:{record.tenant_id}:{record.id}:tracking"
