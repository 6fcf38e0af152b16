"""Asking, voting, deciding and withdrawing at the same moment: nobody's word ends up under a text that they never saw,
and nothing is merged into what is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from time import sleep
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.models import Installation
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from app_catalog.requests.deciding import decide_request
from app_catalog.requests.models import AppRequest, RequestDecision
from app_catalog.requests.reading import count_states, list_standings
from app_catalog.requests.services import rewrite_request, vote, withdraw_request, write_request
from lumbung.db import as_tenant, db, use_tenant
from lumbung.errors import Conflict, Invalid, LumbungError, NotFound
from lumbung.web.access import Visitor
from lumbung.web.sites import LumbungFlask
from tests.siaran import enable_siaran
from tests.world import Place, World

Sessions = scoped_session[Session]
Doing = Callable[[], None]
SOMEBODY = Visitor(name="Sri")


@pytest.fixture
def asked(session: Sessions, world: World) -> list[UUID]:
    """Two requests of Surabaya, with SIARAN in Tangsel too."""
    installation = enable_siaran(session, world, world.surabaya)
    enable_siaran(session, world, world.tangsel)
    with as_tenant(session, world.surabaya.id):
        found = [
            write_request(session, SOMEBODY, installation, kind="idea", title=title, words="").id
            for title in ("Kirim foto malam", "Foto malam gagal")
        ]
        session.commit()
    return found


@contextmanager
def unfinished(app: LumbungFlask, place: Place | None, doing: Doing) -> Iterator[None]:
    """`doing` has happened, by somebody whose transaction commits a second after the block."""
    with app.app_context():
        use_tenant(db.session, place.id if place else None)
        doing()
        db.session.flush()
        yield
        # Long enough for whoever does not wait to be done.
        sleep(1)
        db.session.commit()


def meanwhile(app: LumbungFlask, place: Place, doing: Doing) -> tuple[Thread, list[type[Exception]]]:
    """Somebody else tries this at the same time; the error that it ended with is in the list."""
    ended: list[type[Exception]] = []

    def run() -> None:
        with app.app_context():
            use_tenant(db.session, place.id)
            try:
                doing()
                db.session.commit()
            except LumbungError as error:
                db.session.rollback()
                ended.append(type(error))

    thread = Thread(target=run)
    thread.start()
    return thread, ended


def own(request_id: UUID) -> AppRequest:
    return db.session.scalars(select(AppRequest).where(AppRequest.id == request_id)).one()


def decide(maintainer: UUID, request_id: UUID, **answers: str) -> None:
    publisher = db.session.scalars(select(Publisher)).one()
    decide_request(db.session, Visitor(account_id=maintainer, name="Budi"), publisher, request_id, **answers)


def test_a_text_that_somebody_is_just_voting_for_is_not_rewritten(
    app: LumbungFlask, session: Sessions, world: World, asked: list[UUID]
) -> None:
    def support() -> None:
        vote(db.session, db.session.scalars(select(Installation)).one(), asked[0])

    def rewrite() -> None:
        rewrite_request(db.session, own(asked[0]), kind="bug", title="Sesuatu yang lain sekali", words="")

    with unfinished(app, world.tangsel, support):
        thread, ended = meanwhile(app, world.surabaya, rewrite)
    thread.join(30)
    assert ended == [Conflict]
    assert session.get_one(AppRequest, (world.surabaya.id, asked[0])).title == "Kirim foto malam"


def test_nothing_stays_merged_into_what_is_withdrawn_at_the_same_moment(
    app: LumbungFlask, session: Sessions, world: World, asked: list[UUID]
) -> None:
    maintainer = world.tangsel.accounts["admin"].id

    def merge() -> None:
        decide(maintainer, asked[0], state="duplicate", duplicate_of=str(asked[1]))

    with unfinished(app, None, merge):
        thread, ended = meanwhile(app, world.surabaya, lambda: withdraw_request(db.session, own(asked[1])))
    thread.join(30)
    assert ended == []
    app_id = session.scalars(select(App.id)).one()
    assert [one.request.id for one in list_standings(session, app_id)] == [asked[0]]
    assert session.scalars(select(RequestDecision)).all() == []


def test_what_is_withdrawn_at_the_same_moment_is_neither_decided_nor_withdrawn_again(
    app: LumbungFlask, session: Sessions, world: World, asked: list[UUID]
) -> None:
    maintainer = world.tangsel.accounts["admin"].id
    with unfinished(app, world.surabaya, lambda: withdraw_request(db.session, own(asked[0]))):
        again, first = meanwhile(app, world.surabaya, lambda: withdraw_request(db.session, own(asked[0])))
        deciding, second = meanwhile(app, world.tangsel, lambda: decide(maintainer, asked[0], state="planned"))
        merging, third = meanwhile(
            app, world.tangsel, lambda: decide(maintainer, asked[1], state="duplicate", duplicate_of=str(asked[0]))
        )
    for thread in (again, deciding, merging):
        thread.join(30)
    assert (first, second, third) == ([NotFound], [NotFound], [Invalid])
    assert session.scalars(select(RequestDecision)).all() == []
    assert count_states(session, session.scalars(select(App.id)).one()) == {"open": 1}
