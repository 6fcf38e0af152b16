"""The page of the live room: all services on one screen, for who is at work there."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, literal, select

from app_catalog.installations.models import Installation
from app_runtime.live import patience
from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from app_runtime.workflow.acting import take_action
from lumbung.db import as_tenant, now, set_clock, use_tenant
from lumbung.web.sites import LumbungFlask
from tenants.people.models import RoleGrant
from tests.app_runtime.stage import Sessions
from tests.app_runtime.work_desk import open_desk
from tests.browsing import browse, words_of
from tests.pagu import enable_pagu, make
from tests.small_app import codes_of, enable_small, small_files
from tests.world import World


@pytest.fixture
def pagu(session: Sessions, world: World) -> Installation:
    """Pagu in Tangsel, where the handler plans; two spots on the map."""
    enable_pagu(session, world)
    use_tenant(session, world.tangsel.id)
    installation = session.scalars(select(Installation)).one()
    member = world.tangsel.members["handler"]
    session.add(RoleGrant(tenant_id=world.tangsel.id, membership_id=member.id, app_id="pagu", role="planner"))
    for title in ("Lubang Ciputat", "Lubang Serpong"):
        make(session, installation, "spot", title=title, place=[106.7, -6.3], sort="hole", width=60)
    session.commit()
    return installation


def test_officials_see_what_happens_and_others_do_not(app: LumbungFlask, world: World, pagu: Installation) -> None:
    official = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    words = words_of(official.get("/live"))
    assert "Lubang Ciputat" in words
    assert "Titik terbuka 2" in " ".join(words.split())
    assert words_of(official.get("/live/panel")).count("Lubang Serpong")
    points = official.get("/live/points.geojson").json
    assert points is not None
    assert [feature["properties"]["title"] for feature in points["features"]] == [
        "Pagu dan Kunjungan: Titik terbuka"
    ] * 2
    assert all(feature["properties"]["href"].startswith("/work/") for feature in points["features"])
    for path in ("/live", "/live/panel", "/live/points.geojson"):
        assert browse(app, world.tangsel.host).get(path).status_code in (302, 303, 401)
        neighbour = browse(app, world.tangsel.host, world.surabaya.accounts["handler"])
        assert neighbour.get(path).status_code in (302, 303, 401, 403, 404)


def test_the_room_of_a_municipality_without_apps_is_empty(app: LumbungFlask, world: World) -> None:
    words = words_of(browse(app, world.surabaya.host, world.surabaya.accounts["handler"]).get("/live"))
    assert "Belum ada kejadian." in words
    assert "Tidak ada tenggat yang berjalan." in words


def test_who_reads_a_record_as_everybody_may_is_led_to_its_public_page(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    desk = open_desk(app, session, world, publish="at_once")
    found = desk.report("Lampu jalan mati")
    evaluator = desk.browser("evaluator")
    answer = evaluator.get(f"/work/{found}")
    assert urlsplit(answer.headers["Location"]).path == f"/siaran/report/{found}"
    assert evaluator.follow(answer).status_code == 200
    assert desk.browser("dispatcher").get(f"/work/{found}").headers["Location"].endswith(f"/work/siaran/{found}")


CASE = """
name: {id: Berkas, en: Case}
title: record.subject
fields: {subject: {type: text, required: true, label: {id: Perihal, en: Subject}}}
access: {clerk: {create: {}, read: {rows: all}}}
workflow:
  start: open
  states:
    open: {label: {id: Terbuka, en: Open}}
    told: {label: {id: Dijawab, en: Answered}, end: success}
    dropped: {label: {id: Dibatalkan, en: Dropped}, end: other}
  actions:
    tell: {from: open, to: told, by: [clerk]}
    drop: {from: open, to: dropped, by: [clerk]}
clocks:
  answer: {within: "'P1D'", starts: created, met_by: tell, label: {id: Jawaban, en: Answer}}
"""
INDICATORS = """
indicators:
  in_time: {of: case, kind: clock_met, clock: answer, label: {id: Dijawab tepat waktu, en: Answered in time}}
"""


def test_a_missed_deadline_counts_also_when_its_record_was_dropped(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    installation = enable_small(
        session, world, small_files({"case": CASE}, app=INDICATORS, app_id="berkas"), roles=[("handler", "clerk")]
    )
    begun = now()
    with as_tenant(session, world.tangsel.id):
        told, dropped, open_one = (make(session, installation, "case", subject=f"Berkas {n}") for n in range(3))
        take_action(session, told, SYSTEM, "tell", {})
        with set_clock(begun + timedelta(days=2)):
            take_action(session, dropped, SYSTEM, "drop", {})
        session.commit()
        assert open_one.open
    words = " ".join(words_of(browse(app, world.tangsel.host, world.tangsel.accounts["handler"]).get("/live")).split())
    assert "Dijawab tepat waktu 50 % Aplikasi kecil, dari 2" in words


def test_a_figure_that_takes_too_long_is_left_out(
    app: LumbungFlask, session: Sessions, world: World, pagu: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    del pagu
    monkeypatch.setattr(patience, "SECONDS", 0.2)
    before = session.scalar(select(func.current_setting("statement_timeout")))
    with patience.waiting(session) as waits:
        assert waits.rows(session, select(func.pg_sleep(5))) is None
        assert waits.rows(session, select(literal(1))) is None
    assert session.scalar(select(func.current_setting("statement_timeout"))) == before
    session.commit()
    monkeypatch.setattr(patience, "SECONDS", 0.0)
    page = browse(app, world.tangsel.host, world.tangsel.accounts["admin"]).get("/live")
    assert page.status_code == 200
    assert "–" in words_of(page)


POINT = """
name: {id: Titik, en: Point}
number: {pattern: "T/{seq:03}"}
title: record.about
fields:
  about: {type: text, label: {id: Tentang, en: About}}
  place: {type: point, label: {id: Tempat, en: Place}}
access:
  clerk: {create: {}, read: {rows: all}}
  official: {read: {rows: all, fields: [place]}}
workflow: {start: secret, states: {secret: {label: {id: Rahasia, en: Secret}}}, actions: {}}
"""


def test_the_map_tells_of_a_record_what_its_reader_sees(app: LumbungFlask, session: Sessions, world: World) -> None:
    files = small_files({"point": POINT}, app="live: {layers: {all: {record: point}}}")
    installation = enable_small(session, world, files, roles=[("admin", "clerk")])
    with as_tenant(session, world.tangsel.id):
        create_record(session, installation, SYSTEM, "point", {"about": "A", "place": [106.7, -6.3]}, channel="api")
        session.commit()
    told = {}
    for person in ("admin", "handler"):
        browser = browse(app, world.tangsel.host, world.tangsel.accounts[person])
        [feature] = browser.get("/live/points.geojson").get_json()["features"]
        told[person] = (feature["properties"]["number"], feature["properties"]["state"])
    assert told == {"admin": ("T/001", "Rahasia"), "handler": (None, "")}


def test_a_filter_of_more_conditions_than_a_page_can_wait_for_is_refused() -> None:
    wanted = ", ".join("{open: true}" for _ in range(20))
    for groups, codes in ((2, set()), (3, {"too-many"})):
        several = ", ".join(f"{{all: [{wanted}]}}" for _ in range(groups))
        live = f"live: {{counters: {{many: {{count: point, where: {{any: [{several}]}}}}}}}}"
        assert codes_of(small_files({"point": POINT}, app=live)) == codes


def test_a_filter_by_a_moment_that_the_database_does_not_know_is_refused() -> None:
    for moment, codes in (("2026-01-05T08:00+07:00", set()), ("2026-01-05T08:00+23:00", {"filter-value"})):
        live = f"live: {{counters: {{new: {{count: point, where: {{created_at: {{min: '{moment}'}}}}}}}}}}"
        assert codes_of(small_files({"point": POINT}, app=live)) == codes
