"""What lists, maps, files and searches tell of a record whose fields are not all for everybody."""

from __future__ import annotations

import json

import pytest

from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from app_runtime.records.places import place_fields
from lumbung.db import as_tenant
from lumbung.web.sites import LumbungFlask
from tests.browsing import browse
from tests.small_app import Sessions, enable_small, next_small, small_definition, small_files
from tests.world import World

VISIT = """
name: {id: Kunjungan, en: Visit}
number: {pattern: "K/{seq:03}"}
title: record.patient
fields:
  home: {type: point, private: true, label: {id: Rumah, en: Home}}
  spot: {type: point, label: {id: Tempat bertemu, en: Meeting place}}
  patient: {type: text, visible_to: [clerk], label: {id: Pasien, en: Patient}}
  phone: {type: text, private: true, label: {id: Telepon, en: Telephone}}
  about: {type: text, label: {id: Perihal, en: About}}
published: "true"
access:
  public: {read: {rows: published, fields: [number, spot, about]}}
  clerk: {create: {}, read: {rows: all}}
"""
PAGES = {
    "peta": "{kind: map, for: public, record: visit, title: {id: Peta, en: Map}, popup: [about]}",
    "daftar": "{kind: list, for: public, record: visit, title: {id: Daftar, en: List}, columns: [about]}",
    "kerja": "{kind: list, for: clerk, record: visit, title: {id: Kerja, en: Work}, columns: [about]}",
}
APP = "personal_data: {purpose: {id: Merawat, en: Care}, basis: consent, retention: P1Y}\n"
HOME, SPOT = [106.111, -6.111], [106.7, -6.3]
TOLD_TO_ALL = (
    "/klinik/peta/points.geojson",
    "/klinik/daftar/export.geojson",
    "/klinik/daftar/export.csv",
    "/api/v1/klinik/visit",
    "/api/v1/klinik/visit?format=geojson",
)


def files(record: str = VISIT) -> dict[str, bytes]:
    return small_files({"visit": record}, pages=PAGES, app_id="klinik", app=APP)


@pytest.fixture
def visit(session: Sessions, world: World) -> None:
    """A visit with a private and a public place."""
    installation = enable_small(session, world, files(), roles=[("handler", "clerk")])
    values = {"home": HOME, "spot": SPOT, "patient": "Sri Rahayu", "phone": "0812345", "about": "Kontrol"}
    with as_tenant(session, world.tangsel.id):
        create_record(session, installation, SYSTEM, "visit", values)
        create_record(session, installation, SYSTEM, "visit", {"home": HOME, "about": "Tanpa tempat"})
        session.commit()


def test_a_map_tells_the_public_place_and_never_the_private_one(
    app: LumbungFlask, world: World, visit: None, session: Sessions
) -> None:
    visitor = browse(app, world.tangsel.host)
    for address in TOLD_TO_ALL:
        text = visitor.get(address).text
        assert "106.7" in text, address
        assert "106.111" not in text, address
    points = json.loads(visitor.get(TOLD_TO_ALL[0]).text)["features"]
    assert [point["geometry"]["coordinates"] for point in points] == [SPOT]
    assert visitor.get("/api/v1/klinik/visit?bbox=106.1,-6.2,106.2,-6.1").get_json()["items"] == []


def test_of_several_points_those_are_the_place_that_most_people_read() -> None:
    kind = small_definition(files()).records["visit"]
    assert place_fields(kind) == ["spot"]
    both = VISIT.replace("type: point, private: true", "type: point").replace("[number, spot", "[number, home, spot")
    assert place_fields(small_definition(files(both)).records["visit"]) == ["home", "spot"]
    inner = VISIT.replace("fields: [number, spot, about]", "fields: [number, about]")
    assert place_fields(small_definition(files(inner)).records["visit"]) == ["spot"]


def test_nobody_finds_a_record_by_a_title_that_they_may_not_read(app: LumbungFlask, world: World, visit: None) -> None:
    visitor = browse(app, world.tangsel.host)
    official = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    assert "Kontrol" not in visitor.get("/klinik/daftar?q=Rahayu").text
    assert "Kontrol" in official.get("/klinik/kerja?q=Rahayu").text


def test_a_file_keeps_private_what_a_version_before_kept_private(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    one_place = VISIT.replace("  spot: {type: point, label: {id: Tempat bertemu, en: Meeting place}}\n", "")
    first = one_place.replace("[number, spot, about]", "[number, about]")
    installation = enable_small(session, world, files(first), roles=[("handler", "clerk")])
    with as_tenant(session, world.tangsel.id):
        values = {"home": HOME, "phone": "0812345", "about": "Dulu"}
        create_record(session, installation, SYSTEM, "visit", values)
        session.commit()
    next_small(session, world, installation, files(first.replace(", private: true", "")))
    with as_tenant(session, world.tangsel.id):
        values = {"home": SPOT, "phone": "0899", "about": "Kini"}
        create_record(session, session.merge(installation), SYSTEM, "visit", values)
        session.commit()
    official = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    for address in ("/klinik/kerja/export.csv", "/klinik/kerja/export.geojson", "/work/export.csv?app=klinik"):
        text = official.get(address).text
        assert "0899" in text, address
        assert "0812345" not in text, address
        assert "106.111" not in text, address
