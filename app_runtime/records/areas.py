"""Areas of the municipality (districts, villages) in answers and on forms. Elsewhere they are plain texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app_catalog.definitions.model import Field
from app_runtime.records.running_app import RunningApp
from tenants.regions.areas import refusal_of_area
from tenants.regions.groups import AreaGroup, area_groups

_EMPTY: tuple[Any, ...] = (None, "", [], {})
Refused = dict[str, str]
"""What is said of each text that names no area, by field, `group.member` or `list.row.member`."""


def holds_areas(spec: Field) -> bool:
    """Whether the field, or one of its members, is an area."""
    return spec.type == "area" or any(one.type == "area" for one in spec.fields.values())


def with_areas(app: RunningApp, spec: Field, name: str, value: Any, kept: Any) -> tuple[Any, Refused]:
    """The value of the field `name` with each area by its own text, and without what names none, of which is told what
    to do.

    What stood there before (`kept`, the record's value) may stay whatever it is, and everything may where the
    municipality's areas are not known.
    """
    if value in _EMPTY:
        return value, {}
    if spec.type == "area":
        return _chosen(app, spec, name, value, [kept])
    before = [one for one in (kept if isinstance(kept, list) else [kept]) if isinstance(one, Mapping)]
    if isinstance(value, Mapping):
        return _members(app, spec, value, before, name)
    rows, refused = [], Refused()
    for number, row in enumerate(value):
        if not isinstance(row, Mapping):
            # What is wrong with its shape was told already.
            continue
        made, wrong = _members(app, spec, row, before, f"{name}.{number}")
        rows.append(made)
        refused |= wrong
    return rows, refused


def grouped(app: RunningApp, spec: Field, value: Any = None) -> Sequence[AreaGroup]:
    """What a form offers in an area field, with the `value` that stands there; empty where nothing can be listed."""
    return area_groups(app.areas, spec.of, [value] if isinstance(value, str) else []) if spec.type == "area" else ()


def _members(
    app: RunningApp, spec: Field, row: Mapping[str, Any], before: Sequence[Mapping[str, Any]], place: str
) -> tuple[dict[str, Any], Refused]:
    made, refused = dict(row), Refused()
    for member in spec.fields.values():
        if member.type != "area" or made.get(member.id) in _EMPTY:
            continue
        known = [one.get(member.id) for one in before]
        value, wrong = _chosen(app, member, f"{place}.{member.id}", made[member.id], known)
        refused |= wrong
        if wrong:
            del made[member.id]
        else:
            made[member.id] = value
    return made, refused


def _chosen(app: RunningApp, spec: Field, place: str, written: Any, kept: Sequence[Any]) -> tuple[Any, Refused]:
    if written in kept or not app.areas.texts(spec.of):
        return written, {}
    found = app.areas.find(str(written), spec.of)
    return found, {} if found is not None else {place: refusal_of_area(app.areas, str(written), spec.of)}
