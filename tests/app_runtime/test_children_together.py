"""Children at work in a municipality: on the pages of officials, and many of them at the same instant."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app_catalog.installations.models import Installation
from app_runtime.records.actors import Actor, actor_for
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record, RecordClock, RecordHistory
from app_runtime.records.reading import access_record, get_record
from app_runtime.workflow.acting import take_action
from lumbung.db import as_tenant, db, now, set_clock
from lumbung.errors import NotFound
from lumbung.web.access import Visitor
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions, Stage
from tests.app_runtime.test_children import DISPOSITION, FILES, LETTER, SETTINGS
from tests.browsing import browse
from tests.small_app import enable_small, small_files
from tests.world import World

ROLES = [("admin", "clerk"), ("dispatcher", "chief"), ("handler", "unit"), ("cleaner", "unit")]


@pytest.fixture
def installation(session: Sessions, world: World) -> Installation:
    units = {"lights": {"agency": "dishub"}, "rubbish": {"agency": "dlh"}}
    return enable_small(session, world, FILES, roles=ROLES, units=units)


def actor(session: Any, world: World, installation: Installation, person: str) -> Actor:
    visitor: Visitor = Stage(session, world.tangsel, installation).visitor(person)
    return actor_for(session, visitor, installation)


def routed(session: Sessions, world: World, installation: Installation) -> tuple[UUID, list[UUID]]:
    """A letter that went to both units; committed."""
    with as_tenant(session, world.tangsel.id):
        clerk, chief = (actor(session, world, installation, one) for one in ("admin", "dispatcher"))
        letter = create_record(session, installation, clerk, "letter", {"subject": "Undangan rapat"}).record
        take_action(session, letter, chief, "route", {"instruction": "Hadiri"})
        session.commit()
        children = session.scalars(select(Record).where(Record.parent_id == letter.id).order_by(Record.created_at))
        return letter.id, [child.id for child in children]


def test_units_that_finish_at_the_same_instant_tell_the_parent_once(
    app: LumbungFlask, session: Sessions, world: World, installation: Installation
) -> None:
    letters = [routed(session, world, installation) for _ in range(4)]
    gate = threading.Barrier(8)

    def finish(child: UUID, person: str) -> None:
        with app.app_context(), as_tenant(db.session, world.tangsel.id):
            who = actor(db.session, world, db.session.merge(installation, load=False), person)
            record = get_record(db.session, child)
            gate.wait(20)
            take_action(db.session, record, who, "finish", {})
            db.session.commit()

    with ThreadPoolExecutor(8) as pool:
        doing = [
            pool.submit(finish, child, person)
            for _, children in letters
            for child, person in zip(children, ("handler", "cleaner"), strict=True)
        ]
        for one in doing:
            one.result(60)
    session.expire_all()
    with as_tenant(session, world.tangsel.id):
        for letter, _ in letters:
            assert get_record(session, letter).state == "answered"
            told = session.scalars(
                select(RecordHistory.name).where(
                    RecordHistory.record_id == letter, RecordHistory.kind.in_(("child", "action"))
                )
            ).all()
            assert sorted(told) == [
                "collect", "disposition.closed", "disposition.closed", "disposition.opened", "route",
            ]  # fmt: skip


def test_a_letter_lists_what_became_of_it_and_leads_there_and_back(
    app: LumbungFlask, session: Sessions, world: World, installation: Installation
) -> None:
    letter, children = routed(session, world, installation)
    chief = browse(app, world.tangsel.host, world.tangsel.accounts["dispatcher"])
    page = chief.get(f"/work/surat/{letter}").text
    assert "0 dari 2 selesai" in page
    for child in children:
        assert f'href="/work/surat/{child}"' in page
    assert "Disposisi dibuka: 2" in page
    below = chief.get(f"/work/surat/{children[0]}").text
    assert "Bagian dari" in below
    assert f'href="/work/surat/{letter}"' in below


def test_a_unit_opens_the_letter_through_its_disposition_and_sees_its_own_only(
    app: LumbungFlask, session: Sessions, world: World, installation: Installation
) -> None:
    letter, children = routed(session, world, installation)
    handler = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    page = handler.get(f"/work/surat/{letter}").text
    assert "Undangan rapat" in page
    assert f"/work/surat/{children[0]}" in page
    assert f"/work/surat/{children[1]}" not in page
    assert "0 dari 1 selesai" in page
    # What others hold is not told by the history either.
    assert "Disposisi dibuka" in page
    assert "Disposisi dibuka: 2" not in page
    assert handler.get(f"/work/surat/{children[1]}").status_code == 404
    inbox = handler.get("/work?tab=all").text
    assert f"/work/surat/{letter}" in inbox


def test_a_unit_is_not_told_of_what_another_one_did(
    app: LumbungFlask, session: Sessions, world: World, installation: Installation
) -> None:
    letter, children = routed(session, world, installation)
    with as_tenant(session, world.tangsel.id):
        cleaner = actor(session, world, installation, "cleaner")
        take_action(session, get_record(session, children[1]), cleaner, "finish", {})
        session.commit()
    for person, told in (("handler", False), ("dispatcher", True)):
        page = browse(app, world.tangsel.host, world.tangsel.accounts[person]).get(f"/work/surat/{letter}").text
        assert ("Dinas: Dinas Lingkungan Hidup" in page) is told, person


def test_who_no_longer_holds_a_child_no_longer_reads_the_parent(
    session: Sessions, world: World, installation: Installation
) -> None:
    letter, children = routed(session, world, installation)
    with as_tenant(session, world.tangsel.id):
        handler = actor(session, world, installation, "handler")
        assert access_record(session, handler, letter)
        chief = actor(session, world, installation, "dispatcher")
        take_action(session, get_record(session, children[0]), chief, "move", {"agency": "diskominfo"})
        session.commit()
        with pytest.raises(NotFound):
            access_record(session, handler, letter)


def test_a_parent_has_missed_its_deadline_before_late_children_answer_it(session: Sessions, world: World) -> None:
    """Also where no worker has looked at the deadline yet."""
    clock = "clocks:\n  answer: {within: \"'P1D'\", starts: created, met_by: collect}\n"
    files = small_files({"letter": LETTER + clock, "disposition": DISPOSITION}, app=SETTINGS)
    units = {"lights": {"agency": "dishub"}, "rubbish": {"agency": "dlh"}}
    installation = enable_small(session, world, files, roles=ROLES, units=units)
    letter, children = routed(session, world, installation)
    with as_tenant(session, world.tangsel.id), set_clock(now() + timedelta(days=2)):
        for child, person in zip(children, ("handler", "cleaner"), strict=True):
            who = actor(session, world, installation, person)
            take_action(session, get_record(session, child), who, "finish", {})
        session.commit()
        assert get_record(session, letter).state == "answered"
        (state,) = session.scalars(select(RecordClock.state).where(RecordClock.record_id == letter))
        assert state == "met_late"
