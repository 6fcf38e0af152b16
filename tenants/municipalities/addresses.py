"""Addresses of a municipality's portal, for letters."""

from __future__ import annotations

from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.web.sites import portal_origin
from tenants.municipalities.models import Municipality


def municipality_origin(municipality: Municipality) -> str:
    """Scheme and host of the portal: its own domain if it has one."""
    return portal_origin(municipality.slug, municipality.domain)


def manage_address(session: AnySession, path: str = "") -> str:
    """The address of a management page of the session's municipality; `path` begins with a slash: `/apps/siaran`."""
    return f"{municipality_origin(session.get_one(Municipality, current_tenant(session)))}/manage{path}"
