"""What a municipality's interface offers, for people who look around and for their tools."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app_catalog.definitions.model import RecordType
from app_catalog.installations.services import list_installations
from app_runtime.api.openapi import make_openapi
from app_runtime.api.sending import sendable_fields
from app_runtime.records.permissions import read_access
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.db.tenancy import AnySession
from lumbung.web.sites import Tenant


@dataclass(frozen=True, slots=True)
class Offer:
    """One record type of an app that programs may read, send, or both."""

    app: RunningApp
    kind: RecordType
    reads: bool
    sends: frozenset[str]

    @property
    def path(self) -> str:
        """Its place below the portal's address."""
        return f"/api/v1/{self.app.installation.slug}/{self.kind.id}"


def list_offers(session: AnySession) -> Iterator[Offer]:
    """What the enabled apps of the session's municipality offer to programs, by app and in the definition's order."""
    for installation in list_installations(session):
        app = running_app(session, installation)
        for kind in app.definition.records.values():
            reads, sends = read_access(kind, "public") is not None, sendable_fields(app, kind.id)
            if reads or sends:
                yield Offer(app, kind, reads, sends)


def describe_municipality(session: AnySession, tenant: Tenant, origin: str) -> dict[str, Any]:
    """The municipality and its offers, with their addresses."""
    apps: dict[str, dict[str, Any]] = {}
    for offer in list_offers(session):
        installation, definition = offer.app.installation, offer.app.definition
        described = apps.setdefault(
            installation.slug,
            {
                "id": installation.slug,
                "name": installation.own_name or dict(definition.name),
                "version": definition.version,
                "url": f"{origin}/{installation.slug}",
                "records": [],
            },
        )
        described["records"].append(
            {
                "id": offer.kind.id,
                "name": dict(offer.kind.name),
                "url": origin + offer.path,
                "reads": offer.reads,
                "sends": bool(offer.sends),
                "states": {
                    state.id: {"name": dict(state.label), "end": state.end is not None}
                    for state in (offer.kind.workflow.states.values() if offer.kind.workflow else ())
                },
            }
        )
    return {
        "municipality": {"name": tenant.name, "region_code": tenant.region_code, "timezone": tenant.timezone},
        "openapi": f"{origin}/api/v1/openapi.json",
        "apps": list(apps.values()),
    }


def describe_openapi(session: AnySession, tenant: Tenant, origin: str) -> dict[str, Any]:
    """The municipality's interface as an OpenAPI 3.1 document."""
    return make_openapi(tenant.name, origin, list(list_offers(session)))
