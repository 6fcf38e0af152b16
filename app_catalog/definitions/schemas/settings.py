"""The schema of an app's settings, as a municipality overrides them."""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields

from app_catalog.definitions.durations import DurationError, compare_durations, parse_duration
from app_catalog.definitions.model import Column, Definition, Field, SettingSpec
from app_catalog.definitions.schemas.records import _messages, _schema
from app_catalog.definitions.schemas.values import CHECKS
from app_catalog.definitions.schemas.wording import word
from app_catalog.definitions.shape.scalars import is_id

LANGUAGE_CODES = ("id", "en")


def check_setting_value(value: Any, spec: SettingSpec | Column, lang: str) -> Any:
    """The value of a setting or a cell, checked; ``ValidationError`` with one sentence otherwise.

    A text may also be a map by language.
    """
    if spec.type == "duration":
        return _duration(value, spec, lang)
    if spec.type == "choice":
        if value not in spec.options:
            raise ValidationError(word("choice", lang))
        return value
    least, most = (bound if isinstance(bound, int) else None for bound in (spec.min, spec.max))
    kind: Any = spec.type
    field = Field(spec.id, kind, spec.label, min=least, max=most, pattern=spec.pattern)
    if isinstance(value, Mapping) and spec.type in ("text", "long_text"):
        return {code: CHECKS[kind](value[code], field, lang) for code in LANGUAGE_CODES if value.get(code)}
    return CHECKS[kind](value, field, lang)


def _duration(value: Any, spec: SettingSpec | Column, lang: str) -> str:
    try:
        span = parse_duration(str(value).strip().upper())
    except DurationError:
        raise ValidationError(word("duration", lang)) from None
    if isinstance(spec.min, str) and (compare_durations(span, parse_duration(spec.min)) or 0) < 0:
        raise ValidationError(word("shorter", lang, min=spec.min))
    if isinstance(spec.max, str) and (compare_durations(span, parse_duration(spec.max)) or 0) > 0:
        raise ValidationError(word("longer", lang, max=spec.max))
    return span.text


class _SettingValue(fields.Field[Any]):
    def __init__(self, check: Callable[[Any], Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.check = check

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return self.check(value)


def _rows(value: Any, spec: SettingSpec, lang: str) -> dict[str, Any]:
    """Rows by id, each a map of cells or None to remove the row; errors by row and column."""
    if not isinstance(value, Mapping):
        raise ValidationError(word("rows", lang))
    errors: dict[str, Any] = {}
    found: dict[str, Any] = {}
    for row, cells in value.items():
        if not is_id(str(row)) or not isinstance(cells, Mapping | None):
            errors[str(row)] = [word("row_id", lang)]
        elif cells is None:
            found[row] = None
        else:
            found[row], faults = _cells(cells, spec, lang)
            errors |= {row: faults} if faults else {}
    if errors:
        raise ValidationError(errors)
    return found


def _cells(cells: Mapping[str, Any], spec: SettingSpec, lang: str) -> tuple[dict[str, Any], dict[str, list[str]]]:
    found: dict[str, Any] = {}
    faults: dict[str, list[str]] = {}
    for name, cell in cells.items():
        column = spec.columns.get(name)
        if column is None:
            faults[name] = [word("unknown", lang)]
        elif cell is None or cell == "":
            found[name] = None
        else:
            try:
                found[name] = check_setting_value(cell, column, lang)
            except ValidationError as error:
                faults[name] = [str(message) for message in error.messages]
    return found, faults


def settings_schema(definition: Definition, *, lang: str = "id") -> type[Schema]:
    """The schema of overrides: every setting may be left out (the layer below holds) or be None (back to it).

    A table's rows are given by id, cell by cell; a row that is None is removed. Unknown settings, rows' ids
    and columns are errors. What is still missing is told by ``settings_values.missing_settings``.
    """
    members: dict[str, fields.Field[Any]] = {}
    for spec in definition.settings.values():
        check = _bind(_rows if spec.type == "table" else check_setting_value, spec, lang)
        metadata = {"title": spec.label.text(lang)}
        members[spec.id] = _SettingValue(check, allow_none=True, error_messages=_messages(lang), metadata=metadata)
    return _schema(members, f"Settings_{definition.id}", lang=lang, keeps_empty=True)


def _bind(check: Callable[[Any, SettingSpec, str], Any], spec: SettingSpec, lang: str) -> Callable[[Any], Any]:
    return lambda value: check(value, spec, lang)
