"""Imports from the command line, and imports whose process is killed again and again."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app_runtime.imports.models import Import, ImportLine, ImportStatus
from app_runtime.imports.schemas import read_mapping
from app_runtime.imports.services import begin_import, resume_import, start_import
from app_runtime.records.models import Record, RecordHistory
from lumbung.outbox import drain
from lumbung.settings import Settings
from lumbung.supervisor.settings import cli_command
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.import_files import flood_features, geojson
from tests.app_runtime.importing import FLOOD
from tests.app_runtime.stage import Stage, set_stage
from tests.waiting_python import Fork, WaitingPython
from tests.world import World

Sessions = scoped_session[Session]
Run = Callable[..., Fork]

GUIDE = Path(__file__).resolve().parent.parent.parent / "docs" / "import.md"


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    """SIARAN in Tangsel."""
    return set_stage(session, world)


@pytest.fixture
def run(settings: Settings, source_root: Path, waiting: WaitingPython) -> Iterator[Run]:
    """Starts `lumbung …` as a process of its own on the database of the test."""
    environment = os.environ | {
        "DATABASE_URL": settings.database_url,
        "MIGRATION_DATABASE_URL": str(settings.migration_database_url),
        "SECRET_KEY": settings.secret_key,
        "BASE_URL": settings.base_url,
        "LUMBUNG_INSTANCE": str(settings.instance),
        "PYTHONPATH": f"{source_root / 'platform'}{os.pathsep}{source_root}",
    }
    started: list[Fork] = []

    def start(*arguments: str) -> Fork:
        started.append(waiting.start(cli_command(*arguments), environment=environment, folder=source_root))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def count(session: Sessions, model: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model)) or 0


def guide_example(kind: str) -> str:
    """The first block of this kind in the guide."""
    return GUIDE.read_text("utf-8").split(f"```{kind}\n", 1)[1].split("```", 1)[0]


def test_the_example_of_the_guide_works(run: Run, stage: Stage, tmp_path: Path) -> None:
    table, mapping = tmp_path / "laporan-2019.csv", tmp_path / "pemetaan.yaml"
    table.write_text(guide_example("csv"), "utf-8")
    mapping.write_text(guide_example("yaml"), "utf-8")
    report = tmp_path / "ditolak.csv"
    command = ["records", "import", str(table), "--municipality", "tangsel", "--app", "siaran", "--type", "report"]
    command += ["--mapping", str(mapping)]
    looked = run(*command, "--preview")
    seen, errors = looked.communicate(timeout=120)
    assert looked.returncode == 0, errors
    # In the zone that the file means, and a line without a time has none.
    assert "+ 2: 2019-03-04 07:15+0700 fixed" in seen
    assert "x 5: - received" in seen
    assert "Lampu jalan mati di depan SD" in seen
    assert count(stage.session, Record) == count(stage.session, Import) == 0
    done = run(*command, "--report", str(report))
    told, errors = done.communicate(timeout=120)
    assert done.returncode == 0, errors
    assert "3 masuk/imported, 1 ditolak/refused" in told
    assert "besok lusa" in report.read_text("utf-8-sig")
    found = stage.session.scalars(select(Record).order_by(Record.created_at)).all()
    assert [(one.title, one.state, one.data["category"], one.number) for one in found] == [
        ("Lampu jalan mati di depan SD", "fixed", "street-light", "SR/2019/00001"),
        ("Sampah menumpuk di pasar sejak Senin", "received", "rubbish", "SR/2019/00002"),
        ("Lubang besar", "rejected", "road", "SR/2019/00003"),
    ]


def test_a_mistake_in_the_command_is_one_line(run: Run, stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("judul,isi\nSatu,Dua\n")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("fields: {title: tidak-ada}\n")
    base = ["records", "import", str(file), "--app", "siaran", "--type", "report"]
    for arguments, said in (
        ([*base, "--municipality", "atlantis"], "atlantis"),
        ([*base, "--municipality", "tangsel", "--mapping", str(wrong)], "tidak-ada"),
        (["records", "import", "--municipality", "tangsel"], "FILE"),
    ):
        process = run(*arguments)
        _, errors = process.communicate(timeout=120)
        assert process.returncode != 0
        assert said in errors
        assert "Traceback" not in errors


def test_a_worker_killed_at_any_time_loses_nothing_and_doubles_nothing(
    app: LumbungFlask, run: Run, stage: Stage
) -> None:
    total = 1_500
    session = stage.session
    found = begin_import(session, stage.installation, "report", data=geojson(flood_features(total)), name="a.json")
    start_import(session, found.id, mapping=read_mapping(FLOOD))
    session.commit()
    for kills in range(3):
        before = count(session, ImportLine)
        worker = run("worker")
        deadline = time.monotonic() + 90
        while count(session, ImportLine) <= before and worker.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        # Somewhere in the middle of the next batch.
        time.sleep(0.05 * (kills + 1))
        ended = worker.poll()
        worker.kill()
        _, errors = worker.communicate()
        assert ended is None, errors[-2000:]
    lines = count(session, ImportLine)
    assert lines == count(session, Record)
    assert lines % 200 == 0 or lines == total
    # What a killed worker held comes again after a while; here the whole chain is asked for at once.
    session.expire_all()
    if session.scalars(select(Import.status)).one() == ImportStatus.RUNNING:
        resume_import(session, found.id)
        session.commit()
    drain(app)
    session.expire_all()
    found = session.scalars(select(Import)).one()
    assert (found.status, found.imported, found.done) == ("done", total, total)
    numbers = sorted(str(number) for number in session.scalars(select(Record.number)))
    assert numbers == [f"SR/2017/{n:05}" for n in range(1, total + 1)]
    assert count(session, ImportLine) == total
    assert session.scalar(select(func.count(func.distinct(RecordHistory.record_id)))) == total
