"""Checks of what is held over many records: groups of one type on both sides, figures where they can be reckoned."""

import re
from collections.abc import Mapping
from typing import Any

from app_catalog.definitions.nodes import locate
from app_catalog.definitions.package import PackageReading

_FIGURE = re.compile(r"(?<![\w.])(?:aggregates|lookups)\.[a-z0-9_.]+")
_TEXT = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"")
_PLACES = {
    ("invariants", "check"),
    ("capacity", "max"),
    ("actions", "when"),
    ("actions", "sets"),
    ("automations", "when"),
    ("automations", "set"),
    ("automations", "with"),
}
"""Where expressions may name figures: the part of a record type, and its key."""


def check_holding(package: PackageReading) -> None:
    """Note groups whose two sides differ, words that exclude each other, and figures where there are none."""
    for name, record in package.canonical["records"].items():
        for part in ("aggregates", "lookups"):
            for key, spec in record.get(part, {}).items():
                _check_same(package, f"records/{name}.yaml", (part, key), record, spec)
        for part in ("aggregates", "lookups", "capacity"):
            for key, spec in record.get(part, {}).items():
                if "only" in spec and "except" in spec:
                    _note(package, "only-and-except", f"records/{name}.yaml", (part, key, "except"))
    for use in package.reading.expressions:
        found = _FIGURE.search(_TEXT.sub("''", use.source))
        if found and not _is_place(use.path):
            package.reading.add("figures-not-here", use.node, use.path, detail=found[0])


def _is_place(path: tuple[str, ...]) -> bool:
    steps = path[1:] if path[:1] == ("workflow",) else path
    return len(steps) > 2 and (steps[0], steps[2]) in _PLACES


def _check_same(
    package: PackageReading, file: str, path: tuple[str, ...], record: Mapping[str, Any], spec: Mapping[str, Any]
) -> None:
    target = next(
        (
            str(spec[key]).partition(".")[0]
            for key in ("sum", "count", "min", "max", "average", "record")
            if key in spec
        ),
        "",
    )
    other = package.canonical["records"].get(target)
    if other is None:
        return
    for part in spec.get("same", {}):
        types = [one.get("fields", {}).get(part, {}).get("type", part) for one in (record, other)]
        if types[0] != types[1]:
            _note(
                package,
                "group-type-differs",
                file,
                (*path, "same", part),
                found=part,
                own=types[0],
                other=types[1],
                record=target,
            )


def _note(package: PackageReading, code: str, file: str, path: tuple[str, ...], **values: Any) -> None:
    package.reading.problems.add(code, locate(package.source.documents, file, path), path, **values)
