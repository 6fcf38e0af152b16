"""Subscribing to a calendar: a public one by its plain address, any other by a secret one for each person."""

from __future__ import annotations

from dataclasses import dataclass
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app_catalog.installations.services import find_installation
from app_runtime.agendas.models import CalendarSubscription
from app_runtime.pages.opening import OpenPage
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import NotFound
from lumbung.ids import new_id
from lumbung.secrets import blind_index
from tenants.accounts.models import Account
from tenants.municipalities.addresses import municipality_origin

_SEAL = 32


@dataclass(frozen=True, slots=True)
class Subscribing:
    """How the reader subscribes: the `address` when there is one; `secret` when it is theirs alone; `offered` when one
    can be made."""

    address: str = ""
    secret: bool = False
    offered: bool = False


def show_subscribing(opened: OpenPage) -> Subscribing:
    """How whoever looks may subscribe to this calendar."""
    base = f"{municipality_origin(opened.app.municipality)}/{opened.slug}/{opened.page.id}/calendar"
    if "public" in opened.page.audience:
        return Subscribing(f"{base}.ics")
    found = _find(opened)
    address = f"{base}/{token_of(found)}.ics" if found else ""
    return Subscribing(address, secret=True, offered=found is None)


def subscribe(opened: OpenPage) -> None:
    """Make a new secret address of this calendar for whoever asks; the one before is none any more."""
    session, subscription_id = opened.app.session, new_id()
    # In one statement, because whoever taps twice asks twice at once.
    row = insert(CalendarSubscription).values(
        tenant_id=opened.app.installation.tenant_id,
        id=subscription_id,
        installation_id=opened.app.installation.id,
        page_id=opened.page.id,
        account_id=_account_id(opened),
        created_at=now(),
    )
    again = {"id": row.excluded.id, "created_at": row.excluded.created_at}
    session.execute(row.on_conflict_do_update(constraint="uq_calendar_subscriptions_person", set_=again))
    record_audit(session, "calendar.subscribed", subject_type="calendar", subject_id=subscription_id)


def revoke(opened: OpenPage) -> None:
    """Take the person's secret address of this calendar away; nothing happens without one."""
    session = opened.app.session
    found = _find(opened)
    if found is None:
        return
    session.execute(
        delete(CalendarSubscription).where(
            CalendarSubscription.tenant_id == found.tenant_id, CalendarSubscription.id == found.id
        )
    )
    record_audit(session, "calendar.revoked", subject_type="calendar", subject_id=found.id)


def access_subscription(session: AnySession, slug: str, page_id: str, token: str) -> Account:
    """The person whose secret address this is. Raises NotFound for one that is none, or of another calendar."""
    try:
        subscription_id = UUID(hex=token[:32])
    except ValueError:
        raise NotFound from None
    found = session.scalar(
        select(CalendarSubscription).where(
            CalendarSubscription.tenant_id == current_tenant(session), CalendarSubscription.id == subscription_id
        )
    )
    if found is None or not compare_digest(token.encode(), token_of(found).encode()):
        raise NotFound
    installation = find_installation(session, slug)
    if installation is None or installation.id != found.installation_id or page_id != found.page_id:
        raise NotFound
    account = session.get(Account, found.account_id)
    if account is None or account.disabled_at is not None:
        raise NotFound
    return account


def token_of(subscription: CalendarSubscription) -> str:
    """The secret part of the address."""
    seal = blind_index(subscription.id.hex, f"calendar_subscriptions:{subscription.tenant_id}")
    return f"{subscription.id.hex}{seal[:_SEAL]}"


def _find(opened: OpenPage) -> CalendarSubscription | None:
    return opened.app.session.scalar(
        select(CalendarSubscription).where(
            CalendarSubscription.tenant_id == opened.app.installation.tenant_id,
            CalendarSubscription.installation_id == opened.app.installation.id,
            CalendarSubscription.page_id == opened.page.id,
            CalendarSubscription.account_id == _account_id(opened),
        )
    )


def _account_id(opened: OpenPage) -> UUID | None:
    return opened.writer.account_id
