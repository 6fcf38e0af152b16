"""A line on its way to become a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app_runtime.children.reading import Parent
from app_runtime.imports.notes import Note
from app_runtime.imports.places import Point


@dataclass
class Draft:
    """What a line says, made fit for its record type; with `refused` it becomes no record. Of all `notes` the
    `refusing` ones say why not.

    `source_key` is what makes the line the same line when it comes again. `source` and `number` are what it was called
    before.
    """

    line: int
    source_key: str
    original: Mapping[str, Any]
    notes: list[Note] = field(default_factory=list)
    refusing: list[Note] = field(default_factory=list)
    refused: bool = False
    skipped: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
    point: Point | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    closed_at: datetime | None = None
    state: str = ""
    agency: str | None = None
    source: str | None = None
    number: str | None = None
    parent: Parent | None = None

    def warn(self, code: str, **values: Any) -> None:
        """Say something about the line."""
        self.notes.append(Note(code, values))

    def refuse(self, code: str, **values: Any) -> None:
        """Say why the line becomes no record."""
        self.warn(code, **values)
        self.refusing.append(self.notes[-1])
        self.refused = True
