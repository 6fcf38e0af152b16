"""JSON Schemas of kinds that hold others, each kind that is met twice kept once under ``$defs``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from app_catalog.definitions.json_schema.scalars import ID_PATTERN, Schema, scalar_schema
from app_catalog.definitions.json_schema.special import made_of, special_schema
from app_catalog.definitions.json_schema.words import describe_key
from app_catalog.definitions.shape.composites import (
    LANGUAGES,
    AllOr,
    Keys,
    ListOf,
    MapOf,
    OneKey,
    Plain,
    PlainMap,
    SetOf,
    TextByLanguage,
    Variant,
)
from app_catalog.definitions.shape.conditions import FieldCheck
from app_catalog.definitions.shape.reading import Kind

_NAMES = {
    Keys: "map",
    Variant: "variant",
    MapOf: "by-id",
    TextByLanguage: "text",
    OneKey: "step",
    SetOf: "list",
    FieldCheck: "check",
}
_ID_KEYS: Schema = {"allOf": [{"pattern": ID_PATTERN, "maxLength": 60}, {"not": {"const": "order"}}]}


class Definitions:
    """The kinds of one document: schemas in place, or as a reference where a kind is used more than once."""

    def __init__(self, root: Kind) -> None:
        self._uses: Counter[int] = Counter()
        self._names: dict[int, str] = {}
        self._kept: list[Kind] = []
        self.schemas: dict[str, Schema] = {}
        self._count(root)

    def of(self, kind: Kind) -> Schema:
        """The schema of a kind, or a reference to it."""
        if type(kind) not in _NAMES or self._uses[id(kind)] < 2:
            return self.whole(kind)
        name = self._names.get(id(kind))
        if name is None:
            name = f"{_NAMES[type(kind)]}-{len(self._names) + 1}"
            self._names[id(kind)] = name
            self.schemas[name] = {}
            self.schemas[name] = self.whole(kind)
        return {"$ref": f"#/$defs/{name}"}

    def whole(self, kind: Kind) -> Schema:
        """The schema of a kind, written out; a kind that is not known here takes anything."""
        found = scalar_schema(kind)
        if found is None:
            found = special_schema(kind, self.of)
        if found is not None:
            return found
        match kind:
            case Keys():
                return self.keys(kind)
            case Variant():
                return self.variant(kind)
            case MapOf(value=value, min=least, max=most):
                counts = {"maxProperties": most} | ({"minProperties": least} if least else {})
                return {
                    "type": "object", "propertyNames": _ID_KEYS, "additionalProperties": self.of(value), **counts,
                }  # fmt: skip
            case OneKey(cases=cases):
                return {**self.keys(Keys(optional=cases)), "minProperties": 1, "maxProperties": 1}
            case SetOf(item=item, empty=empty, max=most):
                several = {"type": "array", "items": self.of(item), "maxItems": most, "uniqueItems": True}
                return {"anyOf": [self.of(item), several if empty else {**several, "minItems": 1}]}
            case ListOf(item=item, max=most):
                return {"anyOf": [self.of(item), {"type": "array", "items": self.of(item), "maxItems": most}]}
        return self.other(kind)

    def other(self, kind: Kind) -> Schema:
        """The schema of texts, plain data and the word `all`."""
        match kind:
            case AllOr(other=other):
                return {"anyOf": [{"const": "all"}, self.of(other)]}
            case TextByLanguage(max=most):
                text = {"minLength": 1, "maxLength": most}
                by_language = {
                    "type": "object",
                    "minProperties": 1,
                    "properties": {lang: {"type": ["string", "number", "boolean"], **text} for lang in LANGUAGES},
                    "additionalProperties": False,
                }
                return {"anyOf": [{"type": ["string", "number"], **text}, by_language]}
            case PlainMap():
                return {"type": "object"}
            case Plain():
                return {"not": {"type": "null"}}
        return {}

    def keys(self, kind: Keys) -> Schema:
        """A map with known keys, each with what it means."""
        known = {**kind.required, **kind.optional}
        found: Schema = {
            "type": "object",
            "properties": {key: {**self.of(value), **describe_key(key)} for key, value in known.items()},
            "additionalProperties": False,
        }
        if kind.required:
            found["required"] = list(kind.required)
        if kind.one_of:
            found["oneOf"] = [{"required": [key]} for key in kind.one_of]
        return found

    def variant(self, kind: Variant) -> Schema:
        """A map whose keys depend on the word under its tag."""
        cases = [
            {"if": {"properties": {kind.tag: {"const": name}}, "required": [kind.tag]}, "then": self.of(case)}
            for name, case in kind.cases.items()
        ]
        tag = {"enum": list(kind.cases), **describe_key(kind.tag)}
        return {"type": "object", "required": [kind.tag], "properties": {kind.tag: tag}, "allOf": cases}

    def _count(self, kind: Kind) -> None:
        self._uses[id(kind)] += 1
        # Ids are those of living objects only.
        self._kept.append(kind)
        if self._uses[id(kind)] == 1:
            for inner in _inner(kind):
                self._count(inner)


def _inner(kind: Kind) -> Iterator[Kind]:
    match kind:
        case Keys(required=required, optional=optional):
            yield from (*required.values(), *optional.values())
        case Variant(cases=cases) | OneKey(cases=cases):
            yield from cases.values()
        case MapOf(value=value):
            yield value
        case SetOf(item=item) | ListOf(item=item):
            yield item
        case AllOr(other=other):
            yield other
        case _:
            yield from made_of(kind)


def document_schema(root: Kind) -> dict[str, Any]:
    """The schema of a file by its shape, with what it refers to."""
    definitions = Definitions(root)
    whole = definitions.whole(root)
    return {**whole, "$defs": dict(sorted(definitions.schemas.items()))} if definitions.schemas else whole
