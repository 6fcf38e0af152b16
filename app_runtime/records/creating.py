"""Making records: everything in one transaction, and never twice for one submission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app_catalog.definitions.expressions import Scope
from app_catalog.definitions.model import CreateAccess, Field, RecordType
from app_catalog.installations.models import Installation
from app_runtime.checklists.judging import flattened
from app_runtime.holding.enforcing import hold
from app_runtime.records.actors import Actor
from app_runtime.records.answers import Answers, Channel, Files
from app_runtime.records.attachments import attach_files, with_files
from app_runtime.records.change import Change
from app_runtime.records.computing import with_computed
from app_runtime.records.errors import app_disabled, condition_failed, not_by_you
from app_runtime.records.making import blank_record, store_record
from app_runtime.records.models import Record
from app_runtime.records.permissions import may_write
from app_runtime.records.reading import get_record
from app_runtime.records.running_app import RunningApp, running_app
from app_runtime.records.tracking import tracking_code_of
from app_runtime.records.values import store_values
from app_runtime.workflow.settling import settle
from lumbung.db.tenancy import AnySession
from lumbung.errors import Forbidden, Invalid
from lumbung.i18n import pick, t
from lumbung.idempotency import once


@dataclass(frozen=True, slots=True)
class Created:
    """A new record and the code that finds it; `repeated` when this submission had made it before."""

    record: Record
    tracking_code: str
    repeated: bool = False


def create_record(
    session: AnySession,
    installation: Installation,
    actor: Actor,
    record_type: str,
    values: Mapping[str, Any],
    *,
    channel: Channel = "form",
    files: Files | None = None,
    submission_key: str | None = None,
) -> Created:
    """Make a record: validated, numbered, owned, with its clocks, history, automations and effects.

    A retry with the same `submission_key` gets the same record and code. Raises NotFound for an unknown type, Conflict
    when the app is disabled, Forbidden when nobody in the actor's roles may make one, Invalid with every wrong answer
    (`because` is `required` when one is missing), BadRequest for a key that is none.
    """
    return create_in_app(
        running_app(session, installation),
        actor,
        record_type,
        values,
        channel=channel,
        files=files,
        submission_key=submission_key,
    )


def create_in_app(
    app: RunningApp,
    actor: Actor,
    record_type: str,
    values: Mapping[str, Any],
    *,
    channel: Channel = "form",
    files: Files | None = None,
    submission_key: str | None = None,
) -> Created:
    """The same as `create_record`, for an app that was opened already."""
    session, installation = app.session, app.installation
    app.record_type(record_type)
    if installation.status != "enabled":
        raise app_disabled()
    if submission_key is None:
        return _create(app, actor, record_type, values, channel, files)
    made: list[Created] = []

    def make() -> dict[str, Any]:
        made.append(_create(app, actor, record_type, values, channel, files))
        return {"record_id": str(made[0].record.id)}

    scope = f"record:{installation.id}:{record_type}:{actor.account_id or ''}"
    result = once(session, scope, submission_key, make)
    if made:
        return made[0]
    record = get_record(session, UUID(result["record_id"]))
    return Created(record, tracking_code_of(record) or "", repeated=True)


def creatable_fields(app: RunningApp, record_type: RecordType, actor: Actor) -> frozenset[str]:
    """Ids of the fields that the actor may fill in when making a record; empty when it may make none.

    Where the package names none, they are all but those that belong to the workflow: set by an action and on no form.
    """
    found: set[str] = set()
    for role in _creating_roles(record_type, actor):
        rule = _create_rule(record_type, role)
        assert rule is not None
        named = rule.fields if rule.fields is not None else _form_fields(app, record_type)
        found |= {
            name
            for name in named
            if (spec := record_type.fields.get(name)) is not None
            and (spec.visible_to is None or role in spec.visible_to)
            and may_write(spec, role)
        }
    return frozenset(found)


def scope_of_new(app: RunningApp, kind: RecordType, values: Mapping[str, Any], actor: Actor) -> Scope:
    """What conditions see of a record that is being filled in, with what is computed from its answers."""

    def scope(known: Mapping[str, Any]) -> Scope:
        return app.scope(known, actor=actor)

    return scope(with_computed(app, kind, values, scope) if kind.computed else values)


def may_create(app: RunningApp, record_type: RecordType, actor: Actor) -> bool:
    """Whether any role of the actor makes records of this type (conditions on values aside)."""
    return actor.is_system or bool(_creating_roles(record_type, actor))


def _create(
    app: RunningApp,
    actor: Actor,
    record_type: str,
    values: Mapping[str, Any],
    channel: Channel,
    files: Files | None,
) -> Created:
    kind = app.record_type(record_type)
    if not may_create(app, kind, actor):
        raise _forbidden(kind)
    allowed = kind.fields if actor.is_system else creatable_fields(app, kind, actor)
    fields = {name: spec for name, spec in kind.fields.items() if name in allowed and spec.computed is None}
    answers = Answers(app, fields, channel, lambda known: scope_of_new(app, kind, known, actor), actor)
    try:
        cleaned = answers.clean(with_files(flattened(kind.fields, values), files))
    except Invalid as refusal:
        raise _naming_the_rule(refusal, kind, fields, actor) from refusal
    _check_conditions(app, kind, actor, cleaned)
    record = blank_record(app, actor, record_type)
    store_values(record, kind.fields, cleaned)
    change = Change(app, record, actor, record.created_at, held=[])
    code = store_record(change, settle)
    attach_files(app.session, record, fields, cleaned, channel=channel)
    hold(change)
    app.session.flush()
    return Created(record, code)


def _check_conditions(app: RunningApp, kind: RecordType, actor: Actor, values: Mapping[str, Any]) -> None:
    if actor.is_system:
        return
    scope = scope_of_new(app, kind, values, actor)
    for role in _creating_roles(kind, actor):
        rule = _create_rule(kind, role)
        if rule is not None and (
            rule.when is None or app.evaluate(rule.when, scope, rule=f"access.{role}.create.when").holds
        ):
            return
    raise condition_failed(pick(kind.name))


def _naming_the_rule(refusal: Invalid, kind: RecordType, fields: Mapping[str, Field], actor: Actor) -> Invalid:
    """The refusal, with the rule of the package beside fields that there are, but that the actor does not fill in."""
    roles = sorted(_creating_roles(kind, actor))
    told = {
        name: [
            t(
                "{roles} tidak mengisi “{field}” (access.{role}.create.fields).",
                "{roles} may not fill in “{field}” (access.{role}.create.fields).",
                roles=", ".join(roles),
                field=name,
                role=roles[0],
            )
        ]
        for name in refusal.fields
        if roles and name in kind.fields and name not in fields and kind.fields[name].computed is None
    }
    return Invalid(refusal.message, fields={**refusal.fields, **told}, **refusal.details)


def _creating_roles(kind: RecordType, actor: Actor) -> frozenset[str]:
    # A visitor becomes a resident by making the record.
    return frozenset(role for role in actor.roles | {"resident"} if _create_rule(kind, role) is not None)


def _create_rule(kind: RecordType, role: str) -> CreateAccess | None:
    access = kind.access.get(role)
    return access.create if access else None


def _form_fields(app: RunningApp, kind: RecordType) -> set[str]:
    workflow = kind.workflow
    set_by_actions = {
        name
        for action in (workflow.actions.values() if workflow else ())
        for name in (*(ask.sets for ask in action.asks.values()), *action.sets)
    }
    on_forms = {
        name
        for page in app.definition.pages.values()
        if page.kind == "form" and page.record == kind.id
        for step in page.steps.values()
        for name in step.fields
    }
    free = {name for name, spec in kind.fields.items() if spec.computed is None}
    # What an action asks for again was given first.
    given = {name for name in free if (part := kind.fields[name].part) is not None and part.kind == "files"}
    return {name for name in free if name in on_forms or name in given or name not in set_by_actions}


def _forbidden(kind: RecordType) -> Forbidden:
    return not_by_you(pick(kind.name))
