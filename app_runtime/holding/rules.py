"""Which rules over many records a record type has to do with: its own, and those of types that look at it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app_catalog.definitions.model import Definition, RecordType
from app_catalog.definitions.model.holding import Capacity, Counted, Holding, Invariant, Unique
from app_catalog.definitions.model.known import Known

_FIGURE = re.compile(r"(?<![\w.])(aggregates|lookups)\.([a-z0-9_]+)")
_READ = re.compile(r"(?<![\w.])record\.([a-z0-9_]+)")
_ALL = Counted()


@dataclass(frozen=True, slots=True)
class KeyRule:
    """Groups records of one type by `parts`; those that count, with the number in `amount` where there is one."""

    name: str
    parts: tuple[str, ...]
    counted: Counted = _ALL
    amount: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """An aggregate or a lookup that an invariant names: the rule that its records count by, and their groups.

    A lookup tells any value of the record that it finds, so that every change of that one matters.
    """

    rule: str
    record: str
    same: tuple[str, ...]
    looks_up: bool


@dataclass(frozen=True, slots=True)
class Circle:
    """The invariants of one record type (`owner`), and who can break them.

    Whoever writes in a circle holds the lock of the group: the values of `parts`, which all its figures share; where
    they share none, there is one lock for all. `alike` says that the owner's records of a group all come to the same,
    so that one of them answers for all.
    """

    owner: str
    parts: tuple[str, ...]
    invariants: tuple[Invariant, ...]
    figures: tuple[Figure, ...]
    alike: bool

    def members(self, same: tuple[str, ...]) -> KeyRule:
        """The rule that groups the owner's records, for whoever stands outside."""
        return KeyRule(f"invariants.{self.owner}:{','.join(same)}", same)

    def over(self, record_type: str) -> list[Figure]:
        """The figures over a record type."""
        return [figure for figure in self.figures if figure.record == record_type]


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that a change of a record of one type has to mind."""

    keys: tuple[KeyRule, ...]
    unique: tuple[Unique, ...]
    capacity: tuple[Capacity, ...]
    circles: tuple[Circle, ...]

    @property
    def weigh(self) -> bool:
        """Whether there is anything to mind."""
        return bool(self.keys or self.circles)


_NONE = Rules((), (), (), ())


def rules_for(definition: Definition, record_type: str) -> Rules:
    """The rules that a record of this type has to do with, in this definition."""
    return _rules(Known(definition)).get(record_type, _NONE)


@lru_cache(maxsize=512)
def _rules(known: Known) -> dict[str, Rules]:
    records = known.definition.records
    circles = [_circle(kind, kind.holding) for kind in records.values() if kind.holding and kind.holding.invariants]
    found = {}
    for kind in records.values():
        own = kind.holding
        mine = tuple(circle for circle in circles if kind.id == circle.owner or circle.over(kind.id))
        keys = tuple(_keys(known.definition, kind, mine))
        unique = tuple(own.unique.values()) if own else ()
        capacity = tuple(own.capacity.values()) if own else ()
        if keys or mine:
            found[kind.id] = Rules(keys, unique, capacity, tuple(sorted(mine, key=lambda one: one.owner)))
    return found


def _keys(definition: Definition, kind: RecordType, circles: tuple[Circle, ...]) -> Iterator[KeyRule]:
    if kind.holding is not None:
        for unique in kind.holding.unique.values():
            yield KeyRule(f"unique.{unique.id}", unique.parts)
        for capacity in kind.holding.capacity.values():
            yield KeyRule(f"capacity.{capacity.id}", capacity.per, capacity.counted)
    for owner in definition.records.values():
        if owner.holding is not None:
            yield from _looked_at(kind, owner.id, owner.holding)
    for field in kind.fields.values():
        if field.target is not None:
            yield KeyRule(naming_rule(kind.id, field.id), (field.id,))
    for circle in circles:
        if circle.owner == kind.id:
            yield from (circle.members(same) for same in sorted({figure.same for figure in circle.figures}))


def _looked_at(kind: RecordType, owner: str, holding: Holding) -> Iterator[KeyRule]:
    for figure in holding.aggregates.values():
        if figure.record == kind.id:
            yield KeyRule(f"aggregates.{owner}.{figure.id}", in_order(figure.same), figure.counted, figure.field)
    for lookup in holding.lookups.values():
        if lookup.record == kind.id:
            yield KeyRule(f"lookups.{owner}.{lookup.id}", in_order(lookup.same), lookup.counted)


def naming_rule(record_type: str, field: str) -> str:
    """The rule that groups the records of a type by what a field of theirs names, for whoever asks who names one."""
    return f"names.{record_type}.{field}"


def in_order(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Parts in one order, so that figures over the same group name it alike however they are written."""
    return tuple(sorted(parts))


def _circle(kind: RecordType, holding: Holding) -> Circle:
    invariants = tuple(holding.invariants.values())
    checks = [one.check.source for one in invariants]
    figures = []
    for word, name in sorted({found for check in checks for found in _FIGURE.findall(check)}):
        spec = (holding.aggregates if word == "aggregates" else holding.lookups).get(name)
        if spec is not None:
            rule = f"{word}.{kind.id}.{name}"
            figures.append(Figure(rule, spec.record, in_order(spec.same), word == "lookups"))
    groups = {figure.same for figure in figures}
    parts = next(iter(groups)) if len(groups) == 1 else ()
    read = {name for check in checks for name in _READ.findall(check)}
    # Figures over other groups differ among the records of one lock.
    return Circle(kind.id, parts, invariants, tuple(figures), alike=len(groups) == 1 and read <= set(parts))
