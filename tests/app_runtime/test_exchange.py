"""One app tells another of the same municipality what happened: once, by its exports, while both are enabled."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app_catalog.installations.models import Installation
from app_catalog.installations.services import disable_app
from app_runtime.exchange import emitting
from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record, RecordHistory
from app_runtime.workflow.acting import take_action
from lumbung.db import as_tenant
from lumbung.outbox import Effect, drain
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions
from tests.app_runtime.test_children_together import actor
from tests.small_app import codes_of, enable_small, small_files
from tests.world import World

POINT = """
name: {id: Titik, en: Point}
number: {pattern: "W/{seq:03}"}
title: record.title
fields:
  title: {type: text, required: true, label: {id: Nama titik, en: Name}}
  since: {type: date, label: {id: Sejak, en: Since}}
  place: {type: point, label: {id: Tempat, en: Place}}
  contact: {type: text, private: true, label: {id: Kontak, en: Contact}}
access: {clerk: {create: {}, read: {rows: all}}}
workflow:
  start: up
  states:
    up: {label: {id: Menyala, en: Up}}
    broken: {label: {id: Rusak, en: Broken}}
    gone: {label: {id: Dicabut, en: Gone}, end: other}
  actions:
    fail: {from: up, to: broken, by: [clerk]}
    mend: {from: broken, to: up, by: [clerk]}
    remove: {from: up, to: gone, by: [clerk]}
"""
TELLING = """
exports: {point: [number, title, place, since]}
emits: {point-fault: {record: point, on: [broken, remove]}}
"""
REPORT = """
name: {id: Laporan, en: Report}
title: record.title
fields:
  title: {type: text, required: true, max: 40, label: {id: Masalah, en: Problem}}
  found_on: {type: date, label: {id: Ditemukan, en: Found}}
  place: {type: point, required: on_form, label: {id: Tempat, en: Place}}
access: {clerk: {create: {}, read: {rows: all}}}
"""
HEARING = """
consumes:
  wifi/point-fault:
    create: report
    with: {title: "'Wifi rusak: ' + event.title", place: event.place, found_on: event.since}
"""
WIFI = small_files({"point": POINT}, app=TELLING, app_id="wifi")
LAPOR = small_files({"report": REPORT}, app=HEARING, app_id="lapor")
VALUES = {"title": "Taman Kota", "place": [106.71, -6.29], "contact": "0812", "since": "2026-01-05"}


@pytest.fixture
def apps(session: Sessions, world: World) -> tuple[Installation, Installation]:
    return (
        enable_small(session, world, WIFI, roles=[("admin", "clerk")]),
        enable_small(session, world, LAPOR, roles=[("admin", "clerk")]),
    )


def fail(session: Sessions, world: World, wifi: Installation, action: str = "fail", **values: object) -> None:
    with as_tenant(session, world.tangsel.id):
        clerk = actor(session, world, wifi, "admin")
        made = create_record(session, wifi, clerk, "point", {**VALUES, **values})
        take_action(session, made.record, clerk, action, {})
        session.commit()


def reports(session: Sessions, world: World, lapor: Installation) -> list[Record]:
    with as_tenant(session, world.tangsel.id):
        mine = select(Record).where(Record.installation_id == lapor.id).order_by(Record.id)
        return list(session.scalars(mine.execution_options(populate_existing=True)))


def test_an_event_makes_one_record_in_the_app_that_waits_for_it(
    app: LumbungFlask, session: Sessions, world: World, apps: tuple[Installation, Installation]
) -> None:
    wifi, lapor = apps
    fail(session, world, wifi)
    fail(session, world, wifi, "remove", title="Alun-alun")
    drain(app)
    drain(app)
    first, second = reports(session, world, lapor)
    assert first.data == {"title": "Wifi rusak: Taman Kota", "place": [106.71, -6.29], "found_on": "2026-01-05"}
    assert second.title == "Wifi rusak: Alun-alun"
    with as_tenant(session, world.tangsel.id):
        kept = session.scalars(select(RecordHistory).where(RecordHistory.kind == "emitted")).all()
        assert all("contact" not in row.changes["values"] for row in kept)
        made = session.scalars(select(RecordHistory).where(RecordHistory.kind == "consumed")).all()
        assert {row.changes["number"] for row in made} == {"W/001", "W/002"}


def test_an_app_that_is_switched_off_hears_and_tells_nothing(
    app: LumbungFlask, session: Sessions, world: World, apps: tuple[Installation, Installation]
) -> None:
    wifi, lapor = apps
    fail(session, world, wifi)
    with as_tenant(session, world.tangsel.id):
        disable_app(session, session.merge(lapor), reason="Coba")
        session.commit()
    drain(app)
    fail(session, world, wifi)
    drain(app)
    assert reports(session, world, lapor) == []


def test_what_the_other_app_refuses_is_given_up_with_the_names_of_the_fields(
    app: LumbungFlask, session: Sessions, world: World, apps: tuple[Installation, Installation]
) -> None:
    wifi, lapor = apps
    fail(session, world, wifi, title="Taman " + "kota " * 20)
    drain(app)
    assert reports(session, world, lapor) == []
    with as_tenant(session, world.tangsel.id):
        [effect] = session.scalars(select(Effect).where(Effect.kind == "consume_event")).all()
        assert (effect.status, effect.last_error) == ("failed", "invalid: title")


def test_two_apps_do_not_keep_each_other_busy_for_ever(app: LumbungFlask, session: Sessions, world: World) -> None:
    def echo(app_id: str, other: str) -> dict[str, bytes]:
        words = f"""
        exports: {{report: [title]}}
        emits: {{made: {{record: report, on: created}}}}
        consumes: {{{other}/made: {{create: report, with: {{title: event.title}}}}}}
        """
        return small_files({"report": REPORT}, app=words, app_id=app_id)

    one = enable_small(session, world, echo("satu", "dua"), roles=[("admin", "clerk")])
    enable_small(session, world, echo("dua", "satu"))
    with as_tenant(session, world.tangsel.id):
        clerk = actor(session, world, one, "admin")
        create_record(session, one, clerk, "report", {"title": "Gema"}, channel="api")
        session.commit()
    drain(app)
    with as_tenant(session, world.tangsel.id):
        assert session.scalar(select(func.count()).select_from(Record)) == 6


def test_an_app_that_answers_itself_many_times_over_comes_to_an_end(
    app: LumbungFlask, session: Sessions, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emitting, "MOST_OF_ONE", 20)
    names = [f"made{number}" for number in range(4)]
    words = "exports: {report: [title]}\nemits:\n"
    words += "".join(f"  {name}: {{record: report, on: created}}\n" for name in names) + "consumes:\n"
    words += "".join(f"  satu/{name}: {{create: report, with: {{title: event.title}}}}\n" for name in names)
    one = enable_small(session, world, small_files({"report": REPORT}, app=words, app_id="satu"))
    with as_tenant(session, world.tangsel.id):
        create_record(session, one, SYSTEM, "report", {"title": "Gema"}, channel="api")
        session.commit()
    drain(app)
    with as_tenant(session, world.tangsel.id):
        assert 5 <= (session.scalar(select(func.count()).select_from(Record)) or 0) <= 21
        ended = select(RecordHistory.name).where(RecordHistory.kind == "rule_error")
        assert {"emits.made0", "emits.made3"} <= set(session.scalars(ended))


def test_what_apps_tell_is_checked() -> None:
    for old, new, code in (
        ("title, place, since]", "title, contact]", "export-not-open"),
        ("title, place, since]", "title, venue]", "unknown-attribute"),
        ("exports: {point:", "exports: {points:", "unknown-record"),
        ("on: [broken, remove]", "on: [broke]", "unknown-occasion"),
        ("exports: {point: [number, title, place, since]}\n", "", "event-without-exports"),
    ):
        assert old in TELLING
        assert code in codes_of(small_files({"point": POINT}, app=TELLING.replace(old, new))), new
    for old, new, code in (
        ("wifi/point-fault", "point-fault", "bad-event"),
        ("create: report", "create: repot", "unknown-record"),
        ("found_on: event.since", "found: event.since", "unknown-settable"),
        ("event.place", "record.place", "expression-unknown-name"),
    ):
        assert old in HEARING
        assert code in codes_of(small_files({"report": REPORT}, app=HEARING.replace(old, new))), new
