"""Browsers that take notifications: asked for by their person, kept until the person or the push service drops them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text
from lumbung.ids import new_id
from lumbung.outgoing import LONGEST_ADDRESS
from lumbung.push import Subscription, VapidKey, vapid_key
from tenants.accounts.devices import describe_device
from tenants.accounts.sessions import find_browser, live_session
from tenants.municipalities.services import own_municipality
from tenants.preferences.grounds import ground
from tenants.preferences.models import PushDevice

MOST_DEVICES = 20
_BAD = Text("Peramban ini tidak dapat diberi tahu.", "This browser cannot be notified.")


class PushUnavailable(Conflict):
    """The platform has no key to sign notifications with."""

    slug = "push-unavailable"
    title = Text("Notifikasi belum disiapkan", "Notifications are not set up")
    default = Text(
        "Pengelola platform belum menyiapkan notifikasi ponsel.", "This platform has not set up notifications yet."
    )


class TooManyDevices(Conflict):
    """A person has as many devices here as are kept."""

    slug = "too-many-devices"
    title = Text("Terlalu banyak perangkat", "Too many devices")
    default = Text(
        "Anda sudah punya {n} perangkat di sini. Hapus salah satu dahulu.",
        "You have {n} devices here. Remove one first.",
    ).format(n=MOST_DEVICES)


def keep_device(
    session: AnySession,
    subscription: Subscription,
    *,
    account_id: UUID | None,
    user_agent: str,
    session_id: UUID | None = None,
) -> PushDevice:
    """Keep a browser that was subscribed with the platform's key; the same browser again is the same device, and
    whoever signed in on it last has it, for as long as they are signed in there (`session_id` is their session).

    Raises PushUnavailable without a key, Invalid for what is no subscription, TooManyDevices.
    """
    key = _expect_key()
    try:
        subscription.checked()
    except ValueError as error:
        raise Invalid(_BAD) from error
    if not subscription.endpoint.startswith("https://") or len(subscription.endpoint) > LONGEST_ADDRESS:
        raise Invalid(_BAD)
    device = find_by_endpoint(session, subscription.endpoint)
    if account_id is not None and (device is None or device.account_id != account_id):
        _expect_room(session, account_id)
    kept: dict[str, object] = {
        "p256dh": subscription.p256dh,
        "auth": subscription.auth,
        "key": key.public,
        "name": describe_device(user_agent),
        "last_used_at": now(),
    }
    if account_id is not None:
        kept |= {"account_id": account_id, "session_id": find_browser(session, session_id, account_id)}
    # In one statement, because a browser that sends twice sends at once.
    row = insert(PushDevice).values(
        tenant_id=current_tenant(session),
        id=new_id(),
        created_at=now(),
        endpoint=subscription.endpoint,
        endpoint_digest=_digest(subscription.endpoint),
        **kept,
    )
    stored = row.on_conflict_do_update(constraint="uq_push_devices_endpoint", set_=kept).returning(PushDevice)
    return session.scalars(stored, execution_options={"populate_existing": True}).one()


def find_by_endpoint(session: AnySession, endpoint: str) -> PushDevice | None:
    """The device of a browser by its address at the push service, which the browser alone knows."""
    return session.scalar(
        select(PushDevice).where(
            PushDevice.tenant_id == current_tenant(session), PushDevice.endpoint_digest == _digest(endpoint)
        )
    )


def list_push_devices(session: AnySession, account_id: UUID) -> Sequence[PushDevice]:
    """The devices on which a person is notified here, the newest first."""
    return session.scalars(
        select(PushDevice)
        .where(PushDevice.tenant_id == current_tenant(session), PushDevice.account_id == account_id, _hears(session))
        .order_by(PushDevice.id.desc())
    ).all()


def devices_of(session: AnySession, account_ids: Collection[UUID]) -> Mapping[UUID, list[UUID]]:
    """The ids of the devices on which each account is notified, of those that have any: where somebody signed out, or
    their session ended otherwise, the next person must not read what concerns them."""
    found: dict[UUID, list[UUID]] = {}
    rows = session.execute(
        select(PushDevice.account_id, PushDevice.id).where(
            PushDevice.tenant_id == current_tenant(session), PushDevice.account_id.in_(account_ids), _hears(session)
        )
    )
    for account_id, device_id in rows:
        if account_id is not None:
            found.setdefault(account_id, []).append(device_id)
    return found


def device_ground(device_id: UUID, account_id: UUID) -> str:
    """The ground of what a device gets because of its account."""
    return f"device:{device_id}:{account_id}"


@ground("device")
def _is_notified(session: AnySession, subject_id: UUID, rest: str) -> bool:
    return subject_id in devices_of(session, [UUID(rest)]).get(UUID(rest), ())


def remove_device(session: AnySession, account_id: UUID, device_id: UUID) -> None:
    """Stop notifying a device. Raises NotFound when it is not this person's."""
    device = session.scalar(
        select(PushDevice).where(
            PushDevice.tenant_id == current_tenant(session),
            PushDevice.id == device_id,
            PushDevice.account_id == account_id,
        )
    )
    if device is None:
        raise NotFound
    drop_device(session, device_id)


def drop_device(session: AnySession, device_id: UUID) -> None:
    """Forget a device, whoever's it is; none of this id is fine."""
    session.execute(
        delete(PushDevice)
        .where(PushDevice.tenant_id == current_tenant(session), PushDevice.id == device_id)
        .execution_options(synchronize_session=False)
    )


def find_subscription(session: AnySession, device_id: UUID) -> Subscription | None:
    """What a device is notified by; None when it is gone, or subscribed with a key that this platform no longer has."""
    device = session.scalar(
        select(PushDevice).where(PushDevice.tenant_id == current_tenant(session), PushDevice.id == device_id)
    )
    key = vapid_key()
    if device is None or key is None or device.key != key.public:
        return None
    return Subscription(device.endpoint, device.p256dh, device.auth)


def _expect_key() -> VapidKey:
    key = vapid_key()
    if key is None:
        raise PushUnavailable
    return key


def _expect_room(session: AnySession, account_id: UUID) -> None:
    count = session.scalar(
        select(func.count()).where(
            PushDevice.tenant_id == current_tenant(session), PushDevice.account_id == account_id, _hears(session)
        )
    )
    if (count or 0) >= MOST_DEVICES:
        raise TooManyDevices


def _hears(session: AnySession) -> ColumnElement[bool]:
    """Whether a device's person is signed in on it still."""
    return live_session(
        PushDevice.account_id,
        PushDevice.session_id,
        literal(own_municipality(session).slug),
        known_at=PushDevice.last_used_at,
    )


def _digest(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()
