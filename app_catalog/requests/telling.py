"""Who is told of what: the one who asked of every decision, everybody who wanted it of the version that brings it.

The publisher's side knows only which municipalities asked or voted; it leaves each a wake-up, and the e-mails are
written inside the municipality, where its people are known.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app_catalog.evaluations.telling import tell_judges
from app_catalog.installations.models import Installation
from app_catalog.releases.models import App
from app_catalog.requests.models import AppRequest, RequestDecision, RequestNotice
from app_catalog.requests.reading import supporting
from app_catalog.requests.wording import STATES
from lumbung.db import as_tenant, now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from lumbung.outbox import register_wakeup_handler, schedule_wakeup
from lumbung.web.sites import url_on_hub
from tenants.municipalities.addresses import manage_address

WAKEUP = "requests.fixed"


def tell_of_decision(session: AnySession, app: App, request: AppRequest, decision: RequestDecision) -> None:
    """What the publisher has just said reaches whom it concerns.

    When it is fixed, everybody who asked or voted, by a wake-up; otherwise whoever asked, at once.
    """
    root = decision.duplicate_of or request.id
    if decision.state in ("fixed", "duplicate"):
        each = supporting(app.id)
        for tenant_id in session.scalars(select(each.c.tenant_id).where(each.c.root == root)).all():
            with as_tenant(session, tenant_id):
                schedule_wakeup(session, WAKEUP, now())
    if decision.state == "fixed":
        return
    with as_tenant(session, request.tenant_id):
        _tell_who_asked(session, app, request, decision)


def tell_of_fixes(session: AnySession, tenant_id: UUID) -> None:
    """Tell the municipality's evaluators and administrators what was fixed of what it asked or voted for: once for
    each request and version."""
    each = supporting()
    roots = select(each.c.root).where(each.c.tenant_id == tenant_id)
    told = (
        select(RequestNotice.id)
        .where(
            RequestNotice.tenant_id == tenant_id,
            RequestNotice.request_id == RequestDecision.request_id,
            RequestNotice.version == RequestDecision.fixed_version,
        )
        .exists()
    )
    found = session.execute(
        select(AppRequest, RequestDecision, App)
        .join(RequestDecision, RequestDecision.request_id == AppRequest.id)
        .join(App, App.id == AppRequest.app_id)
        .where(RequestDecision.state == "fixed", AppRequest.id.in_(roots), ~told)
        .order_by(RequestDecision.updated_at)
    ).all()
    for request, decision, app in found:
        _tell_of_fix(session, tenant_id, app, request, decision)
        session.add(RequestNotice(tenant_id=tenant_id, request_id=request.id, version=decision.fixed_version))
    session.flush()


register_wakeup_handler(WAKEUP, tell_of_fixes)


def _tell_of_fix(
    session: AnySession, tenant_id: UUID, app: App, request: AppRequest, decision: RequestDecision
) -> None:
    enabled = session.scalar(
        select(Installation.id).where(
            Installation.tenant_id == tenant_id, Installation.app_id == app.id, Installation.status == "enabled"
        )
    )
    said = {
        "app": Text.of(app.name),
        "version": decision.fixed_version,
        "title": request.title,
        "about": url_on_hub("request_pages.show", slug=app.slug, request_id=request.id),
        "upgrade": manage_address(session, f"/apps/{app.slug}/versions/{decision.fixed_version}"),
    }
    tell_judges(
        session,
        subject=Text(
            "{app} {version} menjawab permintaan Anda: {title}", "{app} {version} brings what you asked for: {title}"
        ).format(**said),
        text=Text.paragraphs(
            Text(
                "Permintaan “{title}”, yang ditulis atau didukung daerah Anda, selesai di {app} versi {version}.",
                "The request “{title}”, which your municipality wrote or supported, is done in {app} version "
                "{version}.",
            ).format(**said),
            decision.note,
            Text(
                "Lihat artinya bagi daerah Anda, lalu beralih ke versi itu: {upgrade}",
                "See what it means for your municipality, and switch to it: {upgrade}",
            ).format(**said)
            if enabled
            else None,
            Text("Permintaannya: {about}", "The request: {about}").format(**said),
        ),
        about=("request", request.id),
    )


def _tell_who_asked(session: AnySession, app: App, request: AppRequest, decision: RequestDecision) -> None:
    said = {
        "app": Text.of(app.name),
        "publisher": decision.author,
        "title": request.title,
        "state": STATES[decision.state],
    }
    tell_judges(
        session,
        subject=Text(
            "{publisher} menjawab permintaan Anda: {title}", "{publisher} has answered your request: {title}"
        ).format(**said),
        text=Text.paragraphs(
            Text(
                "Permintaan daerah Anda tentang {app}, “{title}”, kini: {state}.",
                "Your municipality’s request about {app}, “{title}”, is now: {state}.",
            ).format(**said),
            decision.note,
            url_on_hub("request_pages.show", slug=app.slug, request_id=request.id),
        ),
        about=("request", request.id),
    )
