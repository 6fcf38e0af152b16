"""A cell as the value of a field: made fit as far as old data can be, then checked as the form checks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from app_catalog.definitions.model import PEOPLE, SEVERAL, WRITTEN, Field
from app_catalog.definitions.schemas import field_schema
from app_catalog.installations.durations_form import join_duration
from app_runtime.imports.mapping import Source
from app_runtime.imports.moments import parse_day, parse_moment
from app_runtime.imports.notes import Note
from app_runtime.naming.choosing import choose
from app_runtime.records.options import field_options
from app_runtime.records.running_app import RunningApp
from lumbung.i18n import LANGUAGES, Text

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_LONGEST_SHOWN = 80
_YES = frozenset({"ya", "y", "yes", "true", "1", "benar", "ada", "x", "✓"})
_NO = frozenset({"tidak", "t", "n", "no", "false", "0", "salah", "tak", "-"})
_UNITS = {
    "minutes": ("menit", "minute", "minutes"),
    "hours": ("jam", "hour", "hours"),
    "days": ("hari", "day", "days"),
    "working_days": ("hari kerja", "working day", "working days"),
}
_SPAN = re.compile(rf"([0-9]{{1,6}})\s*({'|'.join(word for words in _UNITS.values() for word in words)})")
TEXTS = ("text", *sorted(WRITTEN))


@dataclass
class Converted:
    """The value (None when there is none) and what is to be said; `refused` says that a strict import takes no such
    line."""

    value: Any = None
    notes: list[Note] = field(default_factory=list)
    refused: bool = False


@dataclass
class FieldReader:
    """Reads the values of one field."""

    app: RunningApp
    spec: Field
    source: Source
    zone: ZoneInfo
    lenient: bool
    _numbers: dict[str, str | None] = field(default_factory=dict, repr=False)
    _near: dict[str, tuple[str, str]] = field(default_factory=dict, repr=False)

    @cached_property
    def label(self) -> dict[str, str]:
        """The field's name in both languages."""
        return {language: self.spec.label.text(language) or self.spec.id for language in LANGUAGES}

    @cached_property
    def _check(self) -> Any:
        return field_schema(self.spec, settings=self.app.settings, lang="id", on_form=False)

    @cached_property
    def _check_in_english(self) -> Any:
        return field_schema(self.spec, settings=self.app.settings, lang="en", on_form=False)

    @cached_property
    def _choices(self) -> Mapping[str, str]:
        return choices_of(self.app, self.spec)

    def read(self, raw: Any) -> Converted:
        """The value of a cell that is not empty."""
        made = Converted()
        value = self._shaped(raw, made)
        if value is None:
            return made
        try:
            made.value = self._check.deserialize(value)
        except ValidationError as error:
            self._settle(made, raw, value, error)
        return made

    def _shaped(self, raw: Any, made: Converted) -> Any:
        kind = self.spec.type
        if kind in TEXTS:
            return self._text(raw, made)
        if kind in ("choice", "agency", "person") or (kind == "area" and self.app.areas.texts(self.spec.of)):
            return self._choice(raw, made)
        if self.spec.target is not None:
            return self._named(raw, made)
        if kind in SEVERAL:
            return self._several(raw, made)
        if kind in ("integer", "money"):
            return whole_number(raw)
        if kind in ("decimal", "duration"):
            return self._measure(raw)
        if kind == "boolean":
            word = str(raw).strip().casefold()
            return True if word in _YES else False if word in _NO else str(raw)
        if kind == "date":
            day = parse_day(raw, self.zone)
            return day.isoformat() if day else str(raw)
        if kind == "datetime":
            moment = parse_moment(raw, self.zone)
            return moment.isoformat() if moment else str(raw)
        return written(raw)

    def _measure(self, raw: Any) -> Any:
        if self.spec.type == "duration":
            return span_of(written(raw))
        return raw if isinstance(raw, int | float) else written(raw)

    def _text(self, raw: Any, made: Converted) -> str:
        text = _CONTROL.sub(" ", written(raw)).strip()
        if self.spec.type not in WRITTEN:
            text = " ".join(text.split())
        if self.spec.max is not None and len(text) > self.spec.max and self.source.truncate:
            text = truncated(text, self.spec.max)
            made.notes.append(Note("truncated", {"label": self.label, "max": self.spec.max}))
        return text

    def _choice(self, raw: Any, made: Converted) -> str | None:
        word = written(raw).strip()
        chosen = self.source.values.get(word) or self._meaning(word)
        if chosen is not None:
            return chosen
        default = self._meaning(str(self.source.default)) if self.source.default is not None else None
        about = {"label": self.label, "value": word[:_LONGEST_SHOWN]}
        if default is not None:
            made.notes.append(Note("defaulted", about))
            return default
        made.refused = self.spec.required == "always" or not self.lenient
        if self.spec.type == "area":
            first, second = self._nearest(word)
            made.notes.append(Note("area", {**about, "first": first, "second": second}))
        else:
            made.notes.append(Note("choice", about))
        return None

    def _meaning(self, word: str) -> str | None:
        if self.spec.type == "area":
            return self.app.areas.find(word, self.spec.of)
        return self._choices.get(folded(word))

    def _nearest(self, word: str) -> tuple[str, str]:
        if word not in self._near:
            found = self.app.areas.nearest(word, self.spec.of)
            self._near[word] = (found[0], found[-1])
        return self._near[word]

    def _named(self, raw: Any, made: Converted) -> str | None:
        """The record with the number that stands in the cell; each number is looked for once."""
        word = written(raw).strip()[:100]
        if word not in self._numbers:
            self._numbers[word] = choose(self.app, self.spec, word, None)
        if self._numbers[word] is None:
            made.refused = self.spec.required == "always" or not self.lenient
            made.notes.append(Note("unnamed", {"label": self.label, "value": word[:_LONGEST_SHOWN]}))
        return self._numbers[word]

    def _several(self, raw: Any, made: Converted) -> list[str] | None:
        """What a cell lists between commas, semicolons or bars; words that mean nothing are told and left out."""
        words = [word.strip() for word in re.split(r"[,;|\n]", written(raw)) if word.strip()]
        found = []
        for word in words:
            chosen = self.source.values.get(word) or self._choices.get(folded(word))
            if chosen is not None:
                found.append(chosen)
                continue
            made.refused = made.refused or not self.lenient
            made.notes.append(Note("choice", {"label": self.label, "value": word[:_LONGEST_SHOWN]}))
        return list(dict.fromkeys(found)) or None

    def _settle(self, made: Converted, raw: Any, value: Any, error: ValidationError) -> None:
        try:
            self._check_in_english.deserialize(value)
            english = ""
        except ValidationError as same:
            english = _first(same)
        said = {"label": self.label, "id": _first(error), "en": english}
        if not self.lenient:
            made.refused = True
            made.notes.append(Note("wrong", said))
        elif self.spec.type in TEXTS and self.spec.max is not None and len(value) <= self.spec.max:
            # Too short or in another pattern: the words of the time are worth more than the rule of today.
            made.value = value
            made.notes.append(Note("kept", said))
        else:
            made.notes.append(Note("dropped", {**said, "value": str(raw)[:_LONGEST_SHOWN]}))


def choices_of(app: RunningApp, spec: Field) -> dict[str, str]:
    """What each word means in a choice or an agency field: ids and labels in both languages, folded."""
    found: dict[str, str] = {}
    if spec.type in PEOPLE:
        return {folded(one.name): str(one.id) for one in app.people.active}
    if spec.type in ("agency", "agencies"):
        for node in app.agencies.by_key.values():
            if node.open:
                for word in (node.short_name, node.name, node.key):
                    found[folded(word)] = node.key
        return found
    options = spec.options
    if options is None:
        return found
    if options.setting is None:
        labels: Mapping[str, Any] = options.fixed
    else:
        rows: Mapping[str, Any] = app.settings.get(options.setting) or {}
        labels = {row: cells.get(options.label_column) for row, cells in rows.items()}
    for option in field_options(app, spec):
        label = labels.get(option.id)
        words = [label] if isinstance(label, str) else list(label.values()) if label else []
        for word in (*words, option.id):
            found[folded(word)] = option.id
    return found


def folded(word: str) -> str:
    """A word without what people vary: case, spaces, dashes."""
    return " ".join(re.split(r"[\s_/-]+", word.casefold())).strip()


def written(raw: Any) -> str:
    """A cell as text: whole numbers without a point, yes and no in words."""
    if isinstance(raw, bool):
        return "ya" if raw else "tidak"
    if isinstance(raw, list):
        return ", ".join(map(str, raw))
    return str(raw)


def truncated(text: str, most: int) -> str:
    """The text with at most `most` characters, cut between words where that loses little."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    at_word = cut.rpartition(" ")[0]
    return (at_word if len(at_word) > most * 0.7 else cut).rstrip(" ,.;:") + "…"


def whole_number(raw: Any) -> Any:
    """A number as Indonesians and spreadsheets write it (`Rp 1.500.000,00`), or the text when it is none."""
    if isinstance(raw, float):
        return round(raw)
    if isinstance(raw, str):
        text = re.sub(r"(?i)^rp\.?\s*|\s|,-$|\.-$", "", raw.strip())
        if re.fullmatch(r"-?\d{1,3}([.,])\d{3}(\1\d{3})*([.,]\d{1,2})?", text):
            text = re.sub(r"[.,]", "", re.sub(r"[.,]\d{1,2}$", "", text))
        elif re.fullmatch(r"-?\d+[.,]\d{1,2}", text):
            whole = float(text.replace(",", "."))
            text = str(round(whole)) if isfinite(whole) else text
        return text
    return raw


def span_of(text: str) -> str:
    """A length of time as people write it (`3 hari`, `2 jam`, `5 working days`) as ISO text, or the text when it is
    none."""
    found = _SPAN.fullmatch(text.strip().casefold())
    if found is None:
        return text.strip()
    unit = next(unit for unit, words in _UNITS.items() if found[2] in words)
    return join_duration(found[1], unit) or text


def _first(error: ValidationError) -> str:
    messages: Any = error.messages
    while isinstance(messages, dict):
        messages = next(iter(messages.values()))
    return str(messages[0]) if messages else ""


def both(text: Text) -> dict[str, str]:
    """A text as a note's value."""
    return {"id": text.id, "en": text.en}
