"""Packages that were valid until one or a few of their nodes changed, wherever a node is."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from app_catalog.definitions.building.definition import build_definition
from app_catalog.definitions.check import checked_reading
from app_catalog.definitions.nodes import plain
from app_catalog.definitions.source import Source, load_files, load_folder

Documents = dict[str, Any]
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 1.5, 10**15, "", " ", "a", "true", "null", "order", "x" * 5000, "é", "P3D", "P3WD",
    "75%", "50m", "10MB", "1.0.0", "2026-02-30", "25:00", "record.title", "record.", "1 / 0", "'a'", "now",
    "settings.x", "asks.x", "children.x.done", "{{ record.title }}", "{% if %}", "{seq:05}", "{year}", "(a+)+$", "[",
    [], {}, [[]], ["a", "a"], ["a", "b"], {"a": "b"}, {"id": "x"}, {"id": "x", "en": "y"}, {"type": "text"},
)  # fmt: skip
_ROOT = Path(__file__).resolve().parents[1]
_Place = tuple[str, tuple[str | int, ...]]


def documents_of(source: Source) -> Documents:
    """The YAML files of a package as plain data, by path."""
    return {path: plain(node) for path, node in source.documents.items()}


def mutants(source: Source, chance: random.Random, count: int) -> Iterator[tuple[str, Source, Documents]]:
    """So many packages, each with up to three changes in one or more nodes; with what was changed, and all as data."""
    documents = documents_of(source)
    places = [(path, way) for path, data in documents.items() for way in _ways(data, ())]
    others = {path: data for path, data in source.files.items() if path not in documents}
    for _ in range(count):
        changed = deepcopy(documents)
        # Mostly one change: two hide each other.
        told = [_mutate(changed, chance, places) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
        written = {path: json.dumps(data, ensure_ascii=False).encode() for path, data in changed.items()}
        yield "; ".join(told), load_files({**others, **written}), changed


def judge_mutants(chance: random.Random, count: int) -> int:
    """Check so many mutants of the packages of the repository; gives how many passed.

    Fails when a check raises, tells a problem that names no file or lacks a language, or passes what does not compile.
    """
    passed = 0
    for _ in range(count):
        folder = chance.choice(sources())
        [(told, source, _)] = mutants(folder, chance, 1)
        try:
            package = checked_reading(source)
            report = package.reading.problems.report()
            for problem in report.problems:
                assert problem.file
                assert problem.format("id")
                assert problem.format("en")
            if report.ok:
                build_definition(package.canonical, "sha256:x")
                passed += 1
        except Exception as error:
            error.add_note(told)
            raise
    return passed


@cache
def sources() -> list[Source]:
    """The packages that come along, and the one that a new app begins with."""
    apps = sorted(path.parent for path in (_ROOT / "apps").rglob("app.yaml"))
    return [load_folder(folder) for folder in (*apps, _ROOT / "app_catalog/starters/templates/starter")]


def _mutate(documents: Documents, chance: random.Random, places: list[_Place]) -> str:
    path, way = chance.choice(places)
    holder, last = _holder(documents, path, way)
    if holder is None:
        return f"{path}: gone already"
    match chance.choice(("value", "value", "drop", "rename", "other", "wrap")):
        case "drop":
            del holder[last]
            what = "dropped"
        case "rename" if isinstance(holder, dict):
            name = chance.choice(("x", "order", "type", "when", "computed", "id", str(last).upper(), f"{last}x"))
            holder[name] = holder.pop(last)
            what = f"renamed {name}"
        case "other":
            holder[last] = deepcopy(_at(documents, chance.choice(places)))
            what = "another node"
        case "wrap":
            holder[last] = chance.choice(([holder[last]], {"x": holder[last]}))
            what = "wrapped"
        case _:
            holder[last] = deepcopy(chance.choice(VALUES))
            what = repr(holder[last])[:40]
    return f"{path} {'.'.join(map(str, way))}: {what}"


def _ways(data: Any, way: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, child in inner:
        yield (*way, key)
        yield from _ways(child, (*way, key))


def _holder(documents: Mapping[str, Any], path: str, way: tuple[str | int, ...]) -> tuple[Any, Any]:
    holder, last = documents[path], way[-1]
    try:
        for key in way[:-1]:
            holder = holder[key]
        _ = holder[last]
    except (KeyError, IndexError, TypeError):
        return None, None
    return (holder, last) if isinstance(holder, (dict, list)) else (None, None)


def _at(documents: Mapping[str, Any], place: _Place) -> Any:
    holder, last = _holder(documents, *place)
    return None if holder is None else holder[last]
