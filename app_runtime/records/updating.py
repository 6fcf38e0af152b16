"""Changing fields of a record without an action, as its `access.<role>.update` allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app_catalog.definitions.model import Event, UpdateAccess
from app_runtime.checklists.judging import flattened
from app_runtime.clocks.firing import catch_up
from app_runtime.holding.enforcing import hold
from app_runtime.records.actors import Actor
from app_runtime.records.answers import Answers, Channel, Files
from app_runtime.records.attachments import attach_files, with_files
from app_runtime.records.change import Change
from app_runtime.records.errors import condition_failed, not_by_you, stale_form, wrong_state
from app_runtime.records.models import Record
from app_runtime.records.niks import digests_of, with_kept_digits
from app_runtime.records.permissions import may_write, reading_roles
from app_runtime.records.running_app import app_of_record
from app_runtime.records.values import field_values, store_values
from app_runtime.workflow.acting import lock_for_change
from app_runtime.workflow.permissions import state_label
from app_runtime.workflow.settling import settle
from lumbung.db.tenancy import AnySession
from lumbung.errors import LumbungError
from lumbung.i18n import t


def update_record(
    session: AnySession,
    record: Record,
    actor: Actor,
    values: Mapping[str, Any],
    *,
    expected_version: int | None = None,
    files: Files | None = None,
    channel: Channel = "form",
) -> Record:
    """Change the fields that `values` name; None empties one.

    Raises NotFound for a record out of reach; Forbidden with `because` `role` when no role of the actor may change all
    these fields; Conflict with `state`, `condition` or `disabled`, also when somebody changed the record since
    `expected_version`; Invalid.
    """
    change = lock_for_change(session, record, actor)
    if expected_version is not None and expected_version != change.record.version:
        raise stale_form()
    sent = with_kept_digits(
        change.record, change.record_type, with_files(flattened(change.record_type.fields, values), files)
    )
    refusal = _refusal(change, set(sent))
    if refusal is not None:
        raise refusal
    kind = change.record_type
    before = field_values(record, kind)
    numbers = {name: digests_of(record, name) for name in sent}
    asked = {name: spec for name, spec in kind.fields.items() if spec.computed is None}
    answers = Answers(change.app, asked, channel, change.scope, actor, before)
    cleaned = {name: value for name, value in answers.clean(sent, partial=True).items() if name in sent}
    attach_files(session, record, kind.fields, cleaned, channel=channel)
    catch_up(change)
    store_values(record, kind.fields, cleaned)
    after = field_values(record, kind)
    moved = {
        name: {"from": before.get(name), "to": after.get(name)}
        for name in cleaned
        if before.get(name) != after.get(name) or numbers[name] != digests_of(record, name)
    }
    if not moved:
        return record
    personal = {name for name in moved if kind.fields[name].private}
    change.note(
        "updated",
        "",
        {"fields": {name: value for name, value in moved.items() if name not in personal}},
        private={"fields": {name: moved[name] for name in personal}} if personal else None,
    )
    settle(change, [Event("updated")])
    hold(change)
    session.flush()
    return record


def updatable_fields(session: AnySession, record: Record, actor: Actor) -> frozenset[str]:
    """Ids of the fields that the actor may change on this record now; empty when none."""
    app = app_of_record(session, record)
    change = Change(app, record, actor.in_app(app.installation.slug), looking=True)
    if app.installation.status != "enabled":
        return frozenset()
    rules = [(role, rule) for role, rule in _rules(change) if _rule_refusal(change, role, rule) is None]
    return frozenset().union(*(_fields(change, rule, role) for role, rule in rules))


def _refusal(change: Change, names: set[str]) -> LumbungError | None:
    if change.actor.is_system:
        return None
    rules = [
        (role, rule) for role, rule in _rules(change) if names <= _fields(change, rule, role) | _unknown(change, names)
    ]
    if not rules:
        return not_by_you(t("ubah data", "change data"))
    refusals = [_rule_refusal(change, role, rule) for role, rule in rules]
    return None if None in refusals else refusals[0]


def _rules(change: Change) -> list[tuple[str, UpdateAccess]]:
    kind = change.record_type
    found = []
    for role in sorted(reading_roles(kind, change.actor, change.record)):
        access = kind.access.get(role)
        if access is not None and access.update is not None:
            found.append((role, access.update))
    return found


def _fields(change: Change, rule: UpdateAccess, role: str) -> set[str]:
    fields = change.record_type.fields
    named = rule.fields if rule.fields is not None else fields
    return {name for name in named if fields[name].computed is None and may_write(fields[name], role)}


def _unknown(change: Change, names: set[str]) -> set[str]:
    """Fields that nobody has are an error of the answers, not of the role."""
    return names - set(change.record_type.fields)


def _rule_refusal(change: Change, role: str, rule: UpdateAccess) -> LumbungError | None:
    label = t("ubah data", "change data")
    if rule.states is not None and change.record.state not in rule.states:
        return wrong_state(label, state_label(change))
    if rule.when is not None and not change.evaluate(rule.when, rule=f"access.{role}.update.when").holds:
        return condition_failed(label)
    return None
