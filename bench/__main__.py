"""`make bench`: three systems on one database server, in turn, and what each request costs (docs/bench.md)."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bench.catalog import measure_catalog
from bench.databases import make_template, settings_on_clone
from bench.indexed import measure_indexed
from bench.load import Cost, Target, measure, middle
from bench.lumbung_side import activate_and_enable, fill, officials_cookie, open_lumbung, publish, summary
from bench.pages import lighthouse, weigh
from bench.peer_limit import host, load_limit
from bench.processes import THREADS, serving
from bench.report import lines
from lumbung.postgres.testing import SuiteServer, start_suite_server, stop_suite_server
from lumbung.settings import Settings
from lumbung.web.fair_share import OTHERS_SECONDS
from tenants.regions.reference import regencies

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent
PEER_PYTHON = HERE / ".venv" / "bin" / "python"
PORTS = {"limit": 7151, "django-tenants": 7152, "lumbung": 7153}
BODY = {"title": "Jalan berlubang", "description": "Lubang besar di Jalan Satria", "category": "road"}
PEER_BODY = json.dumps({**BODY, "lat": -6.17, "lon": 106.63, "data": {"rt": "03"}})
OUR_BODY = json.dumps({**BODY, "place": [106.63, -6.17]})
OUR_LIST = "/api/v1/siaran/report"
_YOUNG_SECONDS = 62.0


def main() -> None:
    """Measure, print, and keep the result in `bench/results/latest.json`."""
    given = _arguments()
    cluster, server = start_suite_server()
    try:
        with tempfile.TemporaryDirectory(prefix="lumbung-bench-") as folder:
            result = _measure_all(given, server, _postmaster(server), Path(folder))
    finally:
        stop_suite_server(cluster)
    kept = HERE / "results" / "latest.json"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print("\n".join(lines(result)))


def _arguments() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="make bench", description=__doc__)
    options.add_argument("--quick", action="store_true", help="in about two minutes, with rougher figures")
    given = options.parse_args()
    given.tenants, given.rows = (10, 1_000) if given.quick else (50, 2_000)
    given.municipalities = 40 if given.quick else 514
    given.few, given.many = (1_000, 20_000) if given.quick else (1_000, 100_000)
    given.seconds, given.rounds = (2.0, 2) if given.quick else (5.0, 5)
    return given


def _postmaster(server: SuiteServer) -> int:
    """The process id of the database server: the parent of the one that serves us."""
    with server.admin_connection() as admin:
        row = admin.execute("SELECT pg_backend_pid()").fetchone()
    assert row is not None
    with server.admin_connection() as admin:
        (pid,) = admin.execute("SELECT pg_backend_pid()").fetchone() or (0,)
        stat = Path(f"/proc/{pid}/stat").read_text()
    return int(stat.rsplit(")", 1)[1].split()[1])


def _measure_all(given: argparse.Namespace, server: SuiteServer, db_pid: int, folder: Path) -> dict[str, Any]:
    _say("Mengisi pembanding … / Filling the peers …")
    peers = _peer_environment(server)
    load_limit(peers["PEER_LIMIT"], tenants=given.tenants, rows=given.rows)
    made = _load_django(given, peers)
    _say("Mengisi Lumbung … / Filling Lumbung …")
    settings = _settings(server, folder)
    app = open_lumbung(settings)
    operator, app_id, release_id = publish(app)
    steps = activate_and_enable(app, operator, app_id, release_id, given.municipalities)
    enabled = time.monotonic()
    codes = list(regencies())
    filled = [fill(app, code, rows) for code, rows in zip(codes, (given.rows, given.few, given.many), strict=False)]
    cookies = [officials_cookie(app, code) for code in codes[1:3]]
    with (
        server.admin_connection() as admin,
        psycopg.connect(
            make_conninfo(admin.info.dsn, password=admin.info.password, dbname="bench"), autocommit=True
        ) as inside,
    ):
        inside.execute("VACUUM ANALYZE")
    hosts = [f"{one.slug}.localhost:{PORTS['lumbung']}" for one in filled]
    environment = _lumbung_environment(settings)
    with (
        serving(PEER_PYTHON, "bench.peers.limit:app", PORTS["limit"], folder=ROOT, environment=peers,
                log=folder / "limit.log", check=(host(1), "/api/complaints")) as limit_pid,
        serving(PEER_PYTHON, "bench.peers.django_tenants_peer.wsgi:application", PORTS["django-tenants"], folder=ROOT,
                environment=peers, log=folder / "django.log", check=(host(1), "/api/complaints")) as django_pid,
        serving(Path(sys.executable), "wsgi:create_app()", PORTS["lumbung"], folder=ROOT, environment=environment,
                log=folder / "lumbung.log", check=(hosts[0], OUR_LIST)) as lumbung_pid,
    ):  # fmt: skip
        pids = {"limit": limit_pid, "django-tenants": django_pid, "lumbung": lumbung_pid}
        # Settings that were just changed are read anew with every request; those of a municipality are seldom so young.
        time.sleep(max(0.0, _YOUNG_SECONDS - (time.monotonic() - enabled)))
        _say("Mengukur … / Measuring …")
        costs = _rounds(given, _targets(hosts[0], filled[0].number), pids, db_pid)
        long_lists = _long_lists(given, hosts[1:], cookies, lumbung_pid, db_pid)
        pages = _pages(hosts[1], judge=not given.quick)
    _say("Mengukur katalog … / Measuring the catalog …")
    catalog = measure_catalog(server, folder)
    _say("Mengukur isian berindeks … / Measuring indexed fields …")
    indexed = measure_indexed(server, folder, few=given.few, many=given.many)
    return {
        "quick": given.quick,
        "requests": costs,
        "steps": {
            "django-tenants: a tenant": summary(made),
            "Lumbung: a municipality": summary(steps.activations),
            "Lumbung: enabling an app": summary(steps.enablings),
        },
        "long_lists": long_lists,
        "catalog": catalog,
        "indexed": indexed,
        "pages": pages,
    }


def _peer_environment(server: SuiteServer) -> dict[str, str]:
    with server.admin_connection() as admin:
        for name in ("peer_limit", "peer_django"):
            admin.execute(f"CREATE DATABASE {name}".encode())
    known = conninfo_to_dict(server.admin_conninfo)
    words = {"PEER_USER": "user", "PEER_PASSWORD": "password", "PEER_HOST": "host", "PEER_PORT": "port"}
    return {
        "PEER_LIMIT": make_conninfo(server.admin_conninfo, dbname="peer_limit"),
        **{name: str(known.get(word) or "") for name, word in words.items()},
    }


def _load_django(given: argparse.Namespace, peers: dict[str, str]) -> list[float]:
    command = [str(PEER_PYTHON), "-m", "bench.peer_django", str(given.tenants), str(given.rows)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **peers}, check=True, stdout=subprocess.PIPE, text=True)
    made: list[float] = json.loads(done.stdout)
    return made


def _settings(server: SuiteServer, folder: Path) -> Settings:
    make_template(server)
    return settings_on_clone(
        server, "bench", folder, base_url=f"http://localhost:{PORTS['lumbung']}", log_level="warning"
    )


def _lumbung_environment(settings: Settings) -> dict[str, str]:
    """As in production: logs of every request, limits by the address that the proxy gives."""
    return {
        "DATABASE_URL": settings.database_url,
        "MIGRATION_DATABASE_URL": settings.migration_database_url or "",
        "SECRET_KEY": settings.secret_key,
        "BASE_URL": settings.base_url,
        "LUMBUNG_INSTANCE": str(settings.instance),
        "WEB_THREADS": str(THREADS),
        "TRUSTED_PROXIES": "1",
        "PYTHONPATH": "platform:.",
    }


def _targets(our_host: str, number: str) -> dict[str, dict[str, Target]]:
    url = {name: f"http://127.0.0.1:{port}" for name, port in PORTS.items()}
    peers: dict[str, dict[str, Target]] = {"list": {}, "detail": {}, "create": {}}
    for name in ("limit", "django-tenants"):
        peers["list"][name] = Target(url[name], host(1), "/api/complaints")
        peers["detail"][name] = Target(url[name], host(1), "/api/complaints/7")
        peers["create"][name] = Target(url[name], host(1), "/api/complaints", PEER_BODY)
    ours = url["lumbung"]
    peers["list"]["lumbung"] = Target(ours, our_host, OUR_LIST)
    peers["detail"]["lumbung"] = Target(ours, our_host, f"{OUR_LIST}/{number}")
    peers["create"]["lumbung"] = Target(ours, our_host, OUR_LIST, OUR_BODY, many_callers=True)
    return peers


def _rounds(
    given: argparse.Namespace, targets: dict[str, dict[str, Target]], pids: dict[str, int], db_pid: int
) -> dict[str, dict[str, Any]]:
    """Every system in turn, round by round, so that a machine that grows slower does so for all."""
    found: dict[str, dict[str, list[Cost]]] = {work: {name: [] for name in by} for work, by in targets.items()}
    # The first requests of each worker and connection compile and prepare, in every system; nobody's are counted.
    for by_system in targets.values():
        for name, target in by_system.items():
            measure(target, app_pid=pids[name], db_pid=db_pid, seconds=given.seconds)
    for _ in range(given.rounds):
        for work, by_system in targets.items():
            for name, target in by_system.items():
                cost = measure(target, app_pid=pids[name], db_pid=db_pid, seconds=given.seconds)
                found[work][name].append(cost)
    return {work: {name: asdict(middle(costs)) for name, costs in by.items()} for work, by in found.items()}


def _long_lists(
    given: argparse.Namespace, hosts: list[str], cookies: list[str], pid: int, db_pid: int
) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for name, path in (
        ("portal list", "/siaran/public-reports"),
        ("officials' inbox", "/work"),
        ("API list", OUR_LIST),
    ):
        costs: list[list[Cost]] = [[], []]
        for place in range(2):
            # Whoever was just there counts as a neighbour, for whose sake so many requests would be refused.
            time.sleep(OTHERS_SECONDS)
            headers = {"Cookie": cookies[place]} if path == "/work" else {}
            target = Target(f"http://127.0.0.1:{PORTS['lumbung']}", hosts[place], path, headers=headers)
            for _ in range(given.rounds):
                costs[place].append(measure(target, app_pid=pid, db_pid=db_pid, seconds=given.seconds / 2))
        few, many = (middle(one) for one in costs)
        found[name] = {"few": few.total, "many": many.total, "errors": few.errors + many.errors}
    return found


def _pages(portal: str, *, judge: bool) -> dict[str, dict[str, Any]]:
    port = PORTS["lumbung"]
    places = {
        "hub": (f"localhost:{port}", "/"),
        "portal": (portal, "/"),
        "form": (portal, "/siaran/report"),
        "list": (portal, "/siaran/public-reports"),
    }
    found: dict[str, dict[str, Any]] = {}
    for name, (at, path) in places.items():
        weighed: dict[str, Any] = dict(weigh(f"http://127.0.0.1:{port}", at, path))
        found[name] = {**weighed, "lighthouse": lighthouse(HERE, f"http://{at}{path}") if judge else None}
    return found


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
