"""What the computed fields of a record type are made of, and so in which order they are worked out."""

import re
from collections.abc import Collection, Mapping

# Names inside string constants are found too; that only makes an order stricter than it had to be.
_NAMED = re.compile(r"\brecord\.([a-z][a-z0-9_]*)")


def computed_order(formulas: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fields in an order in which they can be worked out, and those that wait for one another in a ring."""
    waiting = {
        name: {other for other in _NAMED.findall(source) if other in formulas} for name, source in formulas.items()
    }
    done: list[str] = []
    while ready := sorted(name for name, needs in waiting.items() if needs <= set(done)):
        done += ready
        waiting = {name: needs for name, needs in waiting.items() if name not in ready}
    return tuple(done), tuple(sorted(waiting))


def computed_from(formulas: Mapping[str, str], names: Collection[str]) -> frozenset[str]:
    """The computed fields that are made of any of the fields ``names``, through others too."""
    found: set[str] = set()
    for name in computed_order(formulas)[0]:
        if not {*names, *found}.isdisjoint(_NAMED.findall(formulas[name])):
            found.add(name)
    return frozenset(found)
