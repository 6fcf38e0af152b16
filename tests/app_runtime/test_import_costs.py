"""An import of a thousand reports takes seconds: it asks the database by batches, never once a line."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session, scoped_session

from lumbung.web.sites import LumbungFlask
from tests.app_runtime.import_files import flood_features, geojson
from tests.app_runtime.importing import bring_in
from tests.app_runtime.stage import Stage, set_stage
from tests.processor_time import at_most
from tests.statements import statements_of
from tests.world import World

REPORTS = 1_204
"""As many as the flood's archive of Jakarta has."""


@pytest.fixture
def stage(session: scoped_session[Session], world: World) -> Stage:
    """SIARAN in Tangsel."""
    return set_stage(session, world)


def test_a_floods_reports_come_in_within_seconds_of_the_processor(app: LumbungFlask, stage: Stage) -> None:
    # Thirty seconds are promised, of which the database takes its part.
    with at_most(15), statements_of(app) as heard:
        done = bring_in(stage, geojson(flood_features(REPORTS)))
    assert (done.status, done.imported) == ("done", REPORTS)
    assert len(heard) < REPORTS / 4, f"{len(heard)} statements"
