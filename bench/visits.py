"""An app of inspections whose records are found by indexed fields, filled in two cities: few records and many."""

from __future__ import annotations

from typing import Any

import psycopg
from sqlalchemy import select, update
from sqlalchemy.orm import Session, scoped_session

from app_catalog.definitions.archive import write_members
from app_catalog.installations.indexes import InstalledIndex
from app_catalog.installations.models import Installation
from app_catalog.installations.services import enable_app
from app_catalog.releases.models import App
from app_runtime.indexing.building import build_indexes
from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record
from lumbung.db import as_tenant, use_tenant
from tenants.people.models import RoleGrant
from tests.next_siaran import publish_archive
from tests.small_app import small_files
from tests.world import Place, World

Sessions = scoped_session[Session]
RECORD = """
name: {id: Kunjungan, en: Visit}
title: record.name
fields:
  name: {type: text, required: true, label: {id: Nama, en: Name}}
  kind:
    type: choice
    options: {food: {id: Pangan}, school: {id: Sekolah}, market: {id: Pasar}, road: {id: Jalan}, water: {id: Air}}
    indexed: true
    label: {id: Jenis, en: Kind}
  cost: {type: money, indexed: true, label: {id: Biaya, en: Cost}}
  day: {type: date, indexed: true, label: {id: Tanggal, en: Day}}
  starts: {type: datetime, indexed: true, label: {id: Mulai, en: Begins}}
published: "true"
access:
  public: {read: {rows: published, fields: [name, kind, cost, day, starts, state, created_at]}}
  clerk: {create: {}, read: {rows: all}}
workflow:
  start: planned
  states:
    planned: {label: {id: Direncanakan, en: Planned}, tone: amber}
    under_way: {label: {id: Berjalan, en: Under way}, tone: blue}
    done: {label: {id: Selesai, en: Done}, tone: green, end: success}
  actions:
    begin: {label: {id: Mulai, en: Begin}, from: planned, to: under_way, by: [clerk]}
    finish: {label: {id: Selesaikan, en: Finish}, from: under_way, to: done, by: [clerk]}
"""
APP = """
live:
  counters:
    costly:
      count: visit
      label: {id: Mahal, en: Costly}
      where: {cost: {min: 9990000}}
    soon:
      count: visit
      label: {id: Minggu ini, en: This week}
      where: {day: {min: "2026-11-23", max: "2026-11-25"}}
"""
_CHARTS = """
charts:
  all: {count: visit, label: {id: Semua, en: All}}
  spent: {sum: cost, only: [done], label: {id: Biaya, en: Cost}}
  states: {count: visit, by: state, label: {id: Menurut keadaan, en: By state}}
  kinds: {count: visit, by: kind, label: {id: Menurut jenis, en: By kind}}
  costs: {sum: cost, by: kind, label: {id: Biaya menurut jenis, en: Cost by kind}}
  months: {count: visit, by: day, unit: month, label: {id: Menurut bulan, en: By month}}
  weeks: {count: visit, by: starts, unit: week, label: {id: Menurut minggu, en: By week}}
"""
_HEAD = "kind: {kind}\nfor: {readers}\nrecord: visit\ntitle: {{id: {id}, en: {en}}}\n"


def _page(kind: str, readers: str, id: str, en: str, rest: str) -> str:
    return _HEAD.format(kind=kind, readers=readers, id=id, en=en) + rest


PAGES = {
    "visits": _page("list", "public", "Kunjungan", "Visits", "columns: [kind, cost, day]\nfilters: [kind]\n"),
    "dearest": _page(
        "list", "public", "Termahal", "Dearest", "columns: [kind, cost, day]\nfilters: [kind]\nsort: [-cost]\n"
    ),
    "days": _page("calendar", "public", "Hari kunjungan", "Days", "date: day\ncolumns: [kind]\nfilters: [kind]\n"),
    "agenda": _page("calendar", "clerk", "Agenda", "Agenda", "date: starts\ncolumns: [kind, state]\n"),
    "board": _page("board", "clerk", "Papan", "Board", "columns: [kind, cost]\nfilters: [kind]\nsort: cost\n"),
    "kinds": _page("board", "public", "Menurut jenis", "By kind", "columns: [cost]\ngroups: kind\n"),
    "open-figures": _page("dashboard", "public", "Angka terbuka", "Open figures", _CHARTS),
    "figures": _page("dashboard", "clerk", "Angka", "Figures", _CHARTS),
}
_COPIES = """
INSERT INTO records ({columns}) SELECT {values} FROM records, generate_series(1, %(many)s) AS n
WHERE installation_id = %(installation)s
"""
_DAY = "date '2027-06-01' - (n %% 2000)"
_SPECIAL = {
    "id": "gen_random_uuid()",
    "title": "'Kunjungan ' || n",
    "state": "(ARRAY['planned', 'under_way', 'done', 'done', 'done', 'done', 'done', 'done'])[1 + n %% 8]",
    "open": "n %% 8 < 2",
    "tracking_digest": "NULL",
    "created_at": "created_at - n * interval '7 minutes'",
    "data": "jsonb_build_object('name', 'Kunjungan ' || n, 'kind', (ARRAY['food', 'school', 'market', 'road', 'water'])"
    f"[1 + n %% 5], 'cost', (n * 7919 %% 10007) * 1000, 'day', ({_DAY})::text, 'starts',"
    f" to_char({_DAY}, 'YYYY-MM-DD') || 'T' || lpad((1 + n %% 9)::text, 2, '0') || ':00:00+00:00')",
}


def visit_files() -> dict[str, bytes]:
    """The package."""
    return small_files({"visit": RECORD}, app=APP, app_id="kunjungan", pages=PAGES)


def enable_visits(session: Sessions, world: World, places: tuple[Place, ...]) -> None:
    """The app in these cities, where `handler` is its clerk; committed."""
    release = publish_archive(session, world, write_members(visit_files()))
    app = session.get_one(App, release.app_id)
    for place in places:
        with as_tenant(session, place.id):
            installation = enable_app(session, app=app, release=release, overrides={})
            session.add(
                RoleGrant(
                    tenant_id=place.id,
                    membership_id=place.members["handler"].id,
                    app_id=installation.slug,
                    role="clerk",
                )
            )
            session.commit()


def fill_visits(session: Sessions, migrator: psycopg.Connection[Any], place: Place, many: int) -> None:
    """So many visits over two thousand days, and their indexes built by the worker's own way; committed."""
    with as_tenant(session, place.id):
        installation = session.scalars(select(Installation).where(Installation.tenant_id == place.id)).one()
        values = {"name": "Kunjungan", "kind": "food", "cost": 1000, "day": "2026-01-01"}
        create_record(session, installation, SYSTEM, "visit", values, channel="api")
        session.commit()
        columns = [one.name for one in Record.__table__.columns if one.computed is None]
        chosen = ", ".join(_SPECIAL.get(name, name) for name in columns)
        copies = _COPIES.format(columns=", ".join(columns), values=chosen)
        migrator.execute(copies.encode(), {"many": many - 1, "installation": installation.id})
        for statement in ("SET ROLE lumbung_owner", "ANALYZE records", "RESET ROLE"):
            # Without statistics the planner reads all records for every batch of the indexes.
            migrator.execute(statement.encode())
        use_tenant(session, place.id)
        session.execute(update(InstalledIndex).where(InstalledIndex.tenant_id == place.id).values(status="building"))
        session.commit()
        for _ in range(many):
            use_tenant(session, place.id)
            build_indexes(session, most=5_000)
            session.commit()
            use_tenant(session, place.id)
            left = session.scalars(
                select(InstalledIndex.id).where(InstalledIndex.tenant_id == place.id, InstalledIndex.status != "ready")
            ).all()
            if not left:
                break
        session.commit()
