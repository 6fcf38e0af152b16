"""Numbers of records without gaps: the counter rises in the record's own transaction."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Uuid, bindparam
from sqlalchemy.dialects.postgresql import insert

from app_catalog.definitions.model import NumberSpec
from app_catalog.definitions.numbers import NumberPattern, parse_number_pattern
from app_runtime.records.change import Change
from app_runtime.records.models import Counter, Record
from app_runtime.records.running_app import RunningApp
from app_runtime.records.values import NUMBERS, field_values, number_of
from lumbung.db import now
from lumbung.db.inside import compile_inside, run_inside
from lumbung.ids import new_id

_FIRST = insert(Counter).values(
    {name: bindparam(name) for name in ("id", "name", "value", "created_at")}
    | {"tenant_id": bindparam("tenant_id", type_=Uuid)}
)
_RAISE = compile_inside(
    _FIRST.on_conflict_do_update(
        index_elements=["tenant_id", "name"], set_={"value": Counter.value + _FIRST.excluded.value}
    ).returning(Counter.value)
)


def give_numbers(change: Change, *, on: str | None = None) -> dict[str, str]:
    """Give the record the numbers that it gets now: when it is made, or when the action `on` is taken. Once each.

    The first number is the record's own, the others stand beside its fields. Returns what was given, by id.
    """
    record, given = change.record, {}
    for position, spec in enumerate(change.record_type.numbers.values()):
        if spec.on != on or number_of(record, change.record_type, spec.id) is not None:
            continue
        given[spec.id] = number = next_number(change, spec, first=position == 0)
        if position == 0:
            record.number = number
        else:
            record.data = {**record.data, NUMBERS: {**record.data.get(NUMBERS, {}), spec.id: number}}
    return given


def next_number(change: Change, spec: NumberSpec, *, first: bool = True) -> str:
    """The next number of the record's series, by the municipality's date.

    Whoever numbers at the same time in the same series waits until this transaction ends; a rollback gives the number
    back.
    """
    day = change.at.astimezone(change.app.zone).date()
    pattern, parts, series = series_of(change.app, change.record, spec, day)
    own = change.record.record_type if first else f"{change.record.record_type}#{spec.id}"
    sequence = raise_series(change.app, own, series)
    return pattern.format(seq=sequence, day=day, **parts)


def series_of(
    app: RunningApp, record: Record, spec: NumberSpec, day: date
) -> tuple[NumberPattern, dict[str, Any], str]:
    """The pattern of a number, what of the record is filled into it, and the series that it counts in."""
    kind = app.record_type(record.record_type)
    named = [name for name in kind.fields if name in spec.per or f"{{{name}}}" in spec.pattern]
    values = field_values(record, kind) if named else {}
    parts: dict[str, Any] = {
        "agency": app.agencies.key_of(record.agency_id) or "",
        "fields": {name: str(values.get(name, "")) for name in named},
    }
    pattern = parse_number_pattern(spec.pattern, None)
    return pattern, parts, pattern.series(spec.per, day=day, **parts)


def raise_series(app: RunningApp, record_type: str, series: str, *, by: int = 1) -> int:
    """The last of the next `by` numbers of a series. Whoever numbers in it meanwhile waits until the transaction ends,
    and a rollback gives all of them back."""
    name = f"{app.installation.id}:{record_type}:{series}"
    values = {"tenant_id": app.installation.tenant_id, "id": new_id(), "name": name, "value": by, "created_at": now()}
    (((last,),),) = run_inside(app.session, (_RAISE, values))
    return int(last or 0)
