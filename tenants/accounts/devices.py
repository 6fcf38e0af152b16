"""The list of signed-in browsers as a person recognises them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from lumbung.db.tenancy import AnySession
from lumbung.i18n import t
from tenants.accounts.models import AccountSession
from tenants.accounts.sessions import HUB, list_sessions
from tenants.municipalities.models import Municipality

# The first that is found counts, so the more particular names come first (Edge and Opera call themselves Chrome too).
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("UCBrowser", "UC Browser"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, kw_only=True)
class Device:
    """One signed-in browser; `places` are the portals that it went to from there."""

    id: UUID
    name: str
    phone: bool
    places: tuple[str, ...]
    last_seen_at: datetime
    signed_in_at: datetime
    current: bool


def list_devices(session: AnySession, account_id: UUID, current_id: UUID | None) -> Sequence[Device]:
    """The account's signed-in browsers, this one first; portals are listed with the browser that went there."""
    found = list_sessions(session, account_id)
    slugs = {one.site for one in found if one.site != HUB}
    names: dict[str, str] = {}
    if slugs:
        rows = session.execute(select(Municipality.slug, Municipality.name).where(Municipality.slug.in_(slugs)))
        names = {row.slug: row.name for row in rows}
    devices = [_device(one, found, names, current_id) for one in found if one.parent_id is None]
    return sorted(devices, key=lambda device: not device.current)


def describe_device(user_agent: str) -> str:
    """Browser and system in plain words, such as 'Chrome di Android'."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), None)
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    if browser and system:
        return t("{browser} di {system}", "{browser} on {system}", browser=browser, system=system)
    return browser or system or t("Perangkat lain", "Another device")


def _device(
    one: AccountSession, everything: Sequence[AccountSession], names: dict[str, str], current_id: UUID | None
) -> Device:
    children = [child for child in everything if child.parent_id == one.id]
    return Device(
        id=one.id,
        name=describe_device(one.user_agent),
        phone=any(mark in one.user_agent for mark in ("Android", "iPhone")),
        places=tuple(sorted({names.get(child.site, child.site) for child in children})),
        last_seen_at=max([one.last_seen_at, *(child.last_seen_at for child in children)]),
        signed_in_at=one.created_at,
        current=one.id == current_id,
    )
