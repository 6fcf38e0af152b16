"""What is counted about the platform, who may read it, and that nobody is recognised in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session, scoped_session
from structlog.testing import capture_logs

from lumbung.db import as_tenant
from lumbung.metrics import Sample, list_measured, measure_municipality
from lumbung.metrics import measuring as measuring_module
from lumbung.metrics.requests import REQUESTS
from lumbung.metrics.statements import watch_statements
from lumbung.outbox.sweep import run_periodics
from lumbung.postgres.roles import DatabaseUrls
from lumbung.supervisor.environment import with_shared_metrics
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.work_desk import open_desk
from tests.browsing import browse
from tests.world import World

TOKEN = "a-token-for-prometheus"
Sessions = scoped_session[Session]


@pytest.fixture
def hub(app: LumbungFlask, session: Sessions) -> Iterator[FlaskClient]:
    """A client of a platform whose operator has set METRICS_TOKEN."""
    former = app.lumbung
    app.lumbung = replace(former, metrics_token=TOKEN)
    yield app.test_client()
    app.lumbung = former


def _read(client: FlaskClient, token: str | None = TOKEN) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    answer = client.get("/metrics", headers=headers, base_url="https://lumbung.test")
    return answer.status_code, answer.get_data(as_text=True)


def _values(written: str, name: str) -> dict[tuple[str, str], float]:
    return {
        (sample.labels.get("municipality", ""), sample.labels.get("app", "")): sample.value
        for family in text_string_to_metric_families(written)
        for sample in family.samples
        if sample.name == name
    }


def test_only_who_brings_the_token_reads_them(hub: FlaskClient, app: LumbungFlask) -> None:
    assert _read(hub)[0] == 200
    for wrong in (None, "", "a-token", TOKEN + "x"):
        assert _read(hub, wrong)[0] == 404
    app.lumbung = replace(app.lumbung, metrics_token=None)
    for given in (TOKEN, "", None):
        assert _read(hub, given)[0] == 404


def test_a_portal_has_no_metrics(hub: FlaskClient, world: World) -> None:
    answer = hub.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, base_url=f"https://{world.tangsel.host}")
    assert answer.status_code == 404


def test_what_a_worker_counted_is_read_by_municipality_and_app(
    hub: FlaskClient, app: LumbungFlask, session: Sessions, world: World
) -> None:
    desk = open_desk(app, session, world, publish="at_once")
    desk.report("Lampu jalan mati", photos=1)
    desk.report("Jalan berlubang")
    session.remove()
    run_periodics(app, names=["metrics.measure"])
    status, written = _read(hub)
    assert status == 200
    slug = desk.place.slug
    assert _values(written, "lumbung_records_open")[slug, "siaran"] == 2
    assert _values(written, "lumbung_records_overdue")[slug, "siaran"] == 0
    assert _values(written, "lumbung_clocks_running")[slug, ""] >= 2
    assert _values(written, "lumbung_storage_bytes")[slug, ""] > 0
    assert _values(written, "lumbung_files")[world.surabaya.slug, ""] == 0
    assert "lumbung_wakeups_due" in written
    assert "lumbung_measured_timestamp_seconds" in written


def test_nobody_is_recognised_in_them(hub: FlaskClient, app: LumbungFlask, session: Sessions, world: World) -> None:
    """Neither a code, an id, a title, a name nor an address becomes a label, and a visitor makes no series."""
    desk = open_desk(app, session, world, publish="at_once")
    made = desk.report("Lampu Rahasia Bu Sari mati", photos=1)
    client = browse(app, desk.place.host)
    for path in (
        "/track/ABCD-EFGH-JKLM",
        "/nobody-has-this-app",
        "/siaran/public-reports",
        f"/siaran/report/{made}",
        f"/work/nobody-has-this-inbox/{made}",
    ):
        client.get(path)
    session.remove()
    run_periodics(app, names=["metrics.measure"])
    _, written = _read(hub)
    for secret in ("Sari", "Rahasia", "ABCD", "nobody-has", str(made), "@", desk.place.accounts["admin"].name):
        assert secret not in written
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", written)
    assert f'municipality="{desk.place.slug}",status="2xx"' in written
    assert 'rule="/track/<code>"' in written


def test_requests_are_counted_where_they_were_answered(app: LumbungFlask, session: Sessions, world: World) -> None:
    desk = open_desk(app, session, world, publish="at_once")
    counter = REQUESTS.labels(desk.place.slug, "siaran", "2xx")
    before = counter._value.get()
    browse(app, desk.place.host).get("/siaran/public-reports")
    assert counter._value.get() == before + 1


def test_measuring_again_replaces_and_touches_nobody_else(session: Sessions, world: World) -> None:
    for place in (world.tangsel, world.surabaya):
        with as_tenant(session, place.id):
            measure_municipality(session)
        session.commit()
    first = [(one.tenant_id, one.name) for one in list_measured(session)]
    assert {tenant for tenant, _ in first} == {world.tangsel.id, world.surabaya.id}
    with as_tenant(session, world.tangsel.id):
        measure_municipality(session)
    session.commit()
    assert [(one.tenant_id, one.name) for one in list_measured(session)] == first


def test_a_number_that_nobody_declared_is_refused(
    session: Sessions, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring_module, "_readers", {lambda session, tenant: [Sample("undeclared", 1)]: ()})
    with as_tenant(session, world.tangsel.id), pytest.raises(ValueError, match="undeclared"):
        measure_municipality(session)


def test_a_slow_statement_is_logged_without_its_values(database: DatabaseUrls) -> None:
    engine = create_engine(database.application)
    watch_statements(engine, slow_seconds=0.01)
    with capture_logs() as heard, engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        connection.execute(text("SELECT pg_sleep(0.05), :secret"), {"secret": "Bu Sari"})
    engine.dispose()
    slow = [line for line in heard if line["event"] == "slow-statement"]
    assert len(slow) == 1
    assert "pg_sleep" in slow[0]["statement"]
    assert "Sari" not in str(slow)


def test_the_shared_folder_begins_empty(tmp_path: Path) -> None:
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "counter_1.db").write_bytes(b"old")
    filled = with_shared_metrics(tmp_path, {"A": "b"})
    assert filled == {"A": "b", "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics")}
    assert list((tmp_path / "metrics").iterdir()) == []
