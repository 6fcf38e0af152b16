"""Which group a record stands in: the values of its parts as one text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any
from uuid import UUID

from app_catalog.definitions.model import RecordType
from app_runtime.holding.rules import KeyRule
from app_runtime.records.models import Record
from app_runtime.records.niks import NIK_DIGEST
from app_runtime.records.running_app import RunningApp
from app_runtime.records.values import built_in_values, field_values
from lumbung.secrets import blind_index

_LONGEST = 200
_DATES: Mapping[str, Callable[[Any], str]] = {
    "year": lambda day: f"{day.year:04}",
    "month": lambda day: f"{day.year:04}-{day.month:02}",
    "day": lambda day: day.isoformat(),
}


def group_of(app: RunningApp, record: Record, parts: Sequence[str]) -> str | None:
    """The group of a record, equal for records with equal values; None when it lacks one of them.

    Private values are not kept where nobody would look for them: their group is a keyed digest.
    """
    kind = app.record_type(record.record_type)
    own = {**built_in_values(record, app.agencies), **field_values(record, kind)}
    found = []
    for part in parts:
        value = own.get(part)
        if part in _DATES and part not in kind.fields:
            value = _DATES[part](record.created_at.astimezone(app.zone).date())
        if value in (None, "", [], {}):
            return None
        # What is stored of a number of the population register is masked, and alike for a whole region.
        found.append(str(record.private.get(NIK_DIGEST + part) or _plain(value)))
    private = any(part in kind.fields and kind.fields[part].private for part in parts)
    return _group(record.tenant_id, found, private=private)


def group_of_value(tenant_id: UUID, value: str, *, private: bool) -> str:
    """The group of the records that have this value in the one field that they are grouped by."""
    return _group(tenant_id, [value], private=private)


def _group(tenant_id: UUID, found: Sequence[str], *, private: bool) -> str:
    written = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    if private:
        return blind_index(written, f"record_keys:{tenant_id}")
    return written if len(written) <= _LONGEST else sha256(written.encode()).hexdigest()


def rows_of(app: RunningApp, record: Record, rules: Sequence[KeyRule]) -> dict[str, tuple[str, Decimal | None]]:
    """Group and amount by the name of each rule that the record counts in."""
    kind = app.record_type(record.record_type)
    found = {}
    for rule in rules:
        group = group_of(app, record, rule.parts) if rule.counted.holds(record.state) else None
        amount = _amount(record, kind, rule.amount) if rule.amount else None
        if group is not None and (rule.amount is None or amount is not None):
            found[rule.name] = (group, amount)
    return found


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).strip()


def _amount(record: Record, kind: RecordType, name: str) -> Decimal | None:
    value = field_values(record, kind).get(name)
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None
