"""Every statement on a municipality's tables says whose rows it means, so that a sharded engine can route it.

Row-level security alone would give the right rows too, but from all shards: this is a test of the second belt.
"""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, scoped_session

from app_catalog.evaluations.criteria import CRITERIA
from app_runtime.clocks.firing import fire_due_clocks
from lumbung.db import TableKind, as_tenant, now, table_kinds
from lumbung.outbox import drain
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.import_files import flood_features, geojson
from tests.app_runtime.work_desk import Desk, open_desk, page_of
from tests.browsing import Browser, browse
from tests.statements import statements_of
from tests.world import World

Sessions = scoped_session[Session]
OWNED = frozenset(name for name, kind in table_kinds().items() if kind is TableKind.TENANT)
_NAMED = re.compile(r"\b(?:FROM|JOIN|UPDATE|,)\s+(?:ONLY\s+)?(\w+)(?:\s+AS\s+(\w+))?", re.IGNORECASE)


def unrouted(statement: str) -> list[str]:
    """Tables of municipalities that this statement reads or changes without saying whose rows."""
    if not statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
        return []
    missing = []
    for table, alias in _NAMED.findall(statement):
        if table in OWNED:
            name = alias or table
            said = re.search(rf"\b{name}\.tenant_id\b\s*(?:=|IN)|=\s*{name}\.tenant_id\b", statement)
            bare = re.search(rf"\bUPDATE {table}\b|\bDELETE FROM {table}\b", statement) and "tenant_id =" in statement
            if not said and not bare:
                missing.append(name)
    if missing or not any(table in OWNED for table, _ in _NAMED.findall(statement)):
        return missing
    # Saying only that two tables agree routes nothing: one of them has to be given by value.
    return [] if re.search(r"tenant_id\s*(?:=|IN)\s*\(?%\(", statement) else ["(no value)"]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT records.id FROM records WHERE records.id = %(a)s", ["records"]),
        ("SELECT records.id FROM records WHERE records.tenant_id = %(t)s::UUID", []),
        ("SELECT r.id FROM records AS r JOIN agencies AS a ON a.id = r.agency_id WHERE r.tenant_id = %(t)s", ["a"]),
        ("SELECT r.id FROM records AS r JOIN agencies AS a ON a.tenant_id = r.tenant_id", ["(no value)"]),
        ("UPDATE records SET state=%(s)s WHERE records.id = %(i)s", ["records"]),
        ("SELECT apps.id FROM apps", []),
    ],
)
def test_a_statement_without_its_municipality_is_noticed(statement: str, expected: list[str]) -> None:
    assert unrouted(statement) == expected


@pytest.fixture
def desk(app: LumbungFlask, session: Sessions, world: World) -> Desk:
    """SIARAN with reports in Tangsel."""
    desk = open_desk(app, session, world, publish="at_once")
    for number in range(3):
        desk.report(f"Lampu {number}", photos=1)
    return desk


def _walk(desk: Desk) -> None:
    record_id = desk.report("Lampu mati di depan sekolah")
    citizen = browse(desk.app, desk.place.host)
    hub = browse(desk.app, "lumbung.test")
    listed = ["/", "/siaran", "/siaran/report", "/siaran/public-reports", "/siaran/map", "/siaran/map/points.geojson"]
    for path in (*listed, "/siaran/public-reports?q=lampu&state=received", f"/siaran/report/{record_id}"):
        assert citizen.get(path).status_code == 200, path
    for path in (
        "/",
        "/apps",
        "/apps/siaran",
        "/apps/siaran/requests",
        "/apps/siaran/roadmap",
        "/apps/siaran/learn",
        "/regions",
        "/regions/36.74",
    ):
        assert hub.get(path).status_code == 200, path
    sent = citizen.post_form(
        "/siaran/report", {"title": "Lampu padam", "category": "street-light", "place": "-6.29, 106.71"}
    )
    assert sent.status_code in (200, 303, 422)
    dispatcher = desk.browser("dispatcher")
    for path in ("/work", "/work/list", "/work/list?q=lampu", page_of(record_id), f"{page_of(record_id)}/edit"):
        assert dispatcher.get(path).status_code == 200, path
    assert desk.act(dispatcher, record_id, "verify").status_code < 500
    _manage(desk)
    with desk.app.app_context(), as_tenant(desk.session, desk.place.id):
        assert fire_due_clocks(desk.session, desk.place.id, now() + timedelta(days=30)) > 0
        desk.session.commit()


def _manage(desk: Desk) -> None:
    admin = desk.browser("admin")
    agency, person = desk.place.agencies["dishub"].id, desk.place.members["handler"].id
    paths = ["", "/municipality", "/agencies", f"/agencies/{agency}", "/people", f"/people/{person}", "/calendar"]
    paths += ["/apps", "/apps/siaran", "/apps/siaran/history", "/apps/siaran/clocks", "/data/import"]
    paths += ["/apps/siaran/assistance", "/apps/siaran/helping"]
    for path in paths:
        assert admin.get(f"/manage{path}").status_code == 200, path
    _import(admin)
    evaluator = desk.browser("evaluator")
    assert evaluator.get("/manage/evaluations").status_code == 200
    for path in ("/manage/apps/siaran/review", "/manage/apps/siaran/requests"):
        assert evaluator.get(path).status_code == 200, path
    _evaluate(evaluator)


def _evaluate(evaluator: Browser) -> None:
    """Begin an evaluation, keep evidence, take the paper and the table, and submit it."""
    at = str(evaluator.post_form("/manage/evaluations", {"app": "siaran"}).headers["Location"])
    proof = {"step": "save", "evidence_ease": (io.BytesIO(b"%PDF-1.7"), "bukti.pdf")}
    assert evaluator.post_form(at, proof).status_code == 303
    for path in (at, f"{at}.pdf", f"{at}.csv"):
        assert evaluator.get(path).status_code == 200, path
    written = {f"{one.id}_score": "4" for one in CRITERIA} | {f"{one.id}_reason": "Mudah dipakai." for one in CRITERIA}
    assert evaluator.post_form(at, {**written, "summary": "Layak dipakai.", "step": "submit"}).status_code == 303
    assert evaluator.get(at).status_code == 200


def _import(admin: Browser) -> None:
    """Bring in a file, worked through by the worker."""
    data = {"target": "siaran/report", "file": (io.BytesIO(geojson(flood_features(20))), "banjir.geojson")}
    at = admin.post_form("/manage/data/import", data).headers["Location"].rpartition("/")[0]
    assert admin.get(f"{at}/preview").status_code == 200
    assert admin.post_form(f"{at}/preview", to=f"{at}/start").status_code == 303
    drain(admin.app)
    for path in (at, f"{at}/progress", f"{at}/refused.csv", "/manage/data/import"):
        assert admin.get(path).status_code == 200, path


def test_every_statement_says_whose_rows_it_means(desk: Desk) -> None:
    with statements_of(desk.app) as heard:
        _walk(desk)
    offenders = {f"{missing}: {statement}" for statement in heard for missing in [unrouted(statement)] if missing}
    touched = {table for statement in heard for table, _ in _NAMED.findall(statement) if table in OWNED}
    assert {
        "records",
        "installations",
        "memberships",
        "agencies",
        "record_history",
        "imports",
        "import_lines",
    } <= touched
    assert sorted(offenders) == []
