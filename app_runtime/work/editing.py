"""Changing fields of a record without an action, from one form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from app_catalog.definitions.model import Field
from app_runtime.naming.choosing import as_shown
from app_runtime.records.form_moments import shown_moment
from app_runtime.records.permissions import visible_fields
from app_runtime.records.updating import updatable_fields, update_record
from app_runtime.records.values import field_values
from app_runtime.work.controls import Control, make_controls, read_controls
from app_runtime.work.reach import Work, at_work
from lumbung.db.tenancy import AnySession
from lumbung.errors import Forbidden

PREFIX = "edit"


def editable_fields(work: Work) -> list[Field]:
    """The fields that this official may change and see now; photos are moderated, not exchanged.

    Raises Forbidden when there are none.
    """
    official = at_work(work.actor)
    names = updatable_fields(work.app.session, work.record, official)
    seen = visible_fields(work.app.definition, work.record.record_type, official, work.record)
    found = [spec for name, spec in work.kind.fields.items() if name in names & seen and spec.type != "files"]
    found = [spec for spec in found if spec.target is None or _may_edit_named(work, spec)]
    if not found:
        raise Forbidden
    return found


def edit_controls(
    work: Work, *, typed: Mapping[str, Any] | None = None, errors: Mapping[str, Sequence[str]] | None = None
) -> tuple[Control, ...]:
    """The form's controls, with the stored values or with what was typed."""
    stored = _shown_values(work)
    return make_controls(
        work.app, editable_fields(work), prefix=PREFIX, values={**stored, **(typed or {})}, errors=errors
    )


def typed_values(work: Work, form: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed, by field id; an empty answer is None and takes the value away."""
    values = read_controls(work.app, editable_fields(work), form, prefix=PREFIX)
    return {name: emptied(value) for name, value in values.items()}


def save_edit(session: AnySession, work: Work, values: Mapping[str, Any], *, seen: int | None) -> None:
    """Write what differs from the stored values. Raises as `update_record` does."""
    stored = _shown_values(work)
    changed = {name: value for name, value in values.items() if not _same_as_shown(work, name, value, stored.get(name))}
    if changed:
        update_record(session, work.record, at_work(work.actor), changed, expected_version=seen)


def _shown_values(work: Work) -> dict[str, Any]:
    return as_shown(work.app, work.kind.fields, field_values(work.record, work.kind), at_work(work.actor))


def _may_edit_named(work: Work, spec: Field) -> bool:
    """Nobody takes away or changes what a field names without seeing it."""
    stored = field_values(work.record, work.kind).get(spec.id)
    return not stored or work.app.named.told(stored, at_work(work.actor)) is not None


def _same_as_shown(work: Work, name: str, value: Any, stored: Any) -> bool:
    """Whether what came back from a form is what stands in the field: its control shows a moment to the minute."""
    if work.kind.fields[name].type == "datetime" and isinstance(value, str) and isinstance(stored, str):
        zone = work.app.zone
        return shown_moment(zone, value) == shown_moment(zone, stored)
    return bool(value == stored)


def emptied(value: Any) -> Any:
    """What was typed, None for an answer in which nothing stands."""
    if isinstance(value, Mapping):
        kept = {key: part for key, part in value.items() if part not in (None, "")}
        return kept or None
    return None if value in ("", []) else value
