"""Numbers of records without gaps: the counter rises in the record's own transaction."""

from __future__ import annotations

from sqlalchemy import Uuid, bindparam
from sqlalchemy.dialects.postgresql import insert

from app_catalog.definitions.model import NumberSpec
from app_catalog.definitions.numbers import parse_number_pattern
from app_runtime.records.change import Change
from app_runtime.records.models import Counter
from app_runtime.records.running_app import RunningApp
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


def next_number(change: Change, spec: NumberSpec) -> str:
    """The next number of the record's series, by the municipality's date.

    Whoever numbers at the same time in the same series waits until this transaction ends; a rollback gives the number
    back.
    """
    pattern = parse_number_pattern(spec.pattern)
    day = change.at.astimezone(change.app.zone).date()
    agency = change.app.agencies.key_of(change.record.agency_id) or ""
    series = pattern.series(spec.per, day=day, agency=agency)
    sequence = raise_series(change.app, change.record.record_type, series)
    return pattern.format(seq=sequence, day=day, agency=agency)


def raise_series(app: RunningApp, record_type: str, series: str, *, by: int = 1) -> int:
    """The last of the next `by` numbers of a series. Whoever numbers in it meanwhile waits until the transaction ends,
    and a rollback gives all of them back."""
    name = f"{app.installation.id}:{record_type}:{series}"
    values = {"tenant_id": app.installation.tenant_id, "id": new_id(), "name": name, "value": by, "created_at": now()}
    (((last,),),) = run_inside(app.session, (_RAISE, values))
    return int(last or 0)
