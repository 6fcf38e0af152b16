"""Who can be asked for help with an app: its publisher, and municipalities that are willing to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, select

from app_catalog.assistance.models import AssistanceOffer
from app_catalog.installations.models import Adoption
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from lumbung.db.tenancy import AnySession
from tenants.municipalities.models import Municipality

HelperKind = Literal["publisher", "partner"]


@dataclass(frozen=True, slots=True)
class Helper:
    """A publisher, or a municipality that is a partner."""

    kind: HelperKind
    id: UUID
    name: str
    online: bool = True
    on_site: bool = True

    @property
    def key(self) -> str:
        """What a form calls it."""
        return f"{self.kind}:{self.id}"


def list_helpers(session: AnySession, app_id: UUID, *, asker_id: UUID) -> list[Helper]:
    """Whom the municipality `asker_id` may ask about the app: the publisher first, then partners by name.

    Left out are publishers that are not approved (or are the municipality's own) and partners that are suspended or no
    longer say in public that they run the app.
    """
    found: list[Helper] = []
    publisher = session.scalar(
        select(Publisher)
        .join(App, App.publisher_id == Publisher.id)
        .where(App.id == app_id, Publisher.status == "approved")
    )
    if publisher is not None and publisher.municipality_id != asker_id:
        found.append(Helper("publisher", publisher.id, publisher.name))
    for offer, municipality in list_partners(session, app_id):
        # Who is the publisher as well is asked as that.
        if municipality.id != asker_id and not (publisher and publisher.municipality_id == municipality.id):
            found.append(Helper("partner", municipality.id, municipality.name, offer.online, offer.on_site))
    return found


def list_partners(session: AnySession, app_id: UUID) -> Sequence[tuple[AssistanceOffer, Municipality]]:
    """Municipalities that are willing to help others with the app, by name; anybody may read it."""
    rows = session.execute(partners_of_app(), {"app_id": app_id})
    return [(offer, municipality) for offer, municipality in rows]


@cache
def partners_of_app() -> Select[AssistanceOffer, Municipality]:
    """The statement behind `list_partners`, for the app that is given as `app_id`."""
    return (
        select(AssistanceOffer, Municipality)
        .join(Municipality, Municipality.id == AssistanceOffer.tenant_id)
        .join(Adoption, (Adoption.tenant_id == AssistanceOffer.tenant_id) & (Adoption.app_id == AssistanceOffer.app_id))
        .where(
            AssistanceOffer.app_id == bindparam("app_id", type_=Uuid()),
            Municipality.status != "suspended",
            Adoption.ended_at.is_(None),
        )
        .order_by(Municipality.name)
    )
