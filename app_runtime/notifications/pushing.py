"""Notifications on devices about a record: its number and what happened, nothing of anybody."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import Select, exists, or_, select

from app_catalog.definitions.model import PEOPLE
from app_runtime.notifications.links import own_record_link, record_link, track_link
from app_runtime.notifications.models import RecordFollower
from app_runtime.records.change import Change
from app_runtime.records.models import Record
from app_runtime.records.reading import find_record
from app_runtime.records.running_app import RunningApp, app_of_record
from app_runtime.records.tracking import LANGUAGE_KEY, tracking_code_of
from lumbung.db.tenancy import AnySession
from lumbung.i18n import pick, speaking, t
from lumbung.messages import Channel, Manner, MessageKind, channel_available, declared_manners, send_push
from lumbung.outbox import GiveUp, Payload, effect_handler, enqueue_effect
from tenants.municipalities.addresses import municipality_origin
from tenants.preferences.devices import device_ground, devices_of
from tenants.preferences.models import PushDevice

PUSH_ABOUT_RECORD = "push_about_record"
_RESIDENTS = ("resident", "public")


def note_push(change: Change, to: str, *, history_id: UUID) -> None:
    """Note that whoever made the record is to be notified, when `to` means them and any of their devices listens.

    Nobody is notified of what they did themselves a moment ago, nor of a record that is only being made.
    """
    record = change.record
    if change.held is not None or not channel_available(Channel.PUSH) or change.actor.owns(record):
        return
    field = change.record_type.fields.get(to)
    if (field is None or field.type in PEOPLE) and to not in _RESIDENTS:
        return
    if change.session.scalar(_anybody_listens(record)):
        payload = {"record_id": str(record.id)}
        enqueue_effect(change.session, PUSH_ABOUT_RECORD, payload, dedupe_key=f"push:{history_id}")


@effect_handler(PUSH_ABOUT_RECORD)
def push_about_record(session: AnySession, payload: Payload) -> None:
    """Notify the devices that follow a record, and those of the account that made it. Raises GiveUp when it is gone."""
    record = find_record(session, UUID(payload["record_id"]))
    if record is None:
        raise GiveUp("record is gone")
    app = app_of_record(session, record)
    code = tracking_code_of(record)
    if code is None:
        raise GiveUp("nobody can follow the record any more")
    manners = declared_manners()
    followers = session.execute(
        select(PushDevice.id, PushDevice.account_id)
        .select_from(RecordFollower)
        .join(
            PushDevice,
            (PushDevice.tenant_id == RecordFollower.tenant_id) & (PushDevice.id == RecordFollower.device_id),
        )
        .where(RecordFollower.tenant_id == record.tenant_id, RecordFollower.record_id == record.id)
    ).all()
    accounts = {row.account_id for row in followers if row.account_id}
    accounts |= {record.created_by} if record.created_by else set()
    own = devices_of(session, accounts)
    # Who signed out on a device is nobody there; it follows by the code all the same.
    devices: dict[UUID, UUID | None] = {
        row.id: row.account_id if row.id in own.get(row.account_id, ()) else None for row in followers
    }
    following = frozenset(devices)
    if record.created_by is not None:
        devices.update(dict.fromkeys(own.get(record.created_by, ()), record.created_by))
    known = manners.of_accounts(session, accounts, MessageKind.OWN_RECORDS)
    guests = manners.of_others(session, MessageKind.OWN_RECORDS)
    with speaking(str(record.private.get(LANGUAGE_KEY, "id"))):
        for device_id, whose in devices.items():
            manner = known[whose] if whose else guests
            if whose and device_id not in following:
                manner = replace(manner, grounds=(device_ground(device_id, whose),))
            if manner.push:
                _push(
                    app,
                    record,
                    device_id,
                    manner,
                    body=state_told(app, record),
                    # Who has signed out on a device opens nothing with it, unless it was followed by the code there.
                    address=track_link(app.municipality, code)
                    if device_id in following
                    else own_record_link(app.municipality, record.id),
                )


def push_to_member(app: RunningApp, record: Record, account_id: UUID, manner: Manner, *, kind: MessageKind) -> None:
    """Notify the devices of somebody at work."""
    number = record.number or ""
    body = (
        t("Batas waktu terlewati: {number}", "Deadline missed: {number}", number=number)
        if kind == MessageKind.DEADLINES
        else t("Untuk Anda: {told}", "For you: {told}", told=state_told(app, record))
    )
    for device_id in devices_of(app.session, [account_id]).get(account_id, ()):
        grounded = replace(manner, grounds=(*manner.grounds, device_ground(device_id, account_id)))
        _push(
            app, record, device_id, grounded, body=body, address=record_link(app.municipality, record.id), secret=False
        )


def state_told(app: RunningApp, record: Record) -> str:
    """Number and state of a record in the reader's language, and nothing that anybody wrote."""
    workflow = app.record_type(record.record_type).workflow
    state = workflow.states.get(record.state) if workflow else None
    return t(
        "{number}: {state}",
        "{number}: {state}",
        number=record.number or t("Laporan", "Report"),
        state=pick(state.label) if state else t("ada kabar baru", "there is news"),
    )


def _push(
    app: RunningApp, record: Record, device_id: UUID, manner: Manner, *, body: str, address: str, secret: bool = True
) -> None:
    send_push(
        app.session,
        device_id=device_id,
        title=pick(app.installation.own_name or dict(app.definition.name)),
        body=body,
        address=address.removeprefix(municipality_origin(app.municipality)),
        subject_ref=("record", record.id),
        manner=manner,
        secret=secret,
    )


def _anybody_listens(record: Record) -> Select[bool]:
    followed = exists().where(RecordFollower.tenant_id == record.tenant_id, RecordFollower.record_id == record.id)
    if record.created_by is None:
        return select(followed)
    own = exists().where(PushDevice.tenant_id == record.tenant_id, PushDevice.account_id == record.created_by)
    return select(or_(followed, own))
