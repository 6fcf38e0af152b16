"""Builds scenarios."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app_catalog.definitions.building.parts import Json, duration, ids
from app_catalog.definitions.model import (
    ActStep,
    CannotCheck,
    Check,
    ClockCheck,
    CountCheck,
    CreateStep,
    EscalatedCheck,
    EventStep,
    Given,
    MessageCheck,
    NumberCheck,
    Scenario,
    SightCheck,
    StateCheck,
    Step,
    Text,
    UpdateStep,
    ValueCheck,
    WaitStep,
)


def build_scenario(name: str, spec: Json) -> Scenario:
    """A scenario from its canonical form."""
    given = spec.get("given", {})
    start = given.get("calendar", {}).get("start")
    return Scenario(
        id=name,
        name=Text(spec["name"]),
        given=Given(given.get("settings", {}), datetime.fromisoformat(start) if start else None),
        when=tuple(_STEPS[verb](what) for step in spec["when"] for verb, what in step.items()),
        then=tuple(_CHECKS[verb](what) for check in spec["then"] for verb, what in check.items()),
    )


def _dotted(what: Json) -> dict[tuple[str, str], Any]:
    return {(name.partition(".")[0], name.partition(".")[2]): value for name, value in what.items()}


def _sight(what: Json, *, hidden: bool) -> SightCheck:
    return SightCheck(what["as"], what["on"], ids(what.get("fields")), hidden)


def _cannot(what: Json) -> CannotCheck:
    return CannotCheck(
        role=what["as"],
        because=what["because"],
        act=what.get("act"),
        on=what.get("on"),
        create=what.get("create"),
        update=what.get("update"),
        values=what.get("values", {}),
    )


def _message(what: Json) -> MessageCheck:
    sent: dict[str, str | None] = {}
    unsent: dict[str, str | None] = {}
    for name, spec in what.items():
        if spec == "none":
            unsent[name] = None
            continue
        if "to" in spec or "not_to" not in spec:
            sent[name] = spec.get("to")
        if "not_to" in spec:
            unsent[name] = spec["not_to"]
    return MessageCheck(sent, unsent)


def _create(what: Json) -> CreateStep:
    return CreateStep(what["as"], what["record"], what["values"], what.get("id"), what.get("times", 1))


_STEPS: dict[str, Callable[[Any], Step]] = {
    "create": _create,
    "act": lambda what: ActStep(what["as"], what["on"], what["action"], what.get("values", {})),
    "update": lambda what: UpdateStep(what["as"], what["on"], what["values"]),
    "event": lambda what: EventStep(what["name"], what.get("values", {}), what.get("id")),
    "wait": lambda what: WaitStep(duration(what)),
}
_CHECKS: dict[str, Callable[[Any], Check]] = {
    "state": StateCheck,
    "value": lambda what: ValueCheck(_dotted(what)),
    "number": NumberCheck,
    "clock": lambda what: ClockCheck(_dotted(what)),
    "escalated": lambda what: EscalatedCheck(
        {name: tuple(whom for whom in ids(told) if whom != "none") for name, told in _dotted(what).items()}
    ),
    "message": _message,
    "count": CountCheck,
    "sees": lambda what: _sight(what, hidden=False),
    "hidden": lambda what: _sight(what, hidden=True),
    "cannot": _cannot,
}
