"""Writing a message when the worker comes to it: the recipient's language, the record as the recipient may see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from liquid.exceptions import LiquidError
from sqlalchemy import select

from app_catalog.definitions.liquid_texts import render_message
from app_runtime.checklists.judging import told_checklist
from app_runtime.notifications.following import is_silenced, record_topic
from app_runtime.notifications.grounds import meant_ground
from app_runtime.notifications.links import record_link, track_link
from app_runtime.notifications.pushing import push_to_member
from app_runtime.notifications.recipients import Recipient, find_recipient
from app_runtime.notifications.sending import NOTIFY, PRIVATE_KINDS
from app_runtime.records.models import Record, RecordHistory, RecordHistoryPrivate
from app_runtime.records.permissions import fields_read_by, title_fields
from app_runtime.records.presenting import display_value
from app_runtime.records.reading import find_record, list_clocks
from app_runtime.records.running_app import RunningApp, app_of_record
from app_runtime.records.tracking import tracking_code_of
from app_runtime.records.values import built_in_values, field_values, latest_rounds
from app_runtime.satisfaction.inviting import invitation
from lumbung.db.tenancy import AnySession
from lumbung.i18n import current_language, pick, show_datetime, speaking, t
from lumbung.messages import Manner, MessageKind, declared_manners, send_email
from lumbung.outbox import GiveUp, Payload, effect_handler
from tenants.municipalities.addresses import municipality_origin


@effect_handler(NOTIFY)
def write_notification(session: AnySession, payload: Payload) -> None:
    """Write the message of an effect and hand it to the mail. Raises GiveUp when it can never be written."""
    record = find_record(session, UUID(payload["record_id"]))
    if record is None:
        raise GiveUp("record is gone")
    app = app_of_record(session, record)
    kind, key = payload["recipient"]
    recipient = find_recipient(app, record, kind, key)
    if recipient is None:
        raise GiveUp("recipient cannot be reached any more")
    with speaking(recipient.language):
        try:
            subject, body = _texts(app, record, recipient, payload)
        except (KeyError, LiquidError) as error:
            raise GiveUp(f"message cannot be written: {type(error).__name__}") from error
        kind, manner = _manner(app, record, recipient, payload)
        if manner.push and recipient.account_id is not None and recipient.kind not in PRIVATE_KINDS:
            push_to_member(app, record, recipient.account_id, manner, kind=kind)
        if not manner.email:
            return
        send_email(
            session,
            to=recipient.email,
            subject=subject,
            text=body,
            sender_name=app.municipality.name,
            subject_ref=("record", record.id),
            # A reporter's link opens the record for whoever has it.
            secret=recipient.kind in PRIVATE_KINDS,
            manner=manner,
        )


def _manner(
    app: RunningApp, record: Record, recipient: Recipient, payload: Mapping[str, Any]
) -> tuple[MessageKind, Manner]:
    """What the message is about for this recipient, and how they want to be told of it now."""
    manners, private = declared_manners(), recipient.kind in PRIVATE_KINDS
    reminder = MessageKind.DEADLINES if payload.get("late") else MessageKind.TASKS
    kind = MessageKind.OWN_RECORDS if private else reminder
    # An address in a record that an account made is taken for the account's own.
    account_id = recipient.account_id or (record.created_by if private else None)
    if account_id is not None:
        manner = manners.of_accounts(app.session, [account_id], kind)[account_id]
    else:
        manner = manners.of_others(app.session, kind)
        if private:
            manner = replace(manner, email=not is_silenced(app.session, record), topic=record_topic(record.id))
    if recipient.kind == "member" and recipient.account_id is not None:
        meant = meant_ground(record.id, recipient.account_id, str(payload["to"]))
        manner = replace(manner, grounds=(*manner.grounds, meant))
    # Who has just done something waits for the answer.
    return kind, replace(manner, waits_until=None) if payload.get("own") else manner


def _texts(app: RunningApp, record: Record, recipient: Recipient, payload: Mapping[str, Any]) -> tuple[str, str]:
    context = message_context(app, record, recipient, payload)
    if payload.get("message") is None:
        return _escalation(app, record, context)
    message = app.definition.messages[payload["message"]]
    rendered = render_message(message, "email", current_language(), context)
    subject = rendered.subject or f"{context['app']['name']}: {record.number or context['record']['title']}"
    asked = _asked(app, record, recipient, payload, context["link"])
    return subject, rendered.body.rstrip() + asked if asked else rendered.body


def _asked(app: RunningApp, record: Record, recipient: Recipient, payload: Mapping[str, Any], link: str) -> str:
    """The question about satisfaction, for whoever made the record and holds its code."""
    if recipient.kind not in PRIVATE_KINDS or tracking_code_of(record) is None:
        return ""
    return invitation(app.session, record, history_id=UUID(payload["history_id"]), to=str(payload["to"]), link=link)


def _escalation(app: RunningApp, record: Record, context: Mapping[str, Any]) -> tuple[str, str]:
    name = f"{record.number or ''} {context['record']['title']}".strip()
    subject = t("Batas waktu terlewati: {name}", "Deadline missed: {name}", name=name)
    body = t(
        "Batas waktu “{clock}” untuk {name} terlewati pada {due}.\n\nBuka: {link}\n\n{app}, {municipality}\n",
        "The deadline “{clock}” of {name} was missed on {due}.\n\nOpen: {link}\n\n{app}, {municipality}\n",
        clock=context["clock"]["label"],
        due=context["clock"]["due"],
        name=name,
        link=context["link"],
        app=context["app"]["name"],
        municipality=app.municipality.name,
    )
    return subject, body


def message_context(
    app: RunningApp, record: Record, recipient: Recipient, payload: Mapping[str, Any]
) -> dict[str, Any]:
    """What a message may name, with values that this recipient may read, times in the municipality's zone."""
    kind = app.record_type(record.record_type)
    workflow = kind.workflow
    state = workflow.states.get(record.state) if workflow else None
    agency = app.agencies.by_id.get(record.agency_id) if record.agency_id else None
    code = tracking_code_of(record) if recipient.kind in PRIVATE_KINDS else None
    link = track_link(app.municipality, code) if code else record_link(app.municipality, record.id)
    roles = _reader_roles(app, recipient, str(payload["to"]))
    return {
        "record": _record_values(app, record, roles),
        "settings": {
            name: value
            for name, value in app.settings.items()
            if name in app.definition.settings and not app.definition.settings[name].secret
        },
        "municipality": {"name": app.municipality.name, "url": municipality_origin(app.municipality)},
        "app": {"name": pick(app.installation.own_name or dict(app.definition.name))},
        "agency": {"name": agency.name if agency else ""},
        "recipient": {"name": recipient.name},
        "action": _action(app, record, payload, roles),
        "clock": _clock(app, record, payload),
        "state": {"label": pick(state.label) if state else record.state},
        "category": {"label": _choice_label(app, record, "category")},
        "link": link,
        "tracking_code": code or "",
    }


def _reader_roles(app: RunningApp, recipient: Recipient, to: str) -> set[str]:
    if recipient.kind in PRIVATE_KINDS:
        return {"resident"}
    if to in ("agency", "assignee"):
        return {role.id for role in app.definition.roles.values() if role.scope == "agency"}
    return {to}


def _record_values(app: RunningApp, record: Record, roles: set[str]) -> dict[str, Any]:
    kind = app.record_type(record.record_type)
    allowed = fields_read_by(kind, roles)
    stored = {**built_in_values(record, app.agencies), **field_values(record, kind)}
    shown = {
        # Personal data of citizens does not travel by mail to officials; they read it behind their sign-in.
        name: display_value(app, field, value)
        if (field := kind.fields.get(name)) is not None and field.target is not None
        else _shown(app, value)
        for name, value in stored.items()
        if name in allowed and not (name in kind.fields and kind.fields[name].private and roles != {"resident"})
    }
    for name, spec in kind.fields.items():
        if spec.checklist is not None and name in allowed and roles == {"resident"}:
            shown[name] = told_checklist(kind, name, stored)
    titled = title_fields(kind)
    tells = titled <= allowed and (roles == {"resident"} or not any(kind.fields[name].private for name in titled))
    return {**shown, "number": record.number or "", "title": record.title if tells else record.number or ""}


def _shown(app: RunningApp, value: Any) -> Any:
    return show_datetime(value, app.municipality.timezone) if isinstance(value, datetime) else value


def _choice_label(app: RunningApp, record: Record, name: str) -> str:
    spec = app.record_type(record.record_type).fields.get(name)
    value = record.data.get(name)
    if spec is None or spec.options is None or value is None:
        return ""
    if spec.options.setting is None:
        return pick(spec.options.fixed.get(value))
    row = (app.settings.get(spec.options.setting) or {}).get(value) or {}
    return pick(row.get(spec.options.label_column)) or str(value)


def _action(app: RunningApp, record: Record, payload: Mapping[str, Any], roles: set[str]) -> dict[str, Any]:
    """The newest action before the message was noted, with what was said in it, as far as these roles read it; to
    officials nothing private."""
    noted = app.session.get(RecordHistory, (record.tenant_id, UUID(payload["history_id"])))
    if noted is None:
        return {}
    row = app.session.scalars(
        select(RecordHistory)
        .where(
            RecordHistory.tenant_id == record.tenant_id,
            RecordHistory.record_id == record.id,
            RecordHistory.kind == "action",
            RecordHistory.sequence < noted.sequence,
        )
        .order_by(RecordHistory.sequence.desc())
        .limit(1)
    ).first()
    workflow = app.record_type(record.record_type).workflow
    action = workflow.actions.get(row.name) if workflow and row else None
    if row is None or action is None:
        return {}
    personal = app.session.scalar(
        select(RecordHistoryPrivate.values).where(
            RecordHistoryPrivate.tenant_id == record.tenant_id, RecordHistoryPrivate.history_id == row.id
        )
    )
    told = {**row.changes.get("answers", {}), **((personal or {}).get("answers") or {})}
    if roles != {"resident"}:
        told = {
            name: value for name, value in told.items() if name in action.asks and not action.asks[name].field.private
        }
    kind = app.record_type(record.record_type)
    hidden = kind.fields.keys() - fields_read_by(kind, roles)
    written = {name: moved["to"] for name, moved in row.changes.get("fields", {}).items() if name not in hidden}
    return {**written, **told, "label": pick(action.label)}


def _clock(app: RunningApp, record: Record, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The clock that the message is about, else the one that is due first."""
    clocks = latest_rounds(list_clocks(app.session, record))
    named = [clock for clock in clocks if clock.clock == payload.get("clock")]
    found = min(named or clocks, key=lambda clock: clock.due_at, default=None)
    spec = app.record_type(record.record_type).clocks.get(found.clock) if found else None
    if found is None or spec is None:
        return {"label": "", "due": ""}
    return {"label": pick(spec.label), "due": show_datetime(found.due_at, app.municipality.timezone)}
