"""What a package sets by itself: values that its expressions gave, checked like those that people send."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app_catalog.definitions.model import Expression, Field
from app_runtime.records.answers import EMPTY, Answers
from app_runtime.records.change import Change
from app_runtime.records.computing import compute
from app_runtime.records.values import store_values
from lumbung.errors import Invalid
from tenants.people.models import Membership


def set_by_rule(
    change: Change, expressions: Mapping[str, Expression], *, rule: str, extra: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Set fields (and `agency`, `assignee`, `checked`) to what their expressions give, in turn; returns what was set.

    What an expression cannot give, or the field cannot take, is noted in the history and left as it was.
    """
    written: dict[str, Any] = {}
    for name, expression in expressions.items():
        outcome = change.evaluate(expression, rule=f"{rule}.{name}", extra=extra)
        if outcome.error is None:
            written |= set_values(change, {name: outcome.value}, rule=rule)
    return written


def set_values(change: Change, values: Mapping[str, Any], *, rule: str) -> dict[str, Any]:
    """Set fields (and `agency`, `assignee`, `checked`) to values that expressions gave; returns what was set, and notes
    in the history what the field cannot take."""
    written: dict[str, Any] = {}
    for name, given in values.items():
        try:
            value = fitting_value(change, name, given)
        except Invalid as refusal:
            told = refusal.fields.get(name) or [refusal.message.en]
            change.note_rule_error(f"{rule}.{name}", "; ".join(str(one) for one in told))
            continue
        write_values(change, {name: value})
        written[name] = value
    return written


def fitting_value(change: Change, name: str, value: Any) -> Any:
    """A value that an expression gave, as the field stores it. Raises Invalid when the field cannot take it."""
    spec = change.record_type.fields.get(name)
    if spec is None or value in EMPTY:
        return value
    sent = as_sent(change.app.zone, spec, value)
    # Options and agencies must exist; whether something is required is for people to care about.
    cleaned = Answers(change.app, {name: spec}, "api", change.scope, None).clean({name: sent}, partial=True)
    return cleaned.get(name)


def as_sent(zone: ZoneInfo, spec: Field, value: Any) -> Any:
    """A value of an expression as a form or the API would send it: moments as ISO text, a day as the municipality has
    it."""
    if isinstance(value, datetime):
        if spec.type != "date":
            return value.isoformat()
        midnight = value.astimezone(UTC).time() == time.min
        return (value.astimezone(UTC) if midnight else value.astimezone(zone)).date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and spec.type in ("integer", "money") and value.is_integer():
        return int(value)
    if spec.type in ("text", "long_text") and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value


def write_values(change: Change, values: Mapping[str, Any]) -> None:
    """Write values that fit into the record: its fields, who owns it, and the mark `checked`."""
    record, fields = change.record, change.record_type.fields
    store_values(record, fields, {name: value for name, value in values.items() if name in fields})
    if change.record_type.computed and any(name in fields for name in values):
        # Whatever is set or asked next may read what is worked out of these.
        compute(change)
    if values.get("agency") and "agency" not in fields:
        agency = change.app.agencies.find_open(str(values["agency"]))
        if agency is not None:
            if agency.id != record.agency_id:
                record.assignee_id = None
            record.agency_id, record.agency_assigned = agency.id, True
    if values.get("assignee"):
        member = find_member(change, str(values["assignee"]))
        record.assignee_id = member.id if member else None
    if "checked" in values:
        record.checked = values["checked"] is True


def find_member(change: Change, membership_id: str) -> Membership | None:
    """Somebody who works in the municipality, or None."""
    try:
        wanted = UUID(membership_id)
    except ValueError:
        return None
    return change.session.scalar(
        select(Membership).where(
            Membership.tenant_id == change.record.tenant_id, Membership.id == wanted, Membership.ended_at.is_(None)
        )
    )
