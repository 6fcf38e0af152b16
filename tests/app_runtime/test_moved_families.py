"""Records of a family that move to another version: in the family's order, and read by whom they are handed to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import sleep

from sqlalchemy import select

from app_catalog.installations.models import Installation
from app_runtime.records.change import lock_record
from app_runtime.records.models import Record
from app_runtime.records.reading import get_record
from app_runtime.upgrades.mapping import Mapping
from app_runtime.upgrades.running import run_move_step, start_move, start_undo
from lumbung.db import as_tenant, db
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions
from tests.app_runtime.test_children import FILES
from tests.app_runtime.test_children_together import installation, routed
from tests.small_app import finish_move, move_small, next_small
from tests.world import World

__all__ = ["installation"]
ELSEWHERE = {
    **FILES,
    "records/disposition.yaml": FILES["records/disposition.yaml"].replace(
        b"settings.units[record.unit].agency", b"'diskominfo'"
    ),
}


def readers(session: Sessions, letter: Record) -> set[str]:
    session.refresh(letter)
    return set(letter.shared_with or ())


def test_who_holds_a_child_by_the_new_version_reads_its_parent(
    session: Sessions, world: World, installation: Installation
) -> None:
    letter_id, children = routed(session, world, installation)
    release = next_small(session, world, installation, ELSEWHERE)
    with as_tenant(session, world.tangsel.id):
        letter = get_record(session, letter_id)
        before = readers(session, letter)
        move = move_small(
            session,
            installation,
            "disposition",
            before=letter.definition_digest,
            after=release.digest,
            states=("open",),
        )
        assert (move.moved, move.refused) == (2, 0)
        holders = set(session.scalars(select(Record.agency_id).where(Record.id.in_(children))))
        assert readers(session, letter) == {str(holder) for holder in holders} != before
        start_undo(session, move)
        finish_move(session, move)
        assert readers(session, letter) == before


def test_a_move_locks_the_first_of_the_family_before_the_record(
    app: LumbungFlask, session: Sessions, world: World, installation: Installation
) -> None:
    letter_id, children = routed(session, world, installation)
    release = next_small(session, world, installation, ELSEWHERE)
    with as_tenant(session, world.tangsel.id):
        digest = get_record(session, letter_id).definition_digest
        move = start_move(
            session,
            installation,
            "disposition",
            from_digest=digest,
            to_digest=release.digest,
            states=("open",),
            mapping=Mapping(),
        )
        session.commit()
        lock_record(session, get_record(session, letter_id))

        def go_on() -> int:
            with app.app_context(), as_tenant(db.session, world.tangsel.id):
                moved = run_move_step(db.session, move.id).moved
                db.session.commit()
                return moved

        with ThreadPoolExecutor(1) as pool:
            moving = pool.submit(go_on)
            # By now it stands before the letter that is locked here, and holds nothing below it.
            sleep(0.5)
            lock_record(session, get_record(session, children[0]))
            session.rollback()
            assert moving.result(20) == 2
