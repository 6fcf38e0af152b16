"""Everybody who missed an app is told, once, of the app that fulfils the wish.

The publisher's side knows only which municipalities wished or voted; it leaves each a wake-up, and the letters are
written inside the municipality, where its people are known.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app_catalog.evaluations.telling import tell_judges
from app_catalog.releases.models import App
from app_catalog.wishes.models import Wish, WishClaim, WishNotice
from app_catalog.wishes.reading import supporting
from lumbung.db import as_tenant, now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from lumbung.outbox import register_wakeup_handler, schedule_wakeup
from lumbung.web.sites import url_on_hub

WAKEUP = "wishes.fulfilled"


def wake_who_missed_it(session: AnySession, wish_id: UUID) -> None:
    """Leave a wake-up with every municipality that wished for it or voted."""
    each = supporting()
    for tenant_id in session.scalars(select(each.c.tenant_id).where(each.c.root == wish_id)).all():
        with as_tenant(session, tenant_id):
            schedule_wakeup(session, WAKEUP, now())


def tell_of_fulfilled(session: AnySession, tenant_id: UUID) -> None:
    """Tell the municipality's evaluators and administrators of the apps that fulfil what it wished or voted for."""
    each = supporting()
    roots = select(each.c.root).where(each.c.tenant_id == tenant_id)
    told = (
        select(WishNotice.id)
        .where(
            WishNotice.tenant_id == tenant_id,
            WishNotice.wish_id == WishClaim.wish_id,
            WishNotice.app_id == WishClaim.app_id,
        )
        .exists()
    )
    found = session.execute(
        select(Wish, App)
        .join(WishClaim, WishClaim.wish_id == Wish.id)
        .join(App, App.id == WishClaim.app_id)
        .where(Wish.id.in_(roots), App.hidden_at.is_(None), ~told)
        .order_by(WishClaim.updated_at)
    ).all()
    for wished, app in found:
        _tell(session, wished, app)
        session.add(WishNotice(tenant_id=tenant_id, wish_id=wished.id, app_id=app.id))
    session.flush()


register_wakeup_handler(WAKEUP, tell_of_fulfilled)


def _tell(session: AnySession, wished: Wish, app: App) -> None:
    names = {language: app.name.get(language) or app.name.get("id") or app.slug for language in ("id", "en")}
    link = url_on_hub("catalog.app_page", slug=app.slug)
    tell_judges(
        session,
        subject=Text(f"Terwujud: {wished.title}", f"Fulfilled: {wished.title}"),
        text=Text(
            f"Yang diinginkan daerah Anda, “{wished.title}”, kini ada: {names['id']}.\n\nLihat dan aktifkan di: {link}",
            f"What your municipality wished for, “{wished.title}”, is here now: {names['en']}.\n\n"
            f"See it and enable it at: {link}",
        ),
        about=("wish", wished.id),
    )
