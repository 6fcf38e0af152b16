"""`make bench-upgrades`: an upgrade in a municipality with a hundred thousand running records (docs/bench.md)."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.versions import switch_version
from app_runtime.records.models import Record
from app_runtime.records.updating import update_record
from app_runtime.upgrades.mapping import Mapping
from app_runtime.upgrades.report import make_report, play_scenarios
from app_runtime.upgrades.running import run_move_step, start_move, start_undo
from app_runtime.upgrades.showing import get_move_page, get_versions_page
from bench.copies import copy_records
from bench.databases import connect_migrator, make_template, settings_on_clone
from lumbung.db import db, use_tenant
from lumbung.postgres.testing import SuiteServer, start_suite_server, stop_suite_server
from lumbung.settings import Settings
from tests.app_runtime.stage import Stage, set_stage
from tests.next_siaran import publish_next
from tests.world import build_world
from wsgi import create_app

HERE = Path(__file__).resolve().parent
MAPPING = Mapping(states={"waiting": "assigned"}, fields={"cost": "expense"})
KINDS = "(ARRAY['street-light', 'congestion', 'rubbish', 'road', 'flood', 'emergency'])[1 + n %% 6]"
CHANGED = {"data": f"data || jsonb_build_object('category', {KINDS})"}


def main() -> None:
    """Measure, print, and keep the result in `bench/results/upgrades.json`."""
    options = argparse.ArgumentParser(prog="make bench-upgrades", description=__doc__)
    options.add_argument("--records", type=int, default=100_000, help="how many running records")
    options.add_argument("--moved", type=int, default=1_000, help="how many of them are moved")
    options.add_argument("--statements", action="store_true", help="the seconds of every statement too")
    given = options.parse_args()
    cluster, server = start_suite_server()
    try:
        with tempfile.TemporaryDirectory(prefix="lumbung-bench-") as folder:
            found = _measure_all(server, Path(folder), given)
    finally:
        stop_suite_server(cluster)
    kept = HERE / "results" / "upgrades.json"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    for name, seconds in found.items():
        print(f"{name:52}{seconds:10.3f}")


def _measure_all(server: SuiteServer, folder: Path, given: argparse.Namespace) -> dict[str, float]:
    make_template(server)
    settings = settings_on_clone(
        server, "bench_upgrades", folder, base_url="http://localhost:8000", log_level="warning"
    )
    app = create_app(settings)
    found: dict[str, float] = {}
    with app.app_context():
        stage, release = _fill(settings, given.records, found)
        installation, session = stage.installation, stage.session
        found["running records"] = session.scalar(select(func.count()).select_from(Record).where(Record.open)) or 0
        with _listening(found if given.statements else {}):
            for turn in ("first", "second"):
                _time(found, f"report, {turn} time, s", lambda: make_report(session, installation, release))
                session.rollback()
                use_tenant(session, stage.place.id)
        _time(
            found, "proofs under the municipality's settings, s", lambda: play_scenarios(session, installation, release)
        )
        _time(found, "page of versions, s", lambda: get_versions_page(session, installation))
        before = installation.definition_digest
        switch_version(session, installation, release)
        session.commit()
        _time(found, "page of a move, s", lambda: get_move_page(session, installation, before, "report"))
        _move(stage, before, found, given.moved)
    return found


def _fill(settings: Settings, records: int, found: dict[str, float]) -> tuple[Stage, Any]:
    session = cast("scoped_session[Session]", db.session)
    world = build_world(session)
    stage = set_stage(session, world)
    for number in range(4):
        stage.report({"title": f"Lampu nomor {number} mati", "reporter": {"name": "Budi", "phone": "0812-3456-789"}})
    stage.session.commit()
    made = list(stage.session.scalars(select(Record).order_by(Record.number)))
    for record in made[1:]:
        stage.act(record, "dispatcher", "assign", agency="dlh")
    update_record(stage.session, made[2], stage.actor("cleaner"), {"cost": 90_000})
    stage.act(made[3], "cleaner", "ask", question="Di mana tiangnya?")
    stage.session.commit()
    begun = time.perf_counter()
    with connect_migrator(settings) as migrator:
        copy_records(migrator, times=records // len(made), changed=CHANGED)
    found["filling, s"] = time.perf_counter() - begun
    release = publish_next(stage.session, world)
    use_tenant(stage.session, stage.place.id)
    stage.session.refresh(stage.installation)
    return stage, release


def _move(stage: Stage, before: str, found: dict[str, float], most: int) -> None:
    session, installation = stage.session, stage.installation
    ids = list(session.scalars(select(Record.id).where(Record.open).order_by(Record.id).limit(most)))
    move = start_move(
        session,
        installation,
        "report",
        from_digest=before,
        to_digest=installation.definition_digest,
        states=("received", "assigned", "waiting"),
        mapping=MAPPING,
        ids=ids,
    )
    session.commit()

    def run() -> None:
        while run_move_step(session, move.id).status in ("running", "undoing"):
            session.commit()
        session.commit()

    _time(found, f"moving {most}, s", run)
    assert move.moved == len(ids), (move.moved, move.refused)
    start_undo(session, move)
    session.commit()
    _time(found, f"taking {most} back, s", run)
    assert move.undone == len(ids), move.undone


def _time(found: dict[str, float], name: str, work: Callable[[], object]) -> None:
    """Seconds by the clock, and of this process: the machine may be busy with other things."""
    begun, own = time.perf_counter(), time.process_time()
    work()
    found[name] = round(time.perf_counter() - begun, 3)
    found[f"{name.rpartition(',')[0]}, processor, s"] = round(time.process_time() - own, 3)


@contextmanager
def _listening(found: dict[str, float]) -> Iterator[None]:
    began: list[float] = []

    def before(*_: Any) -> None:
        began.append(time.perf_counter())

    def after(conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        seconds = time.perf_counter() - began.pop()
        if seconds > 0.02:
            found[f"  {len(found)} {' '.join(statement.split())[:1200]}\n"] = round(seconds, 3)

    event.listen(db.engine, "before_cursor_execute", before)
    event.listen(db.engine, "after_cursor_execute", after)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", before)
        event.remove(db.engine, "after_cursor_execute", after)


if __name__ == "__main__":
    main()
