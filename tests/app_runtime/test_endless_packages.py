"""Packages whose rules set off one another: what one change brings about comes to an end, and the history says so."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app_runtime.automations import running
from app_runtime.children import opening
from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record, RecordHistory
from lumbung.db import as_tenant
from tests.app_runtime.stage import Sessions
from tests.small_app import enable_small, small_files
from tests.world import World

RECORD = """
name: {id: Berkas, en: Entry}
title: "'Berkas'"
fields:
  about: {type: text, label: {id: Tentang, en: About}}
access: {clerk: {create: {}, read: {rows: all}}}
workflow:
  start: open
  states:
    open: {label: {id: Terbuka, en: Open}}
    done: {label: {id: Selesai, en: Done}, end: success}
  actions:
    split: {from: open, by: [], fan_out: {record: entry, per: settings.units}}
    again: {from: open, by: []}
children: {part: {record: entry}}
automations:
"""
UNITS = "settings: {units: {type: table, label: {id: Bagian, en: Units}, columns: {n: {type: text}}, default: {%s}}}"
ROWS = UNITS % ", ".join(f"u{number}: {{n: a}}" for number in range(4))
ENDLESS = {
    "children that open children": "  go: {on: created, act: split}\n",
    "records that make records": "".join(f"  go{one}: {{on: created, create: entry}}\n" for one in range(4)),
    "actions that take actions": "".join(f"  go{one}: {{on: [created, again], act: again}}\n" for one in range(4)),
}


@pytest.mark.parametrize("automations", ENDLESS.values(), ids=ENDLESS.keys())
def test_rules_that_multiply_come_to_an_end(
    session: Sessions, world: World, monkeypatch: pytest.MonkeyPatch, automations: str
) -> None:
    monkeypatch.setattr(opening, "MOST_TOGETHER", 20)
    monkeypatch.setattr(running, "MOST_EFFECTS", 50)
    app = enable_small(session, world, small_files({"entry": RECORD + automations}, app=ROWS))
    with as_tenant(session, world.tangsel.id):
        create_record(session, app, SYSTEM, "entry", {})
        assert (session.scalar(select(func.count()).select_from(Record)) or 0) <= 21
        kinds = session.scalars(select(RecordHistory.kind)).all()
    assert kinds.count("action") <= 50
    assert "rule_error" in kinds
