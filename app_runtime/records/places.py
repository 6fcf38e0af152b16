"""Which of its points a record's place on maps is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app_catalog.definitions.model import RecordType
from app_runtime.records.permissions import fields_read_by

_BUILT_IN = frozenset({"tenant_admin", "agency_head"})


def place_fields(kind: RecordType) -> Sequence[str]:
    """The points that stand for the place of such records, the first one that has a value.

    Of several points these are the ones that most people may read, all by the very same people: whoever sees one of
    them sees the place, and nobody learns of a point that is for fewer (a home beside a public spot).
    """
    points = [field.id for field in kind.fields.values() if field.type == "point"]
    if len(points) < 2:
        return points
    readers = {name: _readers(kind, name) for name in points}
    widest = max(
        points, key=lambda name: ("public" in readers[name], not kind.fields[name].private, len(readers[name]))
    )
    alike = (readers[widest], kind.fields[widest].private)
    return [name for name in points if (readers[name], kind.fields[name].private) == alike]


def place_of(kind: RecordType, values: Mapping[str, Any]) -> tuple[float, float] | None:
    """Where a record with these values is, as longitude and latitude; None when it has no place."""
    point: Any = next((values[name] for name in place_fields(kind) if values.get(name)), None)
    return (float(point[0]), float(point[1])) if point else None


def _readers(kind: RecordType, name: str) -> frozenset[str]:
    return frozenset(role for role in _BUILT_IN | kind.access.keys() if name in fields_read_by(kind, [role]))
