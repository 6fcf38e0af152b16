"""The records that lines of a child type belong to: found by their number, or by their id in the old system."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from sqlalchemy import func, select

from app_catalog.definitions.model import RecordType
from app_catalog.definitions.model.families import parent_types
from app_runtime.children.family import lock_families
from app_runtime.children.reading import Parent, find_numbered, find_numbers
from app_runtime.children.telling import share_up
from app_runtime.imports.drafts import Draft
from app_runtime.imports.models import ImportLine
from app_runtime.imports.notes import Note
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record
from app_runtime.records.running_app import RunningApp
from lumbung.i18n import LANGUAGES, Text

LONGEST_NUMBER = 200


@dataclass
class Parents:
    """What lines of one type may belong to, as far as whoever brings them in reads it; each is looked for once."""

    app: RunningApp
    kind: RecordType
    actor: Actor
    _found: dict[str, list[Parent]] = field(default_factory=dict)

    @cached_property
    def types(self) -> tuple[str, ...]:
        """The types whose children records of this type are."""
        return parent_types([self.app.definition], self.kind.id)

    def look_ahead(self, words: Iterable[str]) -> None:
        """Read what these words name, in few statements."""
        wanted = {word for word in words if word and word not in self._found}
        found = find_numbered(self.app, self.actor, wanted)
        found |= self._by_source(wanted - found.keys())
        self._found |= {word: found.get(word, []) for word in wanted}

    def find(self, word: str) -> Parent | Note:
        """The record with this number, or else with this id in the old system; what is to be said when there is none,
        more than one, or one of another type."""
        if word not in self._found:
            self.look_ahead([word])
        found = self._found[word]
        fitting = [one for one in found if one.record_type in self.types]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            return Note("parents", {"value": word})
        if found:
            other = self.app.record_type(found[0].record_type)
            return Note("parent-type", {"value": word, "type": _name(other), "kind": _name(self.kind)})
        return Note("no-parent", {"value": word})

    def _by_source(self, words: Collection[str]) -> dict[str, list[Parent]]:
        if not words:
            return {}
        query = select(ImportLine.source_key, ImportLine.record_id, ImportLine.record_type).where(
            ImportLine.tenant_id == self.app.installation.tenant_id,
            ImportLine.installation_id == self.app.installation.id,
            ImportLine.record_type.in_(self.types),
            ImportLine.source_key.in_([f"id:{word}" for word in words]),
        )
        rows = [row for row in self.app.session.execute(query) if row.record_id is not None]
        numbers = find_numbers(self.app, self.types, self.actor, [row.record_id for row in rows])
        found: dict[str, list[Parent]] = {}
        for row in rows:
            if row.record_id in numbers:
                word = str(row.source_key).removeprefix("id:")
                found.setdefault(word, []).append(Parent(row.record_id, row.record_type, numbers[row.record_id]))
        return found


def join_families(app: RunningApp, records: Sequence[Record], drafts: Sequence[Draft]) -> list[UUID]:
    """Give the records that drafts make their parents, which are locked first; the ids of these."""
    named = {record.id: draft.parent.id for record, draft in zip(records, drafts, strict=True) if draft.parent}
    parents = sorted({*named.values()})
    if not parents:
        return []
    lock_families(app.session, app.installation.tenant_id, parents)
    query = select(Record.id, func.coalesce(Record.root_id, Record.id).label("root")).where(
        Record.tenant_id == app.installation.tenant_id, Record.id.in_(parents)
    )
    roots: Mapping[UUID, UUID] = {row.id: row.root for row in app.session.execute(query)}
    for record in records:
        record.parent_id = named.get(record.id)
        record.root_id = roots[record.parent_id] if record.parent_id else None
    return parents


def share_with_joined(app: RunningApp, parents: Iterable[UUID]) -> None:
    """Let the agencies that hold the records which came in read what these belong to."""
    for parent in parents:
        share_up(app.session, app.installation.tenant_id, parent)


def _name(kind: RecordType) -> dict[str, str]:
    return {language: kind.name.text(language) or kind.id for language in LANGUAGES}


PARENT = (
    Text("Nomor induk", "Parent's number"),
    Text(
        "Catatan yang memuatnya; kode di sistem lama juga dikenal bila induknya diimpor dengan kode itu.",
        "The record that it belongs to; the id in the old system does too, where the parent was brought in by it.",
    ),
)
