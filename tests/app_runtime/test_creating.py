"""Making records: validated, numbered, owned, and never twice."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from app_catalog.installations.models import Installation
from app_catalog.installations.services import disable_app
from app_runtime.records.actors import actor_for
from app_runtime.records.creating import create_record, may_create
from app_runtime.records.models import Counter, Record
from app_runtime.records.reading import find_by_tracking_code
from app_runtime.records.running_app import running_app
from app_runtime.records.values import PresentValues, expression_values
from lumbung.db import db, set_clock, use_tenant
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.files import store_file, store_photo
from lumbung.idempotency import Submission
from lumbung.web.access import ANONYMOUS
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.photos import make_photo
from tests.app_runtime.stage import LAMP, Sessions, set_stage
from tests.world import World


def test_a_report_gets_number_agency_clocks_and_history(session: Sessions, world: World) -> None:
    stage = set_stage(session, world)
    with set_clock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC)):
        record = stage.report().record
    session.commit()
    assert record.number == "SR/2026/00001"
    assert (record.state, record.open, record.title) == ("received", True, "Lampu jalan mati")
    assert record.agency_id == stage.place.agencies["dishub"].id
    assert (record.place_lon, record.place_lat) == (106.71, -6.29)
    assert record.published is False
    assert record.due_at == stage.clock(record, "respond").due_at == datetime(2026, 3, 4, 1, 0, tzinfo=UTC)
    assert stage.kinds(record)[0] == ("created", "")
    assert record.version == len(stage.history(record))


def test_the_year_of_a_number_is_the_municipalitys(session: Sessions, world: World) -> None:
    stage = set_stage(session, world)
    with set_clock(datetime(2026, 12, 31, 18, 0, tzinfo=UTC)):
        assert stage.report().record.number == "SR/2027/00001"
    with set_clock(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)):
        assert stage.report().record.number == "SR/2026/00001"


def test_sixteen_citizens_at_once_get_sixteen_numbers_without_a_gap(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    stage = set_stage(session, world)
    tenant_id = stage.place.id
    session.remove()
    barrier = Barrier(8)

    def report(index: int) -> str:
        with app.app_context():
            use_tenant(db.session, tenant_id)
            installation = db.session.scalars(select(Installation)).one()
            actor = actor_for(db.session, ANONYMOUS, installation)
            barrier.wait(20)
            created = create_record(db.session, installation, actor, "report", LAMP, channel="api")
            number = str(created.record.number)
            if index % 4 == 3:
                db.session.rollback()
                created = create_record(db.session, installation, actor, "report", LAMP, channel="api")
                number = str(created.record.number)
            db.session.commit()
            db.session.remove()
            return number

    with ThreadPoolExecutor(8) as pool:
        numbers = sorted(pool.map(report, range(16)))
    assert [int(number[-5:]) for number in numbers] == list(range(1, 17))


def test_a_retry_gets_the_same_record_and_code(session: Sessions, world: World) -> None:
    stage = set_stage(session, world)
    first = stage.report(submission_key="formulir-0001")
    session.commit()
    again = stage.report(submission_key="formulir-0001")
    session.commit()
    assert (again.record.id, again.tracking_code, again.repeated) == (first.record.id, first.tracking_code, True)
    assert session.scalar(select(func.count()).select_from(Record)) == 1
    assert stage.report(submission_key="formulir-0002").record.id != first.record.id


def test_two_taps_at_once_make_one_record(app: LumbungFlask, session: Sessions, world: World) -> None:
    tenant_id = set_stage(session, world).place.id
    session.remove()
    barrier = Barrier(4)

    def tap(_: int) -> tuple[str, str]:
        with app.app_context():
            use_tenant(db.session, tenant_id)
            installation = db.session.scalars(select(Installation)).one()
            actor = actor_for(db.session, ANONYMOUS, installation)
            barrier.wait(20)
            made = create_record(db.session, installation, actor, "report", LAMP, submission_key="tombol-0001")
            found = str(made.record.id), made.tracking_code
            db.session.commit()
            db.session.remove()
            return found

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(tap, range(4)))) == 1


def test_the_tracking_code_is_found_however_typed_and_stored_nowhere(session: Sessions, world: World) -> None:
    stage = set_stage(session, world)
    created = stage.report(submission_key="formulir-0001")
    session.commit()
    typed = created.tracking_code.replace("-", " ").lower()
    found = find_by_tracking_code(session, typed)
    assert found is not None
    assert found.id == created.record.id
    assert find_by_tracking_code(session, "0000-0000-0000-0") is None
    assert find_by_tracking_code(session, "bukan kode") is None
    submission = session.scalars(select(Submission)).one()
    stored = json.dumps([created.record.data, created.record.private, submission.result, created.record.search_text])
    assert created.tracking_code not in stored
    assert created.tracking_code.replace("-", "") not in stored


@pytest.mark.parametrize(
    ("change", "field", "because"),
    [
        ({"title": ""}, "title", "required"),
        ({"place": None}, "place", "required"),
        ({"category": "dragons"}, "category", "invalid"),
        ({"category": "emergency"}, "category", "invalid"),
        ({"place": [200, 5]}, "place", "invalid"),
        ({"colour": "red"}, "colour", "invalid"),
        ({"answer": "Sudah beres."}, "answer", "invalid"),
        ({"cost": 5}, "cost", "invalid"),
        ({"reporter": {"email": "bukan"}}, "reporter.email", "invalid"),
        ({"photos": ["018f0000-0000-7000-8000-000000000000"]}, "photos", "invalid"),
    ],
)
def test_what_does_not_fit_is_named(
    session: Sessions, world: World, change: dict[str, Any], field: str, because: str
) -> None:
    stage = set_stage(session, world)
    with pytest.raises(Invalid) as caught:
        stage.report(change)
    assert list(caught.value.fields) == [field]
    assert caught.value.details["because"] == because
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Counter)) == 0


def test_a_report_by_message_may_lack_its_place(session: Sessions, world: World) -> None:
    stage = set_stage(session, world)
    assert stage.report({"place": None}, channel="api").record.place_lon is None


def test_the_stop_notice_is_said_in_its_own_words(session: Sessions, world: World) -> None:
    with pytest.raises(Invalid) as caught:
        set_stage(session, world).report({"category": "emergency"})
    assert "112" in caught.value.fields["category"][0]


def test_a_disabled_app_takes_no_reports(session: Sessions, world: World) -> None:
    stage = set_stage(session, world)
    disable_app(session, stage.installation, reason="Diganti")
    with pytest.raises(Conflict) as caught:
        stage.report()
    assert caught.value.details["because"] == "disabled"


def test_who_has_no_role_that_makes_records_may_not(session: Sessions, world: World) -> None:
    stage = set_stage(session, world)
    app = running_app(session, stage.installation)
    kind = app.record_type("report")
    heads_only = replace(kind, access={"handler": kind.access["handler"]})
    assert may_create(app, kind, stage.citizen())
    assert not may_create(app, heads_only, stage.citizen())
    assert not may_create(app, heads_only, stage.actor("head"))
    assert may_create(app, heads_only, stage.actor("handler"))


def test_photos_belong_to_the_record_and_to_no_other(session: Sessions, world: World) -> None:
    stage = set_stage(session, world)
    photo = store_photo(session, make_photo())
    created = stage.report(files={"photos": [photo.id]})
    session.commit()
    assert created.record.data["photos"] == [str(photo.id)]
    with pytest.raises(NotFound):
        stage.report(files={"photos": [photo.id]})
    session.rollback()


def test_a_file_of_the_wrong_kind_is_refused(session: Sessions, world: World) -> None:
    stage = set_stage(session, world)
    file = store_file(session, data=b"%PDF-1.7 x", name="a.pdf", content_type="application/pdf", kind="document")
    with pytest.raises(Invalid) as caught:
        stage.report(files={"photos": [file.id]})
    assert list(caught.value.fields) == ["photos"]


def test_values_looked_up_one_by_one_are_those_that_are_given_all_at_once(session: Sessions, world: World) -> None:
    stage = set_stage(session, world)
    record = stage.report({"reporter": {"email": "warga@contoh.id"}}).record
    app = running_app(session, stage.installation)
    clocks = [stage.clock(record, "respond")]
    present = PresentValues(record, app.record_type("report"), app.agencies, clocks)
    assert dict(present) == expression_values(record, app.record_type("report"), app.agencies, clocks)
    assert (len(present), present.get("reporter"), present.get("nothing")) == (
        len(dict(present)),
        {"email": "warga@contoh.id"},
        None,
    )
