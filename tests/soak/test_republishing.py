"""Ten thousand attempts to publish a version once more, sixty-four at a time."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.releases.models import Release
from app_catalog.releases.scenarios import install_scenario_runner
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.packages import StandInRunner, approved_publisher, siaran_zip
from tests.proofs.republishing import publish_at_once
from tests.soak.conftest import amount
from tests.world import World


def test_no_attempt_to_publish_a_version_again_is_accepted(
    app: LumbungFlask, session: scoped_session[Session], world: World, proved: Callable[[str], None]
) -> None:
    install_scenario_runner(app, StandInRunner())
    publisher = approved_publisher(session, world.tangsel.accounts["admin"], municipality_id=world.tangsel.id)
    assert publish_at_once(app, publisher.id, [siaran_zip()], threads=1) == {"new": 1}
    before = session.execute(select(Release.id, Release.digest, Release.canonical, Release.signature)).one()
    attempts = amount("ATTEMPTS", 10_000)
    archives = [siaran_zip(readme=f"\nTulisan {number}\n") for number in range(attempts)]
    assert publish_at_once(app, publisher.id, archives, threads=64) == {"conflict": attempts}
    session.rollback()
    assert session.execute(select(Release.id, Release.digest, Release.canonical, Release.signature)).one() == before
    proved(f"{attempts} attempts to publish a version again with other content, 64 at a time: 0 accepted.")
