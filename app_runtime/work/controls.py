"""Fields of a definition as controls of a form, and what came back from such a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from app_catalog.definitions.model import PEOPLE, SEVERAL, Field
from app_catalog.definitions.schemas.quantities import shown_decimal
from app_catalog.installations.durations_form import join_duration, split_duration, unit_options
from app_runtime.naming.choosing import suggest_address
from app_runtime.pages.conditions import conditional
from app_runtime.records.answers import Asked
from app_runtime.records.areas import grouped
from app_runtime.records.form_moments import shown_moment, typed_moment
from app_runtime.records.form_rows import row_numbers
from app_runtime.records.running_app import RunningApp
from lumbung.i18n import current_language, pick, t
from tenants.municipalities.places import find_coordinates
from tenants.regions.groups import AreaGroup

_LONG = 200
"""A text that may be longer than this is written in more than one line."""


@dataclass(frozen=True, slots=True)
class Control:
    """One field as a form shows it. `name` is the control's name in the page; `kept` are files sent earlier."""

    name: str
    type: str
    label: str
    help: str
    required: bool
    value: Any
    errors: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()
    max: int | None = None
    accept: str = ""
    max_count: int | None = None
    max_mb: float | None = None
    kept: tuple[UUID, ...] = ()
    members: tuple[Control, ...] = ()
    rows: tuple[tuple[Control, ...], ...] = ()
    blank: tuple[Control, ...] = ()
    suggest: str = ""
    groups: Sequence[AreaGroup] = ()
    """The municipality's districts and villages, where an area is chosen among them."""
    conditional: bool = False
    """Asked for by other answers; `off` when they hide it now, `needed` when they demand it."""
    off: bool = False
    needed: bool = False


def make_controls(
    app: RunningApp,
    fields: Iterable[Field],
    *,
    prefix: str,
    values: Mapping[str, Any],
    errors: Mapping[str, Sequence[str]] | None = None,
    kept: Mapping[str, Sequence[UUID]] | None = None,
    asked: Asked | None = None,
) -> tuple[Control, ...]:
    """Controls for the fields, named `<prefix>.<field>`; `values`, `errors` and `kept` are by field id, `asked` is what
    the answers make of their conditions."""
    found = errors or {}
    return tuple(
        _control(
            app, field, f"{prefix}.{field.id}", values.get(field.id), found, field.id,
            (kept or {}).get(field.id, ()), asked,
        )
        for field in fields
    )  # fmt: skip


def read_controls(
    app: RunningApp, fields: Iterable[Field], form: MultiDict[str, str], *, prefix: str
) -> dict[str, Any]:
    """What was typed, by field id, as the schemas take it; files are read by `app_runtime.work.uploads`."""
    return {
        field.id: _typed(app.zone, field, form, f"{prefix}.{field.id}")
        for field in fields
        if field.type != "files" and _was_shown(field, form, f"{prefix}.{field.id}")
    }


def _control(
    app: RunningApp,
    field: Field,
    name: str,
    value: Any,
    errors: Mapping[str, Sequence[str]],
    key: str,
    kept: Sequence[UUID] = (),
    asked: Asked | None = None,
) -> Control:
    stored = value if isinstance(value, Mapping) else {}
    rows = [*(value if isinstance(value, list) else []), {}] if field.type == "list" else []

    def row(number: object, row_values: Mapping[str, Any]) -> tuple[Control, ...]:
        return tuple(
            _control(
                app, member, f"{name}.{number}.{member.id}", row_values.get(member.id), errors,
                f"{key}.{number}.{member.id}",
            )
            for member in field.fields.values()
        )  # fmt: skip

    return Control(
        name=name,
        type=_kind(field),
        label=pick(field.label),
        help=pick(field.help),
        # What is asked for only sometimes must not be demanded by the browser.
        required=field.required != "no" and field.visible_when is None,
        value=_shown(app.zone, field, value),
        errors=tuple(errors.get(key, ())),
        options=_options(app, field),
        max=field.max if field.type in ("text", "long_text", "markdown") else None,
        accept=",".join(field.accept),
        max_count=field.max_count,
        max_mb=field.max_size / 1_000_000 if field.max_size else None,
        kept=tuple(kept),
        members=tuple(
            _control(
                app, member, f"{name}.{member.id}", stored.get(member.id), errors, f"{key}.{member.id}", asked=asked
            )
            for member in field.fields.values()
            if field.type == "group"
        ),
        rows=tuple(row(number, values) for number, values in enumerate(rows)),
        blank=row("__n__", {}) if field.type == "list" else (),
        suggest=suggest_address(app, field),
        groups=grouped(app, field, value),
        conditional=asked is not None and conditional(field),
        off=asked is not None and key in asked.hidden,
        needed=asked is not None and key in asked.needed,
    )


def _shown(zone: ZoneInfo, field: Field, value: Any) -> Any:
    """A stored value, or what was typed, as its control takes it."""
    if field.type == "datetime" and isinstance(value, str):
        return shown_moment(zone, value)
    if field.type == "duration":
        return split_duration(value)
    if field.type == "path" and isinstance(value, list):
        return "\n".join(f"{latitude}, {longitude}" for longitude, latitude in value)
    if field.type == "decimal" and isinstance(value, int | float):
        return shown_decimal(value, current_language())
    return value


def _kind(field: Field) -> str:
    if field.type == "text" and (field.max or 0) > _LONG:
        return "long_text"
    return field.type


def _options(app: RunningApp, field: Field) -> tuple[tuple[str, str], ...]:
    if field.type in PEOPLE:
        return tuple((str(one.id), one.label) for one in app.people.active)
    if field.type in ("agency", "agencies"):
        return tuple((node.key, node.name) for node in app.agencies.by_id.values() if node.open)
    if field.type == "boolean":
        return (("true", t("Ya", "Yes")), ("false", t("Tidak", "No")))
    if field.type == "duration":
        return tuple(unit_options())
    options = field.options
    if options is None:
        return ()
    if options.setting is None:
        return tuple((key, pick(label)) for key, label in options.fixed.items())
    rows: Mapping[str, Any] = app.settings.get(options.setting) or {}
    return tuple((key, pick(row.get(options.label_column)) or key) for key, row in rows.items())


def _was_shown(field: Field, form: MultiDict[str, str], name: str) -> bool:
    if field.type in ("group", "point", "list"):
        return any(key.startswith(f"{name}.") for key in form)
    return name in form


def _typed(zone: ZoneInfo, field: Field, form: MultiDict[str, str], name: str) -> Any:
    if field.type == "group":
        return {member.id: _typed(zone, member, form, f"{name}.{member.id}") for member in field.fields.values()}
    if field.type == "list":
        return _rows(zone, field, form, name)
    if field.type == "datetime":
        return typed_moment(zone, form.get(name, "").strip())
    if field.type == "point":
        return _point(form, name)
    if field.type in SEVERAL:
        return [one for one in form.getlist(name) if one]
    if field.type == "duration":
        return join_duration(form.get(name, ""), form.get(f"{name}.unit", "days"))
    return form.get(name, "")


def _rows(zone: ZoneInfo, field: Field, form: MultiDict[str, str], name: str) -> list[dict[str, Any]]:
    found = []
    for number in row_numbers(form, name, (one for one in form if form[one])):
        row = {
            member.id: value
            for member in field.fields.values()
            if (value := _typed(zone, member, form, f"{name}.{number}.{member.id}")) not in (None, "", [])
        }
        if row:
            found.append(row)
    return found


def _point(form: MultiDict[str, str], name: str) -> Any:
    """What the map says; else coordinates typed as people copy them from a map, latitude first."""
    longitude, latitude = form.get(f"{name}.lon", "").strip(), form.get(f"{name}.lat", "").strip()
    if longitude and latitude:
        return [longitude, latitude]
    typed = form.get(f"{name}.text", "").strip()
    if not typed:
        return None
    return find_coordinates(typed) or typed
