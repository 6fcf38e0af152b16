"""What an action asks of a record: the answers cleaned, and what its form shows, demands and works out at the moment.

The form of an action and the engine that takes its answers ask the same here, so that they never disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from app_catalog.definitions.expressions import Scope
from app_catalog.definitions.model import Action, Field, RecordType
from app_runtime.checklists.judging import flattened
from app_runtime.pages.conditions import any_conditional, deciding_names, reads_computed
from app_runtime.records.actors import Actor
from app_runtime.records.answers import Answers, Asked, Channel
from app_runtime.records.change import Change, open_change
from app_runtime.records.computing import with_computed
from app_runtime.records.models import Record
from app_runtime.records.niks import with_kept_digits
from app_runtime.records.permissions import visible_fields
from app_runtime.records.presenting import display_value
from app_runtime.records.running_app import RunningApp
from app_runtime.records.values import field_values
from app_runtime.workflow.permissions import find_action, why_not
from lumbung.errors import NotFound
from lumbung.i18n import pick

Reckoned = dict[str, tuple[str, str]]
"""Label and text by field; the text is empty as long as nothing can be worked out."""


@dataclass(frozen=True, slots=True)
class Moving:
    """What of an action's form depends on the answers: what they show and demand, which of them decide about it, and
    what is worked out of them."""

    asked: Asked
    deciding: frozenset[str]
    sums: Reckoned

    def told(self, prefix: str = "") -> dict[str, Any]:
        """The same for the page's script; `prefix` begins the names of the form's controls."""
        return {
            "hidden": sorted(f"{prefix}{name}" for name in self.asked.hidden),
            "needed": sorted(f"{prefix}{name}" for name in self.asked.needed),
            "sums": {f"{prefix}{name}": text for name, (_, text) in self.sums.items()},
        }

    def live(self, address: str, prefix: str = "") -> dict[str, str] | None:
        """Where the script asks, and by which controls it is made to; None where no answer decides anything."""
        reads = " ".join(sorted(f"{prefix}{name}" for name in self.deciding))
        return {"address": address, "reads": reads} if reads else None


def clean_answers(change: Change, action: Action, sent: Mapping[str, Any], *, channel: Channel) -> dict[str, Any]:
    """The cleaned answers; None empties the field that an ask sets. What an ask's condition hides is not among them.

    Raises Invalid with every error at once.
    """
    fields, setting = _fields(action), _setting(change, action)
    whole = _whole(change, setting, sent)
    answers = _answers(change, action, whole, channel)
    cleaned = answers.clean(whole)
    emptied = {name for name in setting if name in whole and whole[name] is None}
    return cleaned | {name: None for name in emptied - answers.hidden if name in fields}


def asked_by(change: Change, action: Action, sent: Mapping[str, Any]) -> Asked:
    """What the action's form shows and demands once this was written in it, whatever else is wrong with it."""
    whole = _whole(change, _setting(change, action), sent)
    return _answers(change, action, whole, "form", computing=True).asked(whole)


def may_move(kind: RecordType, action: Action) -> bool:
    """Whether anything of the action's form may depend on its answers; most forms are the same whatever is written."""
    fields = _fields(action)
    return any_conditional(fields.values()) or (bool(kind.computed) and not kind.fields.keys().isdisjoint(fields))


def moving_parts(change: Change, action: Action, sent: Mapping[str, Any]) -> Moving | None:
    """What of the action's form depends on what is written in it, as this makes it; None when nothing does."""
    if not any_conditional(_fields(action).values()) and not reckoned_by(change, action):
        return None
    asked = asked_by(change, action, sent)
    return Moving(asked, deciding_asks(change, action), reckoned_now(change, action, asked))


def deciding_asks(change: Change, action: Action) -> frozenset[str]:
    """The asks whose answers decide what of the form is asked and worked out."""
    specs = [*_fields(action).values(), *reckoned_by(change, action).values()]
    return deciding_names(change.record_type, specs) & action.asks.keys()


def reckoned_by(change: Change, action: Action) -> dict[str, Field]:
    """The computed fields that the answers decide about and that whoever takes the action reads."""
    kind = change.record_type
    if not kind.computed:
        return {}
    seen = visible_fields(change.app.definition, kind.id, change.actor, change.record)
    specs = {name: kind.fields[name] for name in kind.computed if name in seen}
    return {name: one for name, one in specs.items() if deciding_names(kind, [one]) & _setting(change, action).keys()}


def reckoned_now(change: Change, action: Action, asked: Asked) -> Reckoned:
    """What is worked out of the answers."""
    found: Reckoned = {}
    for name, spec in reckoned_by(change, action).items():
        value = asked.known.get(name)
        found[name] = (pick(spec.label), "" if value in (None, "") else display_value(change.app, spec, value))
    return found


def look_at(app: RunningApp, record: Record, actor: Actor) -> Change:
    """The record for somebody who only looks at what would be asked."""
    change = open_change(app, record, actor.in_app(app.installation.slug))
    change.looking = True
    return change


def find_askable(change: Change, action_id: str) -> Action:
    """The action as it asks now. Raises NotFound when it cannot be taken, Conflict when there is none."""
    action = find_action(change, action_id)
    if not action.by or why_not(change, action) is not None:
        raise NotFound
    return action


def scope_of_asks(
    change: Change, action: Action, *, emptied: Collection[str] = (), computing: bool = False
) -> Callable[[Mapping[str, Any]], Scope]:
    """What conditions see: the answers in place of what stands in the record, with what is computed of them."""
    kind = change.record_type
    gone = dict.fromkeys(emptied)

    def scope(known: Mapping[str, Any]) -> Scope:
        return change.scope({**gone, **known})

    if not kind.computed or not (computing or reads_computed(kind, _fields(action).values())):
        return scope
    return lambda known: scope(with_computed(change.app, kind, known, scope))


def _fields(action: Action) -> dict[str, Field]:
    return {ask.id: ask.field for ask in action.asks.values()}


def _setting(change: Change, action: Action) -> dict[str, str]:
    """By ask the field that it sets."""
    fields = change.record_type.fields
    return {ask.id: ask.sets for ask in action.asks.values() if ask.sets is not None and ask.sets in fields}


def _whole(change: Change, setting: Mapping[str, str], sent: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with each checklist by its parts, and with whole numbers where a form sent masked ones back."""
    kind = change.record_type
    found = flattened(kind.fields, sent)
    return found | {
        ask: with_kept_digits(change.record, kind, {field: found[ask]})[field]
        for ask, field in setting.items()
        if ask in found
    }


def _answers(
    change: Change, action: Action, whole: Mapping[str, Any], channel: Channel, *, computing: bool = False
) -> Answers:
    setting, standing = _setting(change, action), field_values(change.record, change.record_type)
    kept = {ask: standing[name] for ask, name in setting.items() if name in standing}
    emptied = [ask for ask in setting if ask in whole and whole[ask] is None]
    scope = scope_of_asks(change, action, emptied=emptied, computing=computing)
    return Answers(change.app, _fields(action), channel, scope, change.actor, kept)
