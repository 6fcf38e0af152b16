"""A canonical form taken apart into the parts that people name: this field, that clock, the app itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app_catalog.definitions.differences.model import Area
from app_catalog.definitions.model.texts import Text

_ANY = "*"
_PATTERNS: tuple[tuple[tuple[str, ...], Area], ...] = (
    (("app", "settings", _ANY), "settings"),
    (("app", "roles", _ANY), "roles"),
    (("records", _ANY, "fields", _ANY), "fields"),
    (("records", _ANY, "workflow", "states", _ANY), "states"),
    (("records", _ANY, "workflow", "actions", _ANY), "actions"),
    (("records", _ANY, "clocks", _ANY), "clocks"),
    (("records", _ANY, "access", _ANY), "access"),
    (("records", _ANY, "automations", _ANY), "automations"),
    (("records", _ANY), "record_types"),
    (("pages", _ANY), "pages"),
    (("messages", _ANY), "messages"),
    (("scenarios", _ANY), "scenarios"),
    (("examples", _ANY), "examples"),
    (("files", _ANY), "files"),
    (("app",), "app"),
    (("publiccode",), "catalog"),
    (("readme",), "catalog"),
    (("changelog",), "catalog"),
)
"""The first pattern that a path begins with names its part; longer patterns stand before shorter ones."""
_NAMED_BY = ("label", "name", "title")


@dataclass(slots=True)
class Part:
    """A named part: where it stands, and every single value that it holds by its path within the part."""

    area: Area
    path: tuple[str, ...]
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def record(self) -> str | None:
        """The type of record that the part belongs to."""
        return self.path[1] if self.path[0] == "records" else None


def take_apart(canonical: Mapping[str, Any]) -> dict[str, Part]:
    """Every part of a canonical form by its path, joined by slashes. No value of the form is left out."""
    parts: dict[str, Part] = {}
    for path, value in _leaves(canonical, ()):
        area, length = _place(path)
        key = "/".join(path[:length])
        part = parts.setdefault(key, Part(area, path[:length]))
        part.values["/".join(path[length:])] = value
    return parts


def name_of(canonical: Mapping[str, Any], part: Part) -> Text:
    """What people call a part: its label, name or title; else its id."""
    found: Any = canonical
    for step in part.path:
        found = found.get(step, {}) if isinstance(found, Mapping) else {}
    for key in _NAMED_BY if isinstance(found, Mapping) else ():
        if isinstance(found.get(key), Mapping):
            return Text(found[key])
    return Text({"id": part.path[-1]})


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    # An empty map is a value too: `create: {}` lets a role create.
    if isinstance(value, Mapping) and value:
        for key, child in value.items():
            yield from _leaves(child, (*path, str(key)))
    elif path and not (isinstance(value, Mapping) and len(path) == 1):
        yield path, value


def _place(path: tuple[str, ...]) -> tuple[Area, int]:
    for pattern, area in _PATTERNS:
        if len(path) >= len(pattern) and all(_fits(*pair) for pair in zip(pattern, path, strict=False)):
            return area, len(pattern)
    return "app", 1


def _fits(wanted: str, step: str) -> bool:
    return wanted in (_ANY, step)
