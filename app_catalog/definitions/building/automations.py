"""Builds automations."""

from app_catalog.definitions.building.parts import Json, events, expression, expressions, ids
from app_catalog.definitions.model import Act, Automation, Call, CreateRecord, Effect, MakeDocument, Send, SetFields


def build_automation(name: str, spec: Json, record: str) -> Automation:
    """An automation of a record type from its canonical form."""
    return Automation(
        id=name,
        on=events(spec["on"]),
        effect=_effect(spec, record),
        when=expression(spec.get("when"), record, "bool"),
        order=spec.get("order", 0),
        states=ids(spec.get("states")),
        for_each=spec["for_each"].removeprefix("children.") if "for_each" in spec else None,
    )


def _effect(spec: Json, record: str) -> Effect:
    values = expressions(spec.get("with"), record)
    if "send" in spec:
        return Send(spec["send"], ids(spec["to"]))
    if "act" in spec:
        return Act(spec["act"], values)
    if "create" in spec:
        return CreateRecord(spec["create"], values)
    if "call" in spec:
        return Call(spec["call"]["address"], spec["call"]["key"], values)
    if "document" in spec:
        return MakeDocument(spec["document"], spec["into"], expression(spec.get("valid_while"), record, "bool"))
    return SetFields(expressions(spec["set"], record))
