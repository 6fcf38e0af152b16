"""Limits warn before they stop, stop what they say, and never a citizen."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app_runtime.imports.models import Import
from app_runtime.imports.running import run_batch
from app_runtime.imports.schemas import read_mapping
from app_runtime.imports.services import begin_import, resume_import, start_import
from app_runtime.records.models import Record
from lumbung.audit.models import AuditEntry, PlatformAuditEntry
from lumbung.db import as_tenant, db, set_clock, use_tenant
from lumbung.files import store_file
from lumbung.messages.models import Message
from lumbung.outbox import drain, run_periodics
from lumbung.web.sites import LumbungFlask
from tenants.plans import catalogue
from tenants.plans.catalogue import MEASURES, Resource
from tenants.plans.counting import Span, count, settled_id
from tenants.plans.errors import NoRoomLeft, QuotaReached
from tenants.plans.members import add_member
from tenants.plans.models import PlanUsage, ProgrammeMember
from tenants.plans.standing import standing_of
from tenants.plans.stopping import require_room, require_unfilled
from tenants.plans.usage import measure, uses_of
from tests.app_runtime.import_files import flood_features, geojson
from tests.app_runtime.importing import FLOOD, bring_in
from tests.app_runtime.stage import Stage, set_stage
from tests.app_runtime.test_pages_form import photo
from tests.app_runtime.work_desk import open_desk
from tests.browsing import browse
from tests.tenants.plans.programme_world import paid_programme
from tests.world import World

Db = scoped_session[Session]
Free = Callable[..., None]


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Free:
    """Sets the free limits, by the name of what is counted."""

    def set_limits(**limits: int) -> None:
        small = {
            resource: replace(measure, free=limits.get(resource, measure.free))
            for resource, measure in MEASURES.items()
        }
        monkeypatch.setattr(catalogue, "MEASURES", small)

    return set_limits


def used(session: Db, tenant_id: UUID) -> Mapping[Resource, int]:
    with as_tenant(session, tenant_id):
        return {use.resource: use.used for use in uses_of(session, standing_of(session, tenant_id))}


def letters(session: Db) -> list[str]:
    return list(
        session.scalars(select(Message.subject).where(Message.subject_type == "plan_usage").order_by(Message.id))
    )


def keep(session: Db, size: int) -> None:
    store_file(session, data=b"x" * size, name="a.txt", content_type="text/plain", kind="document")


@pytest.fixture
def stage(session: Db, world: World) -> Stage:
    return set_stage(session, world)


def test_a_full_municipality_takes_citizens_reports_and_answers_them(
    app: LumbungFlask, session: Db, world: World, free: Free
) -> None:
    desk = open_desk(app, session, world, publish="at_once")
    for _ in range(3):
        desk.report(photos=1)
    session.commit()
    before = used(session, world.tangsel.id)
    free(files=before[Resource.FILES] // 3, records=1, emails=1)
    with as_tenant(session, world.tangsel.id):
        measure(session)
        session.commit()
        assert all(use.percent >= 300 for use in uses_of(session, standing_of(session, world.tangsel.id))[:2])

    # A citizen reports with a photo and an address, and gets an answer.
    citizen = browse(app, world.tangsel.host)
    sent = citizen.post_form(
        "/siaran/report",
        {
            "title": "Lampu jalan mati", "category": "street-light", "place.lon": "106.75", "place.lat": "-6.32",
            "reporter.email": "wati@contoh.id", "photos": (io.BytesIO(photo()), "foto.jpg"),
        },
        content_type="multipart/form-data",
    )  # fmt: skip
    sent.request.environ["wsgi.input"].close()
    assert sent.status_code == 303, sent.text[:2000]
    session.expire_all()
    record = newest(session, world.tangsel.id)
    after = used(session, world.tangsel.id)
    assert after[Resource.FILES] > before[Resource.FILES]
    assert after[Resource.RECORDS] == before[Resource.RECORDS] + 1
    assert desk.act(desk.browser("handler"), record, "respond", answer="Lampunya kami ganti besok").status_code == 303
    drain(app)
    with as_tenant(session, world.tangsel.id):
        said = session.scalars(select(Message.text).where(Message.recipient == "wati@contoh.id")).all()
        kept = session.get_one(Record, (world.tangsel.id, record))
        assert kept.data["answer"] == "Lampunya kami ganti besok"
    # That it came, and the answer; both are sealed.
    assert len(said) == 2

    admin = desk.browser("admin")
    refused = admin.post_form(
        "/manage/data/import", {"target": "siaran/report", "file": (io.BytesIO(b"judul\nA lama\n"), "a.csv")}
    )
    assert refused.status_code == 409
    assert "batasnya sudah tercapai" in refused.text
    assert "Batas sudah tercapai" in admin.get("/manage").text
    page = admin.get("/manage/usage").text
    assert "Sekarang berhenti:" in page
    # Exports go on.
    assert admin.get("/manage/data").status_code == 200
    with as_tenant(session, world.tangsel.id), pytest.raises(QuotaReached):
        require_unfilled(session, Resource.RECORDS)


def newest(session: Db, tenant_id: UUID) -> UUID:
    with as_tenant(session, tenant_id):
        return session.scalars(select(Record.id).order_by(Record.id.desc())).first()  # type: ignore[return-value]


def test_an_import_that_has_no_room_for_all_its_lines_does_not_begin(stage: Stage, free: Free) -> None:
    free(records=300)
    done = bring_in(stage, geojson(flood_features(250)))
    assert (done.status, done.imported) == ("done", 250)
    with pytest.raises(NoRoomLeft, match="100 needed, room for 50 left"):
        bring_in(stage, geojson(flood_features(100)), name="more.geojson")


def test_imports_at_the_same_time_never_go_beyond_the_limit(app: LumbungFlask, stage: Stage, free: Free) -> None:
    ids = [begun(stage, number) for number in range(4)]
    free(records=500)
    gate = threading.Barrier(len(ids))

    def run(import_id: UUID) -> tuple[str, str | None, int]:
        with app.app_context(), as_tenant(db.session, stage.place.id):
            gate.wait(20)
            found = db.session.get_one(Import, (stage.place.id, import_id))
            while found.status == "running":
                found = run_batch(db.session, import_id)
                db.session.commit()
            return found.status, found.problem, found.imported

    with ThreadPoolExecutor(len(ids)) as pool:
        told = [one.result(60) for one in [pool.submit(run, one) for one in ids]]
    stage.session.rollback()
    kept = stage.session.scalar(select(func.count()).select_from(Record))
    assert kept == sum(imported for _, _, imported in told)
    assert kept is not None
    assert 300 < kept <= 500
    stopped = [(status, problem) for status, problem, _ in told if status != "done"]
    assert set(stopped) == {("failed", "the limit of records is reached")}
    # With more room it goes on where it stopped.
    free(records=1_000)
    left = next(one for one, (status, _, _) in zip(ids, told, strict=True) if status == "failed")
    resume_import(stage.session, left, by_worker=False)
    found = stage.session.get_one(Import, (stage.place.id, left))
    while found.status == "running":
        found = run_batch(stage.session, left)
    assert (found.status, found.imported + found.skipped) == ("done", 150)


def begun(stage: Stage, number: int) -> UUID:
    """An import of 150 lines of its own that has been started; committed."""
    features = flood_features(600)[number * 150 : (number + 1) * 150]
    found = begin_import(stage.session, stage.installation, "report", data=geojson(features), name=f"{number}.geojson")
    start_import(stage.session, found.id, mapping=read_mapping(FLOOD), by_worker=False)
    stage.session.commit()
    return found.id


def test_administrators_are_told_once_at_each_threshold(session: Db, world: World, free: Free) -> None:
    free(files=1_000)
    use_tenant(session, world.tangsel.id)
    for size, told in ((700, 0), (100, 1), (10, 1), (150, 2), (40, 3), (500, 3)):
        keep(session, size)
        measure(session)
        assert len(letters(session)) == told
    assert letters(session)[0] == "Berkas dan foto Kota Tangerang Selatan sudah terpakai 80 %"
    assert letters(session)[2] == "Berkas dan foto Kota Tangerang Selatan sudah penuh"
    # With more room, what was told before can be news again; hovering about a threshold is none.
    free(files=2_000)
    measure(session)
    assert session.scalar(select(PlanUsage.level).where(PlanUsage.resource == "files")) == 0
    free(files=1_850)
    measure(session)
    assert len(letters(session)) == 4
    free(files=1_900)
    measure(session)
    free(files=1_850)
    measure(session)
    assert len(letters(session)) == 4


def test_emails_begin_anew_with_each_month(session: Db, world: World, free: Free) -> None:
    free(emails=4)
    use_tenant(session, world.tangsel.id)
    with set_clock(datetime(2026, 11, 30, 16, 0, tzinfo=UTC)):
        for _ in range(4):
            session.add(message(world))
        session.flush()
        measure(session)
        assert used(session, world.tangsel.id)[Resource.EMAILS] >= 4
        with pytest.raises(QuotaReached):
            require_unfilled(session, Resource.EMAILS)
    with set_clock(datetime(2026, 11, 30, 17, 30, tzinfo=UTC)):
        assert used(session, world.tangsel.id)[Resource.EMAILS] == 0
        require_unfilled(session, Resource.EMAILS)
        measure(session)
        assert session.scalar(select(PlanUsage.month).where(PlanUsage.resource == "emails")) == "2026-12"


def message(world: World) -> Message:
    from lumbung.ids import new_id

    return Message(
        tenant_id=world.tangsel.id, channel="email", recipient="a@b.test", subject="Kabar", text="Isi",
        message_id=str(new_id()),
    )  # fmt: skip


def test_what_came_since_is_counted_with_what_was_measured(
    app: LumbungFlask, session: Db, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_tenant(session, world.tangsel.id)
    keep(session, 100)
    # As if what is there had been made hours ago.
    monkeypatch.setattr("tenants.plans.counting.SETTLED_SECONDS", -1)
    measure(session)
    boundary = session.scalar(select(PlanUsage.upto).where(PlanUsage.resource == "files"))
    monkeypatch.undo()
    assert boundary is not None
    assert (count(session, world.tangsel.id, Resource.FILES, Span(upto=boundary)), settled_id() < boundary) == (
        100,
        True,
    )
    assert used(session, world.tangsel.id)[Resource.FILES] == 100
    assert used(session, world.surabaya.id)[Resource.FILES] == 0
    session.commit()
    run_periodics(app, names=["plan-usage"])
    assert session.scalar(select(func.count()).select_from(PlanUsage)) == 3


def test_a_programmes_holder_sees_how_full_it_is_after_the_night(
    app: LumbungFlask, session: Db, world: World, free: Free
) -> None:
    free(files=1_000)
    programme = paid_programme(session, world.stranger)
    add_member(session, programme, world.tangsel.id)
    with as_tenant(session, world.tangsel.id):
        keep(session, 1_500)
    session.commit()
    run_periodics(app, names=["plan-usage"])
    session.expire_all()
    assert session.scalars(select(ProgrammeMember.files_percent)).one() == 30


def test_an_operator_gives_more_with_a_reason(app: LumbungFlask, session: Db, world: World, free: Free) -> None:
    operator = browse(app, "lumbung.test", world.operator)
    at = "/operator/municipalities/36.74"
    for wrong, told in (
        ({"files": "50"}, "Alasan"),
        ({"files": "banyak", "reason": "Foto CCTV"}, "angka antara"),
        ({"records": "-1", "reason": "Foto CCTV"}, "angka antara"),
    ):
        refused = operator.post_form(at, wrong, to=f"{at}/limits")
        assert (refused.status_code, told in refused.text) == (422, True)
    assert operator.post_form(at, {"files": "50", "reason": "Foto CCTV"}, to=f"{at}/limits").status_code == 303
    session.expire_all()
    standing = standing_of(session, world.tangsel.id)
    assert standing.limits[Resource.FILES] == 50_000_000_000
    assert standing.limits[Resource.RECORDS] == 250_000
    assert "50 GB" in operator.get(at).text
    audited = session.scalars(
        select(PlatformAuditEntry).where(PlatformAuditEntry.action == "municipality.limits")
    ).one()
    assert audited.after["reason"] == "Foto CCTV"  # type: ignore[index]
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    assert "Foto CCTV" in admin.get("/manage/usage").text
    operator.post_form(at, {"files": "", "reason": ""}, to=f"{at}/limits")
    session.expire_all()
    assert standing_of(session, world.tangsel.id).exception is None


def test_officials_uploads_stop_and_say_why(app: LumbungFlask, session: Db, world: World, free: Free) -> None:
    free(files=10)
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    at = "/manage/municipality"
    answer = admin.post_form(
        at, {"seal": (io.BytesIO(photo()), "a.jpg")}, to=f"{at}/seal", content_type="multipart/form-data"
    )
    assert answer.status_code == 413
    assert "sisa ruang 10 bita" in answer.text or "sisa ruang 10" in answer.text
    with as_tenant(session, world.tangsel.id):
        keep(session, 10)
        with pytest.raises(QuotaReached):
            require_room(session, Resource.FILES)
        with pytest.raises(NoRoomLeft):
            require_room(session, Resource.EMAILS, adding=20_001)
        assert session.scalars(select(AuditEntry.action).where(AuditEntry.action == "municipality.seal")).all() == []
