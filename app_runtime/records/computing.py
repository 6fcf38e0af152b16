"""Fields that nobody fills in: worked out from the others whenever a record is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from marshmallow import ValidationError

from app_catalog.definitions.expressions import Outcome, Scope
from app_catalog.definitions.model import Expression, Field, RecordType
from app_runtime.records.answers import EMPTY, compiled_schema
from app_runtime.records.change import Change
from app_runtime.records.running_app import RunningApp
from app_runtime.records.values import store_values
from lumbung.i18n import current_language


def compute(change: Change) -> None:
    """Store the computed fields of the record as its present values make them; what cannot be worked out is absent."""
    kind = change.record_type
    for name in kind.computed:
        spec = kind.fields[name]
        value, error = _worked_out(change.app, spec, change.evaluate(_formula(spec), rule=f"{name}.computed"))
        if error and not change.looking:
            change.note_rule_error(f"{name}.computed", error)
        store_values(change.record, kind.fields, {name: value})


def with_computed(
    app: RunningApp, kind: RecordType, values: Mapping[str, Any], scope_of: Callable[[Mapping[str, Any]], Scope]
) -> Mapping[str, Any]:
    """Answers with the fields that are computed from them, for conditions that are tried before anything is stored."""
    for name in kind.computed:
        spec = kind.fields[name]
        value, _ = _worked_out(app, spec, app.evaluate(_formula(spec), scope_of(values), rule=f"{name}.computed"))
        values = {**values, name: value}
    return values


def _formula(spec: Field) -> Expression:
    assert spec.computed is not None
    return spec.computed


def _worked_out(app: RunningApp, spec: Field, outcome: Outcome) -> tuple[Any, str]:
    """The value as it is stored, and what is wrong with it for a field of this type."""
    if outcome.error is not None or outcome.value in EMPTY:
        return None, ""
    schema = compiled_schema({spec.id: spec}, app.settings, current_language(), on_form=False, keeps_empty=True)
    try:
        return schema.load({spec.id: _plain(app, spec, outcome.value)}, partial=True).get(spec.id), ""
    except ValidationError as error:
        return None, _told(error.messages)


def _told(messages: Any) -> str:
    """What is wrong, and not with which value: the history keeps it, and what is computed may be anybody's."""
    found = messages.values() if isinstance(messages, Mapping) else messages
    return "; ".join(_told(one) if isinstance(one, list | dict) else str(one) for one in found)


def _plain(app: RunningApp, spec: Field, value: Any) -> Any:
    if spec.type == "date" and isinstance(value, datetime):
        # A date stands for its midnight in UTC; a moment lies on the municipality's day.
        at_midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return (value if at_midnight else value.astimezone(app.zone)).date().isoformat()
    return value.isoformat() if isinstance(value, date) else value
