"""Lines on maps: drawn where their field is shown, for whom it is shown."""

from __future__ import annotations

from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from lumbung.db import as_tenant
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions
from tests.browsing import browse
from tests.small_app import enable_small, small_files
from tests.world import World

ROAD = """
name: {id: Ruas, en: Road}
title: record.name
fields:
  name: {type: text, required: true, label: {id: Nama, en: Name}}
  course: {type: path, label: {id: Jalur, en: Course}}
  cable: {type: path, label: {id: Kabel, en: Cable}}
  spot: {type: point, label: {id: Titik, en: Spot}}
published: "true"
access:
  public: {read: {rows: published, fields: [name, course, spot]}}
  clerk: {create: {}, read: {rows: all}}
"""
MAP = "kind: map\nfor: {}\nrecord: road\ntitle: {{id: Peta, en: Map}}\npopup: {}\n"


def test_a_line_is_drawn_where_its_field_is_shown(session: Sessions, world: World, app: LumbungFlask) -> None:
    pages = {"roads": MAP.format("public", "[course]"), "all": MAP.format("clerk", "[course, cable]")}
    files = small_files({"road": ROAD}, app_id="jalan", pages=pages)
    jalan = enable_small(session, world, files, roles=[("handler", "clerk")])
    course, cable = [[106.7, -6.3], [106.71, -6.31]], [[106.8, -6.2], [106.81, -6.21]]
    with as_tenant(session, world.tangsel.id):
        values = {"name": "Jalan Ciater", "course": course, "cable": cable}
        record_id = create_record(session, jalan, SYSTEM, "road", values, channel="api").record.id
        session.commit()
    anybody = browse(app, world.tangsel.host)
    features = anybody.get("/jalan/roads/points.geojson").get_json()["features"]
    assert [one["geometry"] for one in features] == [{"type": "LineString", "coordinates": course}]
    assert features[0]["properties"]["title"] == "Jalan Ciater"
    clerk = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    drawn = clerk.get("/jalan/all/points.geojson").get_json()["features"]
    assert [one["geometry"]["coordinates"] for one in drawn] == [course, cable]
    page = anybody.get(f"/jalan/road/{record_id}").text
    assert "[[106.7, -6.3], [106.71, -6.31]]" in page
    assert "106.81" not in page
    assert "map-" in page.split("</head>")[0], "the map's script comes along"
    assert "106.81" in clerk.get(f"/work/jalan/{record_id}").text
