"""Numbers for many records at once, from the same counters as single ones."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert

from app_catalog.definitions.model import NumberSpec
from app_catalog.definitions.numbers import parse_number_pattern
from app_runtime.records.models import Counter, Record
from app_runtime.records.numbering import series_name
from app_runtime.records.running_app import RunningApp
from lumbung.ids import new_id


def number_records(app: RunningApp, spec: NumberSpec, records: Sequence[Record]) -> None:
    """Give each record the next number of its series, by the day on which it was made; one statement for each series.

    Holds as `next_number` does: without gaps, and a rollback gives all numbers back.
    """
    pattern = parse_number_pattern(spec.pattern)
    by_series: dict[str, list[Record]] = {}
    for record in records:
        day = record.created_at.astimezone(app.zone).date()
        series = pattern.series(spec.per, day=day, agency=app.agencies.key_of(record.agency_id) or "")
        by_series.setdefault(series_name(app, record.record_type, series), []).append(record)
    # In one order everywhere, so that two imports never wait for each other.
    for name in sorted(by_series):
        members = by_series[name]
        last = _raise(app, name, len(members))
        for sequence, record in enumerate(members, start=last - len(members) + 1):
            day = record.created_at.astimezone(app.zone).date()
            agency = app.agencies.key_of(record.agency_id) or ""
            record.number = pattern.format(seq=sequence, day=day, agency=agency)


def _raise(app: RunningApp, name: str, by: int) -> int:
    statement = insert(Counter).values(tenant_id=app.installation.tenant_id, id=new_id(), name=name, value=by)
    statement = statement.on_conflict_do_update(
        index_elements=["tenant_id", "name"], set_={"value": Counter.value + statement.excluded.value}
    )
    return app.session.execute(statement.returning(Counter.value)).scalar_one()
