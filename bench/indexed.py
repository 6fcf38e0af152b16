"""What lists by indexed fields, boards, calendars and dashboards cost over few and over many records, in this process.

`python -m bench.indexed` measures this alone.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from sqlalchemy.orm import Session, scoped_session

from bench.databases import connect_migrator, make_template, settings_on_clone
from bench.processes import cpu_seconds
from bench.visits import enable_visits, fill_visits
from lumbung.db import db, set_clock
from lumbung.postgres.testing import SuiteServer, start_suite_server, stop_suite_server
from tests.browsing import Browser, browse
from tests.world import build_world
from wsgi import create_app

TIMES = 1.5
"""How much dearer a page over many records may be than over few, where it goes by an index."""
PAGE_MS = 100.0
"""What any page may cost over many records."""
API = "/api/v1/kunjungan/visit"
PATHS: Mapping[str, tuple[str, bool]] = {
    "list, filtered": ("/kunjungan/visits?kind=road", False),
    "list, sorted": ("/kunjungan/dearest", False),
    "list, filtered and sorted": ("/kunjungan/dearest?kind=road", False),
    "API, filtered": (f"{API}?kind=road", False),
    "API, several values": (f"{API}?kind=road,water", False),
    "board by state": ("/kunjungan/board", True),
    "board by option": ("/kunjungan/kinds", False),
    "calendar of days": ("/kunjungan/days", False),
    "calendar of times": ("/kunjungan/agenda", True),
    "dashboard, everybody's": ("/kunjungan/open-figures", False),
    "dashboard, official's": ("/kunjungan/figures", True),
    "live room, ranges": ("/live/panel", True),
}
_FOLLOWED = frozenset({"list, filtered", "list, filtered and sorted", "API, filtered"})
_AT_ONCE = 6
"""Requests between two looks at the database's clock, which ticks in hundredths of a second."""
_MOMENT = datetime(2026, 11, 23, 3, tzinfo=UTC)
_APART = timedelta(minutes=2)
"""Dashboards are kept for a minute; each that is asked for is to be reckoned."""


@dataclass
class _Spent:
    """What requests to one city cost so far, in seconds."""

    app: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    db: float = 0.0

    def told(self) -> dict[str, float]:
        """Milliseconds of each request: of the application, of the database, together, and of waiting."""
        app, db = statistics.median(self.app) * 1000, self.db / len(self.app) * 1000
        return {"app": app, "db": db, "both": app + db, "wait": statistics.median(self.waits) * 1000}


def measure_indexed(
    server: SuiteServer, folder: Path, *, few: int = 1_000, many: int = 100_000, only: str = ""
) -> dict[str, dict[str, float]]:
    """For each kind of page: milliseconds of processor time (application and database) over few and over many."""
    settings = settings_on_clone(
        server, "bench_indexed", folder, base_url="http://lumbung.test", log_level="error", testing=True
    )
    app = create_app(settings)
    with app.app_context():
        session = cast("scoped_session[Session]", db.session)
        world = build_world(session)
        places = (world.surabaya, world.tangsel)
        enable_visits(session, world, places)
        with connect_migrator(settings) as migrator:
            for place, rows in zip(places, (few, many), strict=True):
                fill_visits(session, migrator, place, rows)
            migrator.execute("SET ROLE lumbung_owner")
            for table in ("records", "index_entries"):
                migrator.execute(f"VACUUM ANALYZE {table}".encode())
        session.remove()
    found: dict[str, dict[str, float]] = {}
    db_pid = _database_pid(server)
    readers = [(browse(app, one.host), browse(app, one.host, one.accounts["handler"])) for one in places]
    with app.app_context():
        for name, (path, by_clerk) in PATHS.items():
            if only not in name:
                continue
            pages, turns = [(reader[by_clerk], path) for reader in readers], 10 if is_held(name) else 2
            found[name] = _both(pages, db_pid, turns=turns)
            if name in _FOLLOWED:
                following = [(browser, _second(browser, path)) for browser, _ in pages]
                found[f"{name}, second page"] = _both(following, db_pid, turns=turns)
        db.engine.dispose()
    return found


def lines(found: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """The figures as a table; `*` marks what misses its goal."""
    yield f"{'by indexed fields, ms of few and many':46}{'few':>8}{'many':>8}{'its db':>8}{'wait':>8}{'times':>8}"
    for name, cost in found.items():
        few, many = cost["few_both"], cost["many_both"]
        missed = (is_held(name) and many / few > TIMES) or many > PAGE_MS
        yield (
            f"  {name:44}{few:8.1f}{many:8.1f}{cost['many_db']:8.1f}{cost['many_wait']:8.1f}{many / few:8.2f}"
            f"{'  *' * missed}"
        )
    yield f"  goal: lists {TIMES} times, and {PAGE_MS:.0f} ms of application and database for any page; * misses it"


def is_held(name: str) -> bool:
    """Whether this page has to cost about the same over any number of records."""
    return name.split(",")[0] in ("list", "API")


def _second(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    if answer.json is not None:
        return API + "?" + str(answer.json["next"]).split("?", 1)[1]
    link = answer.text.split('rel="next" href="', 1)[1].split('"', 1)[0]
    return link.replace("&amp;", "&")


def _both(pages: Sequence[tuple[Browser, str]], db_pid: int, *, turns: int) -> dict[str, float]:
    """Few and many in turn, so that a machine that grows slower does so for both."""
    spent = [_Spent(), _Spent()]
    for turn in range(turns + 1):
        for (browser, path), place in zip(pages, spent, strict=True):
            before = cpu_seconds(db_pid)
            for number in range(_AT_ONCE):
                with set_clock(_MOMENT + (turn * _AT_ONCE + number) * _APART):
                    waited, own = time.perf_counter(), time.thread_time()
                    answer = browser.get(path)
                    if turn:
                        place.app.append(time.thread_time() - own)
                        place.waits.append(time.perf_counter() - waited)
                assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
            if turn:
                # The first turn compiles and prepares.
                place.db += cpu_seconds(db_pid) - before
    few, many = ({**one.told()} for one in spent)
    return {f"{name}_{part}": value for name, told in (("few", few), ("many", many)) for part, value in told.items()}


def _database_pid(server: SuiteServer) -> int:
    """The process that all processes of the database descend from."""
    with server.admin_connection() as admin:
        (pid,) = admin.execute("SELECT pg_backend_pid()").fetchone() or (0,)
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def main() -> None:
    """Measure this alone and print the table."""
    options = argparse.ArgumentParser(prog="python -m bench.indexed", description=__doc__)
    options.add_argument("--many", type=int, default=100_000, help="how many records are many")
    options.add_argument("--only", default="", help="only pages with these words in their names")
    given = options.parse_args()
    cluster, server = start_suite_server()
    try:
        make_template(server)
        with tempfile.TemporaryDirectory(prefix="lumbung-bench-") as folder:
            found = measure_indexed(server, Path(folder), many=given.many, only=given.only)
            print("\n".join(lines(found)), file=sys.stdout)
    finally:
        stop_suite_server(cluster)


if __name__ == "__main__":
    main()
