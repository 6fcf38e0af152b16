"""Who sponsors a municipality's hosting, on its region's page."""

from __future__ import annotations

from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from tenants.municipalities.models import Municipality
from tenants.regions.sections import RegionSection
from tenants.sponsorships.reading import sponsors_of


def sponsors_of_region(session: AnySession, municipality: Municipality) -> RegionSection | None:
    """Its sponsors and the way to become one; None for a municipality without either."""
    names = [name for name, _ in session.execute(sponsors_of("municipality", str(municipality.id)))]
    if not names and municipality.status != "active":
        return None
    return RegionSection(
        title=Text("Sponsor", "Sponsors"),
        template="sponsorships/_region.html",
        values={
            "sponsors": names,
            "key": f"municipality:{municipality.slug}",
            "open": municipality.status == "active",
        },
        order=90,
    )
