"""Municipalities learn that an app which they run has another publisher."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app_catalog.installations.models import Installation
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from app_catalog.transfers.models import AppTransfer
from app_catalog.transfers.services import SPREAD
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.i18n import Text
from lumbung.messages import tell_each
from lumbung.outbox import GiveUp, Payload, effect_handler
from tenants.municipalities.addresses import manage_address
from tenants.municipalities.everywhere import enqueue_everywhere
from tenants.people.roles import ADMIN_ROLE
from tenants.people.telling import people_with_roles

TELL = "tell_transfer"


@effect_handler(SPREAD)
def spread_transfer(session: AnySession, payload: Payload) -> None:
    """Have each municipality look for itself: what it runs is known inside its wall only."""
    enqueue_everywhere(session, TELL, payload, key=f"transfer:{payload['transfer_id']}")


@effect_handler(TELL)
def tell_transfer(session: AnySession, payload: Payload) -> None:
    """Tell the administrators when the municipality runs the app."""
    giver, taker = aliased(Publisher), aliased(Publisher)
    row = session.execute(
        select(AppTransfer, App, giver.name, taker.name)
        .join(App, App.id == AppTransfer.app_id)
        .join(giver, giver.id == AppTransfer.from_publisher_id)
        .join(taker, taker.id == AppTransfer.to_publisher_id)
        .where(AppTransfer.id == UUID(payload["transfer_id"]))
    ).one_or_none()
    if row is None:
        raise GiveUp("the transfer is gone")
    transfer, app, before, after = row
    installation = session.scalar(
        select(Installation).where(
            Installation.tenant_id == current_tenant(session),
            Installation.app_id == app.id,
            Installation.status == "enabled",
        )
    )
    if installation is None:
        return
    said = {
        "app": Text.of(installation.own_name or app.name),
        "before": before,
        "after": after,
        "link": manage_address(session, f"/apps/{installation.slug}/versions"),
    }
    tell_each(
        session,
        people_with_roles(session, ADMIN_ROLE),
        subject=Text("{app} kini diterbitkan {after}", "{app} is published by {after} now").format(**said),
        text=Text(
            "{before} menyerahkan {app} kepada {after}. Yang Anda pakai tetap berjalan; data dan pengaturan Anda "
            "tidak berubah. Versi berikutnya datang dari {after}; versi pertamanya diperiksa kurator.\n\n"
            "Bila daerah Anda menerima versi baru dengan sendirinya, periksa apakah itu masih Anda inginkan: {link}",
            "{before} handed {app} over to {after}. What you run goes on; your data and settings stay as they are. "
            "The next versions come from {after}; a curator looks at the first of them.\n\n"
            "If your municipality takes new versions by itself, see whether you still want that: {link}",
        ).format(**said),
        about=("transfer", transfer.id),
    )
