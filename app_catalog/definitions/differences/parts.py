"""A canonical form taken apart into the parts that people name: this field, that clock, the app itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
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
    (("records", _ANY, "satisfaction"), "satisfaction"),
    (("records", _ANY), "record_types"),
    (("pages", _ANY), "pages"),
    (("messages", _ANY), "messages"),
    (("documents", _ANY), "documents"),
    (("scenarios", _ANY), "scenarios"),
    (("examples", _ANY), "examples"),
    (("files", _ANY), "files"),
    (("app",), "app"),
    (("publiccode",), "catalog"),
    (("readme",), "catalog"),
    (("changelog",), "catalog"),
)
"""The first pattern that a path begins with names its part; longer patterns stand before shorter ones."""
_LONGEST = max(len(pattern) for pattern, _ in _PATTERNS)
_NAMED_BY = ("label", "name", "title")
_BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "public": {"id": "Umum", "en": "Everybody"},
    "resident": {"id": "Pelapor", "en": "Whoever made it"},
    "official": {"id": "Petugas", "en": "Officials"},
    "agency_head": {"id": "Kepala dinas", "en": "Heads of agency"},
    "tenant_admin": {"id": "Admin daerah", "en": "The municipality's admins"},
}
_SATISFACTION: Mapping[str, str] = {"id": "Pertanyaan kepuasan", "en": "Question about satisfaction"}
_CATALOG: Mapping[str, Mapping[str, str]] = {
    "publiccode": {"id": "Keterangan aplikasi", "en": "Description of the app"},
    "readme": {"id": "Panduan", "en": "Guide"},
    "changelog": {"id": "Daftar perubahan", "en": "Changelog"},
}


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
        area, length = _place(path[:_LONGEST])
        key = "/".join(path[:length])
        part = parts.setdefault(key, Part(area, path[:length]))
        part.values["/".join(path[length:])] = value
    return parts


def without_equal_orders(before: Any, after: Any) -> tuple[Any, Any]:
    """Both forms without the numbers of an order that is the same in both: taking one part out renumbers all others,
    and nobody sees that."""
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        return before, after
    common = [key for key in before if key in after]
    pairs = {key: without_equal_orders(before[key], after[key]) for key in common}
    if _sequence(before, common) == _sequence(after, common):
        pairs = {key: (_unnumbered(old), _unnumbered(new)) for key, (old, new) in pairs.items()}
    return (
        {key: pairs[key][0] if key in pairs else value for key, value in before.items()},
        {key: pairs[key][1] if key in pairs else value for key, value in after.items()},
    )


def _sequence(siblings: Mapping[str, Any], keys: list[str]) -> list[str]:
    numbered = [
        key for key in keys if isinstance(siblings[key], Mapping) and isinstance(siblings[key].get("order"), int)
    ]
    return sorted(numbered, key=lambda key: (siblings[key]["order"], key))


def _unnumbered(value: Any) -> Any:
    if isinstance(value, Mapping) and isinstance(value.get("order"), int):
        return {key: child for key, child in value.items() if key != "order"}
    return value


def name_of(canonical: Mapping[str, Any], part: Part) -> Text:
    """What people call a part: its label, name or title, for access that of the role; else its id."""
    if part.area == "access":
        role = canonical.get("app", {}).get("roles", {}).get(part.path[-1], {})
        return Text(role.get("name") or _BUILT_IN.get(part.path[-1], {"id": part.path[-1]}))
    if part.area == "satisfaction":
        return Text(_SATISFACTION)
    if part.area == "catalog":
        return Text(_CATALOG[part.path[0]])
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


@lru_cache(maxsize=4_096)
def _place(path: tuple[str, ...]) -> tuple[Area, int]:
    for pattern, area in _PATTERNS:
        if len(path) >= len(pattern) and all(_fits(*pair) for pair in zip(pattern, path, strict=False)):
            return area, len(pattern)
    return "app", 1


def _fits(wanted: str, step: str) -> bool:
    return wanted in (_ANY, step)
