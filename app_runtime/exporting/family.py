"""Columns about the family of a record: its parent's number, and how many children it has; and who joined it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from app_catalog.definitions.model import Children
from app_catalog.definitions.model.families import parent_types
from app_runtime.children.family import Count
from app_runtime.children.reading import count_families, find_numbers
from app_runtime.exporting.columns import Cell, Column
from app_runtime.exporting.joined import Joined
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record
from app_runtime.records.presenting import PresentedRecord
from app_runtime.records.running_app import RunningApp
from lumbung.i18n import pick, t


@dataclass
class Family:
    """What the rows of one app tell of their families to one reader; each batch of rows is told of before it is
    written."""

    app: RunningApp
    reader: Actor
    _joined: Joined = field(init=False)
    _parents: dict[UUID, str] = field(default_factory=dict)
    _counts: dict[UUID, dict[str, Count]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._joined = Joined(self.app)

    def look_ahead(self, records: Sequence[Record]) -> None:
        """Read the families of the next rows, and forget those before."""
        self._joined.look_ahead(records)
        above = {record.id: record.parent_id for record in records if record.parent_id is not None}
        types = dict.fromkeys(
            name
            for kind in {record.record_type for record in records}
            for name in parent_types(self.app.definitions, kind)
        )
        numbers = find_numbers(self.app, types, self.reader, above.values()) if above else {}
        self._parents = {one: numbers[parent] for one, parent in above.items() if parent in numbers}
        self._counts = count_families(self.app, records, self.reader)

    def columns(self, record_type: str) -> list[Column]:
        """The columns of a type: of a child its parent's number, of a parent the number of its children of each kind,
        those that are done and those that are not; and of one that can be joined how many have. Most types have
        none."""
        found = self._joined.columns(record_type)
        if parent_types(self.app.definitions, record_type):
            found.append(Column("parent", t("Nomor induk", "Parent's number"), lambda row: self._parents.get(row.id)))
        specs = {spec.id: spec for _, kind in reversed(self.app.kinds(record_type)) for spec in kind.children.values()}
        for spec in specs.values():
            found += self._of_children(spec)
        return found

    def _of_children(self, spec: Children) -> list[Column]:
        kinds = self.app.kinds(spec.record)
        name = pick(kinds[0][1].name) if kinds else spec.id

        def counted(row: PresentedRecord) -> Count | None:
            known = self._counts.get(row.id)
            return None if known is None else known.get(spec.record, Count())

        def many(row: PresentedRecord) -> Cell:
            found = counted(row)
            return found.count if found else None

        def done(row: PresentedRecord) -> Cell:
            found = counted(row)
            return found.count - found.open if found else None

        def still_open(row: PresentedRecord) -> Cell:
            found = counted(row)
            return found.open if found else None

        return [
            Column(f"children.{spec.id}.count", t("{name}: jumlah", "{name}: number", name=name), many),
            Column(f"children.{spec.id}.done", t("{name}: selesai", "{name}: done", name=name), done),
            Column(f"children.{spec.id}.open", t("{name}: belum selesai", "{name}: open", name=name), still_open),
        ]
