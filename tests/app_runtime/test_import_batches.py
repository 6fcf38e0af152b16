"""An import goes on batch by batch, by itself, and leaves nothing behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app_runtime.imports.models import Import, ImportLine, LineOutcome
from app_runtime.imports.running import LEFT, run_batch
from app_runtime.imports.schemas import read_mapping
from app_runtime.imports.services import (
    begin_import,
    forget_import_files,
    list_lines,
    pause_import,
    resume_import,
    start_import,
)
from app_runtime.records.models import Record
from lumbung.db import now, set_clock
from lumbung.errors import Conflict
from lumbung.outbox import Effect, drain
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.import_files import flood_features, flooded, geojson
from tests.app_runtime.importing import FLOOD, Sessions, bring_in, count, records
from tests.app_runtime.stage import Stage, set_stage
from tests.world import World


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    """SIARAN in Tangsel."""
    return set_stage(session, world)


def test_a_worker_brings_it_in_step_by_step(app: LumbungFlask, stage: Stage) -> None:
    found = begin_import(stage.session, stage.installation, "report", data=geojson(flood_features(450)), name="a.json")
    start_import(stage.session, found.id, mapping=read_mapping(FLOOD))
    stage.session.commit()
    assert drain(app) == 3
    stage.session.expire_all()
    found = stage.session.scalars(select(Import)).one()
    assert (found.status, found.imported, found.done) == ("done", 450, 450)
    assert count(stage, Effect) <= 1


def test_a_batch_that_was_rolled_back_comes_again_whole(stage: Stage) -> None:
    found = begin_import(stage.session, stage.installation, "report", data=geojson(flood_features(90)), name="a.json")
    start_import(stage.session, found.id, mapping=read_mapping(FLOOD), by_worker=False)
    stage.session.commit()
    run_batch(stage.session, found.id, most=40)
    stage.session.commit()
    run_batch(stage.session, found.id, most=40)
    stage.session.rollback()
    assert count(stage, Record) == 40
    while found.status == "running":
        found = run_batch(stage.session, found.id, most=40)
        stage.session.commit()
    assert sorted(str(record.number) for record in records(stage)) == [f"SR/2017/{n:05}" for n in range(1, 91)]
    assert count(stage, ImportLine) == 90


def test_a_held_import_stands_still_until_it_goes_on(app: LumbungFlask, stage: Stage) -> None:
    found = begin_import(stage.session, stage.installation, "report", data=geojson(flood_features(250)), name="a.json")
    start_import(stage.session, found.id, mapping=read_mapping(FLOOD))
    pause_import(stage.session, found.id)
    stage.session.commit()
    drain(app)
    assert count(stage, Record) == 0
    resume_import(stage.session, found.id)
    stage.session.commit()
    drain(app)
    assert count(stage, Record) == 250
    with pytest.raises(Conflict):
        resume_import(stage.session, found.id)


def test_files_and_refused_lines_are_thrown_away_after_thirty_days(stage: Stage) -> None:
    lines = [flooded((106.7, -6.3), text="Banjir"), flooded((106.7, -6.3), text="Rusak", created_at="entah")]
    done = bring_in(stage, geojson(lines))
    begin_import(stage.session, stage.installation, "report", data=geojson(lines), name="b.geojson")
    stage.session.commit()
    forget_import_files(stage.session)
    assert done.staged_id is not None
    with set_clock(now() + timedelta(days=31)):
        forget_import_files(stage.session)
    stage.session.commit()
    stage.session.expire_all()
    left = stage.session.scalars(select(Import)).one()
    assert (left.id, left.file_id, left.staged_id) == (done.id, None, None)
    refused = list_lines(stage.session, left, outcome=LineOutcome.REFUSED)
    assert [line.original for line in refused] == [None]
    # What came in is still known, so that the file does no harm when it is found again.
    assert bring_in(stage, geojson(lines)).skipped == 1


def test_an_import_that_was_stopped_and_left_keeps_no_file(app: LumbungFlask, stage: Stage) -> None:
    found = begin_import(stage.session, stage.installation, "report", data=geojson(flood_features(5)), name="a.json")
    start_import(stage.session, found.id, mapping=read_mapping(FLOOD))
    pause_import(stage.session, found.id)
    stage.session.commit()
    with set_clock(now() + timedelta(days=29)):
        forget_import_files(stage.session)
    assert found.staged_id is not None
    with set_clock(now() + timedelta(days=31)):
        forget_import_files(stage.session)
    left: tuple[Any, ...] = (found.status, found.problem, found.staged_id, found.file_id)
    assert left == ("failed", LEFT, None, None)
    with pytest.raises(Conflict):
        resume_import(stage.session, found.id)
