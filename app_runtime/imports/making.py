"""Lines become drafts of records: columns by the mapping, each value checked, every doubt noted."""

from __future__ import annotations

import re
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from app_catalog.definitions.model import Field, RecordType
from app_catalog.definitions.places import metres_between
from app_runtime.imports.drafts import Draft
from app_runtime.imports.mapping import Mapping, Source
from app_runtime.imports.moments import parse_moment
from app_runtime.imports.notes import Note
from app_runtime.imports.parents import LONGEST_NUMBER, Parents
from app_runtime.imports.places import Found, place_of, place_of_two
from app_runtime.imports.schemas import PLACEHOLDER
from app_runtime.imports.staging import StagedLine
from app_runtime.imports.values import FieldReader, choices_of, folded, written
from app_runtime.records.actors import Actor
from app_runtime.records.links import LONGEST_LINK, MOST_LINKS
from app_runtime.records.running_app import RunningApp
from lumbung.i18n import LANGUAGES

EMPTY: tuple[Any, ...] = (None, "", [])
_AHEAD = timedelta(days=1)
_LONGEST_SHOWN = 80
_LONGEST_SOURCE = 300
_NAMES = {
    "created_at": {"id": "Waktu masuk", "en": "Time received"},
    "updated_at": {"id": "Waktu diubah", "en": "Time of the last change"},
    "closed_at": {"id": "Waktu selesai", "en": "Time closed"},
}


@dataclass
class Maker:
    """Makes drafts for one import by `actor`; `at` is the time of the import."""

    app: RunningApp
    kind: RecordType
    mapping: Mapping
    at: datetime
    actor: Actor

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of times that state none."""
        return ZoneInfo(self.mapping.zone) if self.mapping.zone else self.app.zone

    @cached_property
    def closed_state(self) -> str:
        """The state of what comes in as closed; empty when the workflow has no end."""
        workflow = self.kind.workflow
        if workflow is None:
            return ""
        ends = [state for state in workflow.states.values() if state.end is not None]
        best = next((state for state in ends if state.end == "success"), ends[0] if ends else None)
        return self.mapping.closed_state or (best.id if best else "")

    def make_all(self, lines: Sequence[StagedLine]) -> list[Draft]:
        """The drafts of several lines."""
        if self.mapping.parent is not None:
            self._parents.look_ahead(self._parent_of(staged.line.values) for staged in lines if not staged.line.fault)
        return [self.make(staged) for staged in lines]

    def make(self, staged: StagedLine) -> Draft:
        """The draft of a line; never raises because of what the line says."""
        line = staged.line
        draft = Draft(line.number, staged.fingerprint, line.values)
        if line.fault is not None:
            draft.refuse(line.fault)
            return draft
        self._identity(draft, line.values)
        self._parent(draft, line.values)
        for name, source in self.mapping.fields.items():
            self._field(draft, name, source, line.values)
        if not draft.values and not draft.links:
            draft.refuse("empty")
            return draft
        self._missing(draft)
        self._moments(draft, line.values)
        self._state(draft, line.values)
        self._agency(draft, line.values)
        self._distance(draft)
        return draft

    # What it was called before.

    def _identity(self, draft: Draft, values: Dict[str, Any]) -> None:
        own = raw_value(self.mapping.source_id, values)
        if own not in EMPTY:
            draft.source = written(own)[:_LONGEST_SOURCE]
            draft.source_key = f"id:{draft.source}"
        number = raw_value(self.mapping.number, values)
        if number not in EMPTY:
            draft.number = written(number)[:_LONGEST_SOURCE]

    @cached_property
    def _parents(self) -> Parents:
        return Parents(self.app, self.kind, self.actor)

    def _parent_of(self, values: Dict[str, Any]) -> str:
        own = raw_value(self.mapping.parent, values)
        return "" if own in EMPTY else written(own).strip()[:LONGEST_NUMBER]

    def _parent(self, draft: Draft, values: Dict[str, Any]) -> None:
        word = self._parent_of(values)
        if not word:
            if self.mapping.parent is not None:
                draft.warn("alone")
            return
        found = self._parents.find(word)
        if isinstance(found, Note):
            draft.refuse(found.code, **found.values)
        else:
            draft.parent = found

    # Fields.

    @cached_property
    def _readers(self) -> dict[str, FieldReader]:
        found = {}
        for name, source in self.mapping.fields.items():
            group, _, member = name.partition(".")
            spec = self.kind.fields[group]
            if member:
                spec = spec.fields[member]
            found[name] = FieldReader(self.app, spec, source, self.zone, self.mapping.lenient)
        return found

    def _field(self, draft: Draft, name: str, source: Source, values: Dict[str, Any]) -> None:
        reader = self._readers[name]
        if reader.spec.type == "point":
            self._place(draft, name, source, values)
            return
        raw = raw_value(source, values)
        if raw in EMPTY:
            raw = reader.spec.default
        if raw in EMPTY:
            return
        if reader.spec.type == "files":
            self._links(draft, name, reader, raw)
            return
        made = reader.read(raw)
        draft.notes += made.notes
        if made.refused:
            draft.refusing += made.notes
            draft.refused = True
        if made.value not in EMPTY:
            group, _, member = name.partition(".")
            if member:
                draft.values.setdefault(group, {})[member] = made.value
            else:
                draft.values[name] = made.value

    def _place(self, draft: Draft, name: str, source: Source, values: Dict[str, Any]) -> None:
        if source.longitude and source.latitude:
            found: Found = place_of_two(values.get(source.longitude), values.get(source.latitude))
        else:
            found = place_of(raw_value(source, values))
        draft.notes += found.notes
        if found.point is not None:
            draft.values[name] = list(found.point)
            draft.point = draft.point or found.point

    def _links(self, draft: Draft, name: str, reader: FieldReader, raw: Any) -> None:
        found = []
        for word in re.split(r"[\s|;]+|,(?=\s*https?:)", written(raw)):
            if not word:
                continue
            if _is_web_address(word):
                found.append(word)
            else:
                draft.warn("link", label=reader.label, value=word[:_LONGEST_SHOWN])
        if found:
            draft.links[name] = list(dict.fromkeys(found))[:MOST_LINKS]

    def _missing(self, draft: Draft) -> None:
        said = {str(note.values.get("label")) for note in draft.notes}
        for field in self.kind.fields.values():
            if field.required == "no" or field.id in draft.values or field.type == "files":
                continue
            label = _label(field)
            if field.type == "point":
                draft.warn("no-place")
            elif field.required == "always" and str(label) not in said:
                if self.mapping.lenient:
                    draft.warn("missing", label=label)
                else:
                    draft.refuse("required", label=label)

    # Times.

    def _moments(self, draft: Draft, values: Dict[str, Any]) -> None:
        created = self._moment(draft, "created_at", self.mapping.created_at, values)
        if created is None and not draft.refused:
            draft.warn("no-time")
        draft.created_at = created or self.at
        draft.updated_at = self._moment(draft, "updated_at", self.mapping.updated_at, values)
        draft.closed_at = self._moment(draft, "closed_at", self.mapping.closed_at, values)

    def _moment(self, draft: Draft, name: str, source: Source | None, values: Dict[str, Any]) -> datetime | None:
        raw = raw_value(source, values)
        if raw in EMPTY:
            return None
        about = {"label": _NAMES[name], "value": written(raw)[:_LONGEST_SHOWN]}
        moment = parse_moment(raw, self.zone)
        wrong = "bad-time" if moment is None else "future" if moment > self.at + _AHEAD else ""
        if not wrong:
            return moment
        # When it came is what the record stands on; the other times only add to it.
        say = draft.refuse if name == "created_at" else draft.warn
        say(wrong, **about)
        return None

    # Where it stands.

    @cached_property
    def _states(self) -> dict[str, str]:
        states = self.kind.workflow.states.values() if self.kind.workflow else ()
        return {folded(word): state.id for state in states for word in (*state.label.values(), state.id)}

    def _state(self, draft: Draft, values: Dict[str, Any]) -> None:
        workflow = self.kind.workflow
        if workflow is None:
            draft.closed_at = None
            draft.updated_at = draft.updated_at or draft.created_at
            return
        raw = raw_value(self.mapping.state, values)
        word = "" if raw in EMPTY else written(raw).strip()
        mapped = (self.mapping.state.values.get(word) if self.mapping.state else None) or self._states.get(folded(word))
        ends = {state.id for state in workflow.states.values() if state.end is not None}
        if mapped not in workflow.states:
            closed = self.mapping.history == "closed" or self.mapping.unmapped == "closed"
            draft.state = (self.closed_state if closed else "") or workflow.start
            if word and self.mapping.history == "as_is":
                label = {language: workflow.states[draft.state].label.text(language) for language in LANGUAGES}
                draft.warn("state", value=word[:_LONGEST_SHOWN], state=label)
        elif self.mapping.history == "closed" and mapped not in ends:
            draft.state = self.closed_state or workflow.start
        else:
            draft.state = str(mapped)
        self._close(draft, closed=draft.state in ends)

    def _close(self, draft: Draft, *, closed: bool) -> None:
        created = draft.created_at or self.at
        if not closed:
            draft.closed_at = None
        else:
            draft.closed_at = draft.closed_at or draft.updated_at or created
            if draft.closed_at < created:
                draft.warn("order")
                draft.closed_at = created
        draft.updated_at = max(draft.updated_at or created, draft.closed_at or created)

    @cached_property
    def _agencies(self) -> dict[str, str]:
        return choices_of(self.app, Field(id="agency", type="agency", label=self.kind.name))

    def _agency(self, draft: Draft, values: Dict[str, Any]) -> None:
        source = self.mapping.agency
        raw = raw_value(source, values)
        if source is None or raw in EMPTY:
            return
        word = written(raw).strip()
        draft.agency = self._agencies.get(folded(source.values.get(word, word)))
        if draft.agency is None:
            draft.warn("agency", value=word[:_LONGEST_SHOWN])

    def _distance(self, draft: Draft) -> None:
        lon, lat = self.app.municipality.centre_lon, self.app.municipality.centre_lat
        if draft.point is None or lon is None or lat is None:
            return
        far = metres_between((lon, lat), draft.point) / 1000
        if far > self.mapping.radius_km:
            draft.warn("far", km=round(far))


def raw_value(source: Source | None, values: Dict[str, Any]) -> Any:
    """What a line says for a source: the constant, the column, the derived text, the default; None when nothing."""
    if source is None:
        return None
    if source.constant not in EMPTY:
        return source.constant
    value = values.get(source.column) if source.column else None
    if isinstance(value, str):
        value = value.strip()
    if value in EMPTY and source.derived:
        value = _derived(source.derived, values)
    return source.default if value in EMPTY else value


def _derived(pattern: str, values: Dict[str, Any]) -> str | None:
    """The pattern with its columns filled in; None when all of them are empty."""
    names = PLACEHOLDER.findall(pattern)
    if names and all(values.get(name) in EMPTY for name in names):
        return None
    text = PLACEHOLDER.sub(lambda found: written(values.get(found[1]) or ""), pattern)
    return " ".join(text.split()).strip(" ,;:-") or None


def _label(field: Field) -> dict[str, str]:
    return {language: field.label.text(language) or field.id for language in LANGUAGES}


def _is_web_address(word: str) -> bool:
    if len(word) > LONGEST_LINK or not word.isprintable():
        return False
    try:
        parts = urlsplit(word)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not set(word) & set("<>\"'`\\")
