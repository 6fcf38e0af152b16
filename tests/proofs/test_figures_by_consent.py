"""No page, document or feed shows a figure that its municipality has not agreed to publish.

Tangsel has figures that are nowhere else, and reports in a number that is nowhere else. Everything that anybody else
can ask for is asked for, by the URL map, so that a new route is tried the day it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from app_catalog.figures.models import MonthlyFigures
from app_catalog.installations.adoptions import set_publicity
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import Installation
from app_runtime.records.models import Record
from lumbung.db import now, use_tenant
from lumbung.ids import new_id
from lumbung.postgres.testing import SuiteServer
from lumbung.settings import Settings
from lumbung.web.sites import LumbungFlask
from tenants.accounts.models import Account
from tests.browsing import HUB_HOST, browse
from tests.lumbung.belongings.apps import Ids
from tests.lumbung.belongings.known import TEXTS
from tests.proofs.canaries import Walk, readable
from tests.proofs.test_canaries import PAGES
from tests.world import World

Sessions = scoped_session[Session]
REPORTS = 7_313
"""So many reports of this month; no page counts them for others."""
COUNTS = ("created", "closed", "closed_success", "reopened", "answered", "answered_in_time", "due", "in_time")
FIRST = 613_007


@dataclass
class Figures(Walk):
    """A walk that looks for numbers, however they are written."""

    numbers: frozenset[int] = field(default_factory=frozenset)

    def _look(self, where: str, answer: TestResponse, allowed: set[str]) -> None:
        for body in readable(answer.get_data()):
            self.seen += [f"{where}: {number}" for number in sorted(numbers_in(body) & self.numbers)]


_PLAIN = re.compile(r"(?<![\w-])\d{4,7}(?![\w-])")
_GROUPED = re.compile(r"(?<![\w.,])\d{1,3}(?:[.,]\d{3})+(?!\w)")


def numbers_in(text: str) -> set[int]:
    """Every number of four digits or more."""
    return {int(re.sub(r"\D", "", one)) for pattern in (_PLAIN, _GROUPED) for one in pattern.findall(text)}


@pytest.fixture
def numbers(
    session: Sessions,
    world: World,
    known_ids: dict[str, tuple[Ids, Ids]],
    settings: Settings,
    suite_server: SuiteServer,
) -> frozenset[int]:
    """What Tangsel's figures are: three months of them, facts of an evaluation that is still a draft, and reports."""
    session.rollback()
    use_tenant(session, world.tangsel.id)
    installation = session.scalars(select(Installation)).one()
    definition = definition_by_digest(session, installation.definition_digest)
    set_publicity(session, installation, definition, announced=True, numbers=False)
    made = iter(range(FIRST, FIRST + 9_999, 13))
    rows = list(_months(installation, made))
    facts = {name: next(made) for name in ("records", "closed", "due", "in_time", "reopened", "rated")}
    session.commit()
    database = settings.database_url.rsplit("/", 1)[1]
    conninfo = psycopg.conninfo.make_conninfo(suite_server.admin_conninfo, dbname=database)
    with psycopg.connect(conninfo) as admin:
        for row in rows:
            columns, values = ", ".join(row), ", ".join(f"%({name})s" for name in row)
            admin.execute(f"INSERT INTO monthly_figures ({columns}) VALUES ({values})".encode(), row)
        admin.execute(
            "UPDATE evaluations SET facts = %s, status = 'draft' WHERE tenant_id = %s",
            [Jsonb({**facts, "median_seconds": 1.0, "rating_mean": 4.0}), world.tangsel.id],
        )
        _multiply(admin, world.tangsel.id)
    shown = {value for row in rows for name, value in row.items() if isinstance(value, int) and value >= FIRST}
    return frozenset({*shown, *facts.values(), *range(REPORTS - 3, REPORTS + 4)})


def _months(installation: Installation, made: Iterator[int]) -> Iterator[dict[str, Any]]:
    month = now().date().replace(day=1)
    for _ in range(3):
        month = (month - timedelta(days=1)).replace(day=1)
        for version, kind in (("", ""), ("0.9.0", "report")):
            row: dict[str, Any] = {
                column.name: next(made) for column in MonthlyFigures.__table__.columns if column.type.python_type is int
            }
            yield row | {
                "tenant_id": installation.tenant_id, "id": new_id(), "installation_id": installation.id,
                "month": month, "version": version, "record_type": kind, "frozen": True, "created_at": now(),
            }  # fmt: skip


def _multiply(admin: psycopg.Connection[Any], tenant_id: Any) -> None:
    columns = [column.name for column in Record.__table__.columns if column.computed is None]
    own = {"id": "gen_random_uuid()", "number": "'K/' || n", "tracking_digest": "NULL"}
    values = ", ".join(own.get(name, name) for name in columns)
    one = "SELECT * FROM records WHERE tenant_id = %s LIMIT 1"
    admin.execute(
        f"INSERT INTO records ({', '.join(columns)}) "
        f"SELECT {values} FROM ({one}) AS one, generate_series(1, {REPORTS}) AS n".encode(),
        [tenant_id],
    )


def walk_of(
    app: LumbungFlask,
    world: World,
    ids: dict[str, tuple[Ids, Ids]],
    numbers: frozenset[int],
    host: str,
    account: Account | None,
) -> Figures:
    """A walk over the hub and one portal."""
    browsers = {"hub": browse(app, HUB_HOST, account), "portal": browse(app, host, account)}
    values: dict[str, list[dict[str, object]]] = {
        "hub": [
            {**TEXTS, **ids["hub"][1], "slug": "tangsel", "code": "36.74"},
            {**TEXTS, **ids["hub"][1], "version": "0.9.0"},
        ],
        "portal": [
            {**TEXTS, **one, "slug": "siaran", "page_id": page, "version": "0.9.0"}
            for one in ids["portal"]
            for page in PAGES
        ],
    }
    values["hub"][0]["version"] = "0.9.0"
    return Figures(app, browsers, values, numbers=numbers)


@pytest.mark.parametrize("who", ["anonymous at home", "anonymous elsewhere", "admin elsewhere"])
def test_nobody_else_sees_a_figure_without_consent(
    app: LumbungFlask,
    world: World,
    known_ids: dict[str, tuple[Ids, Ids]],
    numbers: frozenset[int],
    who: str,
) -> None:
    place = world.tangsel if who.endswith("home") else world.surabaya
    account = world.surabaya.accounts["admin"] if who.startswith("admin") else None
    walk = walk_of(app, world, known_ids, numbers, place.host, account)
    walk.go()
    assert walk.seen == []
    assert walk.answered > 25, "Hardly anything was shown."


def test_with_consent_the_very_same_walk_finds_them(
    app: LumbungFlask,
    session: Sessions,
    world: World,
    known_ids: dict[str, tuple[Ids, Ids]],
    numbers: frozenset[int],
) -> None:
    """The control: without it the walk above might be looking at empty pages."""
    use_tenant(session, world.tangsel.id)
    installation = session.scalars(select(Installation)).one()
    definition = definition_by_digest(session, installation.definition_digest)
    set_publicity(session, installation, definition, announced=True, numbers=True)
    session.commit()
    walk = walk_of(app, world, known_ids, numbers, world.tangsel.host, None)
    walk.numbers -= set(range(REPORTS - 3, REPORTS + 4))
    walk.go()
    told = {one.split(" ")[1] for one in walk.seen}
    assert {"hub/apps/<slug>/figures", "hub/api/v1/apps/<slug>/figures"} <= told
    assert {"portal/open-data", "portal/open-data/<slug>.csv", "portal/open-data/<slug>.json"} <= told


def test_the_walk_reads_numbers_as_people_and_programs_write_them() -> None:
    assert numbers_in("613007 tot 613.008, 613,009 -613014- x613010 613011a 1,613012,2") == {
        613_007,
        613_008,
        613_009,
        613_012,
    }
