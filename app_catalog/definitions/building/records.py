"""Builds record types."""

from app_catalog.definitions.building.automations import build_automation
from app_catalog.definitions.building.children import build_children, build_fan_out
from app_catalog.definitions.building.fields import build_ask, build_field
from app_catalog.definitions.building.holding import build_holding
from app_catalog.definitions.building.parts import (
    Json,
    build_map,
    duration,
    events,
    expression,
    ids,
    ids_or_all,
    label,
    text,
)
from app_catalog.definitions.computed_order import computed_order
from app_catalog.definitions.model import (
    Access,
    Action,
    Clock,
    CreateAccess,
    Duplicates,
    Expression,
    NumberSpec,
    ReadAccess,
    RecordType,
    RowScope,
    Rung,
    Satisfaction,
    State,
    Text,
    UpdateAccess,
    Workflow,
)


def build_record(name: str, spec: Json) -> RecordType:
    """A record type from its canonical form."""
    return RecordType(
        id=name,
        name=Text(spec["name"]),
        title=Expression(spec["title"], "string", name),
        fields=build_map(spec["fields"], lambda field, own: build_field(field, own, name)),
        computed=_computed(spec["fields"]),
        access={role: _access(own, name) for role, own in sorted(spec["access"].items())},
        number=next(iter(_numbers(spec).values()), None),
        numbers=_numbers(spec),
        agency=expression(spec.get("agency"), name, "string"),
        published=expression(spec.get("published"), name, "bool"),
        workflow=_workflow(spec, name) if "workflow" in spec else None,
        clocks=build_map(spec.get("clocks"), lambda clock, own: _clock(clock, own, name)),
        duplicates=_duplicates(spec["duplicates"]) if "duplicates" in spec else None,
        satisfaction=_satisfaction(spec["satisfaction"]) if "satisfaction" in spec else None,
        holding=build_holding(spec, name),
        automations=build_map(spec.get("automations"), lambda key, own: build_automation(key, own, name)),
        children=build_children(spec),
    )


def _computed(fields: Json) -> tuple[str, ...]:
    order, _ = computed_order({field: own["computed"] for field, own in fields.items() if "computed" in own})
    return order


def _numbers(spec: Json) -> dict[str, NumberSpec]:
    if "number" in spec:
        return {"number": _number("number", spec["number"])}
    return build_map(spec.get("numbers"), _number)


def _number(name: str, spec: Json) -> NumberSpec:
    words = label(name, spec) if name != "number" else None
    return NumberSpec(spec["pattern"], ids(spec.get("per")), spec.get("on"), name, words, spec.get("order", 0))


def _access(spec: Json, record: str) -> Access:
    create, read, update = (spec.get(verb) for verb in ("create", "read", "update"))
    return Access(
        create=None
        if create is None
        else CreateAccess(ids_or_all(create.get("fields")), expression(create.get("when"), record, "bool")),
        read=None if read is None else ReadAccess(_rows(read), ids_or_all(read.get("fields"))),
        update=None
        if update is None
        else UpdateAccess(
            ids_or_all(update.get("fields")),
            ids(update["states"]) if "states" in update else None,
            expression(update.get("when"), record, "bool"),
        ),
    )


_ROWS: tuple[RowScope, ...] = ("own", "agency", "shared", "published", "all")


def _rows(spec: Json) -> tuple[RowScope, ...]:
    return tuple(scope for scope in _ROWS if scope in spec["rows"])


def _workflow(spec: Json, record: str) -> Workflow:
    workflow, fields = spec["workflow"], spec["fields"]
    return Workflow(
        start=workflow["start"],
        states=build_map(workflow["states"], _state),
        actions=build_map(workflow.get("actions"), lambda name, own: _action(name, own, record=record, fields=fields)),
    )


def _state(name: str, spec: Json) -> State:
    return State(
        id=name,
        label=label(name, spec),
        order=spec.get("order", 0),
        tone=spec.get("tone", "grey"),
        end=spec.get("end"),
        help=text(spec.get("help")),
    )


def _action(name: str, spec: Json, *, record: str, fields: Json) -> Action:
    return Action(
        id=name,
        label=label(name, spec),
        order=spec.get("order", 0),
        help=text(spec.get("help")),
        from_states=ids(spec["from"]),
        to=spec.get("to"),
        by=ids(spec.get("by")),
        asks=build_map(spec.get("asks"), lambda ask, own: build_ask(ask, own, record=record, fields=fields)),
        when=expression(spec.get("when"), record, "bool"),
        within=expression(spec.get("within"), record, "duration"),
        sets={field: Expression(source, "any", record, name) for field, source in sorted(spec.get("sets", {}).items())},
        not_by=ids(spec.get("not_by")),
        fan_out=build_fan_out(name, spec["fan_out"], record) if "fan_out" in spec else None,
    )


def _clock(name: str, spec: Json, record: str) -> Clock:
    rungs = build_map(spec.get("escalate"), _rung)
    climbing = sorted(rungs.values(), key=lambda rung: (rung.after.working_days, rung.after.seconds, rung.order))
    return Clock(
        id=name,
        label=label(name, spec),
        within=Expression(spec["within"], "duration", record),
        starts=events(spec["starts"]),
        met_by=ids(spec.get("met_by")),
        order=spec.get("order", 0),
        time=spec.get("time", "wall"),
        paused_in=ids(spec.get("paused_in")),
        warn_at=spec.get("warn_at"),
        escalate={rung.id: rung for rung in climbing},
        then=spec.get("then"),
    )


def _rung(name: str, spec: Json) -> Rung:
    return Rung(name, duration(spec["after"]), spec["to"], spec.get("order", 0))


def _duplicates(spec: Json) -> Duplicates:
    same, open_only = ids(spec.get("same")), spec.get("open_only", True)
    return Duplicates(
        spec["within"],
        same,
        open_only,
        spec.get("days"),
        join=spec.get("join", False),
        into=spec.get("into"),
        with_reporter=spec.get("with_reporter", False),
    )


def _satisfaction(spec: Json) -> Satisfaction:
    return Satisfaction(ids(spec["ask_on"]), spec.get("scale", 5), spec.get("reasons", False))
