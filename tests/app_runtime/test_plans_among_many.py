"""Where hundreds of municipalities have records, a large one's list and records are read by the right index.

A plan for all of them would be one for none: the planner takes every way to the records of an unknown municipality for
one row, and then any index that begins with the municipality is as good as another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy.orm import Session, scoped_session

from app_runtime.records.models import Record
from lumbung.db import db
from lumbung.db.direct import read_row
from lumbung.db.prepared import PlannedOnce
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.work_desk import Desk, open_desk
from tests.browsing import browse
from tests.world import World

Sessions = scoped_session[Session]
MANY, MUNICIPALITIES, FEW = 20_000, 400, 20
_OF_MANY = {
    "id": "gen_random_uuid()",
    "number": "'C/' || n",
    "created_at": "created_at - n * interval '1 minute'",
    "tracking_digest": "md5(random()::text) || md5(random()::text)",
}
_OF_ANOTHER_APP = {
    **_OF_MANY,
    "installation_id": "md5('another')::uuid",
    "created_at": "created_at + n * interval '1 second'",
}
_OF_OTHERS = {
    **_OF_MANY,
    "tenant_id": "md5('t' || m)::uuid",
    "installation_id": "md5('i' || m)::uuid",
    "agency_id": "NULL",
}


def _copies(values: dict[str, str], source: str) -> str:
    names = [column.name for column in Record.__table__.columns if column.computed is None]
    taken = ", ".join(values.get(name, name) for name in names)
    one = "(SELECT * FROM records WHERE number NOT LIKE 'C/%' LIMIT 1) AS r"
    return f"INSERT INTO records ({', '.join(names)}) SELECT {taken} FROM {one}, {source}"


@pytest.fixture
def desk(
    app: LumbungFlask, session: Sessions, world: World, administer: Callable[[str], None], request: Any
) -> Iterator[Desk]:
    """A municipality with many records among hundreds with few; with `another app`, one that has newer ones."""
    desk = open_desk(app, session, world, publish="at_once")
    desk.report("Lampu jalan mati")
    session.remove()
    # The others have records alone: nobody asks for them.
    administer("SET session_replication_role = replica")
    try:
        administer(_copies(_OF_MANY, f"generate_series(1, {MANY}) AS n"))
        administer(_copies(_OF_OTHERS, f"generate_series(1, {MUNICIPALITIES}) AS m, generate_series(1, {FEW}) AS n"))
        if request.param:
            administer(_copies(_OF_ANOTHER_APP, f"generate_series(1, {MANY}) AS n"))
        administer("ANALYZE records")
        yield desk
        administer("DELETE FROM records WHERE number LIKE 'C/%'")
    finally:
        administer("SET session_replication_role = origin")


def _most_read(app: LumbungFlask, asked: tuple[Any, Any, Any]) -> int:
    """The most rows that a step of the statement touches in `records`, as a connection of its own plans it once."""
    tenant_id, read, values = asked
    given = [values[name] if name in values else read.fixed[name] for name in read.takes]
    texts = [one.decode() if isinstance(one, bytes) else one if one is None else str(one) for one in given]
    literals = ", ".join("NULL" if one is None else "'" + one.replace("'", "''") + "'" for one in texts)
    with app.app_context(), db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        cursor = psycopg.RawCursor(driver)
        cursor.execute(b"SELECT set_tenant($1::uuid)", [str(tenant_id)])
        cursor.execute(b"SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(b"PREPARE probed AS " + read.sql)
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE probed({literals})".encode())
        (plans,) = cursor.fetchone() or ([],)
        cursor.execute(b"DEALLOCATE probed")
        connection.rollback()
    removed = ("Rows Removed by Filter", "Rows Removed by Join Filter", "Rows Removed by Index Recheck")
    return max(
        int((node["Actual Rows"] + sum(node.get(name, 0) for name in removed)) * node["Actual Loops"])
        for node in _nodes(plans[0]["Plan"])
    )


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from _nodes(inner)


@pytest.mark.parametrize("desk", [False, True], ids=["alone", "another app"], indirect=True)
def test_a_large_municipality_is_read_by_the_right_index(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[Any, Any, Any]] = []

    def listen(*asked: Any) -> Any:
        sent.append(asked)
        return read_row(*asked)

    monkeypatch.setattr("app_runtime.api.reading.read_row", listen)
    program = browse(desk.app, desk.place.host)
    first: Any = program.get("/api/v1/siaran/report").json
    oldest = first["items"][-1]
    for question in ("", f"?{first['next'].split('?', 1)[1]}", f"/{oldest['id']}", f"/{oldest['number']}"):
        sent.clear()
        assert program.get(f"/api/v1/siaran/report{question}").status_code == 200, question
        (asked,) = sent
        assert isinstance(asked[1].sql, PlannedOnce), question
        assert _most_read(desk.app, asked) <= 200, question
