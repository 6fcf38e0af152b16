"""What an import would do, on its first lines, without doing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app_catalog.definitions.model import RecordType
from app_runtime.imports.drafts import Draft
from app_runtime.imports.making import Maker
from app_runtime.imports.mapping import Mapping
from app_runtime.imports.models import Import
from app_runtime.imports.neighbours import Neighbourhood
from app_runtime.imports.notes import Note
from app_runtime.imports.running import actor_of, known_sources
from app_runtime.imports.services import app_of_import
from app_runtime.imports.staging import staged_lines
from app_runtime.records.running_app import RunningApp
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.files import find_file, open_file

TRIED = 500
"""So many lines are tried for the counts of a preview."""


@dataclass
class Reason:
    """Something that is said of lines: of how many, and of which first; `refuses` when they stay out because of it."""

    refuses: bool
    note: Note
    line: int
    count: int = 0


@dataclass(frozen=True)
class Preview:
    """The first lines as they would come in, and how many of those tried would be refused, left out or doubted.

    `codes` counts what is said of them, `reasons` sums it up: what keeps lines out first, then what is said most.
    `unused` are the columns of the file that nothing is taken from.
    """

    app: RunningApp
    kind: RecordType
    mapping: Mapping
    drafts: Sequence[Draft]
    tried: int
    refused: int
    known: int
    warned: int
    codes: Counter[str]
    reasons: Sequence[Reason]
    unused: Sequence[str]

    @property
    def ready(self) -> int:
        """How many of the lines tried would become records."""
        return self.tried - self.refused - self.known


def preview_import(
    session: AnySession, found: Import, mapping: Mapping, *, most: int = TRIED, shown: int = 20
) -> Preview:
    """Try the first `most` lines of an import and keep `shown` of them to look at; nothing is stored.

    Raises NotFound when the file is gone.
    """
    app, kind = app_of_import(session, found)
    file = find_file(session, found.staged_id) if found.staged_id else None
    if file is None:
        raise NotFound
    maker = Maker(app, kind, mapping, now(), actor_of(found))
    with open_file(file) as source:
        drafts = maker.make_all(list(staged_lines(source, start=0, most=most)))
    known = known_sources(session, found, [draft.source_key for draft in drafts])
    for draft in drafts:
        if not draft.refused and draft.source_key in known:
            draft.skipped = True
            draft.notes.clear()
            draft.warn("already")
    Neighbourhood(app, kind).mark(drafts, skip=mapping.duplicates == "skip")
    taken = [draft for draft in drafts if not draft.refused and not draft.skipped]
    return Preview(
        app=app,
        kind=kind,
        mapping=mapping,
        drafts=drafts[:shown],
        tried=len(drafts),
        refused=sum(draft.refused for draft in drafts),
        known=sum(draft.skipped for draft in drafts),
        warned=sum(bool(draft.notes) for draft in taken),
        codes=Counter(code for draft in drafts for code in {note.code for note in draft.notes}),
        reasons=_sum_up(drafts),
        unused=_unused(found, mapping),
    )


def _sum_up(drafts: Sequence[Draft]) -> list[Reason]:
    found: dict[tuple[bool, str], Reason] = {}
    for draft in drafts:
        seen = {(any(note is one for one in draft.refusing), note.code): note for note in draft.notes}
        for key, note in seen.items():
            found.setdefault(key, Reason(key[0], note, draft.line)).count += 1
    return sorted(found.values(), key=lambda reason: (not reason.refuses, -reason.count))


def _unused(found: Import, mapping: Mapping) -> list[str]:
    sources = mapping.sources().values()
    used = {name for source in sources for name in source.columns}
    patterns = [source.derived for source in sources if source.derived]
    names = [str(column["name"]) for column in found.columns]
    return [name for name in names if name not in used and not any(f"{{{name}}}" in one for one in patterns)]
