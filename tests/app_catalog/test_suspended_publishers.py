"""A publisher that was suspended says nothing more in public, neither by its people nor by their tokens."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.publishers.models import Publisher
from app_catalog.publishers.tokens import create_token
from app_catalog.releases.models import Release
from app_catalog.releases.states import newest_event
from app_catalog.releases.submission import submit_package
from app_catalog.reviews.models import PublisherReply, Review
from lumbung.db import as_tenant, now
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.packages import siaran_zip
from tests.browsing import browse
from tests.siaran import add_publisher, enable_siaran
from tests.world import World


def test_a_suspended_publisher_neither_replies_nor_publishes(
    app: LumbungFlask, session: scoped_session[Session], world: World
) -> None:
    installation = enable_siaran(session, world, world.surabaya)
    with as_tenant(session, world.surabaya.id):
        review = Review(
            tenant_id=world.surabaya.id,
            app_id=installation.app_id,
            version="1.0.0",
            stars=2,
            words="Kurang cocok untuk kami.",
            author="Evaluator",
            municipality_name="Kota Surabaya",
            updated_at=now(),
        )
        session.add(review)
        session.commit()
    publisher = session.scalars(select(Publisher)).one()
    owner = world.tangsel.accounts["admin"]
    _, token = create_token(session, publisher, account_id=owner.id, name="Laptop", days=30)
    session.commit()
    maintainer = browse(app, account=owner)
    page = maintainer.get("/publish/replies")
    assert page.status_code == 200
    publisher.status = "suspended"
    session.commit()
    sent = {"csrf_token": page.text.split('name="csrf_token" value="')[1].split('"')[0], "words": "Kami tidak setuju."}
    assert maintainer.post(f"/publish/replies/review/{review.id}", sent).status_code == 403
    assert maintainer.get("/publish/tangsel/keys").status_code == 404
    refused = maintainer.post("/api/v1/publishers/tangsel/releases", headers={"Authorization": f"Bearer {token}"})
    assert refused.status_code == 401
    assert session.scalars(select(PublisherReply)).all() == []


def test_what_a_suspended_publisher_had_sent_before_is_not_published(
    app: LumbungFlask, session: scoped_session[Session], world: World
) -> None:
    sent = submit_package(session, add_publisher(session, world), siaran_zip())
    assert isinstance(sent, Release)
    publisher = session.scalars(select(Publisher)).one()
    publisher.status = "suspended"
    session.commit()
    curator = browse(app, account=world.operator)
    refused = curator.post_form("/curator/releases", to=f"/curator/releases/{sent.id}/approve")
    assert refused.status_code == 409
    assert "Penerbitnya sedang dihentikan" in refused.text
    event = newest_event(session, sent.id)
    assert event is not None
    assert event.kind == "submitted"
