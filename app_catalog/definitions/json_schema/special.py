"""JSON Schemas of the kinds that only one place of the language has."""

from __future__ import annotations

from collections.abc import Callable

from app_catalog.definitions.json_schema.scalars import Schema
from app_catalog.definitions.shape import fields as field_shapes
from app_catalog.definitions.shape.automations import EachChild, Occasion, Occasions
from app_catalog.definitions.shape.charts import ChartNumber, GroupedBy
from app_catalog.definitions.shape.children import Units
from app_catalog.definitions.shape.composites import Keys
from app_catalog.definitions.shape.conditions import FieldCheck
from app_catalog.definitions.shape.events import EventName
from app_catalog.definitions.shape.exchange import Consumes, Exports
from app_catalog.definitions.shape.filters import WhereShape
from app_catalog.definitions.shape.holding import PARTS, STATES, NumberOf, OverRecords, Same, Unread
from app_catalog.definitions.shape.named import RecordOfApp, WhereOfNamed
from app_catalog.definitions.shape.pages import SortField
from app_catalog.definitions.shape.publiccode import ByLanguage, Matching
from app_catalog.definitions.shape.quantities import MOST_DECIMAL, Day, Decimal, TimeOfDay
from app_catalog.definitions.shape.reading import Kind
from app_catalog.definitions.shape.records import AskShape, NumberPattern
from app_catalog.definitions.shape.scalars import Expr
from app_catalog.definitions.shape.scenarios import NONE, ByName, Recipients, RecordName, Whom

Of = Callable[[Kind], Schema]
_WORD: Schema = {"type": ["string", "boolean", "null"], "minLength": 1}
_CONDITION = Expr("bool")
_CHECKED = Keys({"check": _CONDITION}, {"message": field_shapes.TEXT})
_SIMPLE: dict[type, Schema] = {
    EventName: _WORD,
    RecordName: {**_WORD, "maxLength": 200},
    SortField: {**_WORD, "examples": ["-created_at"]},
    Units: {"type": ["string", "boolean", "null"], "examples": ["to", "settings.units"]},
    EachChild: {"type": "string", "pattern": r"^children\.."},
    NumberOf: {"type": "string", "pattern": r"^[^.]+\..", "examples": ["line.amount"]},
    ChartNumber: {"type": "string", "minLength": 1, "examples": ["amount", "line.amount"]},
    GroupedBy: _WORD,
    NumberPattern: {"type": "string", "maxLength": 100, "examples": ["SR/{year}/{seq:05}"]},
    RecordOfApp: {"type": "string", "pattern": "^([^/]+/)?[^/]+$", "examples": ["vacancy", "wifi/point"]},
    WhereOfNamed: {"type": "object", "minProperties": 1},
    WhereShape: {"type": "object", "minProperties": 1},
    Decimal: {"type": "number", "minimum": -MOST_DECIMAL, "maximum": MOST_DECIMAL},
    Day: {"type": "string", "minLength": 10, "maxLength": 10, "examples": ["2026-01-31"]},
    TimeOfDay: {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["07:30"]},
    field_shapes.TableRows: {"type": "object"},
}


def special_schema(kind: Kind, of: Of) -> Schema | None:
    """The schema of a kind that is made for one place; None when it is none of them."""
    simple = _SIMPLE.get(type(kind))
    if simple is not None:
        return dict(simple)
    match kind:
        case field_shapes.FieldOptions():
            return {"anyOf": [of(field_shapes.FIXED_OPTIONS), {"type": "string", "pattern": r"^settings\.."}]}
        case FieldCheck():
            return {"anyOf": [of(_CHECKED), of(_CONDITION)]}
        case AskShape(own=own, of_field=of_field):
            return {"if": {"required": ["type"]}, "then": of(own), "else": of(of_field)}
        case Same():
            return of(PARTS)
        case Unread():
            return of(STATES)
        case OverRecords(keys=keys):
            return of(keys)
    return _more(kind, of)


def _more(kind: Kind, of: Of) -> Schema | None:
    match kind:
        case Occasion(event=event, schedule=schedule):
            planned = of(schedule)
            # The day is a word or a number, which the schedule itself judges.
            planned = {**planned, "properties": {**planned.get("properties", {}), "day": {}}}
            return {"anyOf": [of(event), planned]}
        case Occasions(several=several):
            return of(several)
        case ByName(value=value) | ByLanguage(value=value):
            return {"type": "object", "minProperties": 1, "additionalProperties": of(value)}
        case Whom(keys=keys):
            return {"anyOf": [{"const": NONE}, of(keys)]}
        case Recipients(whom=whom):
            return {"type": "object", "minProperties": 1, "additionalProperties": of(whom)}
        case Exports(names=inner) | Consumes(made=inner):
            return {"type": "object", "additionalProperties": of(inner)}
        case Matching(expected=(indonesian, english)):
            scalar = ["string", "number", "boolean", "null"]
            return {"type": scalar, "maxLength": 500, "$comment": f"{indonesian} / {english}"}
    return None


def made_of(kind: Kind) -> tuple[Kind, ...]:
    """The kinds that a special kind holds, so that what is used twice is written once."""
    match kind:
        case field_shapes.FieldOptions():
            return (field_shapes.FIXED_OPTIONS,)
        case FieldCheck():
            return (_CHECKED, _CONDITION)
        case AskShape(own=own, of_field=of_field):
            return (own, of_field)
        case OverRecords(keys=keys):
            return (keys,)
        case Occasions(several=several):
            return (several,)
        case ByName(value=value) | ByLanguage(value=value):
            return (value,)
        case Recipients(whom=whom):
            return (whom,)
        case Whom(keys=keys):
            return (keys,)
    return ()
