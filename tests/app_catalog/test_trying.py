"""Publishing with the scenarios that the runtime runs."""

from __future__ import annotations

from sqlalchemy.orm import Session, scoped_session

from app_catalog.definitions.archive import write_members
from app_catalog.releases.models import Release
from app_catalog.releases.reading import PackageRefused
from app_catalog.releases.submission import publish_folder, submit_package
from tests.app_catalog.packages import SIARAN, approved_publisher, siaran_files
from tests.world import World

Db = scoped_session[Session]


def test_the_bundled_siaran_passes_its_scenarios_and_is_published(session: Db, world: World) -> None:
    publisher = approved_publisher(session, world.tangsel.accounts["admin"])
    release = publish_folder(session, publisher, SIARAN)
    assert isinstance(release, Release)
    assert len(release.report["scenarios"]) == len(list((SIARAN / "scenarios").glob("*.yaml")))
    assert all(result["passed"] for result in release.report["scenarios"])


def test_a_scenario_that_does_not_hold_keeps_the_package_out(session: Db, world: World) -> None:
    publisher = approved_publisher(session, world.tangsel.accounts["admin"])
    files = siaran_files()
    before = files["scenarios/forwarding.yaml"]
    files["scenarios/forwarding.yaml"] = before.replace(b"breached", b"running")
    assert files["scenarios/forwarding.yaml"] != before
    refused = submit_package(session, publisher, write_members(files))
    assert isinstance(refused, PackageRefused)
    assert refused.scenarios is not None
    failed = [result for result in refused.scenarios.results if not result.passed]
    assert [result.id for result in failed] == ["forwarding"]
    assert failed[0].failures
