"""Which record types belong to which, read from the side of the child."""

from __future__ import annotations

from collections.abc import Iterable

from app_catalog.definitions.model.definition import Definition


def parent_types(definitions: Iterable[Definition], record_type: str) -> tuple[str, ...]:
    """The record types that know records of this type as their children in any of the definitions, in their order."""
    found = {
        parent.id: None
        for definition in definitions
        for parent in definition.records.values()
        if any(spec.record == record_type for spec in parent.children.values())
    }
    return tuple(found)
