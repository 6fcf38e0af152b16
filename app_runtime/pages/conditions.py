"""What of a form is asked under conditions: what shows at the moment, and which answers decide about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from app_catalog.definitions.model import Expression, Field, RecordType

# A name inside of a text constant is found too: then an answer decides that does not, which only costs a question.
_NAMED = re.compile(r"\brecord\.([a-z][a-z0-9_]*)")


def conditional(spec: Field) -> bool:
    """Whether it depends on other answers that the field shows, or that it must be filled in."""
    return spec.visible_when is not None or spec.required_when is not None


def any_conditional(fields: Iterable[Field]) -> bool:
    """Whether any of them, or a member of their groups, is asked under a condition."""
    return any(conditional(one) for spec in fields for one in (spec, *_members(spec)))


def deciding_fields(kind: RecordType, specs: Iterable[Field]) -> frozenset[str]:
    """Ids of the fields whose answers decide what of `specs` is asked, or is computed; also by what is computed."""
    found = deciding_names(kind, specs)
    return frozenset(name for name in found if name in kind.fields and kind.fields[name].computed is None)


def deciding_names(kind: RecordType, specs: Iterable[Field]) -> frozenset[str]:
    """All that decides what of `specs` is asked, or is computed: fields, and attributes that every record has."""
    found: set[str] = set()
    waiting = {name for spec in specs for one in (spec, *_members(spec)) for name in _named(_conditions(one))}
    while waiting:
        name = waiting.pop()
        found.add(name)
        spec = kind.fields.get(name)
        if spec is not None and spec.computed is not None:
            waiting |= _named([spec.computed]) - found
    return frozenset(found)


def reads_computed(kind: RecordType, specs: Iterable[Field]) -> bool:
    """Whether a condition of these fields, their checks among them, reads what is computed."""
    every = [one for spec in specs for one in (spec, *_members(spec))]
    conditions = [condition for one in every for condition in _conditions(one)]
    conditions += [one.check.condition for one in every if one.check is not None]
    return not _named(conditions).isdisjoint(kind.computed)


def asked_here(kind: RecordType, step: Mapping[str, Field], hidden: frozenset[str]) -> dict[str, Field]:
    """The fields of a step that its page asks for.

    What earlier answers hide is left out. What the step's own answers decide stays: without a script all of it is
    asked, and the answers decide once they are sent.
    """
    asked = {name for name in step if name not in hidden}
    waiting = {name: deciding_fields(kind, [step[name]]) for name in step if name in hidden}
    while found := {name for name, deciding in waiting.items() if deciding & asked}:
        asked |= found
        waiting = {name: deciding for name, deciding in waiting.items() if name not in found}
    return {name: spec for name, spec in step.items() if name in asked}


def _conditions(spec: Field) -> list[Expression]:
    return [one for one in (spec.visible_when, spec.required_when, spec.computed) if one is not None]


def _named(expressions: Iterable[Expression]) -> set[str]:
    return {name for one in expressions for name in _NAMED.findall(one.source)}


def _members(spec: Field) -> Iterable[Field]:
    return spec.fields.values() if spec.type == "group" else ()
