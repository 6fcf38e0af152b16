"""What can be chosen in a field, for forms and filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app_catalog.definitions.model import PEOPLE, Field
from app_runtime.records.running_app import RunningApp
from lumbung.i18n import pick


@dataclass(frozen=True, slots=True)
class Option:
    """One choice in the reader's language; `stop` is the notice that takes the place of the form when it is chosen."""

    id: str
    label: str
    stop: str = ""


def field_options(app: RunningApp, field: Field) -> list[Option]:
    """The options of a choice, an agency, a person or an area in their order; empty for other types."""
    if field.type in ("agency", "agencies"):
        return [Option(node.key, node.name) for node in app.agencies.by_key.values() if node.open]
    if field.type in PEOPLE:
        return [Option(str(one.id), one.label) for one in app.people.active]
    if field.type == "area":
        return [Option(text, text) for text in app.areas.texts(field.of)]
    options = field.options
    if options is None:
        return []
    if options.setting is None:
        return [Option(option, pick(label)) for option, label in options.fixed.items()]
    rows: Mapping[str, Any] = app.settings.get(options.setting) or {}
    return [
        Option(row_id, pick(row.get(options.label_column)) or row_id, pick(row.get("stop")))
        for row_id, row in rows.items()
    ]
