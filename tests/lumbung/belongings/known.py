"""Ids of what is the visitor's own, and of the same things of others, for walks over all routes."""

from __future__ import annotations

from sqlalchemy import select

from app_catalog.assistance.models import AppMaterial, AssistanceAddress
from app_catalog.publishers.models import Publisher, PublisherMember
from lumbung.db import as_tenant, now
from lumbung.web.sites import LumbungFlask
from tenants.people.models import RoleGrant
from tests.app_runtime.work_desk import open_desk
from tests.lumbung.belongings.apps import Ids, Sessions, other_app
from tests.lumbung.belongings.hub import belongings_on_hub
from tests.lumbung.belongings.municipality import belongings_of
from tests.world import World

TEXTS = {
    "app_slug": "siaran",
    "action_id": "verify",
    "code": "35.78",
    "kind": "review",
    "page_id": "report",
    "record_type": "report",
    "year": "2026",
}
"""What routes take that is no id."""


def build_known_ids(app: LumbungFlask, session: Sessions, world: World) -> dict[str, tuple[Ids, Ids]]:
    """By site: ids of what is the visitor's own (where it matters) and of the same things of others; committed."""
    here, there = open_desk(app, session, world, world.surabaya), open_desk(app, session, world, world.tangsel)
    own = belongings_of(session, world.surabaya, here.report(photos=1), here.installation)
    foreign = belongings_of(session, world.tangsel, there.report(photos=1), there.installation)
    others = session.scalars(select(Publisher).where(Publisher.slug == "tangsel")).one()
    mine = Publisher(
        slug="surabaya", name="Kota Surabaya", kind="municipality", contact_email="a@surabaya.test", status="approved"
    )
    session.add(mine)
    session.flush()
    admin = world.surabaya.accounts["admin"]
    session.add(PublisherMember(publisher_id=mine.id, account_id=admin.id, role="owner"))
    on_hub = belongings_on_hub(session, world, world.tangsel, others, mine, there.installation.app_id)
    with as_tenant(session, world.surabaya.id):
        session.add_all(
            RoleGrant(
                tenant_id=world.surabaya.id,
                membership_id=world.surabaya.members["admin"].id,
                app_id=app_id,
                role=role,
            )
            for app_id, role in (("", "evaluator"), ("siaran", "dispatcher"), ("siaran", "handler"))
        )
        session.commit()
    helped = {name: foreign[name] for name in ("case_id", "meeting_id")}
    # Another publisher than the visitor's is asked.
    material = AppMaterial(
        app_id=other_app(session, there.installation.app_id).id,
        kind="file",
        title={"id": "Panduan"},
        about={},
        file_name="panduan.pdf",
        data=b"%PDF-",
    )
    session.add(material)
    session.flush()
    helped["material_id"] = material.id
    session.add(
        AssistanceAddress(
            municipality_id=world.tangsel.id,
            case_id=helped["case_id"],
            app_id=there.installation.app_id,
            publisher_id=others.id,
            topic="starting",
            updated_at=now(),
        )
    )
    session.commit()
    foreign_on_hub = {name: foreign[name] for name in ("evaluation_id", "file_id", "campaign_id", "shown_wish_id")}
    return {"portal": (own, foreign), "hub": ({}, {**on_hub, **helped, **foreign_on_hub})}
