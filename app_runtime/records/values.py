"""The values of a record by id: as stored, and as expressions see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app_catalog.definitions.model import Field, RecordType
from app_runtime.checklists.judging import checklist_facts, emptied_by_files
from app_runtime.records.agency_tree import AgencyTree
from app_runtime.records.models import Record, RecordClock
from app_runtime.records.niks import keep_sealed

CLOCK_STATES = {"paused": "running", "met_late": "met", "ended": "met"}
"""What packages call the states of a clock that they do not tell apart."""


NUMBERS = "numbers"
"""Where a record keeps its numbers beside the first, among its values."""


def number_of(record: Record, record_type: RecordType, name: str) -> str | None:
    """One of the record's numbers by id; None while it has none."""
    if record_type.number is not None and name == record_type.number.id:
        return record.number
    found = record.data.get(NUMBERS, {}).get(name)
    return None if found is None else str(found)


def numbers_of(record: Record, record_type: RecordType) -> dict[str, str | None]:
    """All numbers of the record by id."""
    return {name: number_of(record, record_type, name) for name in record_type.numbers}


def field_values(record: Record, record_type: RecordType) -> dict[str, Any]:
    """The stored values of the type's own fields, private ones included."""
    stored = {**record.data, **record.private}
    return {name: stored[name] for name in record_type.fields if name in stored}


def expression_values(
    record: Record, record_type: RecordType, agencies: AgencyTree, clocks: Iterable[RecordClock] = ()
) -> dict[str, Any]:
    """Everything that an expression may name of a record: its fields, what every record has, and its clocks."""
    return {
        **field_values(record, record_type),
        **built_in_values(record, agencies),
        "clocks": _clock_values(clocks),
        **checklist_facts(record_type, {**record.data, **record.private}),
        **({NUMBERS: numbers_of(record, record_type)} if _has_numbers(record_type) else {}),
    }


def _has_numbers(record_type: RecordType) -> bool:
    """Whether numbers are named one by one."""
    return bool(record_type.numbers) and NUMBERS not in record_type.fields


_BUILT_IN: Mapping[str, Callable[[Record, AgencyTree], Any]] = {
    "id": lambda record, agencies: str(record.id),
    "number": lambda record, agencies: record.number,
    "state": lambda record, agencies: record.state,
    "agency": lambda record, agencies: agencies.key_of(record.agency_id),
    "assignee": lambda record, agencies: str(record.assignee_id) if record.assignee_id else None,
    "created_at": lambda record, agencies: record.created_at,
    "created_by": lambda record, agencies: str(record.created_by) if record.created_by else None,
    "closed_at": lambda record, agencies: record.closed_at,
    "due": lambda record, agencies: record.due_at,
    "open": lambda record, agencies: record.open,
    "overdue": lambda record, agencies: record.overdue,
    "checked": lambda record, agencies: record.checked,
    "published": lambda record, agencies: record.published,
}


def built_in_values(record: Record, agencies: AgencyTree) -> dict[str, Any]:
    """What every record has beside its fields."""
    return {name: value(record, agencies) for name, value in _BUILT_IN.items()}


@dataclass(frozen=True)
class PresentValues(Mapping[str, Any]):
    """The same as `expression_values`, each looked up when it is asked for: most expressions read one or two."""

    record: Record
    record_type: RecordType
    agencies: AgencyTree
    clocks: Iterable[RecordClock]

    def __getitem__(self, name: str) -> Any:
        if name == "clocks":
            return _clock_values(self.clocks)
        if name in _BUILT_IN:
            return _BUILT_IN[name](self.record, self.agencies)
        if name == NUMBERS and _has_numbers(self.record_type):
            return numbers_of(self.record, self.record_type)
        if name not in self.record_type.fields:
            raise KeyError(name)
        if self.record_type.fields[name].checklist is not None:
            return checklist_facts(self.record_type, {**self.record.data, **self.record.private})[name]
        return self.record.private[name] if name in self.record.private else self.record.data[name]

    def __iter__(self) -> Iterator[str]:
        return iter(expression_values(self.record, self.record_type, self.agencies, self.clocks))

    def __len__(self) -> int:
        return len(expression_values(self.record, self.record_type, self.agencies, self.clocks))


def _clock_values(clocks: Iterable[RecordClock]) -> dict[str, Any]:
    return {
        clock.clock: {"due": clock.due_at, "state": CLOCK_STATES.get(clock.state, clock.state)}
        for clock in latest_rounds(clocks)
    }


def latest_rounds(clocks: Iterable[RecordClock]) -> list[RecordClock]:
    """Of each clock the newest round."""
    newest: dict[str, RecordClock] = {}
    for clock in clocks:
        if clock.clock not in newest or newest[clock.clock].round < clock.round:
            newest[clock.clock] = clock
    return list(newest.values())


def store_values(record: Record, fields: Mapping[str, Field], values: Mapping[str, Any]) -> None:
    """Write cleaned values into the record, private fields apart; None takes a value away."""
    data, private = dict(record.data), dict(record.private)
    for name in emptied_by_files(fields, values):
        private.pop(name, None)
    for name, value in values.items():
        target = private if fields[name].private else data
        if value is None or value in ("", [], {}):
            target.pop(name, None)
        else:
            target[name] = value
        if fields[name].type in ("nik", "group"):
            keep_sealed(record, private, target, name, value)
    record.data, record.private = data, private
