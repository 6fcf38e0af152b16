"""Answers of a form, an action or a call: their shape by the compiled schema, and the rules that need the rest."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal
from uuid import UUID

from marshmallow import Schema, ValidationError

from app_catalog.definitions.expressions import Scope
from app_catalog.definitions.model import PEOPLE, Field
from app_catalog.definitions.schemas import field_schema
from app_catalog.definitions.schemas.records import PackageSchema, options_of
from app_catalog.definitions.schemas.wording import word
from app_runtime.naming.choosing import choose
from app_runtime.records.actors import Actor
from app_runtime.records.areas import holds_areas, with_areas
from app_runtime.records.errors import invalid_answers
from app_runtime.records.running_app import RunningApp
from lumbung.i18n import current_language, pick, t

Channel = Literal["form", "api", "scenario"]
"""`required: on_form` asks on `form` only; `scenario` takes any names for files."""

Files = Mapping[str, Sequence[UUID]]
"""Ids of stored files by the field (or ask) that they answer."""

EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Asked:
    """Names of the fields that their condition hides, and of those that must be filled in; members of groups as
    `group.member`, those of a hidden group not apart. `known` are the answers with what is computed from them."""

    hidden: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()
    known: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Answers:
    """Cleans what was sent for a set of fields; errors are by field id, `group.member` inside a group."""

    app: RunningApp
    fields: Mapping[str, Field]
    channel: Channel
    scope_of: Callable[[Mapping[str, Any]], Scope]
    actor: Actor | None
    """Who answers, who may name only records that they may read; None for the platform itself."""
    kept: Mapping[str, Any] = field(default_factory=dict)
    """What the record has already: what it names may stay, whoever may read it."""
    errors: dict[str, list[str]] = field(default_factory=dict)
    missing: bool = False
    unmet: bool = False
    hidden: set[str] = field(default_factory=set)
    """Ids of the fields that their condition hid, once the answers are clean."""

    def clean(self, sent: Mapping[str, Any], *, partial: bool = False) -> dict[str, Any]:
        """The cleaned values by field id; with `partial` nothing that was not sent is asked for, and None empties.

        Fields that their condition hides are dropped. Raises Invalid with every error at once.
        """
        values, scope = self._prepared(sent, partial=partial)
        for name, spec in self.fields.items():
            if not self._shown(spec, scope):
                values.pop(name, None)
                self.hidden.add(name)
                continue
            if name in sent or not partial:
                self._check_value(name, spec, values, scope)
            self._check_names(name, spec, values.get(name))
            if spec.fields and values.get(name):
                values[name] = self._inside(name, spec, values[name], scope)
        if self.errors:
            raise invalid_answers(self.errors, missing=self.missing, unmet=self.unmet)
        return values

    def asked(self, sent: Mapping[str, Any]) -> Asked:
        """What these answers make of the conditions, whatever else is wrong with them; notes no errors."""
        _, scope = self._prepared(sent, partial=False)
        self.errors, self.missing, self.unmet = {}, False, False
        hidden, needed = set[str](), set[str]()
        for name, spec in self.fields.items():
            for key, one in ((name, spec), *((f"{name}.{member}", own) for member, own in _members_of(spec).items())):
                if not self._shown(one, scope):
                    hidden.add(key)
                elif self._required(one, scope):
                    needed.add(key)
        return Asked(frozenset(hidden), frozenset(needed), scope.record)

    def _prepared(self, sent: Mapping[str, Any], *, partial: bool) -> tuple[dict[str, Any], Scope]:
        values = self._shape(sent, partial=partial)
        if not partial:
            for name, spec in self.fields.items():
                if spec.default is not None and values.get(name) in EMPTY:
                    values[name] = spec.default
        self._choose(values)
        known = {name: value for name, value in values.items() if value not in EMPTY}
        scope = self.scope_of(known)
        # What is hidden is not taken: it must not decide about others either.
        while (gone := self._first_hidden(known, scope)) is not None:
            del known[gone]
            scope = self.scope_of(known)
        return values, scope

    def _first_hidden(self, known: Mapping[str, Any], scope: Scope) -> str | None:
        written = (
            (name, spec) for name, spec in self.fields.items() if spec.visible_when is not None and name in known
        )
        return next((name for name, spec in written if not self._shown(spec, scope)), None)

    def _choose(self, values: dict[str, Any]) -> None:
        """Put the id of the record that is meant in place of its number, and the area's own text for what names it."""
        for name, spec in self.fields.items():
            if values.get(name) in EMPTY:
                continue
            if (spec.type == "area" or spec.fields) and holds_areas(spec):
                self._choose_areas(name, spec, values)
            if spec.target is None:
                continue
            chosen = choose(self.app, spec, str(values[name]), self.actor, kept=self.kept.get(name))
            if chosen is not None:
                values[name] = chosen
                continue
            del values[name]
            self.unmet = True
            self._fault(
                name,
                t(
                    "Tidak ada yang bernomor itu di antara yang dapat Anda pilih. Periksa nomornya.",
                    "None of those that you may choose has that number. Please check it.",
                ),
            )

    def _choose_areas(self, name: str, spec: Field, values: dict[str, Any]) -> None:
        """The platform names none by itself but what it was told before; in scenarios any word may stand."""
        if self.channel == "scenario" or self.actor is None or self.actor.is_system:
            return
        values[name], refused = with_areas(self.app, spec, name, values[name], self.kept.get(name))
        for place, text in refused.items():
            self._fault(place, text)

    def _shape(self, sent: Mapping[str, Any], *, partial: bool) -> dict[str, Any]:
        schema = compiled_schema(
            self.fields, self.app.settings, current_language(), on_form=self.channel == "form", keeps_empty=partial
        )
        try:
            loaded: dict[str, Any] = schema.load(dict(sent), partial=partial)
        except ValidationError as error:
            for name, texts in _flattened(_by_field(error)):
                absent = name.partition(".")[0] in self.fields and _is_blank(_member(sent, name))
                self._fault(name, *texts, missing=absent)
            return dict(error.valid_data) if isinstance(error.valid_data, Mapping) else {}
        return dict(loaded)

    def _check_names(self, name: str, spec: Field, value: Any) -> None:
        """Agencies must be open ones; a row with a notice (`stop`) takes no answer, as the package format says."""
        if value in EMPTY:
            return
        if spec.type == "agency" and self.app.agencies.find_open(str(value)) is None:
            self._fault(name, t("Pilih salah satu dinas yang aktif.", "Choose one of the active agencies."))
        if spec.type == "agencies" and any(self.app.agencies.find_open(key) is None for key in value):
            self._fault(name, t("Pilih dinas yang aktif saja.", "Choose active agencies only."))
        if spec.type in PEOPLE and not self.app.people.all_active(value):
            self._fault(name, t("Pilih pegawai yang aktif.", "Choose people who work here."))
        if spec.type == "choice" and spec.options and spec.options.setting and self.channel != "scenario":
            rows: Mapping[str, Any] = self.app.settings.get(spec.options.setting) or {}
            if stop := rows.get(str(value), {}).get("stop"):
                self._fault(name, pick(stop))

    def _inside(self, name: str, spec: Field, value: Any, scope: Scope) -> Any:
        """A group or the rows of a list, their members looked at one by one."""
        if spec.type == "group":
            return self._members(name, spec, value, scope) if isinstance(value, Mapping) else value
        for number, row in enumerate(value):
            for key, member in spec.fields.items():
                self._check_names(f"{name}.{number}.{key}", member, row.get(key))
        return value

    def _members(self, group: str, spec: Field, values: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        """The values of a group without those that their condition hides."""
        found = dict(values)
        for name, member in spec.fields.items():
            if not self._shown(member, scope):
                found.pop(name, None)
                continue
            self._check_value(f"{group}.{name}", member, {f"{group}.{name}": found.get(name)}, scope)
            self._check_names(f"{group}.{name}", member, found.get(name))
        return found

    def _shown(self, spec: Field, scope: Scope) -> bool:
        condition = spec.visible_when
        return condition is None or self.app.evaluate(condition, scope, rule=f"{spec.id}.visible_when").holds

    def _check_value(self, name: str, spec: Field, values: Mapping[str, Any], scope: Scope) -> None:
        """Note a value that is missing, or that the field's own condition refuses."""
        if name in self.errors:
            return
        if values.get(name) in EMPTY:
            if self._required(spec, scope):
                self._fault(name, word("required", current_language()), missing=True)
        elif spec.check and not self.app.evaluate(spec.check.condition, scope, rule=f"{spec.id}.check").holds:
            self._fault(name, pick(spec.check.message) or word("check", current_language()))

    def _required(self, spec: Field, scope: Scope) -> bool:
        if spec.required == "always" or (spec.required == "on_form" and self.channel == "form"):
            return True
        condition = spec.required_when
        return condition is not None and self.app.evaluate(condition, scope, rule=f"{spec.id}.required_when").holds

    def _fault(self, name: str, *texts: str, missing: bool = False) -> None:
        self.missing = self.missing or missing
        known = self.errors.setdefault(name, [])
        known.extend(text for text in texts if text not in known)


def _members_of(spec: Field) -> Mapping[str, Field]:
    """Those that have conditions of their own: members of groups, not of the rows of lists."""
    return spec.fields if spec.type == "group" else {}


_Key = tuple[Any, ...]
_MOST_KEPT = 512
_kept: OrderedDict[_Key, tuple[tuple[Field, ...], Schema]] = OrderedDict()
_lock = Lock()


def compiled_schema(
    specs: Mapping[str, Field], settings: Mapping[str, Any], lang: str, *, on_form: bool, keeps_empty: bool
) -> Schema:
    """The compiled schema of these fields; made once for the same fields and the same choices in the settings."""
    key = (lang, on_form, keeps_empty, *((name, id(spec), _options(spec, settings)) for name, spec in specs.items()))
    known = _kept.get(key)
    if known is not None:
        return known[1]
    members = {
        name: field_schema(spec, settings=settings, lang=lang, on_form=on_form, keeps_empty=keeps_empty)
        for name, spec in specs.items()
    }
    made = PackageSchema.from_dict({**members}, name="Answers")
    made.error_messages = {"unknown": word("unknown", lang), "type": word("invalid", lang)}
    made.keeps_empty = keeps_empty  # type: ignore[attr-defined]
    schema: Schema = made()
    with _lock:
        # The fields are held on to as well: as long as they live, no others have their ids.
        _kept[key] = (tuple(specs.values()), schema)
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return schema


def _options(spec: Field, settings: Mapping[str, Any]) -> tuple[frozenset[str], ...]:
    """All that a field's schema takes from the settings."""
    if spec.fields:
        return tuple(options for member in spec.fields.values() for options in _options(member, settings))
    return (options_of(spec, settings),) if spec.options is not None else ()


def _flattened(messages: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    for key, value in messages.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _flattened(value, f"{name}.")
        else:
            yield name, [str(text) for text in value]


def _by_field(error: ValidationError) -> Mapping[Any, Any]:
    messages = error.messages
    return messages if isinstance(messages, Mapping) else {"_schema": messages}


def _member(sent: Mapping[str, Any], name: str) -> Any:
    found: Any = sent
    for step in name.split("."):
        if isinstance(found, Mapping):
            found = found.get(step)
        elif isinstance(found, list) and step.isdigit() and int(step) < len(found):
            found = found[int(step)]
        else:
            return None
    return found


def _is_blank(value: Any) -> bool:
    return value in EMPTY or (isinstance(value, str) and not value.strip())
