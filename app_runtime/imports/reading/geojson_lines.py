"""GeoJSON (RFC 7946): each feature is a line, its properties are columns, nested ones named with dots."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app_runtime.imports.errors import unreadable
from app_runtime.imports.reading.tables import (
    GEOMETRY,
    MOST_COLUMNS,
    MOST_LINES,
    Line,
    Table,
    plain,
    plain_name,
    too_many_columns,
    too_many_lines,
)
from app_runtime.imports.reading.texts import decode_text

_DEEPEST = 4
MOST_BRACKETS = 20 * MOST_LINES
"""Beyond this a file is made of brackets, each pair of which would take sixty bytes of memory or more."""
ID = "id"
"""The column of a feature's own id."""


def read_geojson(data: bytes) -> Table:
    """The table in a FeatureCollection, or in one GeoJSON Feature a line. Raises UnreadableFile when it is neither."""
    if data.count(b"{") + data.count(b"[") > MOST_BRACKETS:
        raise too_many_lines()
    features = _features(decode_text(data))
    if len(features) > MOST_LINES:
        raise too_many_lines()
    columns: dict[str, None] = {}
    lines = [_line(number, feature, columns) for number, feature in enumerate(features, start=1)]
    # The place is offered even where every geometry is null.
    names = [*(name for name in columns if name != GEOMETRY), GEOMETRY]
    if len(names) > MOST_COLUMNS:
        raise too_many_columns()
    return Table(names, iter(lines))


def _features(text: str) -> list[Any]:
    try:
        document = json.loads(text, parse_constant=lambda _: None)
    except RecursionError:
        raise unreadable("Berkas ini bertingkat terlalu dalam.", "This file is nested too deeply.") from None
    except ValueError:
        return list(_one_a_line(text))
    if isinstance(document, Mapping) and isinstance(document.get("features"), list):
        return list(document["features"])
    if isinstance(document, Mapping) and document.get("type") == "Feature":
        return [document]
    if isinstance(document, list):
        return document
    raise _no_features()


def _one_a_line(text: str) -> Iterator[Any]:
    found = 0
    for line in text.splitlines():
        written = line.strip("\x1e \t")
        if not written:
            continue
        try:
            feature = json.loads(written, parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            feature = None
        found += isinstance(feature, Mapping) and feature.get("type") == "Feature"
        yield feature
    if not found:
        raise _no_features()


def _no_features() -> Exception:
    return unreadable(
        "Berkas ini bukan FeatureCollection GeoJSON yang utuh.", "This file is no whole GeoJSON FeatureCollection."
    )


def _line(number: int, feature: Any, columns: dict[str, None]) -> Line:
    """The line of a feature; the names of its properties go into `columns`, those without a value too."""
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        return Line(number, fault="not-a-feature")
    values: dict[str, Any] = {}
    properties = feature.get("properties")
    if isinstance(properties, Mapping):
        _flatten(properties, "", values, _DEEPEST)
    own = feature.get("id")
    if values.get(ID) is None and isinstance(own, str | int | float):
        values[ID] = plain(own)
    columns.update(dict.fromkeys(values))
    place = _place(feature.get("geometry"))
    if place is not None:
        values[GEOMETRY] = place
    return Line(number, {name: value for name, value in values.items() if value is not None})


def _flatten(found: Mapping[str, Any], prefix: str, into: dict[str, Any], deeper: int) -> None:
    for key, value in found.items():
        name = plain_name(f"{prefix}{key}")
        if isinstance(value, Mapping) and deeper:
            _flatten(value, f"{name}.", into, deeper - 1)
        elif isinstance(value, list | Mapping):
            flat = isinstance(value, list) and all(isinstance(item, str | int | float) for item in value)
            text = ", ".join(map(str, value)) if flat else json.dumps(value, ensure_ascii=False)
            into[name] = plain(text)
        else:
            into[name] = plain(value)


def _place(geometry: Any) -> Any:
    """The first two coordinates of a point; the name of anything else, which is said to be no place."""
    if not isinstance(geometry, Mapping):
        return None
    coordinates = geometry.get("coordinates")
    if geometry.get("type") == "MultiPoint" and isinstance(coordinates, list) and len(coordinates) == 1:
        coordinates = coordinates[0]
    elif geometry.get("type") != "Point":
        return plain_name(str(geometry.get("type")))
    if not isinstance(coordinates, list) or len(coordinates) < 2:
        return None
    return [plain(part) if isinstance(part, str | int | float) else None for part in coordinates[:2]]
