"""Who is meant by the `to` of a message or of a rung, and how they can be reached."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from app_catalog.definitions.model import PEOPLE, Field
from app_runtime.records.change import Change
from app_runtime.records.models import Record
from app_runtime.records.municipal import municipal_today
from app_runtime.records.running_app import RunningApp
from app_runtime.records.tracking import LANGUAGE_KEY
from lumbung.db import now
from tenants.accounts.models import Account
from tenants.agencies.models import AgencyHead
from tenants.people.models import Delegation, Membership, RoleGrant


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to write to. `key` is the membership's, agency's or account's id, or the id of a record's field;
    `account_id` is of who has an account."""

    kind: Literal["member", "agency", "account", "field"]
    key: str
    name: str
    email: str
    language: str = "id"
    account_id: UUID | None = None


def resolve_recipients(change: Change, to: str) -> list[Recipient]:
    """Everybody whom `to` means for this record and who has an address; nobody twice.

    `to` is a field with an address, `agency`, `assignee`, a built-in role, or a role of the app (within the record's
    agency when it is scoped).
    """
    return recipients_now(change.app, change.record, to)


def recipients_now(app: RunningApp, record: Record, to: str) -> list[Recipient]:
    """Whom `resolve_recipients` finds for a record as it stands."""
    field = app.record_type(record.record_type).fields.get(to)
    if field is not None and field.type in PEOPLE:
        named = (record.private if field.private else record.data).get(to) or []
        return _unique(_members(app, [UUID(one) for one in ([named] if isinstance(named, str) else named)]))
    if field is not None:
        return _unique(_from_field(record, field))
    known = _BUILT_IN.get(to)
    if known is not None:
        return _unique(known(app, record))
    if to in app.definition.roles:
        return _unique(_with_role(app, record, to))
    return []


def find_recipient(app: RunningApp, record: Record, kind: str, key: str) -> Recipient | None:
    """The same recipient again when the message is written; None when they can no longer be reached."""
    if kind == "field":
        field = app.record_type(record.record_type).fields.get(key)
        return next(iter(_from_field(record, field)), None) if field is not None else None
    if kind == "agency":
        return next(iter(_mailbox(app, UUID(key))), None)
    if kind == "account":
        return next(iter(_account(app, UUID(key))), None)
    return next(iter(_members(app, [UUID(key)])), None)


def _from_field(record: Record, field: Field) -> list[Recipient]:
    stored = record.private if field.private else record.data
    value = stored.get(field.id)
    language = str(record.private.get(LANGUAGE_KEY, "id"))
    if field.type == "email" and value:
        return [Recipient("field", field.id, "", str(value), language)]
    if field.type == "group" and isinstance(value, dict):
        email = next((value.get(member.id) for member in field.fields.values() if member.type == "email"), None)
        if email:
            return [Recipient("field", field.id, str(value.get("name", "")), str(email), language)]
    return []


def _resident(app: RunningApp, record: Record) -> list[Recipient]:
    for field in app.record_type(record.record_type).fields.values():
        if found := _from_field(record, field):
            return found
    return _account(app, record.created_by) if record.created_by else []


def _account(app: RunningApp, account_id: UUID) -> list[Recipient]:
    found = app.session.get(Account, account_id)
    if found is None or found.disabled_at is not None:
        return []
    return [Recipient("account", str(found.id), found.name, found.email, found.language, found.id)]


def _agency(app: RunningApp, record: Record) -> list[Recipient]:
    if record.agency_id is None:
        return []
    scoped = [role.id for role in app.definition.roles.values() if role.scope == "agency"]
    members = [member for role in scoped for member in _with_role(app, record, role)]
    return [*members, *_mailbox(app, record.agency_id)]


def _mailbox(app: RunningApp, agency_id: UUID) -> list[Recipient]:
    agency = app.agencies.by_id.get(agency_id)
    if agency is None or not agency.open or not agency.email:
        return []
    return [Recipient("agency", str(agency.id), agency.name, agency.email)]


def _agency_head(app: RunningApp, record: Record) -> list[Recipient]:
    """The acting head while there is one, else the head."""
    if record.agency_id is None:
        return []
    today = municipal_today(app.session, now())
    acting = select(Delegation.acting_id).where(
        Delegation.tenant_id == record.tenant_id,
        Delegation.agency_id == record.agency_id,
        Delegation.ended_at.is_(None),
        Delegation.first_day <= today,
        Delegation.last_day >= today,
    )
    head = select(AgencyHead.membership_id).where(
        AgencyHead.tenant_id == record.tenant_id, AgencyHead.agency_id == record.agency_id
    )
    return _members(app, app.session.scalars(acting)) or _members(app, app.session.scalars(head))


def _assignee(app: RunningApp, record: Record) -> list[Recipient]:
    return _members(app, [record.assignee_id] if record.assignee_id else [])


def _tenant_admin(app: RunningApp, record: Record) -> list[Recipient]:
    return _members(app, _granted(app, "", "tenant_admin"))


def _official(app: RunningApp, record: Record) -> list[Recipient]:
    return _members(app, _granted(app, "", "official"), agencies={record.agency_id} if record.agency_id else set())


def _with_role(app: RunningApp, record: Record, role: str) -> list[Recipient]:
    ids = _granted(app, app.installation.slug, role)
    if app.definition.roles[role].scope == "agency":
        return _members(app, ids, agencies={record.agency_id} if record.agency_id else set())
    return _members(app, ids)


def _granted(app: RunningApp, app_id: str, role: str) -> list[UUID]:
    query = select(RoleGrant.membership_id).where(
        RoleGrant.tenant_id == app.installation.tenant_id, RoleGrant.app_id == app_id, RoleGrant.role == role
    )
    return list(app.session.scalars(query))


def _members(app: RunningApp, ids: Iterable[UUID], *, agencies: set[UUID] | None = None) -> list[Recipient]:
    wanted = list(ids)
    if not wanted:
        return []
    query = (
        select(Membership.id, Membership.name, Membership.account_id, Account.email, Account.language)
        .join(Account, Account.id == Membership.account_id)
        .where(
            Membership.tenant_id == app.installation.tenant_id,
            Membership.id.in_(wanted),
            Membership.ended_at.is_(None),
            Account.disabled_at.is_(None),
        )
        .order_by(Membership.name, Membership.id)
    )
    if agencies is not None:
        query = query.where(Membership.agency_id.in_(agencies))
    return [
        Recipient("member", str(row.id), row.name, row.email, row.language, row.account_id)
        for row in app.session.execute(query)
    ]


def _unique(found: Iterable[Recipient]) -> list[Recipient]:
    return list({recipient.email.lower(): recipient for recipient in reversed(list(found))}.values())[::-1]


_BUILT_IN: dict[str, Callable[[RunningApp, Record], list[Recipient]]] = {
    "agency": _agency,
    "agency_head": _agency_head,
    "assignee": _assignee,
    "tenant_admin": _tenant_admin,
    "official": _official,
    "resident": _resident,
    "public": _resident,
}
