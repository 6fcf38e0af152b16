"""Words of a column that mean no choice yet, for a table in which an admin says what they mean."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from app_catalog.definitions.model import Field, RecordType
from app_runtime.imports.mapping import Mapping, Source
from app_runtime.imports.values import choices_of, folded
from app_runtime.records.options import Option, field_options
from app_runtime.records.running_app import RunningApp
from lumbung.i18n import pick, t

_LIKELY = 4
"""Letters that a word has at least before another word is taken to hold it: "air" is in too many."""


@dataclass(frozen=True, slots=True)
class WordTable:
    """The words of one field that are not known: each with how many lines have it and what was chosen for it so far."""

    name: str
    label: str
    options: Sequence[Option]
    words: Sequence[tuple[str, int, str]]


def unknown_words(
    app: RunningApp, kind: RecordType, mapping: Mapping, columns: Sequence[Dict[str, Any]]
) -> list[WordTable]:
    """One table for each field, the state and the agency, whose column holds words that mean nothing by themselves."""
    profiles = {str(column["name"]): column for column in columns}
    areas = {spec.id: spec for spec in kind.fields.values() if spec.type == "area"}
    found = []
    for name, label, options, known in _chosen(app, kind, mapping):
        source = mapping.sources().get(name)
        if source is None or source.column is None:
            continue
        counts: Dict[str, int] = (profiles.get(source.column) or {}).get("choices") or {}
        words = [
            (word, count, source.values.get(word, "") or _likely(word, options))
            for word, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
            if folded(word) not in known and not (name in areas and app.areas.find(word, areas[name].of))
        ]
        if words:
            found.append(WordTable(name, label, options, words))
    return found


def _likely(word: str, options: Sequence[Option]) -> str:
    """The one option whose label holds the word ("macet" in "Kemacetan"): chosen beforehand, for the admin to see."""
    plain = folded(word)
    found = [one.id for one in options if plain in folded(one.label)] if len(plain) >= _LIKELY else []
    return found[0] if len(found) == 1 else ""


def with_words(mapping: Mapping, said: Dict[str, Dict[str, str]]) -> Mapping:
    """The mapping with what the words of each field mean; an empty meaning takes an old one away."""

    def meaning(source: Source, words: Dict[str, str]) -> Source:
        values = {word: chosen for word, chosen in {**source.values, **words}.items() if chosen}
        return replace(source, values=values)

    fields = {name: meaning(source, said.get(name, {})) for name, source in mapping.fields.items()}
    state = meaning(mapping.state, said.get("state", {})) if mapping.state else None
    agency = meaning(mapping.agency, said.get("agency", {})) if mapping.agency else None
    return replace(mapping, fields=fields, state=state, agency=agency)


def agency_field(kind: RecordType) -> Field:
    """A field of the agency that every record has."""
    return Field(id="agency", type="agency", label=kind.name)


def _chosen(
    app: RunningApp, kind: RecordType, mapping: Mapping
) -> list[tuple[str, str, Sequence[Option], Dict[str, str]]]:
    found: list[tuple[str, str, Sequence[Option], Dict[str, str]]] = [
        (spec.id, pick(spec.label), field_options(app, spec), choices_of(app, spec))
        for spec in kind.fields.values()
        if spec.type in ("choice", "agency", "choices", "agencies", "person", "persons")
        or (spec.type == "area" and app.areas.texts(spec.of))
    ]
    states = kind.workflow.states.values() if kind.workflow else ()
    if states and mapping.history == "as_is":
        known = {folded(word): state.id for state in states for word in (*state.label.values(), state.id)}
        options = [Option(state.id, pick(state.label)) for state in states]
        found.append(("state", t("Status", "State"), options, known))
    spec = agency_field(kind)
    found.append(("agency", t("Dinas", "Agency"), field_options(app, spec), choices_of(app, spec)))
    return found
