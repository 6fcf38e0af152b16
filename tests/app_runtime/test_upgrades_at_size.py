"""An upgrade of a municipality with many running records: what is asked does not grow with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, func, select

from app_catalog.installations.versions import switch_version
from app_catalog.releases.models import Release
from app_runtime.records.models import Record
from app_runtime.upgrades.mapping import Mapping
from app_runtime.upgrades.report import make_report
from app_runtime.upgrades.running import run_move_step, start_move
from bench.copies import copy_records
from lumbung.db import db, use_tenant
from lumbung.postgres.roles import DatabaseUrls
from tenants.calendars.working_time import WorkingCalendar
from tests.app_runtime.stage import Sessions, Stage, set_stage
from tests.next_siaran import changed_siaran, publish_archive, publish_next
from tests.world import World

MANY = 1_000
BY_TITLE = {
    "records/report.yaml": [
        (
            'within: "settings.categories[record.category].fix_within"',
            "within: \"record.title.contains('7') ? 'P2WD' : 'P9WD'\"",
        )
    ]
}


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    made = set_stage(session, world)
    for number in range(3):
        record = made.report({"title": f"Lampu nomor {number} mati"}).record
        made.act(record, "dispatcher", "assign", agency="dlh")
    made.act(record, "cleaner", "ask", question="Di mana tiangnya?")
    session.commit()
    return made


def multiply(stage: Stage, database: DatabaseUrls, **changed: str) -> int:
    """Copy every record, and say how many run now."""
    stage.session.commit()
    with psycopg.connect(database.migration.replace("+psycopg", "", 1), autocommit=True) as migrator:
        copy_records(migrator, times=MANY, changed=changed)
    use_tenant(stage.session, stage.place.id)
    return stage.session.scalar(select(func.count()).select_from(Record).where(Record.open)) or 0


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """How many statements there are, and how many rows they give."""
    found: Counter[str] = Counter()

    def listen(conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        found["statements"] += 1
        if cursor is not None:
            found["rows"] += max(cursor.rowcount, 0)

    event.listen(db.engine, "after_cursor_execute", listen)
    try:
        yield found
    finally:
        event.remove(db.engine, "after_cursor_execute", listen)


def test_a_report_over_thousands_asks_what_one_over_three_does(
    stage: Stage, world: World, database: DatabaseUrls
) -> None:
    release = publish_next(stage.session, world)
    use_tenant(stage.session, stage.place.id)
    make_report(stage.session, stage.installation, release)
    with counted() as few:
        small = make_report(stage.session, stage.installation, release)
    assert multiply(stage, database) == 3 * (MANY + 1)
    with counted() as many:
        large = make_report(stage.session, stage.installation, release)
    assert many == few
    assert many["rows"] < 100
    assert [one.count for one in large.open_records] == [one.count * (MANY + 1) for one in small.open_records]
    assert [one.earlier for one in large.deadlines] == [one.earlier * (MANY + 1) for one in small.deadlines]


def test_thousands_of_values_that_come_to_few_spans_are_reckoned_few_times(
    stage: Stage, world: World, database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    title = "jsonb_set(data, '{{title}}', to_jsonb('Lampu nomor ' || (n / 2) || ' mati'))"
    multiply(stage, database, data=title)
    release = publish_archive(stage.session, world, changed_siaran(BY_TITLE))
    use_tenant(stage.session, stage.place.id)
    reckoned = Counter[str]()
    due = WorkingCalendar.due

    def counting(self: WorkingCalendar, *given: Any, **options: Any) -> Any:
        reckoned["due"] += 1
        return due(self, *given, **options)

    monkeypatch.setattr(WorkingCalendar, "due", counting)
    (found,) = make_report(stage.session, stage.installation, release).deadlines
    assert found.clock == "fix"
    assert found.earlier + found.later == 3 * (MANY + 1)
    assert found.earlier
    assert found.later
    # Two spans before, two after; where a deadline has passed is searched in some thirty steps for each.
    assert reckoned["due"] < 100


def test_a_batch_opens_the_app_once_however_many_records_move(
    stage: Stage, world: World, database: DatabaseUrls
) -> None:
    release = publish_next(stage.session, world)
    use_tenant(stage.session, stage.place.id)
    multiply(stage, database)
    before = stage.installation.definition_digest
    switch_version(stage.session, stage.installation, stage.session.get_one(Release, release.id))
    move = start_move(
        stage.session,
        stage.installation,
        "report",
        from_digest=before,
        to_digest=release.digest,
        states=["assigned"],
        mapping=Mapping(states={"waiting": "assigned"}, fields={"cost": "expense"}),
    )
    stage.session.commit()
    use_tenant(stage.session, stage.place.id)
    with counted() as found:
        run_move_step(stage.session, move.id, most=40)
    assert move.moved == 40
    # Two of them read and write what the fields marked `indexed` are found by.
    assert found["statements"] <= 15 * 40
