"""The shape of fields, settings and table columns."""

from itertools import pairwise
from typing import Any

from app_catalog.definitions.durations import compare_durations, parse_duration
from app_catalog.definitions.nodes import MapNode, Node
from app_catalog.definitions.problems import suggest
from app_catalog.definitions.shape.composites import Keys, ListOf, MapOf, SetOf, TextByLanguage, Variant
from app_catalog.definitions.shape.conditions import FieldCheck, computed_key, nobody_fills_in
from app_catalog.definitions.shape.named import RecordOfApp, WhereOfNamed, read_where
from app_catalog.definitions.shape.quantities import Day, Decimal, TimeOfDay, bounds_fit
from app_catalog.definitions.shape.reading import Kind, Path, Reading, Reference
from app_catalog.definitions.shape.scalars import (
    Boolean,
    DurationText,
    Expr,
    Integer,
    Measure,
    Moment,
    OneOf,
    Pattern,
    Ref,
    Required,
    Words,
)

TEXT = TextByLanguage()
LONG_TEXT = TextByLanguage(max=2000)
ORDER = Integer(0, 1_000_000)
NAMED: dict[str, Kind] = {"label": TEXT, "help": LONG_TEXT, "order": ORDER}
FIXED_OPTIONS = MapOf(TEXT, wrap="label", min=1)

LATER_TYPES: tuple[str, ...] = ()
LATER_FIELD_KEYS: tuple[str, ...] = ()


class FieldOptions:
    """Options of a choice: a map of labels, or ``settings.<table>``; canonically ``fixed`` or ``setting``."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if isinstance(node, MapNode):
            return {"fixed": FIXED_OPTIONS.read(node, path, reading)}
        written = getattr(node, "text", "")
        prefix, _, table = written.partition(".")
        if prefix != "settings" or not table:
            what = ("peta pilihan, atau settings.<tabel>", "a map of options, or settings.<table>")
            return reading.expected(what, node, path)
        reading.references.append(Reference("table", table, node, path, None))
        return {"setting": table}


def _default_fits(found: dict[str, Any], node: MapNode, path: Path, reading: Reading) -> None:
    default, options = found.get("default"), found.get("options")
    fixed = options.get("fixed", options) if isinstance(options, dict) and "setting" not in options else None
    if default is None or not fixed:
        return
    for chosen in default if isinstance(default, list) else [default]:
        if chosen not in fixed:
            hint = suggest(str(chosen), fixed)
            reading.add("unknown-value", node.entries["default"], (*path, "default"), found=chosen, suggestion=hint)


def _numbers_fit(found: dict[str, Any], node: MapNode, path: Path, reading: Reading) -> None:
    lowest, highest, default = found.get("min"), found.get("max"), found.get("default")
    if isinstance(lowest, int) and isinstance(highest, int) and lowest > highest:
        reading.add("min-above-max", node.entries["min"], (*path, "min"), min=lowest, max=highest)
    elif type(default) is int and not (lowest or default) <= default <= (default if highest is None else highest):
        place = node.entries["default"]
        reading.add("out-of-range", place, (*path, "default"), min=lowest or 0, max=highest, found=default)


def _durations_fit(found: dict[str, Any], node: MapNode, path: Path, reading: Reading) -> None:
    spans = {key: parse_duration(found[key]) for key in ("min", "default", "max") if key in found}
    names = list(spans)
    for lower, higher in pairwise(names):
        if (compare_durations(spans[lower], spans[higher]) or 0) > 0:
            place = "default" if "default" in (lower, higher) else "min"
            code = "min-above-max" if place == "min" else "out-of-range"
            bounds = {"min": found.get("min", "P0D"), "max": found.get("max", "…"), "found": found[place]}
            reading.add(code, node.entries[place], (*path, place), **bounds)


BOUNDS: dict[str, Kind] = {"min": Integer(), "max": Integer(1)}
TEXT_KEYS: dict[str, Kind] = {**BOUNDS, "pattern": Pattern(), "default": Words(4000)}
COUNT: dict[str, Kind] = {"min": Integer(1, 200), "max": Integer(1, 200)}
ADDRESS_KEYS: dict[str, Kind] = {"pattern": Pattern(), "default": Words(2000)}
AREA_KEYS: dict[str, Kind] = {"of": OneOf(("district", "village"))}
# The keys of each type of field beside those that every field has.
OWN_KEYS: dict[str, dict[str, Kind]] = {
    "text": TEXT_KEYS,
    "long_text": {**BOUNDS, "pattern": Pattern(), "default": Words(20_000)},
    "markdown": {**BOUNDS, "default": Words(20_000)},
    "integer": {"min": Integer(-(10**12)), "max": Integer(-(10**12)), "default": Integer(-(10**12))},
    "decimal": {"min": Decimal(), "max": Decimal(), "default": Decimal()},
    "money": {**BOUNDS, "default": Integer()},
    "boolean": {"default": Boolean()},
    "date": {"min": Day(), "max": Day(), "default": Day()},
    "time": {"min": TimeOfDay(), "max": TimeOfDay(), "default": TimeOfDay()},
    "datetime": {"default": Moment()},
    "duration": {"min": DurationText(), "max": DurationText(), "default": DurationText()},
    "choice": {"options": FieldOptions(), "default": Words(60)},
    "choices": {"options": FieldOptions(), "default": ListOf(Words(60)), **COUNT},
    "point": {},
    "area": AREA_KEYS,
    "files": {"accept": SetOf(Words(60)), "max_count": Integer(1, 50), "max_size": Measure("size")},
    "email": {"pattern": Pattern()},
    "phone": {"pattern": Pattern()},
    "url": ADDRESS_KEYS,
    "stream": ADDRESS_KEYS,
    "agency": {},
    "agencies": COUNT,
    "person": {},
    "persons": COUNT,
    "nik": {},
    "path": {},
    "record": {"record": RecordOfApp(), "where": WhereOfNamed()},
    "checklist": {
        "items": FieldOptions(),
        "files_by": SetOf(Ref("role")),
        "verdict_by": SetOf(Ref("role")),
        "accept": SetOf(Words(60)),
        "max_count": Integer(1, 50),
        "max_size": Measure("size"),
    },
}
_BOUNDED = {"decimal": bounds_fit, "date": bounds_fit, "time": bounds_fit, "duration": _durations_fit}
FIELD_KEYS: dict[str, Kind] = {
    **NAMED,
    "required": Required(),
    "private": Boolean(),
    "visible_to": SetOf(Ref("role")),
    "visible_when": Expr("bool"),
    "required_when": Expr("bool"),
    "check": FieldCheck(),
    "indexed": Boolean(),
}


def _field_case(kind: str, shared: dict[str, Kind]) -> Keys:
    own = dict(OWN_KEYS[kind])
    required: dict[str, Kind] = {"type": Words()}
    required |= {key: own.pop(key) for key in ("options", "record", "items", "files_by", "verdict_by") if key in own}
    fits = _BOUNDED.get(kind, _numbers_fit)
    optional = {**shared, **own, **computed_key(kind)}
    return Keys(required, optional, LATER_FIELD_KEYS, also=(_default_fits, fits, nobody_fills_in, read_where))


_ALONE = frozenset(
    (
        "text",
        "integer",
        "decimal",
        "money",
        "date",
        "time",
        "datetime",
        "choice",
        "area",
        "email",
        "phone",
        "url",
        "record",
    )
)
"""Types of which no two records may have the same value, where the field says so."""


def _own_case(kind: str) -> Keys:
    """A field of a record itself: a member of a group is never unique."""
    return _field_case(kind, {**FIELD_KEYS, "unique": Boolean()} if kind in _ALONE else FIELD_KEYS)


# What a record names is looked for from the other side too: it stands in a field of its own.
MEMBER = Variant(
    "type",
    {kind: _field_case(kind, FIELD_KEYS) for kind in OWN_KEYS if kind not in ("record", "checklist")},
    (*LATER_TYPES, "record", "checklist", "group"),
)
GROUP = Keys({"type": Words(), "fields": MapOf(MEMBER, min=1)}, FIELD_KEYS, LATER_FIELD_KEYS)
# Conditions see a record, not which of its rows they are asked about; files and sealed numbers belong to the record.
_ROW_KEYS = {key: kind for key, kind in FIELD_KEYS.items() if key in (*NAMED, "required")}
_ROW = Variant(
    "type",
    {
        kind: _field_case(kind, _ROW_KEYS)
        for kind in OWN_KEYS
        if kind not in ("files", "nik", "path", "record", "checklist")
    },
)
LIST = Keys(
    {"type": Words(), "fields": MapOf(_ROW, min=1, max=20)},
    {**FIELD_KEYS, **COUNT},
    LATER_FIELD_KEYS,
    also=(_numbers_fit,),
)
FIELD = Variant("type", {**{kind: _own_case(kind) for kind in OWN_KEYS}, "group": GROUP, "list": LIST}, LATER_TYPES)

# Columns and settings: their types, and what the value of each looks like in a package.
VALUES: dict[str, Kind] = {
    "text": TextByLanguage(max=4000),
    "long_text": TextByLanguage(max=4000),
    "integer": Integer(-(10**12)),
    "decimal": Decimal(),
    "money": Integer(),
    "boolean": Boolean(),
    "date": Day(),
    "time": TimeOfDay(),
    "datetime": Moment(),
    "duration": DurationText(),
    "choice": Words(60),
    "area": Words(100),
    "email": Words(254),
    "phone": Words(30),
    "url": Words(2000),
    "agency": Words(60),
}
# What a setting alone may be: a cell of a table holds none of these.
ALONE: dict[str, Kind | None] = {
    "markdown": TextByLanguage(max=20_000),
    "choices": ListOf(Words(60)),
    "point": None,
}
_LIMITS: dict[str, dict[str, Kind]] = {
    "text": {**BOUNDS, "pattern": Pattern()},
    "long_text": BOUNDS,
    "integer": {"min": Integer(-(10**12)), "max": Integer(-(10**12))},
    "decimal": {"min": Decimal(), "max": Decimal()},
    "money": BOUNDS,
    "date": {"min": Day(), "max": Day()},
    "time": {"min": TimeOfDay(), "max": TimeOfDay()},
    "duration": {"min": DurationText(), "max": DurationText()},
    "area": AREA_KEYS,
    "url": {"pattern": Pattern()},
    "markdown": BOUNDS,
    "choices": COUNT,
}
LATER_SETTING_KEYS = ("unique", "check", "required_when", "indexed", "computed")
LATER_SETTING_TYPES = tuple(
    name for name in (*LATER_TYPES, *OWN_KEYS, "group") if name not in {**VALUES, **ALONE, "files": None}
)


def _value_case(kind: str, shared: dict[str, Kind]) -> Keys:
    required: dict[str, Kind] = {"type": Words()}
    if kind in ("choice", "choices"):
        required["options"] = FIXED_OPTIONS
    default = {**VALUES, **ALONE}[kind]
    optional = {
        **NAMED,
        "required": Boolean(),
        **({"default": default} if default is not None else {}),
        **_LIMITS.get(kind, {}),
        **shared,
    }
    return Keys(required, optional, LATER_SETTING_KEYS, also=(_default_fits, _BOUNDED.get(kind, _numbers_fit)))


COLUMN = Variant(
    "type", {kind: _value_case(kind, {}) for kind in VALUES}, (*LATER_SETTING_TYPES, *ALONE, "files", "table")
)
SETTING_KEYS: dict[str, Kind] = {"secret": Boolean(), "visible_when": Expr("bool")}


class TableRows:
    """Rows keyed by id; read by the table's columns, so the table reads them itself."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        return {} if isinstance(node, MapNode) else reading.expected(("baris per id", "rows by id"), node, path)


def _read_rows(found: dict[str, Any], node: MapNode, path: Path, reading: Reading) -> None:
    rows, columns = node.entries.get("default"), found.get("columns")
    if rows is None or not isinstance(columns, dict):
        return
    cells = {
        column: OneOf(tuple(spec["options"])) if "options" in spec else VALUES[spec["type"]]
        for column, spec in columns.items()
    }
    row: Kind = Keys(optional={**cells, "order": ORDER})
    found["default"] = MapOf(row).read(rows, (*path, "default"), reading)


TABLE = Keys(
    {"type": OneOf(("table",)), "columns": MapOf(COLUMN, min=1)},
    {**NAMED, "required": Boolean(), "default": TableRows(), "visible_when": Expr("bool")},
    LATER_SETTING_KEYS,
    also=(_read_rows,),
)
# Files are given once the app is enabled, so that none can be required or come with the package.
FILES = Keys(
    {"type": Words()}, {**NAMED, **OWN_KEYS["files"], "visible_when": Expr("bool")}, (*LATER_SETTING_KEYS, "required")
)
SETTING = Variant(
    "type",
    {**{kind: _value_case(kind, SETTING_KEYS) for kind in (*VALUES, *ALONE)}, "files": FILES, "table": TABLE},
    LATER_SETTING_TYPES,
)
