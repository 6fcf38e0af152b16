"""Numbers of records without gaps: the counter rises in the record's own transaction."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from app_catalog.definitions.model import NumberSpec
from app_catalog.definitions.numbers import parse_number_pattern
from app_runtime.records.change import Change
from app_runtime.records.models import Counter
from app_runtime.records.running_app import RunningApp
from lumbung.ids import new_id


def next_number(change: Change, spec: NumberSpec) -> str:
    """The next number of the record's series, by the municipality's date.

    Whoever numbers at the same time in the same series waits until this transaction ends; a rollback gives the number
    back.
    """
    pattern = parse_number_pattern(spec.pattern)
    day = change.at.astimezone(change.app.zone).date()
    agency = change.app.agencies.key_of(change.record.agency_id) or ""
    series = pattern.series(spec.per, day=day, agency=agency)
    name = series_name(change.app, change.record.record_type, series)
    statement = insert(Counter).values(
        tenant_id=change.record.tenant_id, id=new_id(), name=name, value=1, created_at=change.at
    )
    statement = statement.on_conflict_do_update(index_elements=["tenant_id", "name"], set_={"value": Counter.value + 1})
    sequence = change.session.execute(statement.returning(Counter.value)).scalar_one()
    return pattern.format(seq=sequence, day=day, agency=agency)


def series_name(app: RunningApp, record_type: str, series: str) -> str:
    """What the counter of a series is called."""
    return f"{app.installation.id}:{record_type}:{series}"
