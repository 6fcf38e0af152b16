"""Merging a duplicate: who joined it follows the record that is kept, each person once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import select

from app_runtime.joining.models import RecordJoin
from app_runtime.joining.services import count_joined, join_record
from app_runtime.records.actors import SYSTEM, Actor
from app_runtime.records.models import Record
from app_runtime.records.running_app import app_of_record
from lumbung.db import db, use_tenant
from lumbung.errors import Conflict
from lumbung.messages.models import Message
from lumbung.outbox import drain
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions
from tests.app_runtime.work_desk import Desk, open_changed_desk, page_of
from tests.browsing import Browser, browse, words_of
from tests.small_app import codes_of, small_files
from tests.world import World

RULE = "duplicates: {join: true, into: same_as, with_reporter: true, "
MERGED = {
    "records/report.yaml": [
        ("duplicates: {", RULE),
        (
            "\nfields:\n",
            "\nfields:\n  same_as: {type: record, record: report, label: {id: Sama dengan, en: Same as}}\n",
        ),
        (
            "\n  actions:\n",
            "\n  actions:\n    merge:\n      label: {id: Gabung, en: Merge}\n      from: [received, assigned]\n"
            "      to: rejected\n      by: [dispatcher]\n      asks: {same_as: {required: true}}\n",
        ),
    ]
}
TOO = "/join"


@pytest.fixture
def desk(app: LumbungFlask, session: Sessions, world: World) -> Desk:
    """SIARAN whose duplicates are merged."""
    return open_changed_desk(app, session, world, MERGED)


def address(record_id: UUID) -> str:
    return f"/siaran/report/{record_id}"


def join(browser: Browser, record_id: UUID, email: str = "") -> None:
    answer = browser.post_form(address(record_id), {"email": email}, to=address(record_id) + TOO)
    assert answer.status_code == 303, words_of(answer)


def merge(desk: Desk, record_id: UUID, into: UUID) -> None:
    answer = desk.act(desk.browser("dispatcher"), record_id, "merge", same_as=str(into))
    assert answer.status_code == 303, words_of(answer)
    drain(desk.app)


def joined(desk: Desk, record_id: UUID) -> int:
    use_tenant(db.session, desk.place.id)
    found = count_joined(db.session, [record_id]).get(record_id, 0)
    db.session.remove()
    return found


def letters(desk: Desk, to: str) -> int:
    use_tenant(db.session, desk.place.id)
    found = len(db.session.scalars(select(Message).where(Message.recipient == to)).all())
    db.session.remove()
    return found


def test_each_person_follows_the_kept_record_once(desk: Desk) -> None:
    kept, double = desk.report(), desk.report("Lampu mati juga")
    both, one, third = (browse(desk.app, desk.place.host) for _ in range(3))
    join(both, kept)
    join(both, double, "budi@example.org")
    join(one, double, "sari@example.org")
    join(third, kept, "sari@example.org")
    merge(desk, double, kept)
    # Who joined both, who left one address at both, and the duplicate's reporter.
    assert (joined(desk, kept), joined(desk, double)) == (3, 0)
    assert (letters(desk, "budi@example.org"), letters(desk, "sari@example.org")) == (1, 0), "Told of what they follow."
    assert "3 orang lain ikut" in desk.browser("dispatcher").get(page_of(kept)).text
    assert "Tidak jadi ikut" in both.get(address(kept)).text, "The browser is known again."
    assert desk.act(desk.browser("dispatcher"), kept, "reject", reason="Milik provinsi").status_code == 303
    drain(desk.app)
    assert (letters(desk, "budi@example.org"), letters(desk, "sari@example.org")) == (2, 1)


def test_a_chain_leads_to_its_end_and_a_circle_moves_nobody(desk: Desk) -> None:
    first, second, third = desk.report(), desk.report("Kedua"), desk.report("Ketiga")
    for record_id in (first, second, third):
        join(browse(desk.app, desk.place.host), record_id)
    merge(desk, second, third)
    merge(desk, first, second)
    # Three people, and two reporters.
    assert [joined(desk, one) for one in (first, second, third)] == [0, 0, 5]
    fourth, fifth = desk.report("Keempat"), desk.report("Kelima")
    join(browse(desk.app, desk.place.host), fourth)
    merge(desk, fourth, fourth)
    merge(desk, fifth, fourth)
    assert (joined(desk, fourth), joined(desk, fifth)) == (1, 0)


def test_who_comes_to_the_duplicate_joins_the_kept_one_as_long_as_it_is_public(desk: Desk) -> None:
    kept, double = desk.report(), desk.report("Lampu mati juga")
    merge(desk, double, kept)
    late, other = browse(desk.app, desk.place.host), desk.report("Yang lain")
    answer = late.post_form(address(other), {}, to=address(double) + TOO)
    assert answer.status_code == 303
    assert "2 orang juga mengalami ini." in late.get(address(double)).text
    desk.browser("dispatcher").post_form(page_of(kept), {"hide.reason": "Memuat nama"}, to=page_of(kept) + "/hide")
    assert "Belum ada yang ikut." in late.get(address(double)).text
    assert late.post_form(address(other), {}, to=address(double) + TOO).status_code == 409


def test_who_reported_twice_and_the_reporter_of_the_kept_one_count_for_nothing(desk: Desk) -> None:
    citizen = Actor(kind="resident", account_id=desk.place.accounts["cleaner"].id, name="Warga")
    kept, double = desk.report(by=citizen), desk.report("Lampu mati lagi", by=citizen)
    join(desk.browser("cleaner"), double)
    merge(desk, double, kept)
    assert joined(desk, kept) == 0


def test_nobody_is_lost_who_joins_while_a_record_is_merged(desk: Desk, app: LumbungFlask) -> None:
    kept, double, gate = desk.report(), desk.report("Kedua"), Barrier(7)

    def tap(number: int) -> bool:
        with app.app_context():
            use_tenant(db.session, desk.place.id)
            record = db.session.get_one(Record, (desk.place.id, double))
            running = app_of_record(db.session, record)
            gate.wait(20)
            try:
                done = join_record(db.session, running, record, who=f"device:{number}")
                db.session.commit()
            except Conflict:
                done = False
            db.session.remove()
            return done

    def merging() -> None:
        gate.wait(20)
        merge(desk, double, kept)

    with ThreadPoolExecutor(7) as pool:
        taps = [pool.submit(tap, number) for number in range(6)]
        pool.submit(merging).result()
        counted = sum(one.result() for one in taps)
    assert (joined(desk, kept), joined(desk, double)) == (counted + 1, 0)


def test_what_is_written_down_as_a_duplicate_counts_its_reporter(desk: Desk) -> None:
    kept = desk.report()
    desk.report("Lampu mati lagi", by=SYSTEM, same_as=str(kept))
    drain(desk.app)
    assert joined(desk, kept) == 1


@pytest.mark.parametrize(
    "rule", ["{within: 50m, join: true, into: about}", "{within: 50m, join: true, with_reporter: true}"]
)
def test_merging_needs_a_field_that_names_the_kept_record(rule: str) -> None:
    record = f"""
        name: Surat
        number: {{pattern: "S-{{seq:03}}"}}
        title: record.about
        fields:
          about: {{type: text}}
          place: {{type: point}}
          same: {{type: record, record: letter}}
        access: {{clerk: {{create: {{}}, read: {{rows: all}}}}}}
        duplicates: {rule}
    """
    assert codes_of(small_files({"letter": record})) == {"merged-into-nothing"}
    right = record.replace(rule, "{within: 50m, join: true, into: same, with_reporter: true}")
    assert codes_of(small_files({"letter": right})) == set()


def test_who_joined_is_sealed(desk: Desk) -> None:
    record_id = desk.report()
    join(desk.browser("cleaner"), record_id)
    use_tenant(db.session, desk.place.id)
    (row,) = db.session.scalars(select(RecordJoin)).all()
    assert row.sealed_person is not None
    assert str(desk.place.accounts["cleaner"].id) not in row.sealed_person
    db.session.remove()


def test_how_many_joined_stands_in_files_the_api_and_the_live_room(desk: Desk) -> None:
    first, second = desk.report(), desk.report("Yang lain")
    for _ in range(2):
        join(browse(desk.app, desk.place.host), first)
    anybody = browse(desk.app, desk.place.host)
    found = {one["id"]: one["joined"] for one in anybody.get("/api/v1/siaran/report").get_json()["items"]}
    assert found == {str(first): 2, str(second): 0}
    alone = anybody.get(f"/api/v1/siaran/report/{first}").get_json()
    assert alone["joined"] == 2
    places = anybody.get("/api/v1/siaran/report?format=geojson").get_json(force=True)["features"]
    assert {one["id"]: one["properties"]["joined"] for one in places} == found
    for address in ("/api/v1/siaran/report/export.csv", "/siaran/public-reports/export.csv"):
        heading, *rows = anybody.get(address).text.lstrip("\ufeff").splitlines()
        assert ",Ikut" in heading, address
        place = heading.split(",").index("Ikut")
        assert sorted(row.split(",")[place] for row in rows) == ["0", "2"], address
    assert "Ikut" in desk.browser("dispatcher").get("/work/export.csv?app=siaran").text
    room = desk.browser("admin").get("/live")
    assert "+2" in words_of(room)
