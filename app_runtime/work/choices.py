"""What an official may do with a record now: actions as forms, the likeliest first, and what only a condition stops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from app_catalog.definitions.model import Action
from app_runtime.checklists.judging import asked_now
from app_runtime.naming.choosing import as_shown
from app_runtime.pages.reading_form import chosen_files
from app_runtime.records.change import open_change
from app_runtime.records.permissions import visible_fields
from app_runtime.records.values import field_values, latest_rounds
from app_runtime.work.controls import Control, make_controls, read_controls
from app_runtime.work.editing import emptied
from app_runtime.work.reach import Work, at_work
from app_runtime.workflow.acting import allowed_actions
from app_runtime.workflow.asking import Reckoned, find_askable, look_at, may_move, moving_parts
from app_runtime.workflow.permissions import why_not
from lumbung.errors import NotFound
from lumbung.i18n import pick
from lumbung.ids import new_id

_RUNNING = ("running", "warned", "breached")


@dataclass(frozen=True, slots=True)
class ActionForm:
    """One possible action with its questions. `open` asks for showing the form unfolded."""

    id: str
    label: str
    help: str
    controls: tuple[Control, ...]
    submission_key: str
    errors: Mapping[str, Sequence[str]]
    open: bool = False
    live: Mapping[str, str] | None = None
    sums: Reckoned = field(default_factory=dict)

    @property
    def has_files(self) -> bool:
        """Whether the form sends files."""
        return any(control.type == "files" for control in self.controls)

    @property
    def labels(self) -> dict[str, str]:
        """Labels by control, for the summary of errors."""
        return {control.name: control.label for control in self.controls}


@dataclass(frozen=True, slots=True)
class Blocked:
    """An action that this person's role and the state allow, but a condition or the time does not."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Tried:
    """An action that was sent and refused: what was typed and sent stays."""

    action: str
    values: Mapping[str, Any]
    files: Mapping[str, Sequence[UUID]]
    errors: Mapping[str, Sequence[str]]
    submission_key: str


def action_forms(work: Work, tried: Tried | None = None) -> list[ActionForm]:
    """The actions that are possible now; the likeliest is first and open, or the one that was just tried."""
    found = sorted(_possible(work), key=lambda action: action.id != likeliest(work))
    moving = [action for action in found if may_move(work.kind, action)]
    looked = look_at(work.app, work.record, work.actor) if moving else None
    forms = []
    for index, action in enumerate(found):
        again = tried if tried is not None and tried.action == action.id else None
        prefix = action.id
        errors = {f"{prefix}.{name}": texts for name, texts in (again.errors if again else {}).items()}
        values = dict(again.values) if again else _suggested(work, action)
        sent = values | _ids(again.files) if again else values
        parts = moving_parts(looked, action, sent) if looked is not None and action in moving else None
        controls = make_controls(
            work.app,
            [ask.field for ask in action.asks.values()],
            prefix=prefix,
            values=values,
            errors=again.errors if again else None,
            kept=again.files if again else None,
            asked=parts.asked if parts else None,
        )
        forms.append(
            ActionForm(
                action.id,
                pick(action.label) or action.id,
                pick(action.help),
                controls,
                again.submission_key if again else str(new_id()),
                errors,
                open=again is not None or (tried is None and index == 0),
                live=parts.live(f"{_address(work)}/act/{action.id}/asked", f"{prefix}.") if parts else None,
                sums={f"{prefix}.{name}": sum_ for name, sum_ in parts.sums.items()} if parts else {},
            )
        )
    return forms


def asked_of_action(work: Work, action_id: str, form: MultiDict[str, str]) -> dict[str, Any]:
    """What the form of an action asks by what stands in it, for the page's script; nothing of it is kept.

    Raises NotFound when this official cannot take the action now.
    """
    action = find_mine(work, action_id)
    if action is None:
        raise NotFound
    looked = look_at(work.app, work.record, work.actor)
    action = find_askable(looked, action_id)
    parts = moving_parts(looked, action, typed_answers(work, action, form))
    return parts.told(f"{action_id}.") if parts else {"hidden": [], "needed": [], "sums": {}}


def typed_answers(work: Work, action: Action, form: MultiDict[str, str]) -> dict[str, Any]:
    """What stands in the form of an action that somebody is still writing; chosen files are counted."""
    fields = [ask.field for ask in action.asks.values()]
    typed = read_controls(work.app, fields, form, prefix=action.id)
    typed |= {name: emptied(typed[name]) for name in standing_values(work, action) if name in typed}
    files = {one.id: chosen_files(form, f"{action.id}.{one.id}") for one in fields if one.type == "files"}
    return typed | {name: ids for name, ids in files.items() if ids}


def blocked_actions(work: Work) -> list[Blocked]:
    """What this person could do here if a condition held, with the condition in the package's own words."""
    change = open_change(work.app, work.record, work.actor)
    change.looking = True
    found = []
    for action in _mine(work):
        if work.record.state not in action.from_states or work.app.installation.status != "enabled":
            continue
        refusal = why_not(change, action)
        if refusal is not None and refusal.details.get("because") == "condition":
            label = pick(action.label) or action.id
            found.append(Blocked(label, pick(action.help) or str(refusal.message)))
    return found


def find_mine(work: Work, action_id: str) -> Action | None:
    """The action with this id, if it is one of an official's own; possible now or not."""
    found = next((action for action in _mine(work) if action.id == action_id), None)
    return asked_now(work.kind, found, field_values(work.record, work.kind)) if found is not None else None


def likeliest(work: Work) -> str:
    """The action that leads on: what the clock that is due first waits for, else the first of the definition.

    Of several that would meet it, the one that meets fewest clocks (an answer comes before the repair), never one that
    ends the record without success.
    """
    possible = _possible(work)
    change = open_change(work.app, work.record, work.actor)
    running = [clock for clock in latest_rounds(change.clocks) if clock.state in _RUNNING]
    for clock in sorted(running, key=lambda one: one.due_at):
        spec = work.kind.clocks.get(clock.clock)
        fitting = [one for one in possible if spec and one.id in spec.met_by and not _gives_up(work, one)]
        if fitting:
            return min(fitting, key=lambda one: _clocks_met(work, one)).id
    return possible[0].id if possible else ""


def _ids(files: Mapping[str, Sequence[UUID]]) -> dict[str, list[str]]:
    return {name: [str(one) for one in ids] for name, ids in files.items() if ids}


def _address(work: Work) -> str:
    return f"/work/{work.app.installation.slug}/{work.record.id}"


def _suggested(work: Work, action: Action) -> dict[str, Any]:
    """What stands in the form before anybody has typed: the defaults of its asks, the agency that the record has (by
    its category), which is often the right one, and what stands in the fields that they set."""
    given = {ask.id: ask.field.default for ask in action.asks.values() if ask.field.default is not None}
    current = work.app.agencies.key_of(work.record.agency_id)
    given |= {ask.id: current for ask in action.asks.values() if ask.sets == "agency" and current}
    return given | standing_values(work, action)


def standing_values(work: Work, action: Action) -> dict[str, Any]:
    """By ask, what stands in the field that it sets, where this official sees it; files are only ever added to."""
    seen = visible_fields(work.app.definition, work.record.record_type, at_work(work.actor), work.record)
    stored = as_shown(work.app, work.kind.fields, field_values(work.record, work.kind), at_work(work.actor))
    return {
        ask.id: stored[ask.sets]
        for ask in action.asks.values()
        if ask.sets in stored and ask.sets in seen and ask.field.type != "files"
    }


def _gives_up(work: Work, action: Action) -> bool:
    workflow = work.kind.workflow
    state = workflow.states.get(action.to) if workflow and action.to else None
    return state is not None and state.end == "other"


def _clocks_met(work: Work, action: Action) -> int:
    return sum(action.id in clock.met_by for clock in work.kind.clocks.values())


def _possible(work: Work) -> list[Action]:
    mine = {action.id for action in _mine(work)}
    return [action for action in allowed_actions(work.app.session, work.record, work.actor) if action.id in mine]


def _mine(work: Work) -> list[Action]:
    """Actions by a role at work: what an official may do as the reporter of a record is done on the public pages."""
    roles = at_work(work.actor).roles
    workflow = work.kind.workflow
    return [action for action in workflow.actions.values() if roles & set(action.by)] if workflow else []
