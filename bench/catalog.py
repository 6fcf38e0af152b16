"""What pages and documents of a catalog with 400 apps cost: processor time and waiting, in this process.

`python -m bench.catalog` measures this alone.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.databases import connect_migrator, make_template, settings_on_clone
from lumbung.db import db
from lumbung.postgres.testing import SuiteServer, start_suite_server, stop_suite_server
from tests.generated_apps.filling import checked_packages, fill_catalog
from tests.generated_apps.packages import MANY
from wsgi import create_app

GOAL_MS = 20.0
MUNICIPALITIES = 120
PATHS = (
    "/", "/apps", "/apps?page=9", "/apps?q=surat", "/apps?category=health", "/apps?sort=rating", "/apps?sort=newest",
    "/apps/{0}", "/apps/{0}/1.0.0", "/apps/{0}/figures", "/apps/{0}/requests", "/apps/{0}/roadmap",
    "/apps/{0}/adoption",
    "/apps/compare?app={0}&app={1}&app={2}&app={3}", "/wishes", "/regions", "/regions?province=33", "/regions/adoption",
    "/apps.atom", "/apps/{0}/releases.atom", "/docs", "/api/v1/apps", "/api/v1/apps?sort=used&q=surat",
    "/api/v1/apps/{0}", "/api/v1/apps/{0}/figures", "/api/v1/openapi.json",
)  # fmt: skip
_WARM, _ASKED = 3, 20


def measure_catalog(server: SuiteServer, folder: Path) -> dict[str, dict[str, float]]:
    """For each path: milliseconds of the process and of the database, the median and worst wait, and its size."""
    settings = settings_on_clone(
        server, "bench_catalog", folder, base_url="http://localhost", log_level="error", testing=True
    )
    app = create_app(settings)
    with app.app_context():
        session: Any = db.session
        filled = fill_catalog(session, checked_packages(MANY), municipalities=MUNICIPALITIES)
        session.remove()
    with connect_migrator(settings) as migrator:
        migrator.execute("SET ROLE lumbung_owner")
        migrator.execute("ANALYZE")
    client, slugs = app.test_client(), list(filled.apps)
    with app.app_context():
        found = {path: _cost(client, path.format(*slugs)) for path in PATHS}
        db.engine.dispose()
    return found


def lines(found: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """The figures as a table."""
    yield f"{f'a catalog of {MANY} apps, ms':48}{'app':>7}{'db':>7}{'both':>7}{'median':>8}{'worst':>8}{'kB':>6}"
    for path, cost in found.items():
        both = cost["app"] + cost["db"]
        mark = "" if both <= GOAL_MS else "  *"
        yield (
            f"  {path:46}{cost['app']:7.1f}{cost['db']:7.1f}{both:7.1f}{cost['median']:8.1f}{cost['worst']:8.1f}"
            f"{cost['bytes'] / 1024:6.0f}{mark}"
        )
    yield f"  goal: {GOAL_MS:.0f} ms of application and database together; * misses it"


def _cost(client: Any, path: str) -> dict[str, float]:
    waits, app_ms = [], []
    answer = None
    for _ in range(_WARM):
        answer = client.get(path, base_url="http://localhost")
    assert answer is not None
    assert answer.status_code == 200, (path, answer.status_code)
    before = _database_seconds()
    for _ in range(_ASKED):
        wall, own = time.perf_counter(), time.thread_time()
        client.get(path, base_url="http://localhost")
        waits.append((time.perf_counter() - wall) * 1000)
        app_ms.append((time.thread_time() - own) * 1000)
    return {
        "app": statistics.median(app_ms),
        "db": (_database_seconds() - before) * 1000 / _ASKED,
        "median": statistics.median(waits),
        "worst": max(waits),
        "bytes": float(len(answer.data)),
    }


def _database_seconds() -> float:
    """Processor time of the backend that serves this process."""
    with db.engine.connect() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure the catalog alone and print the table."""
    cluster, server = start_suite_server()
    try:
        make_template(server)
        with tempfile.TemporaryDirectory(prefix="lumbung-bench-") as folder:
            print("\n".join(lines(measure_catalog(server, Path(folder)))), file=sys.stdout)
    finally:
        stop_suite_server(cluster)


if __name__ == "__main__":
    main()
