"""Telling an official a number of the population register: one at a time, with a reason that is kept."""

from __future__ import annotations

from app_runtime.records.actors import Actor
from app_runtime.records.models import Record
from app_runtime.records.niks import nik_fields, open_sealed
from app_runtime.records.permissions import visible_fields
from app_runtime.records.running_app import app_of_record
from lumbung.audit import record_audit
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid, NotFound
from lumbung.i18n import t

LONGEST_REASON = 300


def read_reason(written: str) -> str:
    """Why somebody looks at such a number, in one line. Raises Invalid when that is not said."""
    why = " ".join(written.split())
    if 5 <= len(why) <= LONGEST_REASON:
        return why
    text = t(
        "Tulis alasan melihat NIK ini (5–{n} huruf).",
        "Say why you look at this NIK (5–{n} characters).",
        n=LONGEST_REASON,
    )
    raise Invalid(fields={"reason": [text]})


def reveal_nik(session: AnySession, record: Record, actor: Actor, path: str, *, reason: str) -> str:
    """The whole number in a field, for an official who may see the field; the audit log keeps who and why.

    Raises NotFound when there is none for this reader, or it cannot be opened any more, Invalid without a reason.
    """
    app = app_of_record(session, record)
    kind = app.record_type(record.record_type)
    allowed = visible_fields(app.definition, record.record_type, actor, record)
    if not actor.is_member or path not in nik_fields(kind) or path.partition(".")[0] not in allowed:
        raise NotFound
    why = read_reason(reason)
    digits = open_sealed(record, path)
    if digits is None:
        raise NotFound
    told = {"record": str(record.id), "field": path, "reason": why}
    record_audit(session, "record.nik_revealed", subject_type="record", subject_id=record.id, after=told)
    return digits
