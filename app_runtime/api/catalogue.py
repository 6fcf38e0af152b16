"""What a municipality's interface offers, for people who look around and for their tools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app_catalog.definitions.model import RecordType
from app_catalog.installations.definitions import definitions_of_all
from app_catalog.installations.services import list_installations
from app_runtime.api.areas import AREAS_PATH
from app_runtime.api.openapi import make_openapi
from app_runtime.api.sending import sendable_fields
from app_runtime.records.permissions import read_access
from app_runtime.records.pinned import kinds_of
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.db.tenancy import AnySession
from lumbung.web.sites import Tenant


@dataclass(frozen=True, slots=True)
class Offer:
    """One record type of an app that programs may read, send, or both.

    `kind` is the type as the newest version has it; `readable` is the type as each version has it that records may be
    on and that lets the public read, the newest first.
    """

    app: RunningApp
    kind: RecordType
    readable: Sequence[RecordType]
    sends: frozenset[str]

    @property
    def reads(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.readable)

    @property
    def path(self) -> str:
        """Its place below the portal's address."""
        return f"/api/v1/{self.app.installation.slug}/{self.kind.id}"


def list_offers(session: AnySession) -> Iterator[Offer]:
    """What the enabled apps of the session's municipality offer to programs, by app and in the definition's order;
    types that only earlier versions have come last."""
    installations = list_installations(session)
    used = definitions_of_all(session, installations)
    for installation in installations:
        app = running_app(session, installation)
        definitions = used[installation.id]
        for record_type in dict.fromkeys(name for definition in definitions for name in definition.records):
            kinds = [kind for _, kind in kinds_of(definitions, record_type)]
            readable = [kind for kind in kinds if read_access(kind, "public") is not None]
            present = record_type in app.definition.records
            sends = sendable_fields(app, record_type) if present else frozenset[str]()
            if readable or sends:
                yield Offer(app, kinds[0], readable, sends)


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
                "states": _states(offer),
            }
        )
    return {
        "municipality": {"name": tenant.name, "region_code": tenant.region_code, "timezone": tenant.timezone},
        "openapi": f"{origin}/api/v1/openapi.json",
        "areas": origin + AREAS_PATH,
        "apps": list(apps.values()),
    }


def _states(offer: Offer) -> dict[str, Any]:
    """The states that records may be in, those of the newest version first."""
    found: dict[str, Any] = {}
    for kind in (offer.kind, *offer.readable):
        for state in kind.workflow.states.values() if kind.workflow else ():
            found.setdefault(state.id, {"name": dict(state.label), "end": state.end is not None})
    return found


def describe_openapi(session: AnySession, tenant: Tenant, origin: str) -> dict[str, Any]:
    """The municipality's interface as an OpenAPI 3.1 document."""
    return make_openapi(tenant.name, origin, list(list_offers(session)))
