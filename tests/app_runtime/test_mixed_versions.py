"""Records of several versions in one list: each is found, sorted and shown as its own version says."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.definitions.model import SortKey
from app_catalog.installations.models import Installation
from app_catalog.installations.versions import switch_version
from app_catalog.releases.models import Release
from app_runtime.records.listing import list_records
from app_runtime.records.models import Record
from app_runtime.records.nearby import map_points, possible_duplicates
from lumbung.db import as_tenant
from lumbung.web.sites import LumbungFlask
from tenants.people.role_catalogue import role_choices
from tests.app_runtime.stage import LAMP
from tests.app_runtime.work_desk import ANYBODY, Desk, open_desk, page_of
from tests.browsing import Browser, browse
from tests.next_siaran import RENAMED_TYPE, SWAPPED, changed_siaran, publish_archive, publish_next
from tests.world import World

Sessions = scoped_session[Session]
LIST = "/api/v1/siaran/report"
RENAMED = {"records/report.yaml": "records/complaint.yaml", "scenarios/": "", "examples/": ""}


@pytest.fixture
def desk(app: LumbungFlask, session: Sessions, world: World) -> Desk:
    """SIARAN 0.9 in Tangsel, which publishes at once."""
    return open_desk(app, session, world, publish="at_once")


def switch(desk: Desk, release: Release) -> None:
    with as_tenant(desk.session, desk.place.id):
        desk.installation = desk.session.scalars(select(Installation)).one()
        switch_version(desk.session, desk.installation, release)
        desk.session.commit()


def first(desk: Desk) -> Release:
    return desk.session.scalars(select(Release).where(Release.version == "0.9.0")).one()


@pytest.fixture
def swapped(desk: Desk, world: World) -> tuple[UUID, UUID]:
    """A report on 0.9 and one on the version that shows what 0.9 hides and hides what it shows."""
    old = desk.report("Lampu lama mati", description="rahasialama")
    with as_tenant(desk.session, desk.place.id):
        desk.session.get_one(Record, (desk.place.id, old)).data |= {"cost": 7}
        desk.session.commit()
    switch(desk, publish_archive(desk.session, world, changed_siaran(SWAPPED)))
    return old, desk.report("Lampu baru mati", description="terbukabaru")


def titles(program: Browser, query: str = "") -> list[str]:
    answer = program.get(f"{LIST}{query}")
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json["items"]]  # type: ignore[index]


def test_the_interface_gives_of_each_record_what_its_own_version_shows(desk: Desk, swapped: tuple[UUID, UUID]) -> None:
    items = {one["title"]: one for one in browse(desk.app, desk.place.host).get(LIST).json["items"]}  # type: ignore[index]
    old, new = items["Lampu lama mati"], items["Lampu baru mati"]
    assert old["fields"]["category"] == "street-light"
    assert not {"description", "cost"} & set(old["fields"])
    assert "place" in old
    assert new["fields"]["description"] == "terbukabaru"
    assert "category" not in new["fields"]
    assert "place" not in new


def test_a_filter_of_the_interface_finds_only_what_its_own_version_lets_one_filter_by(
    desk: Desk, swapped: tuple[UUID, UUID]
) -> None:
    program = browse(desk.app, desk.place.host)
    assert titles(program, "?category=street-light") == ["Lampu lama mati"]
    assert titles(program, "?bbox=106,-7,107,-6") == ["Lampu lama mati"]
    assert titles(program, "?state=received") == ["Lampu baru mati", "Lampu lama mati"]
    features = program.get(f"{LIST}?format=geojson").json["features"]  # type: ignore[index]
    assert [one["geometry"] is None for one in features] == [True, False]


def test_an_interface_that_was_asked_before_the_upgrade_tells_no_more_after_it(desk: Desk, world: World) -> None:
    program = browse(desk.app, desk.place.host)
    desk.report("Lampu lama mati", description="rahasialama")
    assert titles(program, "?category=street-light") == ["Lampu lama mati"]
    switch(desk, publish_archive(desk.session, world, changed_siaran(SWAPPED)))
    desk.report("Lampu baru mati")
    assert titles(program, "?category=street-light") == ["Lampu lama mati"]
    switch(desk, first(desk))
    third = publish_archive(desk.session, world, changed_siaran({}, "0.11.0"))
    switch(desk, third)
    desk.report("Lampu ketiga mati")
    switch(desk, first(desk))
    assert titles(program, "?category=street-light") == ["Lampu ketiga mati", "Lampu lama mati"]
    assert len(titles(program)) == 3


def test_a_list_of_the_public_does_not_find_by_what_the_own_version_hides(
    desk: Desk, swapped: tuple[UUID, UUID]
) -> None:
    program = browse(desk.app, desk.place.host)
    page = program.get("/siaran/public-reports").text
    assert page.index("Lampu baru mati") < page.index("Lampu lama mati")
    assert "rahasialama" not in page
    assert "Lampu lama mati" not in program.get("/siaran/public-reports?q=rahasialama").text
    assert "Lampu baru mati" in program.get("/siaran/public-reports?q=terbukabaru").text
    for record in swapped:
        assert program.get(f"/siaran/report/{record}").status_code == 200
    assert "rahasialama" not in program.get(f"/siaran/report/{swapped[0]}").text


def test_no_order_tells_what_the_own_version_hides_and_no_row_is_lost_by_it(
    desk: Desk, swapped: tuple[UUID, UUID]
) -> None:
    with as_tenant(desk.session, desk.place.id):
        installation = desk.session.scalars(select(Installation)).one()

        def order(field: str, *, descending: bool = False) -> list[str]:
            found: list[str] = []
            cursor = None
            while True:
                page = list_records(
                    desk.session,
                    installation,
                    ANYBODY,
                    "report",
                    sort=(SortKey(field, descending=descending), SortKey("created_at")),
                    cursor=cursor,
                    limit=1,
                )
                found += [one.title for one in page.items]
                cursor = page.next_cursor
                if cursor is None:
                    return found

        hidden_first = order("cost")
        assert hidden_first == order("cost", descending=True) == ["Lampu lama mati", "Lampu baru mati"]
        # The old one shows its category, the new one does not: it stands where nothing stands.
        assert order("category") == ["Lampu baru mati", "Lampu lama mati"]
        assert order("description", descending=True) == ["Lampu baru mati", "Lampu lama mati"]


def test_maps_and_hints_show_places_as_the_own_version_says(desk: Desk, swapped: tuple[UUID, UUID]) -> None:
    points = browse(desk.app, desk.place.host).get("/siaran/map/points.geojson").json
    assert [one["properties"]["title"] for one in points["features"]] == ["Lampu lama mati"]  # type: ignore[index]
    with as_tenant(desk.session, desk.place.id):
        installation = desk.session.scalars(select(Installation)).one()
        found = map_points(desk.session, installation, ANYBODY, "report")["features"]
        assert [one["properties"]["title"] for one in found] == ["Lampu lama mati"]
        hints = possible_duplicates(desk.session, installation, ANYBODY, "report", LAMP)
        assert [one.title for one in hints] == ["Lampu lama mati"]


def test_a_state_that_the_new_version_lacks_is_shown_filtered_by_and_acted_on(desk: Desk, world: World) -> None:
    old = desk.report("Menunggu di versi lama")
    dispatcher, cleaner = desk.browser("dispatcher"), desk.browser("cleaner")
    assert desk.act(dispatcher, old, "assign", agency="dlh").status_code == 303
    assert desk.act(cleaner, old, "ask", question="Di tiang nomor berapa?").status_code == 303
    other = desk.report("Ditolak di versi lama")
    switch(desk, publish_next(desk.session, world))
    desk.report("Di versi baru")
    public = browse(desk.app, desk.place.host)
    page = public.get("/siaran/public-reports").text
    assert "Menunggu pelapor (versi lama)" in page
    assert "Menunggu pelapor" in page.replace("(versi lama)", "")
    found = public.get("/siaran/public-reports?state=waiting").text
    assert "Menunggu di versi lama" in found
    assert "Di versi baru" not in found
    for tab in ("act", "late", "waiting", "done", "all"):
        assert dispatcher.get(f"/work?tab={tab}").status_code == 200
    assert "Menunggu di versi lama" in cleaner.get("/work?tab=waiting").text
    assert cleaner.get(page_of(old)).status_code == 200
    assert "Ask" not in dispatcher.get(page_of(other)).text
    assert titles(public, "?state=waiting") == ["Menunggu di versi lama"]
    with as_tenant(desk.session, desk.place.id):
        record = desk.session.get_one(Record, (desk.place.id, old))
        code = record.tracking_digest
        assert code
    assert public.get("/siaran/map?state=waiting").status_code == 200


def test_a_former_state_is_offered_to_nobody_who_finds_no_record_in_it(desk: Desk, world: World) -> None:
    desk.report("Di versi lama")
    switch(desk, publish_next(desk.session, world))
    assert "versi lama)" not in browse(desk.app, desk.place.host).get("/siaran/public-reports").text


def test_records_of_a_type_that_the_new_version_lacks_stay_work_and_public(desk: Desk, world: World) -> None:
    old = desk.report("Jenis yang hilang")
    archive = changed_siaran(
        RENAMED_TYPE,
        renamed=RENAMED,
    )
    switch(desk, publish_archive(desk.session, world, archive))
    dispatcher, public = desk.browser("dispatcher"), browse(desk.app, desk.place.host)
    assert "Jenis yang hilang" in dispatcher.get("/work").text
    assert "Jenis yang hilang" in dispatcher.get("/work?tab=all&q=hilang").text
    assert dispatcher.get(page_of(old)).status_code == 200
    assert desk.act(dispatcher, old, "assign", agency="dlh").status_code == 303
    for path in ("/", "/siaran", "/siaran/public-reports", "/siaran/map", f"/siaran/report/{old}", "/api/v1"):
        assert public.get(path).status_code == 200, path
    assert titles(public) == ["Jenis yang hilang"]
    assert public.get("/api/v1/siaran/complaint").json == {"items": [], "next": None}
    for path in ("/manage/apps/siaran", "/manage/apps/siaran/versions", "/manage/people"):
        assert desk.browser("admin").get(path).status_code == 200, path


def test_the_own_version_decides_also_after_going_back(desk: Desk, swapped: tuple[UUID, UUID]) -> None:
    switch(desk, first(desk))
    program = browse(desk.app, desk.place.host)
    assert titles(program, "?category=street-light") == ["Lampu lama mati"]
    page = program.get("/siaran/public-reports?category=street-light").text
    assert "Lampu lama mati" in page
    assert "Lampu baru mati" not in page
    dispatcher = desk.browser("dispatcher")
    assert desk.act(dispatcher, swapped[1], "assign", agency="dlh").status_code == 303
    assert desk.record(swapped[1]).state == "assigned"


def test_a_role_that_the_new_version_lacks_is_still_given_and_acts_on_old_records(desk: Desk, world: World) -> None:
    old = desk.report("Butuh peran lama")
    files = ("records/report.yaml", "pages/reports.yaml", "app.yaml")
    edits = {path: [("dispatcher", "router")] for path in files}
    archive = changed_siaran(edits, renamed={"scenarios/": ""})
    switch(desk, publish_archive(desk.session, world, archive))
    with as_tenant(desk.session, desk.place.id):
        labels = {choice.value: choice.label for choice in role_choices(desk.session)}
    assert labels["siaran:dispatcher"].endswith("versi lama)")
    assert not labels["siaran:router"].endswith("versi lama)")
    dispatcher = desk.browser("dispatcher")
    assert "Butuh peran lama" in dispatcher.get("/work").text
    assert desk.act(dispatcher, old, "assign", agency="dlh").status_code == 303
    assert desk.browser("admin").get("/manage/people").status_code == 200


def test_the_interface_finds_what_was_made_between_two_turns_of_one_version(desk: Desk, world: World) -> None:
    program = browse(desk.app, desk.place.host)
    desk.report("Lampu lama mati")
    assert titles(program) == ["Lampu lama mati"]
    edits = {"records/report.yaml": [("read: {rows: published, fields", "read: {rows: all, fields")]}
    switch(desk, publish_archive(desk.session, world, changed_siaran(edits, renamed={"scenarios/": ""})))
    between = desk.report("Lampu di antaranya")
    with as_tenant(desk.session, desk.place.id):
        desk.session.get_one(Record, (desk.place.id, between)).published = False
        desk.session.commit()
    switch(desk, first(desk))
    assert sorted(titles(program)) == ["Lampu di antaranya", "Lampu lama mati"]


def test_what_the_interface_says_of_itself_covers_every_version_in_use(
    desk: Desk, world: World, swapped: tuple[UUID, UUID]
) -> None:
    program = browse(desk.app, desk.place.host)
    document = program.get("/api/v1/openapi.json").json
    assert document is not None
    fields = document["components"]["schemas"]["siaran.report"]["properties"]["fields"]["properties"]
    assert {"category", "description", "cost", "photos"} <= set(fields)
    asked = {one["name"] for one in document["paths"]["/api/v1/siaran/report"]["get"]["parameters"]}
    assert "category" in asked
    for item in program.get(LIST).json["items"]:  # type: ignore[index]
        assert set(item["fields"]) <= set(fields)
    switch(desk, publish_next(desk.session, world, "0.11.0"))
    started = program.get("/api/v1").json
    assert started is not None
    assert list(started["apps"][0]["records"][0]["states"]) == ["received", "assigned", "fixed", "rejected", "waiting"]


def test_a_type_that_only_earlier_versions_have_is_described_for_reading(desk: Desk, world: World) -> None:
    desk.report("Lampu lama mati")
    renamed = changed_siaran(RENAMED_TYPE, renamed=RENAMED)
    switch(desk, publish_archive(desk.session, world, renamed))
    described = browse(desk.app, desk.place.host).get("/api/v1").json
    assert described is not None
    found = {one["id"]: (one["reads"], one["sends"]) for one in described["apps"][0]["records"]}
    assert found == {"complaint": (True, True), "report": (True, False)}
