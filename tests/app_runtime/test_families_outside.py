"""Families of records outside their pages: the interface for programs, files, and files that are brought in."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from app_catalog.installations.models import Installation
from app_runtime.imports.mapping import Source
from app_runtime.imports.models import Import, ImportLine
from app_runtime.imports.notes import note_text
from app_runtime.imports.running import run_batch
from app_runtime.imports.schemas import read_mapping
from app_runtime.imports.services import begin_import, start_import
from app_runtime.records.actors import SYSTEM, Actor
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record
from app_runtime.workflow.acting import take_action
from lumbung.db import use_tenant
from lumbung.errors import Invalid
from lumbung.web.sites import LumbungFlask
from tests.browsing import Browser, browse
from tests.small_app import Sessions, enable_small, small_files
from tests.world import World

PLAN = """
name: {id: Rencana, en: Plan}
number: {pattern: "R/{seq:03}"}
title: record.name
fields:
  name: {type: text, required: true, label: {id: Nama}}
  shown: {type: boolean}
published: record.shown
access:
  public: {read: {rows: published, fields: [number, name, state]}}
  clerk: {create: {}, read: {rows: all}}
workflow:
  start: open
  states: {open: {label: {id: Terbuka}}, done: {label: {id: Selesai}, end: success}}
  actions:
    split: {from: open, by: [clerk], asks: {units: {type: agencies, required: true}},
            fan_out: {record: task, per: units, with: {name: record.name, shown: "each == 'dishub'"}}}
children: {task: {record: task}}
"""
TASK = """
name: {id: Tugas, en: Task}
number: {pattern: "T/{seq:03}"}
title: record.name
fields:
  name: {type: text, required: true, label: {id: Nama}}
  shown: {type: boolean}
published: record.shown
access:
  public: {read: {rows: published, fields: [number, name, state, agency]}}
  clerk: {create: {}, read: {rows: all}}
workflow:
  start: open
  states: {open: {label: {id: Terbuka}}, done: {label: {id: Selesai}, end: success}}
  actions: {finish: {from: open, to: done, by: [clerk]}}
"""
NOTE = """
name: {id: Catatan, en: Note}
number: {pattern: "N/{seq:03}"}
title: record.name
fields: {name: {type: text, required: true}}
access: {clerk: {create: {}, read: {rows: all}}}
"""
FILES = small_files({"plan": PLAN, "task": TASK, "note": NOTE}, app_id="rencana")
LIST = "/api/v1/rencana"


@pytest.fixture
def plans(session: Sessions, world: World) -> Installation:
    """Two plans, one public and one not, each with a public task of Dishub and a hidden one of another agency."""
    installation = enable_small(session, world, FILES, roles=[("dispatcher", "clerk")])
    use_tenant(session, world.tangsel.id)
    for name, shown in (("Taman", True), ("Rahasia", False)):
        made = create_record(
            session, installation, SYSTEM, "plan", {"name": name, "shown": shown}, channel="api"
        ).record
        clerk = Actor(kind="member", roles=frozenset({"clerk"}))
        take_action(session, made, clerk, "split", {"units": ["dishub", "dlh"]})
    session.commit()
    return installation


@pytest.fixture
def program(app: LumbungFlask, world: World) -> Browser:
    """A program that asks Tangsel's portal."""
    return browse(app, world.tangsel.host)


def found(program: Browser, path: str) -> Any:
    answer = program.get(path)
    assert answer.status_code == 200, answer.text[:500]
    return answer.json


def test_a_record_tells_programs_of_its_public_children_and_they_of_their_public_parent(
    plans: Installation, program: Browser
) -> None:
    (plan,) = found(program, f"{LIST}/plan")["items"]
    assert "children" not in plan
    alone = found(program, f"{LIST}/plan/{plan['id']}")
    told = alone["children"]["task"]
    (child,) = told["items"]
    assert {name: child[name] for name in ("type", "number", "state", "agency", "due")} == {
        "type": "task",
        "number": "T/001",
        "state": "open",
        "agency": "dishub",
        "due": None,
    }
    assert child["url"].endswith(f"/rencana/task/{child['id']}")
    # The link to their list is followed as it stands.
    (listed,) = found(program, told["url"][told["url"].index("/api") :])["items"]
    assert listed["id"] == child["id"]
    assert (listed["parent"]["id"], listed["parent"]["type"], listed["parent"]["number"]) == (
        plan["id"],
        "plan",
        "R/001",
    )
    tasks = found(program, f"{LIST}/task")["items"]
    assert [task["parent"] and task["parent"]["number"] for task in tasks] == [None, "R/001"]


def test_a_hidden_parent_filters_nothing_by_its_number_or_id(
    session: Sessions, plans: Installation, program: Browser
) -> None:
    assert len(found(program, f"{LIST}/task?parent=R/001")["items"]) == 1
    assert found(program, f"{LIST}/task?parent=R/002")["items"] == []
    hidden = session.query(Record).filter_by(number="R/002").one()
    assert found(program, f"{LIST}/task?parent={hidden.id}")["items"] == []
    assert program.get(f"{LIST}/plan?parent=R/001").status_code == 422
    rows = csv_of(program.get(f"{LIST}/task/export.csv?parent=R/001").data)
    assert [row["Nomor"] for row in rows] == ["T/001"]
    assert csv_of(program.get(f"{LIST}/task/export.csv?parent=R/002").data) == []


def test_the_interface_describes_families(plans: Installation, program: Browser) -> None:
    described = found(program, "/api/v1/openapi.json")
    schemas = described["components"]["schemas"]
    assert "children" in schemas["rencana.plan"]["properties"]
    assert "parent" in schemas["rencana.task"]["properties"]
    assert "parent" not in schemas["rencana.plan"]["properties"]
    asked = {one["name"] for one in described["paths"][f"{LIST}/task"]["get"]["parameters"]}
    assert "parent" in asked


def csv_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_files_tell_the_parents_number_and_the_children_as_far_as_their_reader_sees_them(
    app: LumbungFlask, world: World, plans: Installation, program: Browser
) -> None:
    rows = csv_of(program.get(f"{LIST}/plan/export.csv").data)
    assert [(row["Nomor"], row["Tugas: jumlah"], row["Tugas: belum selesai"]) for row in rows] == [("R/001", "1", "1")]
    rows = csv_of(program.get(f"{LIST}/task/export.csv").data)
    assert [(row["Nomor"], row["Nomor induk"]) for row in rows] == [("T/003", ""), ("T/001", "R/001")]
    official = browse(app, world.tangsel.host, world.tangsel.accounts["dispatcher"])
    rows = csv_of(official.get("/work/export.csv?tab=all&app=rencana").data)
    assert {row["Nomor"]: row["Nomor induk"] for row in rows if row["Nomor"].startswith("T")} == {
        "T/001": "R/001",
        "T/002": "R/001",
        "T/003": "R/002",
        "T/004": "R/002",
    }
    assert {row["Tugas: jumlah"] for row in rows if row["Nomor"].startswith("R")} == {"2"}


LINES = """kode;nama;nomor rencana;dinas
L-1;Gali;R/001;dishub
L-2;Tanam;R/009;
L-3;Catat;N/001;
L-4;Siram;;
"""


def brought_in(session: Sessions, plans: Installation, data: str, kind: str, **mapping: Any) -> Import:
    """The whole way of an import by the platform itself; committed."""
    found = begin_import(session, plans, kind, data=data.encode(), name="data.csv")
    start_import(session, found.id, mapping=read_mapping({**found.mapping, **mapping}), by_worker=False)
    found = run_batch(session, found.id)
    session.commit()
    return found


def test_lines_are_brought_in_below_their_parents(session: Sessions, plans: Installation) -> None:
    create_record(session, plans, SYSTEM, "note", {"name": "Rapat"}, channel="api")
    found = brought_in(session, plans, LINES, "task", history="as_is", unmapped="initial")
    assert read_mapping(found.mapping).parent == Source(column="nomor rencana")
    assert (found.imported, found.refused) == (2, 2)
    words = {
        line.line: [str(note_text(note)) for note in line.notes]
        for line in session.query(ImportLine).filter_by(import_id=found.id)
    }
    assert "Tidak ada catatan induk “R/009”." in words[3]
    assert "“N/001” adalah Catatan, yang tidak dapat menjadi induk dari Tugas." in words[4]
    plan = session.query(Record).filter_by(number="R/001").one()
    dug = session.query(Record).filter_by(title="Gali").one()
    assert (dug.parent_id, dug.root_id) == (plan.id, plan.id)
    assert session.query(Record).filter_by(title="Siram").one().parent_id is None
    # Who holds a child reads its parent, also of a child that came in by a file.
    session.refresh(plan)
    assert str(dug.agency_id) in (plan.shared_with or [])


def test_a_parent_is_found_by_its_id_in_the_old_system(session: Sessions, plans: Installation) -> None:
    brought_in(session, plans, "id;nama\nLAMA-7;Jembatan\n", "plan")
    brought_in(session, plans, "nama;induk\nBaut;LAMA-7\n", "task")
    bolt = session.query(Record).filter_by(title="Baut").one()
    assert bolt.parent_id == session.query(Record).filter_by(title="Jembatan").one().id


def test_a_type_that_belongs_to_none_takes_no_parent(session: Sessions, plans: Installation) -> None:
    with pytest.raises(Invalid) as caught:
        brought_in(session, plans, "nama;induk\nBaut;R/001\n", "note", parent="induk")
    assert list(caught.value.fields) == ["parent"]
