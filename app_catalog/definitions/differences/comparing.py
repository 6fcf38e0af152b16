"""Comparing two versions of an app."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args

import semver

from app_catalog.definitions.differences.meanings import meaning_of
from app_catalog.definitions.differences.model import WEIGHTS, Area, Change, Difference, Property, Weight
from app_catalog.definitions.differences.parts import Part, name_of, take_apart, without_equal_orders

Bump = Literal["patch", "minor", "major"]
_AREAS: tuple[Area, ...] = get_args(Area)
_VERSION = "version"
_CONTRACT: frozenset[Area] = frozenset({"settings", "roles", "record_types", "fields", "states", "actions"})


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """What ``after`` adds, removes and changes, both canonical forms; by area, then by place.

    Every value that differs is named by exactly one difference, the version number alone excepted. What stands within
    a type of record that was added or removed as a whole is not named once more.
    """
    before, after = without_equal_orders(before, after)
    old, new = take_apart(before), take_apart(after)
    whole = [
        f"{key}/"
        for key in old.keys() ^ new.keys()
        if (old.get(key) or new[key]).area == "record_types" and _exists_as_a_whole(key, before, after)
    ]
    found = []
    for key in old.keys() | new.keys():
        if any(key.startswith(prefix) for prefix in whole):
            continue
        difference = _compare_part(key, old.get(key), new.get(key), before, after)
        if difference is not None:
            found.append(difference)
    return tuple(sorted(found, key=lambda one: (_AREAS.index(one.area), one.path)))


def heaviest(differences: Iterable[Difference]) -> Weight:
    """The most that any of the differences asks for; ``words`` when there are none."""
    return max((one.weight for one in differences), key=WEIGHTS.index, default="words")


def least_bump(differences: Iterable[Difference]) -> Bump:
    """By how much the version has to rise at least (SemVer 2.0).

    Major when something that a municipality may rely on is gone or running records need an answer, minor when rules
    change, patch for words.
    """
    listed = tuple(differences)
    if any(one.weight == "mapping" or (one.change == "removed" and one.area in _CONTRACT) for one in listed):
        return "major"
    return "patch" if heaviest(listed) == "words" else "minor"


def bump_between(before: str, after: str) -> Bump:
    """Which part of the version rose from ``before`` to ``after``. Below 1.0.0 a minor counts as major and a patch as
    minor, as SemVer's section 4 leaves it to authors; a pre-release counts as what it leads to.
    """
    old, new = semver.Version.parse(before), semver.Version.parse(after)
    if new.major != old.major:
        return "major"
    if new.minor != old.minor:
        return "minor" if old.major else "major"
    return "patch" if old.major else "minor"


def _exists_as_a_whole(key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    record = key.split("/")[1]
    return (record in before.get("records", {})) != (record in after.get("records", {}))


def _compare_part(
    key: str, old: Part | None, new: Part | None, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Difference | None:
    part = new or old
    assert part is not None
    was, is_now = old.values if old else {}, new.values if new else {}
    properties = tuple(
        Property(path, was.get(path), is_now.get(path))
        for path in sorted(was.keys() | is_now.keys())
        if not _same(was.get(path), is_now.get(path)) and not (part.area == "app" and path == _VERSION)
    )
    if not properties:
        return None
    change: Change = "added" if old is None else "removed" if new is None else "changed"
    weight, meaning = meaning_of(part.area, change, properties, was, is_now)
    name = name_of(after if new else before, part)
    return Difference(part.area, change, key, part.path[-1], part.record, name, properties, weight, meaning)


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    # Python takes 1 for True; a package does not.
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)
