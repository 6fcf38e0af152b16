"""Numbers for many records at once, from the same counters as single ones."""

from __future__ import annotations

from collections.abc import Sequence

from app_catalog.definitions.model import NumberSpec
from app_catalog.definitions.numbers import parse_number_pattern
from app_runtime.records.models import Record
from app_runtime.records.numbering import raise_series
from app_runtime.records.running_app import RunningApp


def number_records(app: RunningApp, spec: NumberSpec, records: Sequence[Record]) -> None:
    """Give each record the next number of its series, by the day on which it was made; one statement for each series.

    Holds as `next_number` does: without gaps, and a rollback gives all numbers back.
    """
    pattern = parse_number_pattern(spec.pattern)
    by_series: dict[str, list[Record]] = {}
    for record in records:
        day = record.created_at.astimezone(app.zone).date()
        series = pattern.series(spec.per, day=day, agency=app.agencies.key_of(record.agency_id) or "")
        by_series.setdefault(series, []).append(record)
    # In one order everywhere, so that two imports never wait for each other.
    for series in sorted(by_series):
        members = by_series[series]
        last = raise_series(app, members[0].record_type, series, by=len(members))
        for sequence, record in enumerate(members, start=last - len(members) + 1):
            day = record.created_at.astimezone(app.zone).date()
            agency = app.agencies.key_of(record.agency_id) or ""
            record.number = pattern.format(seq=sequence, day=day, agency=agency)
