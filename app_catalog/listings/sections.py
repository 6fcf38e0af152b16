"""What a region's page says of listings: those that the municipality says it uses."""

from __future__ import annotations

from sqlalchemy import select

from app_catalog.listings.kinds import KINDS
from app_catalog.listings.models import ListingUse
from app_catalog.releases.models import App
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from tenants.municipalities.models import Municipality
from tenants.regions.sections import RegionSection

MOST = 24


def used_listings(session: AnySession, municipality: Municipality) -> RegionSection | None:
    """The listings that the municipality says in public it uses; None without any, or while it is suspended."""
    if municipality.status == "suspended":
        return None
    apps = session.scalars(
        select(App)
        .join(ListingUse, ListingUse.app_id == App.id)
        .where(ListingUse.tenant_id == municipality.id, App.hidden_at.is_(None))
        .order_by(App.name["id"].astext, App.slug)
        .limit(MOST)
    ).all()
    if not apps:
        return None
    return RegionSection(
        title=Text("Juga dipakai, berjalan di tempat lain", "Also in use, run elsewhere"),
        template="listings/region.html",
        values={"apps": apps, "kinds": KINDS},
        order=15,
    )
