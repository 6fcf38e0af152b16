"""How scenarios name records: ``a`` by a step's id, ``a.visit`` its child, ``a.visit[2]`` the second of several."""

import re

_STEP = re.compile(r"([a-z][a-z0-9]*(?:[-_][a-z0-9]+)*)(?:\[([1-9][0-9]{0,2})\])?\Z")
LONGEST = 200


def split_name(name: str) -> list[tuple[str, int | None]] | None:
    """The steps of a dotted name, each with the place that it asks for (from 1), or None when it is no such name."""
    found: list[tuple[str, int | None]] = []
    for step in name.split(".") if len(name) <= LONGEST else ():
        match = _STEP.match(step)
        if match is None:
            return None
        found.append((match[1], int(match[2]) if match[2] else None))
    return found or None
