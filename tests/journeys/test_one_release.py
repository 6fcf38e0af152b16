"""A maintainer follows one release from its submission to seventeen cities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from app_catalog.installations.models import Installation
from app_catalog.installations.services import enable_app
from app_catalog.installations.versions import switch_version
from app_catalog.releases.models import App, Release
from app_catalog.releases.scenarios import ScenarioReport
from app_runtime.upgrades import automatic
from lumbung.db import as_tenant
from tests.journeys.conftest import Person, Served
from tests.next_siaran import changed_siaran, publish_archive
from tests.siaran import AGENCIES
from tests.world import Place, build_seventeen

pytestmark = pytest.mark.journey
AT = "/publish/tangsel/apps/siaran/1.0.1"
SHORTER = {"app.yaml": [("    min: P1D\n    max: P90D\n", "    min: P1D\n    max: P30D\n")]}
"""A patch by its number alone: reports may be reopened for a month at most, before for three."""
POLICIES = ("patches",) * 8 + ("minors",) * 6 + ("by_hand",) * 3
TOO_LONG = 5
"""The city among those that take patches which lets reports be reopened for sixty days."""


@pytest.mark.parametrize("screen", ["desk"])
def test_a_maintainer_follows_one_release_to_seventeen_cities(
    served: Served, person: Callable[..., Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Proofs under each city's own settings take seconds and have tests of their own.
    monkeypatch.setattr(automatic, "play_scenarios", lambda *_: ScenarioReport(()))
    places = _seventeen_run_it(served)
    archive = tmp_path / "siaran-1.0.1.zip"
    archive.write_bytes(changed_siaran(SHORTER, "1.0.1"))

    maintainer = person()
    maintainer.sign_in(served.world.tangsel.accounts["admin"], to="/publish/tangsel/upload")
    maintainer.page.locator("input[type=file]").first.set_input_files(archive)
    maintainer.page.locator("form:has(input[type=file]) button[type=submit]").first.click()
    maintainer.page.get_by_text("menunggu kurator").first.wait_for()
    maintainer.page.get_by_role("link", name="1.0.1", exact=True).click()
    maintainer.page.get_by_role("heading", name="Perjalanannya").wait_for()
    maintainer.see("waiting")

    curator = person()
    curator.sign_in(served.world.operator, to="/curator/releases")
    curator.page.get_by_text("Dilihat kurator").first.wait_for()
    curator.page.get_by_role("button", name="Terbitkan").click()
    curator.page.get_by_role("dialog").get_by_role("button", name="Terbitkan").click()
    curator.page.get_by_text("Versi 1.0.1 terbit.").wait_for()

    maintainer.go(AT)
    maintainer.page.get_by_text("0 dari 17 daerah").wait_for()
    served.work()
    maintainer.go(AT)
    maintainer.page.get_by_text("13 dari 17 daerah").wait_for()
    maintainer.page.get_by_text("Pengaturan “Batas waktu membuka kembali” tidak cocok lagi: 1 daerah").wait_for()
    maintainer.page.get_by_text("13 pindah dengan sendirinya").first.wait_for()
    _only_the_public_by_name(maintainer, places)
    maintainer.see("under-way")

    served.session.rollback()
    _the_rest_by_hand(served, places)
    phone = person("phone")
    phone.sign_in(served.world.tangsel.accounts["admin"], to=AT)
    phone.page.get_by_text("17 dari 17 daerah").wait_for()
    phone.page.get_by_text("4 dipindah oleh adminnya").first.wait_for()
    assert phone.page.get_by_text("tidak cocok lagi").count() == 0
    phone.see("everywhere")
    maintainer.go("/publish/tangsel/apps/siaran")
    maintainer.page.get_by_text("dipakai 17 daerah").wait_for()
    maintainer.see("all-versions")


def _seventeen_run_it(served: Served) -> Sequence[Place]:
    """Every other one says so in public."""
    session = served.session
    places = build_seventeen(session, served.world)
    release = publish_archive(session, served.world, changed_siaran({}, "1.0.0"))
    app = session.get_one(App, release.app_id)
    for number, place in enumerate(places):
        own = {"reopen_within": "P60D"} if number == TOO_LONG else {}
        with as_tenant(session, place.id):
            installation = enable_app(
                session,
                app=app,
                release=release,
                overrides={"categories": AGENCIES, **own},
                announced=number % 2 == 0,
            )
            installation.update_policy = POLICIES[number]
            session.commit()
    served.work()
    return places


def _only_the_public_by_name(maintainer: Person, places: Sequence[Place]) -> None:
    shown = maintainer.page.locator("main").inner_text()
    for number, place in enumerate(places[1:], start=1):
        assert (place.municipality.name in shown) == (number % 2 == 0), place.municipality.name


def _the_rest_by_hand(served: Served, places: Sequence[Place]) -> None:
    session = served.session
    release = session.scalars(select(Release).where(Release.version == "1.0.1")).one()
    for number, place in enumerate(places):
        with as_tenant(session, place.id):
            installation = session.scalars(select(Installation).where(Installation.tenant_id == place.id)).one()
            if installation.release_id != release.id:
                own = {"reopen_within": "P30D"} if number == TOO_LONG else {}
                switch_version(session, installation, release, overrides={"categories": AGENCIES, **own})
            session.commit()
