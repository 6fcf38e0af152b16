"""What the history of a record says of its moves between versions, to officials and to everybody else."""

from __future__ import annotations

import pytest

from app_catalog.releases.models import Release
from app_runtime.pages.showing import show_record
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record
from app_runtime.records.reading import access_record
from app_runtime.records.timeline import TimelineEntry, present_history
from app_runtime.records.updating import update_record
from app_runtime.upgrades.mapping import Mapping
from app_runtime.work.reach import access_work
from app_runtime.work.told import show_history
from lumbung.db import use_tenant
from lumbung.i18n import use_language
from tests.app_runtime.stage import Sessions, Stage, set_stage
from tests.app_runtime.test_moving import move, undo
from tests.next_siaran import publish_next
from tests.world import World


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    return set_stage(session, world, publish="at_once")


@pytest.fixture
def following(session: Sessions, world: World, stage: Stage) -> Release:
    release = publish_next(session, world)
    use_tenant(session, stage.place.id)
    return release


@pytest.fixture
def asked(stage: Stage, following: Release) -> Record:
    """A report that waited for its reporter in 0.9 and was moved to 0.10, where that state is no more."""
    record = stage.report().record
    stage.act(record, "dispatcher", "assign", agency="dlh")
    update_record(stage.session, record, stage.actor("cleaner"), {"cost": 75_000})
    stage.act(record, "cleaner", "ask", question="Di tiang nomor berapa?")
    return record


def told(stage: Stage, record: Record, actor: Actor) -> list[TimelineEntry]:
    stage.session.refresh(record)
    return present_history(access_record(stage.session, actor, record.id)[1], record, actor)


def test_officials_read_from_which_version_to_which_and_what_stayed_behind(
    stage: Stage, following: Release, asked: Record
) -> None:
    done = move(stage, following, mapping=Mapping(states={"waiting": "assigned"}, fields={"cost": None}))
    entry = told(stage, asked, stage.actor("admin"))[-1]
    assert (entry.title, dict(entry.details)) == (
        "Dipindah ke versi lain aplikasi",
        {"Keadaan": "Diteruskan", "Versi": "0.9.0 → 0.10.0", "Ditinggalkan": "Biaya penanganan"},
    )
    undo(stage, done)
    use_language("en")
    entry = told(stage, asked, stage.actor("admin"))[-1]
    use_language("id")
    assert (entry.title, dict(entry.details)) == (
        "Move to another version taken back",
        {"State": "Waiting for the reporter", "Version": "0.10.0 → 0.9.0"},
    )


def test_everybody_reads_only_that_the_state_is_another(stage: Stage, following: Release, asked: Record) -> None:
    quiet = stage.report({"title": "Yang tidak berubah"}).record
    move(stage, following)
    entry = told(stage, asked, stage.citizen())[-1]
    assert (entry.title, entry.who, entry.details) == (
        "Disesuaikan dengan aturan aplikasi",
        "Otomatis",
        (("Keadaan", "Diteruskan"),),
    )
    use_language("en")
    assert told(stage, asked, stage.citizen())[-1].title == "Fitted to the rules of the app"
    use_language("id")
    assert [one.kind for one in told(stage, quiet, stage.citizen())] == ["created"]


def test_what_happened_by_the_earlier_version_keeps_its_words(stage: Stage, following: Release, asked: Record) -> None:
    move(stage, following)
    entries = {one.name: one for one in told(stage, asked, stage.actor("dispatcher")) if one.kind == "action"}
    assert entries["ask"].title == "Tanya pelapor"
    assert entries["ask"].state_label == "Menunggu pelapor"
    assert dict(entries["ask"].details)["Pertanyaan"] == "Di tiang nomor berapa?"
    record, app = access_record(stage.session, stage.citizen(), asked.id)
    moments = [one["title"] for one in show_record(app, record, stage.citizen()).timeline]
    assert "Menunggu pelapor" in moments
    assert "ask" not in moments
    work = access_work(stage.session, stage.visitor("dispatcher"), "siaran", asked.id)
    assert {"Tanya pelapor", "Dipindah ke versi lain aplikasi"} <= {one["title"] for one in show_history(work)}


def test_a_value_of_before_the_move_is_for_those_who_saw_it_then(
    stage: Stage, following: Release, asked: Record
) -> None:
    move(stage, following)
    shown = {label for one in told(stage, asked, stage.actor("dispatcher")) for label, _ in one.details}
    assert "Biaya penanganan" in shown
    # `visible_to` of 0.9 names neither the administrator nor the public.
    for reader in (stage.actor("admin"), stage.citizen()):
        assert "75" not in str([one.details for one in told(stage, asked, reader)])
