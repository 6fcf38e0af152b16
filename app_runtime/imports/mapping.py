"""What becomes of the columns of a file: the mapping, and its written form as YAML, JSON or a form's answers."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from typing import Any, Literal

HISTORY = ("closed", "as_is")
UNMAPPED = ("initial", "closed")
DUPLICATES = ("mark", "skip")
SPECIAL = ("created_at", "updated_at", "closed_at", "state", "agency", "number", "source_id", "parent")
"""What a line may say beside the fields of its record type. `number` is the number that it had before, `parent` the
number of the record that it belongs to."""

FAR_KILOMETRES = 50.0
"""Beyond this distance from its centre a place is hardly in a municipality; large regencies say more."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: the `column`, where that is empty the `derived` text, then the `default`; or `constant`
    for every line.

    `derived` names columns in braces: `"{jenis} di {jalan}"`. `values` says what single values of the column mean.
    A place may come from two columns, `longitude` and `latitude`. `truncate` cuts what is too long instead of leaving
    it out.
    """

    column: str | None = None
    constant: Any = None
    default: Any = None
    derived: str | None = None
    values: Dict[str, str] = field(default_factory=dict)
    longitude: str | None = None
    latitude: str | None = None
    truncate: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are named outright."""
        return tuple(name for name in (self.column, self.longitude, self.latitude) if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """The whole mapping. `fields` is by field id, `group.member` inside a group.

    `zone` is the zone of times that state none; None means the municipality's. `history` says whether everything comes
    in as `closed` or in its own state (`as_is`), in which a state that is not known becomes `unmapped`. `lenient` lets
    old records lack what the form asks for. `checked` counts them as checked by officials, which publishes them where
    the app's rules say so.
    """

    fields: Dict[str, Source] = field(default_factory=dict)
    created_at: Source | None = None
    updated_at: Source | None = None
    closed_at: Source | None = None
    state: Source | None = None
    agency: Source | None = None
    number: Source | None = None
    source_id: Source | None = None
    parent: Source | None = None
    zone: str | None = None
    history: Literal["closed", "as_is"] = "closed"
    unmapped: Literal["initial", "closed"] = "closed"
    closed_state: str | None = None
    lenient: bool = True
    checked: bool = False
    duplicates: Literal["mark", "skip"] = "mark"
    radius_km: float = FAR_KILOMETRES

    def sources(self) -> dict[str, Source]:
        """All sources by field or special name."""
        special = {name: source for name in SPECIAL if (source := getattr(self, name)) is not None}
        return {**self.fields, **special}
