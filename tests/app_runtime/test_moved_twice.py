"""Records that move, and move again: what could not be taken back first is taken back afterwards."""

from __future__ import annotations

import pytest

from app_runtime.upgrades.mapping import Mapping
from app_runtime.upgrades.running import start_move, start_undo
from lumbung.db import use_tenant
from lumbung.errors import Conflict
from tests.app_runtime.stage import Sessions, Stage, set_stage
from tests.app_runtime.test_moving import finish, first, move, switch, undo
from tests.next_siaran import changed_siaran, publish_archive
from tests.world import World


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    return set_stage(session, world)


def test_a_move_is_taken_back_once_the_later_one_is(session: Sessions, world: World, stage: Stage) -> None:
    middle, newest = (publish_archive(session, world, changed_siaran({}, version)) for version in ("0.9.5", "0.10.0"))
    use_tenant(session, stage.place.id)
    record, other = stage.report().record, stage.report({"title": "Jalan berlubang"}).record
    earlier = move(stage, middle, mapping=Mapping())
    switch(stage, newest)
    later = finish(
        stage,
        start_move(
            session,
            stage.installation,
            "report",
            from_digest=middle.digest,
            to_digest=newest.digest,
            states=("received",),
            ids=(record.id,),
            mapping=Mapping(),
        ),
    )
    assert (undo(stage, earlier).status, earlier.undone) == ("undone", 1)
    assert (record.definition_digest, other.definition_digest) == (newest.digest, first(stage).digest)
    undo(stage, later)
    assert record.definition_digest == middle.digest
    assert (undo(stage, earlier).status, earlier.undone) == ("undone", 2)
    assert record.definition_digest == other.definition_digest == first(stage).digest
    with pytest.raises(Conflict):
        start_undo(session, earlier)
