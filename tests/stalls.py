"""A market whose stalls are found by fields that are indexed or are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app_catalog.definitions.model import SortKey
from app_catalog.installations.models import Installation
from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from app_runtime.records.listing import list_records
from lumbung.db import use_tenant
from tests.small_app import Sessions, enable_small, small_files
from tests.world import World

KIOSK = """
name: {{id: Kios, en: Stall}}
title: record.name
fields:
  name: {{type: text, required: true}}
  kind: {{type: choice, options: {{food: {{id: Makanan}}, cloth: {{id: Kain}}, fish: {{id: Ikan}}}}{indexed}}}
  rent: {{type: money{indexed}}}
  from: {{type: date{indexed}}}
  tags: {{type: choices, options: {{new: {{id: Baru}}, big: {{id: Besar}}}}{indexed}}}
  roof: {{type: boolean{indexed}}}
published: "true"
access:
  public: {{read: {{rows: published, fields: [name, kind, rent, from, tags, roof, created_at]}}}}
  clerk: {{create: {{}}, read: {{rows: all}}, update: {{fields: all}}}}
"""
PAGE = """
kind: list
for: public
record: kiosk
title: {id: Kios, en: Stalls}
columns: [name, kind, rent]
filters: [kind, roof]
"""
DAYS = """
kind: calendar
for: public
record: kiosk
title: {id: Sejak, en: Since}
date: from
columns: [kind]
"""
RACKS = """
kind: board
for: public
record: kiosk
title: {id: Rak, en: Racks}
groups: kind
columns: [from]
"""
STALLS: Sequence[Mapping[str, Any]] = (
    {"name": "a", "kind": "food", "rent": 900, "from": "2026-02-01", "tags": ["new", "big"], "roof": True},
    {"name": "b", "kind": "cloth", "rent": 1000, "from": "2025-02-01", "tags": ["new"]},
    {"name": "c", "kind": "food", "rent": 5, "roof": False},
    {"name": "d", "rent": 10_000, "from": "2026-01-01", "tags": ["big"]},
    {"name": "e", "kind": "food"},
)


def kiosk_files(*, version: str = "1.0.0", indexed: bool = True) -> dict[str, bytes]:
    """A market's stalls, by fields that are indexed or are not."""
    record = KIOSK.format(indexed=", indexed: true" if indexed else "")
    files = small_files({"kiosk": record}, app_id="pasar", pages={"stalls": PAGE, "days": DAYS, "racks": RACKS})
    for name in ("app.yaml", "publiccode.yml"):
        files[name] = files[name].replace(b"1.0.0", version.encode())
    return files


def fill(session: Sessions, installation: Installation) -> None:
    for values in STALLS:
        create_record(session, installation, SYSTEM, "kiosk", values, channel="api")
    session.commit()


def names(session: Sessions, installation: Installation, *, limit: int = 50, **asked: Any) -> str:
    """The names of a list over all its pages, of two records each."""
    found, cursor = "", None
    for _ in range(10):
        page = list_records(session, installation, SYSTEM, "kiosk", cursor=cursor, limit=limit, **asked)
        found += "".join(record.title for record in page.items)
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


def enable_market(session: Sessions, world: World) -> Installation:
    """Stalls in Tangsel; the session belongs to the municipality."""
    enable_small(session, world, kiosk_files())
    use_tenant(session, world.tangsel.id)
    installation = session.scalars(select(Installation)).one()
    fill(session, installation)
    return installation


ASKED: Sequence[tuple[dict[str, Any], str]] = (
    ({"filters": {"kind": "food"}}, "eca"),
    ({"filters": {"kind": ["cloth", "fish"]}}, "b"),
    ({"filters": {"kind": ["cloth", "food"]}}, "ecba"),
    ({"filters": {"kind": "food", "roof": "true"}}, "a"),
    ({"filters": {"roof": "false"}}, "edcb"),
    ({"filters": {"tags": "big"}}, "da"),
    ({"filters": {"tags": ["big", "new"]}}, "dba"),
    ({"filters": {"rent": "900"}}, "a"),
    ({"sort": [SortKey("rent")]}, "ecabd"),
    ({"sort": [SortKey("rent", descending=True)]}, "dbace"),
    ({"sort": [SortKey("from")]}, "cebda"),
    ({"sort": [SortKey("kind"), SortKey("created_at", descending=True)]}, "dbeca"),
    ({"sort": [SortKey("rent")], "filters": {"kind": "food"}}, "eca"),
)
"""What is asked of a list, and the names that it gives."""
