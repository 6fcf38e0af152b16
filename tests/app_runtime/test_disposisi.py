"""A letter that goes to three units at once: a whole package, by its own scenarios and on the officials' pages."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from app_catalog.definitions.archive import write_members
from app_catalog.definitions.canonical import canonicalise, compile_definition
from app_catalog.definitions.check import check_package
from app_catalog.definitions.source import load_folder
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record
from app_runtime.scenarios.runner import EngineRunner
from lumbung.db import as_tenant
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions
from tests.app_runtime.test_children_together import actor
from tests.browsing import browse
from tests.small_app import enable_small
from tests.world import World

FOLDER = Path(__file__).parents[1] / "packages" / "disposisi-1.0.0"
ROLES = [("admin", "secretary"), ("dispatcher", "leader"), ("handler", "unit"), ("cleaner", "unit")]


def test_the_package_has_nothing_to_mend_and_does_what_its_scenarios_say(session: Sessions) -> None:
    source = load_folder(FOLDER)
    assert [problem.format("en") for problem in check_package(source).problems] == []
    results = EngineRunner().run(session, compile_definition(canonicalise(source))).results
    assert {result.id: [one.en for one in result.failures] for result in results} == {
        "three-units": [],
        "withdrawn": [],
    }


def test_a_head_routes_a_letter_to_three_units_with_one_form(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    files = dict(load_folder(FOLDER).files)
    assert write_members(files)
    installation = enable_small(session, world, files, roles=ROLES)
    with as_tenant(session, world.tangsel.id):
        secretary = actor(session, world, installation, "admin")
        values = {"subject": "Undangan rapat banjir", "sender": "Gubernur"}
        letter = create_record(session, installation, secretary, "letter", values).record.id
        session.commit()
    address = f"/work/disposisi/{letter}"
    head = browse(app, world.tangsel.host, world.tangsel.accounts["dispatcher"])
    page = head.get(address).text
    assert "Kepada unit" in page
    sent = {"route.units": ["dishub", "dlh", "diskominfo"], "route.instruction": "Hadiri dan laporkan"}
    answer = head.post_form(address, sent, to=f"{address}/act/route")
    assert answer.status_code == 303, answer.text[:2000]
    page = head.get(address).text
    assert "0 dari 3 selesai" in page
    for name in ("Dinas Perhubungan", "Dinas Lingkungan Hidup", "Dinas Komunikasi dan Informatika"):
        assert name in page
    handler = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    assert "Undangan rapat banjir" in handler.get("/work").text
    assert "Undangan rapat banjir" in handler.get(address).text
    with as_tenant(session, world.tangsel.id):
        mine = select(Record).where(Record.parent_id == letter, Record.agency_id == world.tangsel.agencies["dishub"].id)
        child = session.scalars(mine).one()
    below = f"/work/disposisi/{child.id}"
    done = handler.post_form(below, {"report.report": "Hadir, tiga orang."}, to=f"{below}/act/report")
    assert done.status_code == 303
    assert "1 dari 3 selesai" in head.get(address).text
