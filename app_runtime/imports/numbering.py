"""Numbers for many records at once, from the same counters as single ones."""

from __future__ import annotations

from collections.abc import Sequence

from app_catalog.definitions.model import NumberSpec, RecordType
from app_runtime.records.models import Record
from app_runtime.records.numbering import raise_series, series_of
from app_runtime.records.running_app import RunningApp
from app_runtime.records.values import NUMBERS


def number_records(app: RunningApp, kind: RecordType, records: Sequence[Record]) -> None:
    """Give each record the numbers that a new one has, by the day on which it was made; one statement for each series.

    Numbers that an action gives are left to the action. Holds as `next_number` does: without gaps, and a rollback
    gives all numbers back.
    """
    for position, spec in enumerate(kind.numbers.values()):
        if spec.on is None:
            _number(app, spec, records, first=position == 0)


def _number(app: RunningApp, spec: NumberSpec, records: Sequence[Record], *, first: bool) -> None:
    by_series: dict[str, list[Record]] = {}
    for record in records:
        day = record.created_at.astimezone(app.zone).date()
        by_series.setdefault(series_of(app, record, spec, day)[2], []).append(record)
    # In one order everywhere, so that two imports never wait for each other.
    for series in sorted(by_series):
        members = by_series[series]
        own = members[0].record_type if first else f"{members[0].record_type}#{spec.id}"
        last = raise_series(app, own, series, by=len(members))
        for sequence, record in enumerate(members, start=last - len(members) + 1):
            day = record.created_at.astimezone(app.zone).date()
            pattern, parts, _ = series_of(app, record, spec, day)
            number = pattern.format(seq=sequence, day=day, **parts)
            if first:
                record.number = number
            else:
                record.data = {**record.data, NUMBERS: {**record.data.get(NUMBERS, {}), spec.id: number}}
