"""The settings form that is made from the package: what it shows, and what comes back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from app_catalog.definitions.model import Column, Definition, Field, SettingSpec
from app_catalog.definitions.schemas.quantities import check_decimal, shown_decimal
from app_catalog.installations.areas_form import table_areas
from app_catalog.installations.durations_form import join_duration, split_duration, unit_options
from app_catalog.installations.moments_form import shown_moment, typed_moment
from app_catalog.installations.points_form import shown_point, typed_point
from lumbung.i18n import current_language, pick, t
from tenants.regions.areas import Areas
from tenants.regions.groups import area_groups

Form = Mapping[str, str]
TRUE = "1"
_WHOLE = re.compile(r"-?[0-9]{1,15}")


@dataclass
class Answers:
    """What came back: own values that differ from the package's, secrets that were filled in, own name."""

    overrides: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    own_name: dict[str, str] | None = None
    rows: dict[str, list[str]] = field(default_factory=dict)

    def row_position(self, error_key: str) -> tuple[str, int, str] | None:
        """Setting, row number and column of an error of a table cell, for the form that is shown again."""
        setting, _, rest = error_key.partition(".")
        row_id, _, column = rest.rpartition(".")
        if setting in self.rows and row_id in self.rows[setting]:
            return setting, self.rows[setting].index(row_id), column
        return None


def read_answers(definition: Definition, form: Form, *, zone: ZoneInfo) -> Answers:
    """Own values from a submitted form; what equals the package's default is no own value. Times were typed by the
    municipality's clock (`zone`)."""
    answers = Answers()
    name = form.get("own_name", "").strip()
    if name and name != pick(definition.name):
        answers.own_name = {"id": name, "en": form.get("own_name_en", "").strip() or name}
    for spec in definition.settings.values():
        if spec.secret:
            if form.get(spec.id, ""):
                answers.secrets[spec.id] = form[spec.id]
        elif spec.type == "files":
            # They are given one at a time, in forms of their own.
            continue
        elif spec.type == "table":
            _read_table(spec, form, answers, zone)
        else:
            value = _read_value(spec, spec.id, form, zone)
            if not _same(value, spec.default):
                answers.overrides[spec.id] = value
    return answers


def _read_value(spec: SettingSpec | Column, name: str, form: Form, zone: ZoneInfo) -> Any:
    if spec.type in _COMPOSED:
        return _COMPOSED[spec.type](name, form)
    raw = form.get(name, "").replace("\r\n", "\n").strip()
    if not raw:
        return None
    if spec.type == "datetime":
        return typed_moment(zone, raw)
    if spec.type == "decimal":
        try:
            return check_decimal(raw, Field(spec.id, "decimal", spec.label), current_language())
        except ValidationError:
            return raw
    if spec.type in {"integer", "money"}:
        plain = raw.replace(".", "").replace(" ", "")
        return int(plain) if _WHOLE.fullmatch(plain) else raw
    return raw


def _several(name: str, form: Form) -> list[str]:
    """What was ticked; nothing ticked is a value too, where the package ticks something."""
    chosen = form.getlist(name) if isinstance(form, MultiDict) else [form[name]] if form.get(name) else []
    return sorted({one for one in chosen if one})


_COMPOSED: dict[str, Callable[[str, Form], Any]] = {
    "boolean": lambda name, form: form.get(name) == TRUE,
    "duration": lambda name, form: join_duration(form.get(f"{name}__amount", ""), form.get(f"{name}__unit", "")),
    "choices": _several,
    "point": typed_point,
}
"""Values that come from more than one text."""


def _read_table(spec: SettingSpec, form: Form, answers: Answers, zone: ZoneInfo) -> None:
    default: Mapping[str, Any] = spec.default or {}
    own: dict[str, Any] = {}
    seen: list[str] = []
    for number in _row_numbers(spec.id, form):
        prefix = f"{spec.id}.{number}"
        columns = spec.columns.values()
        cells = {column.id: _read_value(column, f"{prefix}.{column.id}", form, zone) for column in columns}
        row_id = form.get(f"{prefix}._id", "").strip()
        filled = any(value not in (None, False, "") for value in cells.values())
        if form.get(f"{prefix}._remove") == TRUE or not (row_id or filled):
            continue
        row_id = row_id or _new_id(cells, {*default, *seen, *own})
        seen.append(row_id)
        changed = _changed_cells(default.get(row_id, {}), cells)
        if changed or row_id not in default:
            own[row_id] = changed
    for row_id in default:
        if row_id not in seen:
            own[row_id] = None
    answers.rows[spec.id] = seen
    if own:
        answers.overrides[spec.id] = own


def _changed_cells(default: Mapping[str, Any], cells: Mapping[str, Any]) -> dict[str, Any]:
    return {column: value for column, value in cells.items() if not _same(value, default.get(column))}


def _same(value: Any, default: Any) -> bool:
    if isinstance(default, Mapping) and isinstance(value, str):
        return value == pick(default).strip()
    if isinstance(value, list) or isinstance(default, list):
        return sorted(value or ()) == sorted(default or ())
    return bool(value == default) or (value in (None, False) and default in (None, False, ""))


def _row_numbers(setting: str, form: Form) -> list[int]:
    pattern = re.compile(rf"{re.escape(setting)}\.(\d{{1,4}})\.")
    return sorted({int(found[1]) for key in form if (found := pattern.match(key))})


def _new_id(cells: Mapping[str, Any], taken: set[str]) -> str:
    text = next((value for value in cells.values() if isinstance(value, str) and value), "baris")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "baris"
    candidate, number = base, 2
    while candidate in taken:
        candidate, number = f"{base}-{number}", number + 1
    return candidate


def shown_settings(
    definition: Definition,
    values: Mapping[str, Any],
    *,
    agencies: Mapping[str, str],
    zone: ZoneInfo,
    areas: Areas | None = None,
) -> list[dict[str, Any]]:
    """What the page needs for each setting but those of files, in order: id, kind of control, label, help, value,
    options and rows; times by the municipality's clock (`zone`). `areas` are what may be chosen as an area; without
    them any word is typed."""
    asked = [spec for spec in definition.settings.values() if spec.type != "files"]
    return [_shown(spec, values.get(spec.id), agencies, zone, areas or Areas()) for spec in asked]


def _shown(spec: SettingSpec, value: Any, agencies: Mapping[str, str], zone: ZoneInfo, areas: Areas) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": spec.id,
        "type": spec.type,
        "label": pick(spec.label),
        "help": pick(spec.help) if spec.help else None,
        "optional": not spec.required and spec.default is None,
        "secret": spec.secret,
        "value": _written(spec, value, zone),
        "options": _options(spec, agencies),
    }
    if spec.type == "duration":
        shown["amount"], shown["unit"] = split_duration(value)
        shown["units"] = unit_options()
    if spec.type == "point":
        shown |= shown_point(value)
    if spec.type == "area":
        shown["groups"] = area_groups(areas, spec.of, [value] if isinstance(value, str) else [])
    if spec.type == "table":
        standing = list(table_areas(spec, value or {}))
        shown["columns"] = [
            {**control, **_of_areas(column, areas, standing)}
            for column in spec.columns.values()
            for control in _column(column, agencies)
        ]
        shown["rows"] = [_row(spec, row_id, cells, zone) for row_id, cells in (value or {}).items()]
    return shown


def _of_areas(column: Column, areas: Areas, standing: list[str]) -> dict[str, Any]:
    """An area of a table is chosen among all that there are and all that stand in the table."""
    groups = area_groups(areas, column.of, standing) if column.type == "area" else []
    return {"type": "select", "groups": groups} if groups else {}


def _written(spec: SettingSpec | Column, value: Any, zone: ZoneInfo) -> Any:
    """A value as its control takes it."""
    if spec.type == "datetime" and isinstance(value, str):
        return shown_moment(zone, value)
    if spec.type == "decimal" and isinstance(value, int | float):
        return shown_decimal(value, current_language())
    return pick(value) if isinstance(value, Mapping) and spec.type != "table" else value


def _options(spec: SettingSpec | Column, agencies: Mapping[str, str]) -> list[tuple[str, str]]:
    if spec.type == "agency":
        return list(agencies.items())
    return [(option, pick(label)) for option, label in spec.options.items()]


def _column(column: Column, agencies: Mapping[str, str]) -> list[dict[str, Any]]:
    base = {
        "id": column.id,
        "label": pick(column.label),
        "required": column.required,
        "help": pick(column.help) if column.help else None,
        "options": _options(column, agencies),
    }
    if column.type == "duration":
        unit = {"id": f"{column.id}__unit", "label": t("Satuan", "Unit"), "type": "select", "options": unit_options()}
        return [
            {**base, "id": f"{column.id}__amount", "type": "number"},
            {**unit, "required": True, "help": None},
        ]
    kinds = {"agency": "select", "choice": "select", "boolean": "select", "integer": "number", "money": "number"}
    kinds["datetime"] = "datetime-local"
    if column.type == "boolean":
        base["options"] = [("", t("Tidak", "No")), (TRUE, t("Ya", "Yes"))]
    return [{**base, "type": kinds.get(column.type, "text")}]


def _row(spec: SettingSpec, row_id: str, cells: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    row: dict[str, Any] = {"_id": row_id, "_title": pick(cells.get("name")) or row_id}
    for column in spec.columns.values():
        value = cells.get(column.id, column.default)
        if column.type == "duration":
            row[f"{column.id}__amount"], row[f"{column.id}__unit"] = split_duration(value)
        elif column.type == "boolean":
            row[column.id] = TRUE if value else ""
        else:
            row[column.id] = "" if value is None else _written(column, value, zone)
    return row
