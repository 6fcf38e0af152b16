"""An inventory beside what is listed already: what is new, what changes, what stays, what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app_catalog.listings.models import Listing
from app_catalog.listings.services import ListingValues, add_listings, fill_listing, key_of, list_own_listings
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from app_runtime.inventory.lines import TWICE, InventoryLine
from lumbung.audit import record_audit
from lumbung.db.tenancy import AnySession


@dataclass(frozen=True, slots=True)
class Plan:
    """What an inventory would do. `changed` has the listing that each line is about."""

    new: list[InventoryLine]
    changed: list[tuple[InventoryLine, App, Listing]]
    same: list[InventoryLine]
    refused: list[InventoryLine]

    @property
    def sound(self) -> list[InventoryLine]:
        """The lines that are taken in or are there already, in the order of the file."""
        return sorted([*self.new, *(line for line, _, _ in self.changed), *self.same], key=lambda line: line.number)


def plan_inventory(session: AnySession, publisher: Publisher, lines: Sequence[InventoryLine]) -> Plan:
    """What the lines would do: an app is the same by kind, name and agency, so a file twice does nothing."""
    known = {
        key_of(app.kind, app.name.get("id", ""), listing.agency): (app, listing)
        for app, listing in list_own_listings(session, publisher)
    }
    plan, seen = Plan([], [], [], []), dict[tuple[str, str, str], int]()
    for line in lines:
        if line.values is None:
            plan.refused.append(line)
            continue
        key = key_of(line.values.kind, line.values.name["id"], line.values.agency)
        if key in seen:
            plan.refused.append(replace(line, values=None, faults=(TWICE.format(line=seen[key]),)))
            continue
        seen[key] = line.number
        if key not in known:
            plan.new.append(line)
        elif _says_so(*known[key], line.values, line):
            plan.same.append(line)
        else:
            plan.changed.append((line, *known[key]))
    return plan


def take_in(session: AnySession, publisher: Publisher, plan: Plan) -> None:
    """List what is new and change what is there, all or nothing. Raises as `add_listings`."""
    if plan.new:
        add_listings(session, publisher, [line.values for line in plan.new if line.values is not None])
    for line, app, listing in plan.changed:
        if line.values is not None:
            fill_listing(app, listing, _with_old(app, listing, line.values, line), publisher)
    session.flush()
    if plan.changed:
        record_audit(
            session,
            "listing.changed",
            subject_type="publisher",
            subject_id=publisher.id,
            after={"slugs": [app.slug for _, app, _ in plan.changed], "by": "inventory"},
        )


def _says_so(app: App, listing: Listing, values: ListingValues, line: InventoryLine) -> bool:
    """Whether the listing says already what the line says of it."""
    wanted = _with_old(app, listing, values, line)
    return (app.category, app.audience, listing.address, dict(app.summary)) == (
        wanted.category,
        wanted.audience,
        wanted.address,
        wanted.summary,
    )


def _with_old(app: App, listing: Listing, values: ListingValues, line: InventoryLine) -> ListingValues:
    """The line's values, and what the listing says where the inventory is silent."""
    told = line.cells
    return replace(
        values,
        name={**app.name, "id": app.name.get("id", "")},
        summary={**app.summary, "id": values.summary["id"]} if told.get("summary") else dict(app.summary),
        category=values.category if told.get("category") else app.category,
        audience=values.audience if told.get("audience") else app.audience,
        description=dict(app.description),
        agency=listing.agency,
        stage=listing.stage,
        licence=listing.licence,
        repository=listing.repository,
        contact_name=listing.contact_name,
        contact_email=listing.contact_email,
        features=tuple(listing.features),
    )
