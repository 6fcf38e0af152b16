"""Builds fields, asks, settings and columns."""

from typing import Any

from app_catalog.definitions.building.live import build_where
from app_catalog.definitions.building.parts import Json, build_map, expression, ids, label, ordered, text
from app_catalog.definitions.model import (
    Ask,
    Checklist,
    Column,
    Expression,
    Field,
    FieldCheck,
    Options,
    SettingSpec,
    Target,
    Text,
)
from app_catalog.definitions.shape.conditions import COMPUTED


def build_field(name: str, spec: Json, record: str) -> Field:
    """A field from its canonical form."""
    return Field(
        id=name,
        type=spec["type"],
        label=label(name, spec),
        order=spec.get("order", 0),
        help=text(spec.get("help")),
        required=spec.get("required", "no"),
        default=spec.get("default"),
        private=is_private(spec),
        visible_to=ids(spec["visible_to"]) if "visible_to" in spec else None,
        visible_when=expression(spec.get("visible_when"), record, "bool"),
        required_when=expression(spec.get("required_when"), record, "bool"),
        check=_check(spec["check"], record) if "check" in spec else None,
        computed=expression(spec.get("computed"), record, COMPUTED.get(spec["type"], "any")),
        pattern=spec.get("pattern"),
        **_bounds(spec),
        indexed=spec.get("indexed", False),
        options=_options(spec["options"]) if "options" in spec else None,
        accept=ids(spec.get("accept")),
        max_count=spec.get("max_count"),
        max_size=spec.get("max_size"),
        fields=build_map(spec.get("fields"), lambda member, own: build_field(member, own, record)),
        checklist=_checklist(spec) if spec["type"] == "checklist" else None,
        target=_target(spec, record) if spec["type"] == "record" else None,
        of=spec.get("of"),
    )


def is_private(spec: Json) -> bool:
    """Whether a field of this canonical form is kept as personal: a group is where one of its members is."""
    return (
        spec["type"] == "checklist"
        or spec.get("private", spec["type"] == "nik")
        or any(is_private(own) for own in spec.get("fields", {}).values())
    )


def _checklist(spec: Json) -> Checklist:
    return Checklist(_options(spec["items"]), ids(spec["files_by"]), ids(spec["verdict_by"]))


def _target(spec: Json, owner: str) -> Target:
    app, _, record = spec["record"].rpartition("/")
    return Target(record, app or None, build_where(spec.get("where")), owner)


def _check(spec: Json, record: str) -> FieldCheck:
    return FieldCheck(Expression(spec["check"], "bool", record), text(spec.get("message")))


_OF_VALUES = ("decimal", "date", "time", "duration")


def _bounds(spec: Json) -> dict[str, Any]:
    """Bounds that are whole numbers apart from those that are values of the field's own type."""
    lower, upper = ("lowest", "highest") if spec["type"] in _OF_VALUES else ("min", "max")
    return {lower: spec.get("min"), upper: spec.get("max")}


def _options(spec: Json) -> Options:
    return Options(fixed=_labels(spec.get("fixed")), setting=spec.get("setting"))


def _labels(options: Json | None) -> dict[str, Text]:
    return {name: Text(option["label"]) for name, option in ordered(options)}


def build_ask(name: str, spec: Json, *, record: str, fields: Json) -> Ask:
    """An ask, completed from the record's field when it only names one."""
    own = fields.get(name, {})
    complete = {**own, **spec} if "type" not in spec or own else spec
    sets = name if name in fields or name in ("agency", "assignee") else None
    return Ask(name, build_field(name, complete, record), sets)


def _common(name: str, spec: Json) -> dict[str, Any]:
    return {
        "id": name,
        "type": spec["type"],
        "label": label(name, spec),
        "order": spec.get("order", 0),
        "help": text(spec.get("help")),
        "required": spec.get("required", False),
        "options": _labels(spec.get("options")),
        "min": spec.get("min"),
        "max": spec.get("max"),
        "pattern": spec.get("pattern"),
        "of": spec.get("of"),
    }


def build_column(name: str, spec: Json) -> Column:
    """A column of a table setting."""
    return Column(**_common(name, spec), default=spec.get("default"))


def build_setting(name: str, spec: Json) -> SettingSpec:
    """A setting; the rows of a table's default stand in their order, without it."""
    default = spec.get("default")
    if spec["type"] == "table" and default is not None:
        default = {
            row: {column: cell for column, cell in cells.items() if column != "order"}
            for row, cells in ordered(default)
        }
    return SettingSpec(
        **_common(name, spec),
        default=default,
        secret=spec.get("secret", False),
        visible_when=expression(spec.get("visible_when"), None, "bool"),
        columns=build_map(spec.get("columns"), build_column),
        accept=ids(spec.get("accept")),
        max_count=spec.get("max_count"),
        max_size=spec.get("max_size"),
    )
