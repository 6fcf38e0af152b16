"""A version is published once, and never again with anything else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.publishers.models import Publisher
from app_catalog.releases.loading import forget_loaded
from app_catalog.releases.models import Release, ReleaseEvent, ReleaseFile
from app_catalog.releases.scenarios import install_scenario_runner
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.packages import StandInRunner, approved_publisher, siaran_zip
from tests.proofs.republishing import publish_at_once
from tests.world import World

Sessions = scoped_session[Session]


@pytest.fixture
def publisher(app: LumbungFlask, session: Sessions, world: World) -> Iterator[Publisher]:
    """Somebody who may publish; scenarios are taken for passed."""
    before = app.extensions.get("lumbung_scenario_runner")
    install_scenario_runner(app, StandInRunner())
    yield approved_publisher(session, world.tangsel.accounts["admin"], municipality_id=world.tangsel.id)
    app.extensions["lumbung_scenario_runner"] = before
    forget_loaded()


def frozen(session: Sessions) -> tuple[int, ...]:
    """How many releases, files of releases and events there are."""
    session.rollback()
    models = (Release, ReleaseFile, ReleaseEvent)
    return tuple(session.scalar(select(func.count()).select_from(model)) or 0 for model in models)


def test_of_sixty_four_different_ones_of_one_version_one_is_published(
    app: LumbungFlask, session: Sessions, publisher: Publisher
) -> None:
    archives = [siaran_zip(readme=f"\nTulisan {number}\n") for number in range(64)]
    assert publish_at_once(app, publisher.id, archives, threads=64) == {"new": 1, "conflict": 63}
    assert frozen(session) == (1, 1, 1)


def test_the_same_one_sixty_four_times_is_published_once_and_nobody_is_refused(
    app: LumbungFlask, session: Sessions, publisher: Publisher
) -> None:
    assert publish_at_once(app, publisher.id, [siaran_zip()] * 64, threads=64) == {"new": 1, "same": 63}
    assert frozen(session) == (1, 1, 1)
