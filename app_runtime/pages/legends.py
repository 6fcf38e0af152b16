"""What the marks of a map mean, in the words of the app whose records they are."""

from __future__ import annotations

from collections.abc import Sequence

from app_catalog.definitions.model import RecordType
from app_runtime.records.presenting import PresentedField
from lumbung.i18n import pick, t

_TONES = ("amber", "blue", "green", "grey", "red")
_BARE = frozenset({"boolean", "date", "datetime", "decimal", "duration", "integer", "money", "time"})
"""Types whose values say nothing by themselves."""


def map_legend(kind: RecordType) -> Sequence[tuple[str, str]]:
    """Each tone that the map may show and the states that have it; red is also what is late. Empty without states."""
    if kind.workflow is None:
        return ()
    named: dict[str, list[str]] = {tone: [] for tone in _TONES}
    for state in kind.workflow.states.values():
        named[state.tone].append(pick(state.label))
    if kind.clocks:
        named["red"].append(t("Terlambat", "Overdue"))
    return [(tone, ", ".join(labels)) for tone, labels in named.items() if labels]


def told(field: PresentedField) -> str:
    """A value for a line of many; a number, a time or a yes comes with the name of its field."""
    if field.type not in _BARE or not field.text:
        return field.text
    return f"{field.label} {field.text}" if field.label.endswith("?") else f"{field.label}: {field.text}"
