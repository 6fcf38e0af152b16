"""JSON Schemas of kinds that are single values.

Whatever the checker takes the schema takes too: a kind that goes by the text as written takes `true` and `null` where
they are words, because YAML makes values of them.
"""

from __future__ import annotations

from typing import Any

from app_catalog.definitions.shape.reading import Kind
from app_catalog.definitions.shape.scalars import (
    Boolean,
    DurationText,
    Expr,
    Id,
    Integer,
    Measure,
    Moment,
    OneOf,
    Pattern,
    Ref,
    Required,
    Version,
    VersionRange,
    Words,
)

Schema = dict[str, Any]

ID_PATTERN = "^[a-z][a-z0-9]*([-_][a-z0-9]+)*$"
_WORD = ["string", "boolean", "null"]
_ISO = (
    "P(?=.)([0-9]{1,3}Y)?([0-9]{1,4}M)?([0-9]{1,4}W)?([0-9]{1,5}D)?"
    "(T(?=[0-9])([0-9]{1,6}H)?([0-9]{1,7}M)?([0-9]{1,8}S)?)?"
)
_MEASURES = {"size": "^[0-9]{1,6} ?(KB|MB)$", "metres": "^[0-9]{1,6} ?m$", "percent": "^[0-9]{1,2} ?%$"}
_RESULTS = {"bool": ("syarat", "a condition"), "any": ("rumus", "a formula")}


def scalar_schema(kind: Kind) -> Schema | None:
    """The schema of a kind of single values; None for any other kind."""
    match kind:
        case Words(max=most, min=least):
            return {"type": "string", "minLength": least, "maxLength": most}
        case Id():
            return {"type": _WORD, "pattern": ID_PATTERN, "maxLength": 60}
        case Integer(min=least, max=most):
            return {"type": "integer", "minimum": least, "maximum": most}
        case Boolean():
            return {"type": "boolean"}
        case OneOf(values=values):
            return {"enum": list(values)}
        case Required():
            return {"enum": [True, False, "on_form", "true", "false"]}
        case Ref():
            return {"type": _WORD, "minLength": 1}
        case Expr(kind=result):
            indonesian, english = _RESULTS.get(result, _RESULTS["any"])
            comment = f"CEL: {indonesian} / {english} ({result})"
            return {"type": ["string", "boolean", "integer"], "minLength": 1, "$comment": comment}
    return _written(kind)


def _written(kind: Kind) -> Schema | None:
    match kind:
        case DurationText(working=working):
            either = f"{_ISO}|P[0-9]{{1,4}}WD" if working else _ISO
            return {"type": "string", "pattern": f"^({either})$", "examples": ["PT48H", "P3WD" if working else "P2Y"]}
        case Version():
            return {"type": "string", "pattern": r"^[0-9]+\.[0-9]+\.[0-9]+", "maxLength": 60, "examples": ["1.0.0"]}
        case VersionRange():
            return {"type": ["string", "number"], "maxLength": 100, "examples": [">=1.0,<2"]}
        case Pattern():
            return {"type": "string", "maxLength": 200, "$comment": "RE2"}
        case Measure(unit=unit):
            return {"type": "string", "pattern": _MEASURES[unit]}
        case Moment():
            return {"type": "string", "examples": ["2026-01-05T08:00+07:00"]}
    return None
