"""What each reader sees of a record, in pages, lists, maps and histories, and nothing else."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from app_catalog.definitions.model import Access, ReadAccess, SortKey
from app_runtime.clocks.firing import fire_due_clocks
from app_runtime.records.actors import Actor
from app_runtime.records.creating import Created
from app_runtime.records.listing import count_records, list_records
from app_runtime.records.moderation import blur_file, hide_file, hide_record, set_checked, unhide_record
from app_runtime.records.nearby import map_points, possible_duplicates
from app_runtime.records.permissions import fields_read_by
from app_runtime.records.presenting import PresentedRecord, present_record
from app_runtime.records.reading import access_record, access_record_file
from app_runtime.records.running_app import running_app
from app_runtime.records.timeline import present_history
from app_runtime.records.updating import updatable_fields, update_record
from lumbung.db import now, set_clock
from lumbung.errors import BadRequest, Conflict, Forbidden, Invalid, NotFound
from lumbung.files import store_photo
from tenants.agencies.models import AgencyHead
from tests.app_runtime.photos import make_photo
from tests.app_runtime.stage import LAMP, Sessions, Stage, set_stage
from tests.world import World

PERSON = {"name": "Budi Santoso", "phone": "081234567890", "email": "budi@contoh.id"}


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    return set_stage(session, world, publish="at_once")


def personal_report(stage: Stage) -> Created:
    return stage.report({"reporter": PERSON, "description": "Sejak Minggu malam."})


def seen(stage: Stage, created: Created, actor: Actor) -> PresentedRecord:
    record, app = access_record(stage.session, actor, created.record.id)
    return present_record(app, record, actor)


def test_the_public_sees_only_the_fields_that_the_package_names(stage: Stage) -> None:
    created = personal_report(stage)
    presented = seen(stage, created, stage.citizen())
    assert {field.id for field in presented.fields} == {"title", "category", "place"}
    assert presented.title == "Lampu jalan mati"
    assert presented.agency is None
    assert presented.overdue is None
    everything = str(asdict(presented))
    assert all(word not in everything for word in ("Budi", "+62", "contoh.id", "Minggu malam", created.tracking_code))


def test_private_fields_are_never_the_publics_even_if_a_package_gives_all_fields(stage: Stage) -> None:
    kind = running_app(stage.session, stage.installation).record_type("report")
    generous = replace(kind, access={"public": Access(read=ReadAccess(rows=("published",)))})
    assert "title" in fields_read_by(generous, ["public"])
    assert "reporter" not in fields_read_by(generous, ["public"])
    assert "cost" not in fields_read_by(generous, ["public"])


def test_the_reporter_sees_their_own_data_and_officials_what_they_need(stage: Stage) -> None:
    created = personal_report(stage)
    own = seen(stage, created, stage.citizen(created.tracking_code))
    contact = own.field("reporter")
    assert contact is not None
    assert [member.text for member in contact.members] == ["Budi Santoso", "+6281234567890", "budi@contoh.id"]
    assert own.own
    assert seen(stage, created, stage.actor("handler")).field("reporter") is not None


def test_a_field_for_some_roles_is_for_them_alone(stage: Stage) -> None:
    created = stage.report()
    update_record(stage.session, created.record, stage.actor("handler"), {"cost": 250000})
    assert seen(stage, created, stage.actor("handler")).field("cost") is not None
    assert seen(stage, created, stage.citizen(created.tracking_code)).field("cost") is None
    assert seen(stage, created, stage.actor("head")).field("cost") is None


def test_choices_and_agencies_are_shown_by_name(stage: Stage) -> None:
    presented = seen(stage, stage.report(), stage.actor("dispatcher"))
    category = presented.field("category")
    assert category is not None
    assert category.text == "Penerangan jalan umum"
    assert (presented.agency, presented.agency_name) == ("dishub", "Dinas Perhubungan")
    assert (presented.state_label, presented.state_tone) == ("Diterima", "amber")


def test_unpublished_and_hidden_records_are_not_found_by_the_public(session: Sessions, world: World) -> None:
    stage = set_stage(session, world, publish="checked")
    created = stage.report()
    with pytest.raises(NotFound):
        seen(stage, created, stage.citizen())
    with pytest.raises(NotFound):
        set_checked(session, created.record, stage.citizen(), True)
    set_checked(session, created.record, stage.actor("dispatcher"), True)
    seen(stage, created, stage.citizen())
    hide_record(session, created.record, stage.actor("dispatcher"), reason="Menyebut nama orang")
    with pytest.raises(NotFound):
        seen(stage, created, stage.citizen())
    assert list_records(session, stage.installation, stage.citizen(), "report").items == ()
    assert seen(stage, created, stage.citizen(created.tracking_code)).hidden
    unhide_record(session, created.record, stage.actor("admin"))
    seen(stage, created, stage.citizen())


def test_only_officials_of_the_record_moderate(stage: Stage) -> None:
    created = stage.report()
    with pytest.raises(Forbidden):
        hide_record(stage.session, created.record, stage.citizen(created.tracking_code), reason="x")
    with pytest.raises(Forbidden):
        hide_record(stage.session, created.record, stage.actor("cleaner"), reason="x")
    with pytest.raises(Invalid):
        hide_record(stage.session, created.record, stage.actor("dispatcher"), reason=" ")


def test_a_blurred_photo_takes_the_place_of_the_original(stage: Stage) -> None:
    photo, blurred = store_photo(stage.session, make_photo()), store_photo(stage.session, make_photo("grey"))
    created = stage.report(files={"photos": [photo.id]})
    dispatcher, public, record = stage.actor("dispatcher"), stage.citizen(), created.record
    assert photo.thumbnail_id is not None

    def bytes_for(actor: Actor, file_id: Any) -> Any:
        return access_record_file(stage.session, actor, record.id, file_id).id

    assert bytes_for(public, photo.id) == photo.id
    blur_file(stage.session, record, dispatcher, photo.id, blurred_file_id=blurred.id)
    assert bytes_for(public, photo.id) == blurred.id
    assert bytes_for(public, photo.thumbnail_id) == blurred.thumbnail_id
    assert bytes_for(dispatcher, photo.id) == photo.id
    hide_file(stage.session, record, dispatcher, photo.id)
    with pytest.raises(NotFound):
        bytes_for(public, photo.id)
    with pytest.raises(NotFound):
        bytes_for(public, store_photo(stage.session, make_photo()).id)
    assert seen(stage, created, public).field("photos") is not None
    assert seen(stage, created, public).field("photos").files == ()  # type: ignore[union-attr]
    assert bytes_for(dispatcher, photo.id) == photo.id


def test_fields_are_changed_by_whom_the_package_says(stage: Stage) -> None:
    created = stage.report()
    record, session = created.record, stage.session
    assert updatable_fields(session, record, stage.actor("handler")) == {"cost"}
    assert updatable_fields(session, record, stage.citizen(created.tracking_code)) == frozenset()
    with pytest.raises(Forbidden):
        update_record(session, record, stage.actor("handler"), {"title": "Diganti saja"})
    with pytest.raises(Forbidden):
        update_record(session, record, stage.citizen(created.tracking_code), {"title": "Diganti saja"})
    update_record(session, record, stage.actor("dispatcher"), {"title": "Lampu padam", "reporter": PERSON})
    assert record.title == "Lampu padam"
    changes = [row.changes for row in stage.history(record) if row.kind == "updated"]
    assert changes == [{"fields": {"title": {"from": "Lampu jalan mati", "to": "Lampu padam"}}}]
    with pytest.raises(Invalid):
        update_record(session, record, stage.actor("dispatcher"), {"title": ""})
    stage.act(record, "handler", "fix", after=["a"])
    with pytest.raises(Conflict):
        update_record(session, record, stage.actor("handler"), {"cost": 1})
    with pytest.raises(Conflict):
        update_record(session, record, stage.actor("dispatcher"), {"cost": 1})


def test_each_reader_knows_their_part_of_the_history(stage: Stage) -> None:
    created = stage.report()
    stage.act(created.record, "dispatcher", "assign", agency="dishub", note="Rahasia dapur")
    stage.act(created.record, "handler", "ask", question="Tiang nomor berapa?")
    stage.act(created.record, stage.citizen(created.tracking_code), "reply", reply="Nomor 12")
    stage.act(created.record, "handler", "respond", answer="Segera.")

    def told(actor: Actor) -> str:
        record, app = access_record(stage.session, actor, created.record.id)
        return str(present_history(app, record, actor))

    public, own, official = (
        told(stage.citizen()),
        told(stage.citizen(created.tracking_code)),
        told(stage.actor("admin")),
    )
    assert [text in public for text in ("Rahasia", "Tiang", "Nomor 12", "Segera.", "Handler")] == [
        False,
        False,
        False,
        True,
        False,
    ]
    assert [text in own for text in ("Rahasia", "Tiang", "Nomor 12", "Segera.", "Handler")] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert all(text in official for text in ("Rahasia", "Tiang", "Nomor 12", "Segera.", "Handler"))


def test_what_follows_by_itself_is_told_as_automatic(stage: Stage) -> None:
    created = stage.report({"reporter": {"name": "Budi", "email": "budi@contoh.id"}})
    record, app = access_record(stage.session, stage.actor("admin"), created.record.id)
    told = {entry.kind: entry.who for entry in present_history(app, record, stage.actor("admin"))}
    assert told["created"] == "Pelapor"
    assert told["message"] == "Otomatis"


def test_the_history_says_why_nobody_got_a_message(stage: Stage) -> None:
    record = stage.report({}).record
    stage.session.execute(delete(AgencyHead).where(AgencyHead.tenant_id == stage.place.id))
    with set_clock(now() + timedelta(hours=49)):
        fire_due_clocks(stage.session, stage.place.id)
    admin = stage.actor("admin")
    record, app = access_record(stage.session, admin, record.id)
    told = {(entry.name, entry.title): dict(entry.details) for entry in present_history(app, record, admin)}
    assert told["received", "Tidak ada pesan"] == {"Sebab": "pelapor tidak meninggalkan kontak"}
    no_head = {"Sebab": "dinasnya belum ditentukan atau belum punya kepala"}
    assert told["overdue", "Tidak ada pesan"] == no_head
    assert told["respond.head", "Tidak ada atasan yang diberi tahu"] == no_head
    assert told["respond.city", "Diberitahukan ke atasan"] == {"Kepada": "Admin Tangsel"}


def test_a_list_goes_through_all_pages_once(stage: Stage) -> None:
    for index in range(7):
        with set_clock(now() + timedelta(seconds=index)):
            stage.report({"title": f"Lampu nomor {index % 3}"})
    for sort in (None, (SortKey("title"),), (SortKey("overdue", True), SortKey("due"))):
        found: list[Any] = []
        cursor = None
        while True:
            page = list_records(
                stage.session,
                stage.installation,
                stage.actor("dispatcher"),
                "report",
                cursor=cursor,
                limit=3,
                sort=sort,
            )
            found += [item.number for item in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert len(found) == len(set(found)) == 7
    with pytest.raises(BadRequest):
        list_records(stage.session, stage.installation, stage.citizen(), "report", cursor="xyz")


def test_lists_are_filtered_and_searched_within_what_the_reader_sees(stage: Stage) -> None:
    stage.report({"description": "Dekat pohon beringin", "reporter": PERSON})
    rubbish = stage.report({"title": "Sampah menumpuk", "category": "rubbish"})

    def numbers(actor: Actor, **options: Any) -> list[str | None]:
        page = list_records(stage.session, stage.installation, actor, "report", **options)
        assert len(page.items) == count_records(stage.session, stage.installation, actor, "report", **options)
        return [item.number for item in page.items]

    public, dispatcher = stage.citizen(), stage.actor("dispatcher")
    assert numbers(public, filters={"category": "rubbish"}) == [rubbish.record.number]
    assert numbers(public, search="menumpuk") == [rubbish.record.number]
    assert len(numbers(dispatcher, search="beringin")) == 1
    assert numbers(public, search="beringin") == []
    assert numbers(dispatcher, search="Budi") == []
    assert numbers(public, filters={"agency": "dlh"}) == []
    assert numbers(dispatcher, filters={"agency": "dlh", "open": True}) == [rubbish.record.number]
    assert len(numbers(public, filters={"state": ["received", "fixed"]})) == 2
    assert numbers(dispatcher, filters={"reporter": "x"}) == []
    assert numbers(stage.actor("cleaner"), filters={"agency": "dlh"}) == [rubbish.record.number]
    with pytest.raises(Invalid):
        numbers(public, filters={"colour": "red"})
    assert [len(numbers(stage.citizen(rubbish.tracking_code), filters={"overdue": [False]}))] == [1]


def test_the_map_holds_only_what_is_published(stage: Stage) -> None:
    shown, hidden = stage.report(), stage.report({"title": "Nama orang"})
    stage.report({"place": None}, channel="api")
    hide_record(stage.session, hidden.record, stage.actor("dispatcher"), reason="x")
    points = map_points(stage.session, stage.installation, stage.citizen(), "report", popup=["category", "cost"])
    assert [feature["properties"]["id"] for feature in points["features"]] == [str(shown.record.id)]
    feature = points["features"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [106.71, -6.29]}
    assert [part["text"] for part in feature["properties"]["popup"]] == ["Penerangan jalan umum"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, True),
        ({"place": [106.7104, -6.29]}, True),
        ({"place": [106.7105, -6.29]}, False),
        ({"category": "rubbish"}, False),
        ({"place": None}, False),
    ],
)
def test_a_report_nearby_is_hinted_at(stage: Stage, change: dict[str, Any], found: bool) -> None:
    first = stage.report()
    hints = possible_duplicates(stage.session, stage.installation, stage.citizen(), "report", {**LAMP, **change})
    assert [hint.id for hint in hints] == ([first.record.id] if found else [])


def test_old_and_closed_reports_are_no_duplicates(stage: Stage) -> None:
    with set_clock(now() - timedelta(days=31)):
        stage.report()
    closed = stage.report()
    stage.act(closed.record, "handler", "fix", after=["a"])
    assert possible_duplicates(stage.session, stage.installation, stage.citizen(), "report", LAMP) == []
