"""What follows from a record's values: title, agency, publication, search text, place, next deadline."""

from __future__ import annotations

from app_catalog.definitions.model import RecordType
from app_runtime.records.change import Change
from app_runtime.records.computing import compute
from app_runtime.records.models import Record
from app_runtime.records.permissions import title_fields
from app_runtime.records.places import place_fields, place_of
from app_runtime.records.values import field_values, numbers_of

LONGEST_SEARCH_TEXT = 20_000
LONGEST_TITLE = 300
_SEARCHED = ("text", "long_text", "markdown")
_UNMET = ("running", "warned", "breached")


def derive(change: Change) -> None:
    """Recompute everything that is derived, in an order in which each part may use the ones before."""
    record, record_type = change.record, change.record_type
    if record_type.computed:
        compute(change)
    title = change.evaluate(record_type.title, rule="title")
    record.title = str(title.value)[:LONGEST_TITLE] if title.error is None else ""
    _follow_agency(change, record_type)
    derive_deadline(change)
    derive_open(record, record_type)
    if record_type.published is not None:
        record.published = change.evaluate(record_type.published, rule="published").holds
    record.place_lon, record.place_lat = _place(record, record_type) or (None, None)
    record.search_text = search_text(record, record_type)


def derive_deadline(change: Change) -> None:
    """The earliest due time of a clock that runs or was missed, and the red mark."""
    unmet = [clock for clock in change.clocks if clock.state in _UNMET]
    change.record.due_at = min((clock.due_at for clock in unmet), default=None)
    change.record.overdue = any(clock.breached_at is not None for clock in unmet)


def derive_open(record: Record, record_type: RecordType) -> None:
    """A record is open until its state is an end; without a workflow it stays open."""
    workflow = record_type.workflow
    state = workflow.states.get(record.state) if workflow else None
    record.open = state is None or state.end is None


def searched_fields(record_type: RecordType) -> frozenset[str]:
    """The fields whose words find a record: texts, never private ones."""
    return frozenset(
        field.id
        for field in record_type.fields.values()
        if field.type in _SEARCHED and not field.private and field.visible_to is None
    )


def _follow_agency(change: Change, record_type: RecordType) -> None:
    # It follows its expression (the category) until somebody assigns it.
    if change.record.agency_assigned or record_type.agency is None:
        return
    outcome = change.evaluate(record_type.agency, rule="agency")
    agency = change.app.agencies.find_open(str(outcome.value)) if outcome.value else None
    change.record.agency_id = agency.id if agency else None


def _place(record: Record, record_type: RecordType) -> tuple[float, float] | None:
    # Private values are not even read for a type without a place.
    return place_of(record_type, field_values(record, record_type)) if place_fields(record_type) else None


def search_text(record: Record, record_type: RecordType) -> str:
    """What full-text search finds the record by: number, title and searched fields, nothing private."""
    texts = [number or "" for number in numbers_of(record, record_type).values()] or [record.number or ""]
    if not any(record_type.fields[name].private for name in title_fields(record_type)):
        texts.append(record.title)
    # In one order, so that equal records are equal in every process.
    texts += [str(record.data.get(name, "")) for name in sorted(searched_fields(record_type))]
    return "\n".join(text for text in texts if text)[:LONGEST_SEARCH_TEXT]
