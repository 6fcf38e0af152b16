"""Municipalities learn that a version which they run was yanked: one letter to each administrator, once."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app_catalog.installations.models import Installation
from app_catalog.releases.changing import SPREAD_YANK
from app_catalog.releases.models import App, Release, ReleaseEvent
from app_catalog.releases.telling import in_language_of
from lumbung.db import as_tenant
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.i18n import pick, t
from lumbung.messages import send_email
from lumbung.outbox import GiveUp, Payload, effect_handler, enqueue_effect
from lumbung.web.sites import portal_origin
from tenants.accounts.models import Account
from tenants.municipalities.models import Municipality
from tenants.people.models import Membership, RoleGrant

TELL_YANK = "tell_yank"


@effect_handler(SPREAD_YANK)
def spread_yank(session: AnySession, payload: Payload) -> None:
    """Have each municipality look for itself: what it runs is known inside its wall only."""
    spread(session, TELL_YANK, payload, key=f"yank:{payload['event_id']}")


def spread(session: AnySession, kind: str, payload: Payload, *, key: str) -> None:
    """An effect of this kind in every municipality, once for each `key`."""
    for municipality_id in session.scalars(select(Municipality.id).order_by(Municipality.id)).all():
        with as_tenant(session, municipality_id):
            enqueue_effect(session, kind, payload, dedupe_key=key)


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
    link = f"{portal_to_manage(session)}/apps/{installation.slug}/versions"
    for person in administrators(session):
        with in_language_of(person):
            name = pick(installation.own_name or app.name)
            send_email(
                session,
                to=person.email,
                subject=t(
                    "{app} versi {version} ditarik penerbitnya",
                    "{app} version {version} was yanked by its publisher",
                    app=name,
                    version=release.version,
                ),
                text=t(
                    "Penerbit menarik {app} versi {version}, yang dipakai daerah Anda.\n\nAlasannya: {reason}\n\n"
                    "Aplikasi tetap berjalan dan tidak ada data yang hilang, tetapi daerah lain tidak dapat lagi "
                    "mengaktifkan versi ini.\n\nYang perlu dilakukan: buka halaman versi, lihat versi lain yang "
                    "tersedia dan laporannya atas data Anda, lalu pindah bila cocok: {link}",
                    "The publisher yanked {app} version {version}, which your municipality runs.\n\nThe reason: "
                    "{reason}\n\nThe app keeps running and no data is lost, but nobody else can enable this version "
                    "any more.\n\nWhat to do next: open the page of versions, look at the others on offer and at the "
                    "report on your own data, and change when one fits: {link}",
                    app=name,
                    version=release.version,
                    reason=event.reason,
                    link=link,
                ),
                subject_ref=("yank", event.id),
            )


def administrators(session: AnySession) -> list[Account]:
    """The accounts of the people who administer the session's municipality now."""
    return list(
        session.scalars(
            select(Account)
            .join(Membership, Membership.account_id == Account.id)
            .join(
                RoleGrant,
                (RoleGrant.tenant_id == Membership.tenant_id) & (RoleGrant.membership_id == Membership.id),
            )
            .where(
                Membership.tenant_id == current_tenant(session),
                Membership.ended_at.is_(None),
                Account.disabled_at.is_(None),
                RoleGrant.app_id == "",
                RoleGrant.role == "tenant_admin",
            )
            .order_by(Account.id)
        )
    )


def portal_to_manage(session: AnySession) -> str:
    """The address of the management pages of the session's municipality."""
    slug = session.scalars(select(Municipality.slug).where(Municipality.id == current_tenant(session))).one()
    return f"{portal_origin(slug)}/manage"
