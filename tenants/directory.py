"""Which municipality a host name stands for."""

from __future__ import annotations

from time import monotonic
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session, scoped_session

from lumbung.db.fetching import compile_fetch, fetch_one
from lumbung.web.sites import Tenant
from tenants.municipalities.models import Municipality

_DEMO_SECONDS = 60.0
_SERVED = Municipality.status != "suspended"
_BY_SLUG = compile_fetch(Municipality, Municipality.slug == bindparam("slug"), _SERVED)
_BY_DOMAIN = compile_fetch(Municipality, Municipality.domain == bindparam("domain"), _SERVED)


class Directory:
    """Finds municipalities by host name: `<slug>.<hub host>`, or a domain of their own."""

    def __init__(self) -> None:
        self._demo: tuple[float, bool] | None = None

    def find_by_host(self, session: Session | scoped_session[Any], host: str, *, hub_host: str) -> Tenant | None:
        """The municipality, or None for a host that is nobody's or suspended."""
        suffix = f".{hub_host}"
        if host.endswith(suffix):
            found = fetch_one(session, _BY_SLUG, {"slug": host[: -len(suffix)]})
        else:
            found = fetch_one(session, _BY_DOMAIN, {"domain": host})
        # Held on to, so that whoever needs the row itself during this request does not ask for it again.
        session.info["municipality"] = found
        return as_tenant_info(found) if found else None

    def holds_demo(self, session: Session | scoped_session[Any]) -> bool:
        """Whether a municipality of the demonstration exists, asked once a minute by each process."""
        known, at = self._demo, monotonic()
        if known is None or at - known[0] > _DEMO_SECONDS:
            known = (at, bool(session.scalar(select(exists().where(Municipality.demo)))))
            self._demo = known
        return known[1]


def as_tenant_info(municipality: Municipality) -> Tenant:
    """What the web shell knows of a municipality."""
    lon, lat = municipality.centre_lon, municipality.centre_lat
    return Tenant(
        id=municipality.id,
        slug=municipality.slug,
        name=municipality.name,
        timezone=municipality.timezone,
        demo=municipality.demo,
        seal_url="/seal" if municipality.seal_file_id else None,
        colours={"brand": municipality.brand_colour} if municipality.brand_colour else {},
        centre=(lon, lat) if lon is not None and lat is not None else None,
        zoom=municipality.zoom,
        region_code=municipality.region_code,
        status=municipality.status,
    )
