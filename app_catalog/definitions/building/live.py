"""Builds filters, the live room's parts and indicators."""

from typing import Any

from app_catalog.definitions.building.parts import Json, build_map, label
from app_catalog.definitions.model.filters import EVERYTHING, Condition, Where
from app_catalog.definitions.model.live import Indicator, Live, LiveCounter, LiveLayer

_WORDS = ("all", "any", "not")


def build_where(spec: Json | None) -> Where:
    """A filter from its canonical form; the one that everything passes for None."""
    if not spec:
        return EVERYTHING
    return Where(
        conditions=tuple(_condition(name, value) for name, value in sorted(spec.items()) if name not in _WORDS),
        every=tuple(build_where(one) for one in spec.get("all", ())),
        some=tuple(build_where(one) for one in spec.get("any", ())),
        no=build_where(spec["not"]) if "not" in spec else None,
    )


def _condition(name: str, value: Any) -> Condition:
    if isinstance(value, list):
        return Condition(name, tuple(value))
    return Condition(name, (), value.get("min"), value.get("max"))


def build_live(spec: Json | None) -> Live:
    """The layers and counters of an app."""
    spec = spec or {}
    return Live(build_map(spec.get("layers"), _layer), build_map(spec.get("counters"), _counter))


def build_indicators(spec: Json | None) -> dict[str, Indicator]:
    """The indicators of an app."""
    return build_map(spec, _indicator)


def _layer(name: str, spec: Json) -> LiveLayer:
    red = build_where(spec["red"]) if "red" in spec else None
    return LiveLayer(name, label(name, spec), spec["record"], build_where(spec.get("where")), red, spec.get("order", 0))


def _counter(name: str, spec: Json) -> LiveCounter:
    return LiveCounter(name, label(name, spec), spec["count"], build_where(spec.get("where")), spec.get("order", 0))


def _indicator(name: str, spec: Json) -> Indicator:
    return Indicator(
        id=name,
        label=label(name, spec),
        record=spec["of"],
        kind=spec["kind"],
        clock=spec.get("clock"),
        where=build_where(spec.get("where")),
        days=spec.get("days"),
        order=spec.get("order", 0),
    )
