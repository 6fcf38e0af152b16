"""Municipalities learn that a version which they run was yanked: one letter to each administrator, once."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app_catalog.installations.models import Installation
from app_catalog.releases.changing import SPREAD_YANK
from app_catalog.releases.models import App, Release, ReleaseEvent
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.i18n import Text
from lumbung.messages import MessageKind, tell_each
from lumbung.outbox import GiveUp, Payload, effect_handler
from tenants.municipalities.addresses import manage_address
from tenants.municipalities.everywhere import enqueue_everywhere
from tenants.people.roles import ADMIN_ROLE
from tenants.people.telling import people_with_roles

TELL_YANK = "tell_yank"


@effect_handler(SPREAD_YANK)
def spread_yank(session: AnySession, payload: Payload) -> None:
    """Have each municipality look for itself: what it runs is known inside its wall only."""
    enqueue_everywhere(session, TELL_YANK, payload, key=f"yank:{payload['event_id']}")


@effect_handler(TELL_YANK)
def tell_yank(session: AnySession, payload: Payload) -> None:
    """Tell the administrators when the municipality makes new records by the yanked version."""
    row = session.execute(
        select(ReleaseEvent, Release, App)
        .join(Release, Release.id == ReleaseEvent.release_id)
        .join(App, App.id == Release.app_id)
        .where(ReleaseEvent.id == UUID(payload["event_id"]))
    ).one_or_none()
    if row is None:
        raise GiveUp("the event is gone")
    event, release, app = row
    installation = session.scalar(
        select(Installation).where(
            Installation.tenant_id == current_tenant(session),
            Installation.release_id == release.id,
            Installation.status == "enabled",
        )
    )
    if installation is None:
        return
    said = {
        "app": Text.of(installation.own_name or app.name),
        "version": release.version,
        "reason": event.reason,
        "link": manage_address(session, f"/apps/{installation.slug}/versions"),
    }
    tell_each(
        session,
        people_with_roles(session, ADMIN_ROLE),
        subject=Text(
            "{app} versi {version} ditarik penerbitnya", "{app} version {version} was yanked by its publisher"
        ).format(**said),
        text=Text(
            "Penerbit menarik {app} versi {version}, yang dipakai daerah Anda.\n\nAlasannya: {reason}\n\n"
            "Aplikasi tetap berjalan dan tidak ada data yang hilang, tetapi daerah lain tidak dapat lagi "
            "mengaktifkan versi ini.\n\nYang perlu dilakukan: buka halaman versi, lihat versi lain yang "
            "tersedia dan laporannya atas data Anda, lalu pindah bila cocok: {link}",
            "The publisher yanked {app} version {version}, which your municipality runs.\n\nThe reason: "
            "{reason}\n\nThe app keeps running and no data is lost, but nobody else can enable this version "
            "any more.\n\nWhat to do next: open the page of versions, look at the others on offer and at the "
            "report on your own data, and change when one fits: {link}",
        ).format(**said),
        about=("yank", event.id),
        kind=MessageKind.SECURITY,
    )
