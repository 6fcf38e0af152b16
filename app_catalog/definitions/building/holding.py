"""Builds what a record type holds over many records."""

from app_catalog.definitions.building.parts import Json, build_map, ids, ordered, text
from app_catalog.definitions.model.holding import (
    AGGREGATES,
    Aggregate,
    Capacity,
    Counted,
    Holding,
    Invariant,
    Lookup,
    Unique,
)
from app_catalog.definitions.model.texts import Text
from app_catalog.definitions.model.values import Expression

_WORDS = ("unique", "capacity", "aggregates", "lookups", "invariants")


def build_holding(spec: Json, record: str) -> Holding | None:
    """What a record type holds; None when it holds nothing."""
    alone = [f"field.{name}" for name, own in ordered(spec.get("fields")) if own.get("unique")]
    if not alone and not any(spec.get(word) for word in _WORDS):
        return None
    named = {name: ids(parts) for name, parts in sorted(spec.get("unique", {}).items())}
    named |= {name: (name.removeprefix("field."),) for name in alone}
    return Holding(
        unique={name: Unique(name, parts) for name, parts in named.items()},
        capacity=build_map(spec.get("capacity"), lambda name, own: _capacity(name, own, record)),
        aggregates=build_map(spec.get("aggregates"), _aggregate),
        lookups=build_map(spec.get("lookups"), _lookup),
        invariants=build_map(spec.get("invariants"), lambda name, own: _invariant(name, own, record)),
    )


def _counted(spec: Json) -> Counted:
    return Counted(ids(spec["only"]) if "only" in spec else None, ids(spec.get("except")))


def _capacity(name: str, spec: Json, record: str) -> Capacity:
    highest = Expression(spec["max"], "number", record)
    return Capacity(name, ids(spec["per"]), highest, _counted(spec), text(spec.get("message")), spec.get("order", 0))


def _aggregate(name: str, spec: Json) -> Aggregate:
    kind = next(kind for kind in AGGREGATES if kind in spec)
    record, _, field = spec[kind].partition(".")
    return Aggregate(name, kind, record, field or None, ids(spec.get("same")), _counted(spec), spec.get("order", 0))


def _lookup(name: str, spec: Json) -> Lookup:
    return Lookup(name, spec["record"], ids(spec.get("same")), _counted(spec), spec.get("order", 0))


def _invariant(name: str, spec: Json, record: str) -> Invariant:
    check = Expression(spec["check"], "bool", record)
    return Invariant(name, check, Text(spec["message"]), spec.get("order", 0))
