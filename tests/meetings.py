"""Meetings, a small app with a board, calendars and a dashboard, for tests of these pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.models import Installation
from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record
from lumbung.db import as_tenant
from tests.small_app import enable_small, small_files
from tests.world import Place, World

Sessions = scoped_session[Session]
MEETING = """
name: {id: Rapat, en: Meeting}
number: {pattern: "R/{year}/{seq:04}", per: [year]}
title: record.topic
fields:
  topic: {type: text, required: true, label: {id: Pokok, en: Topic}}
  kind:
    type: choice
    options: {open: {id: Terbuka, en: Open}, inner: {id: Dalam, en: Inner}}
    label: {id: Jenis, en: Kind}
  unit: {type: agency, label: {id: Dinas, en: Agency}}
  held_on: {type: date, label: {id: Tanggal, en: Date}}
  starts: {type: datetime, label: {id: Mulai, en: Starts}}
  cost: {type: money, label: {id: Biaya, en: Cost}}
  note: {type: text, private: true, label: {id: Catatan, en: Note}}
agency: record.unit
published: "has(record.kind) && record.kind == 'open'"
access:
  public: {read: {rows: published, fields: [number, topic, kind, held_on, starts, state, cost, created_at]}}
  clerk: {create: {}, read: {rows: all}}
  chief: {read: {rows: all, fields: [number, topic, state]}}
  unit: {read: {rows: agency, fields: [number, topic, kind, held_on, starts, state, cost, note]}}
workflow:
  start: planned
  states:
    planned: {label: {id: Direncanakan, en: Planned}, tone: amber}
    invited: {label: {id: Diundang, en: Invited}, tone: blue}
    held: {label: {id: Berlangsung, en: Held}, tone: green, end: success}
    dropped: {label: {id: Batal, en: Dropped}, tone: grey, end: other}
  actions:
    invite: {label: {id: Undang, en: Invite}, from: planned, to: invited, by: [clerk, unit], when: has(record.held_on)}
    hold: {label: {id: Laksanakan, en: Hold}, from: invited, to: held, by: [clerk]}
    drop:
      label: {id: Batalkan, en: Drop}
      from: [planned, invited]
      to: dropped
      by: [clerk]
      asks: {why: {type: text, required: true, label: {id: Alasan, en: Why}}}
    remark: {label: {id: Catat, en: Remark}, from: planned, by: [clerk]}
"""
PAGES = {
    "board": """
kind: board
for: [clerk, unit, chief]
record: meeting
title: {id: Papan rapat, en: Board of meetings}
columns: [kind, held_on]
filters: [kind, state]
""",
    "kinds": """
kind: board
for: public
record: meeting
title: {id: Menurut jenis, en: By kind}
columns: [held_on]
groups: kind
sort: held_on
""",
    "agenda": """
kind: calendar
for: [clerk, unit]
record: meeting
title: {id: Agenda, en: Agenda}
date: starts
columns: [kind, state]
filters: [kind, state]
""",
    "figures": """
kind: dashboard
for: [clerk, unit, public]
record: meeting
title: {id: Angka rapat, en: Figures of meetings}
charts:
  all: {count: meeting, label: {id: Semua rapat, en: All meetings}}
  spent: {sum: cost, only: [held, planned], label: {id: Biaya, en: Cost}}
  usual: {average: meeting.cost, label: {id: Biaya rata-rata, en: Average cost}}
  states: {count: meeting, by: state, label: {id: Menurut keadaan, en: By state}}
  kinds: {sum: cost, by: kind, label: {id: Biaya menurut jenis, en: Cost by kind}}
  months: {count: meeting, by: held_on, unit: month, label: {id: Menurut bulan, en: By month}}
  days: {count: meeting, by: starts, unit: day, label: {id: Menurut hari, en: By day}}
  made: {count: meeting, by: created_at, unit: week, label: {id: Dibuat, en: Made}}
""",
    "days": """
kind: calendar
for: public
record: meeting
title: {id: Hari rapat, en: Days of meetings}
date: held_on
columns: [number, kind]
""",
}


def meeting_files(**changed: str) -> dict[str, bytes]:
    """The package, with pages changed or added (YAML by id)."""
    return small_files({"meeting": MEETING}, app_id="rapat", pages={**PAGES, **changed})


def enable_meetings(session: Sessions, world: World, *, pages: Mapping[str, str] | None = None) -> Installation:
    """Meetings in Tangsel: `handler` is clerk, `head` works in the unit, `dispatcher` is chief; committed."""
    roles = [("handler", "clerk"), ("head", "unit"), ("dispatcher", "chief")]
    return enable_small(session, world, meeting_files(**(pages or {})), roles=roles)


def plan(session: Sessions, place: Place, installation: Installation, topic: str, **values: Any) -> UUID:
    """A committed meeting."""
    with as_tenant(session, place.id):
        made = create_record(session, installation, SYSTEM, "meeting", {"topic": topic, **values}, channel="api")
        session.commit()
        return made.record.id


def copy(session: Sessions, place: Place, record_id: UUID, many: int) -> None:
    """So many more of a meeting, each an hour older than the one before; committed."""
    columns = [one.name for one in Record.__table__.columns if one.computed is None and one.name != "tracking_digest"]
    special = {"id": "uuidv7()", "number": "'C' || n", "created_at": "created_at - n * interval '1 hour'"}
    values = ", ".join(special.get(name, name) for name in columns)
    with as_tenant(session, place.id):
        session.execute(
            text(
                f"INSERT INTO records ({', '.join(columns)}) SELECT {values} FROM records, "
                "generate_series(1, :many) AS n WHERE id = :id"
            ),
            {"many": many, "id": record_id},
        )
        session.commit()
