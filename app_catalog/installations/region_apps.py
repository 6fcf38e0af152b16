"""What a region's page on the hub says about the apps that its municipality runs, as far as it has announced them."""

from __future__ import annotations

from sqlalchemy import select

from app_catalog.installations.models import Adoption
from app_catalog.releases.models import App
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from tenants.municipalities.models import Municipality
from tenants.regions.sections import RegionSection


def running_apps(session: AnySession, municipality: Municipality) -> RegionSection | None:
    """The announced apps of a municipality; None when it announced none."""
    rows = session.execute(
        select(Adoption, App)
        .join(App, App.id == Adoption.app_id)
        .where(Adoption.tenant_id == municipality.id, Adoption.ended_at.is_(None), App.hidden_at.is_(None))
        .order_by(Adoption.since)
    ).all()
    if not rows:
        return None
    return RegionSection(
        title=Text("Aplikasi yang dipakai", "Apps in use"),
        template="installations/region_apps.html",
        values={"rows": rows},
        order=10,
    )
