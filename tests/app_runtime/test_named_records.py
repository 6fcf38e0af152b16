"""Fields that name records: chosen by number among what one may read, shown both ways, read in expressions."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app_catalog.installations.models import Installation
from app_catalog.installations.services import disable_app, enable_again
from app_runtime.naming.showing import show_naming
from app_runtime.records.actors import Actor
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record
from app_runtime.records.presenting import present_record
from app_runtime.records.running_app import running_app
from app_runtime.records.updating import update_record
from app_runtime.workflow.acting import take_action
from lumbung.db import as_tenant, db
from lumbung.errors import Conflict, Invalid
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions
from tests.app_runtime.test_children_together import actor
from tests.browsing import browse, words_of
from tests.named_records import APP, JOB, LOKER, courses
from tests.small_app import codes_of, enable_small, failures_of, next_small, small_files
from tests.world import World

ANYBODY = Actor(kind="visitor")


@dataclass
class Jobs:
    """The app of jobs in Tangsel, with an open vacancy, one that is still checked, and its clerk."""

    installation: Installation
    clerk: Actor
    open: UUID
    checked: UUID

    def make(self, session: Any, by: Actor, record: str, **values: Any) -> Record:
        return create_record(session, self.installation, by, record, values).record


@pytest.fixture
def jobs(session: Sessions, world: World) -> Jobs:
    installation = enable_small(session, world, LOKER, roles=[("admin", "clerk"), ("head", "chief")])
    with as_tenant(session, world.tangsel.id):
        clerk = actor(session, world, installation, "admin")
        made = [
            create_record(session, installation, clerk, "job", {"job": name, "pay": pay, "note": "rahasia"}).record
            for name, pay in (("Sopir", 5_000_000), ("Satpam", 4_000_000))
        ]
        take_action(session, made[0], clerk, "publish", {})
        session.commit()
        return Jobs(installation, clerk, made[0].id, made[1].id)


def test_a_record_is_named_by_number_or_id_and_what_stands_behind_the_dot_is_its_own(
    session: Sessions, world: World, jobs: Jobs
) -> None:
    with as_tenant(session, world.tangsel.id):
        for typed in ("LK/001", " lk/001 · Sopir", str(jobs.open)):
            made = jobs.make(session, ANYBODY, "application", job=typed, letter=typed)
            assert made.data["job"] == str(jobs.open)
            assert (made.title, made.data["pay"]) == ("Lamaran LK/001 Sopir", 5_000_000)
        take_action(session, made, jobs.clerk, "hire", {})
        assert made.state == "hired"


@pytest.mark.parametrize("typed", ["LK/002", "LK/999", "Sopir", "x" * 200, "00000000-0000-0000-0000-000000000000"])
def test_what_may_not_be_chosen_is_refused_in_the_very_same_words_as_what_is_not_there(
    session: Sessions, world: World, jobs: Jobs, typed: str
) -> None:
    with as_tenant(session, world.tangsel.id):
        for by in (ANYBODY, jobs.clerk):  # A clerk reads it, but only open ones may be chosen.
            with pytest.raises(Invalid) as refused:
                jobs.make(session, by, "application", job=typed)
            (words,) = refused.value.fields["job"]
            assert "Tidak ada yang bernomor itu" in words or len(typed) > 100
        hidden = session.get_one(Record, (world.tangsel.id, jobs.open))
        hidden.hidden_at = hidden.created_at
        session.flush()
        with pytest.raises(Invalid):
            jobs.make(session, ANYBODY, "application", job="LK/001")


def test_a_form_takes_a_number_and_begins_with_the_record_that_led_to_it(
    app: LumbungFlask, session: Sessions, world: World, jobs: Jobs
) -> None:
    visitor = browse(app, world.tangsel.host)
    page = visitor.get(f"/loker/job/{jobs.open}")
    assert 'href="/loker/lamar?job=LK%2F001"' in page.text
    form = visitor.get("/loker/lamar?job=LK%2F001").text
    assert 'value="LK/001"' in form
    assert 'hx-get="/loker/choose/application/job"' in form
    assert visitor.post_form("/loker/lamar", {"job": "LK/001", "letter": "Halo"}).status_code == 303
    refused = visitor.post_form("/loker/lamar", {"job": "LK/002", "letter": "Halo"})
    assert refused.status_code == 422
    assert "Tidak ada yang bernomor itu" in words_of(refused)
    assert 'value="LK/002"' in refused.text
    with as_tenant(session, world.tangsel.id):
        made = session.scalars(select(Record).where(Record.record_type == "application")).one()
        session.commit()
    shown = visitor.get(f"/loker/application/{made.id}").text
    assert f'<a href="/loker/job/{jobs.open}">LK/001 · Sopir</a>' in shown
    named = visitor.get(f"/loker/job/{jobs.open}").text
    assert f"/loker/application/{made.id}" in named
    listed = visitor.get(f"/loker/lamaran?job={jobs.open}")
    assert "LM/001" in listed.text
    assert f'value="{jobs.open}" selected>LK/001 · Sopir<' in listed.text
    assert str(jobs.checked) not in visitor.get(f"/loker/lamaran?job={jobs.checked}").text.replace(
        f"job={jobs.checked}", ""
    )


def test_suggestions_tell_only_what_whoever_asks_may_choose(
    app: LumbungFlask, session: Sessions, world: World, jobs: Jobs
) -> None:
    clerk, visitor = browse(app, world.tangsel.host, world.tangsel.accounts["admin"]), browse(app, world.tangsel.host)
    with as_tenant(session, world.tangsel.id):
        jobs.make(session, ANYBODY, "application", job="LK/001")
        session.commit()
    address = "/loker/choose/application/job"
    for typed in ("", "LK", "sop", "LK/001 · Sopir"):
        assert "LK/001 · Sopir" in visitor.get(address, query_string={"job": typed}).text
        assert "LK/002" not in clerk.get(address, query_string={"job": typed, "work": "1"}).text
    for typed in ("satpam", "%", "rahasia"):
        assert "<option" not in visitor.get(address, query_string={"job": typed}).text
    former = "/loker/choose/application/again"
    assert "LM/001" in clerk.get(former, query_string={"work": "1", "edit.again": "LM"}).text
    for wrong in ("/loker/choose/application/letter", "/loker/choose/none/job", "/none/choose/application/job"):
        assert visitor.get(wrong).status_code == 404


def test_the_name_of_what_a_reader_may_not_see_is_told_to_nobody(
    app: LumbungFlask, session: Sessions, world: World, jobs: Jobs
) -> None:
    with as_tenant(session, world.tangsel.id):
        made = jobs.make(session, ANYBODY, "application", job="LK/001", letter="Surat")
        take_action(session, session.get_one(Record, (world.tangsel.id, jobs.open)), jobs.clerk, "close", {})
        session.commit()
        running = running_app(session, jobs.installation)
        job = present_record(running, made, ANYBODY).field("job")
        assert job is not None
        assert (job.value, job.named, job.text) == (None, None, "Catatan yang tidak terbuka untuk Anda")
        seen = present_record(running, made, jobs.clerk).field("job")
        assert seen is not None
        assert seen.named is not None
        assert seen.named.link == f"/work/loker/{jobs.open}"
    page = browse(app, world.tangsel.host).get(f"/loker/application/{made.id}")
    assert str(jobs.open) not in page.text
    assert "Sopir" not in page.text.replace(made.title, "")
    listed = browse(app, world.tangsel.host).get("/api/v1/loker/application").get_json()
    assert listed["items"][0]["fields"]["job"] is None


def test_who_names_a_record_is_told_by_what_the_reader_sees_of_those_that_do(
    session: Sessions, world: World, jobs: Jobs
) -> None:
    with as_tenant(session, world.tangsel.id):
        first = jobs.make(session, ANYBODY, "application", job="LK/001", letter="a")
        jobs.make(session, jobs.clerk, "application", job="LK/001", letter="b", again="LM/001")
        running = running_app(session, jobs.installation)
        chief = actor(session, world, jobs.installation, "head")
        job = session.get_one(Record, (world.tangsel.id, jobs.open))

        def naming(record: Record, reader: Actor) -> list[int]:
            return [len(one.rows) for one in show_naming(running, record, reader)]

        assert naming(job, jobs.clerk) == [2]
        assert naming(job, chief) == [2]  # As everybody, who reads which job an application names.
        assert naming(first, jobs.clerk) == [1]
        assert naming(first, ANYBODY) == []  # A private field.
        # Moved to another vacancy, it names that one and no more the first.
        other = session.get_one(Record, (world.tangsel.id, jobs.checked))
        take_action(session, other, jobs.clerk, "publish", {})
        take_action(session, first, jobs.clerk, "move", {"job": "LK/002"})
        assert (naming(job, jobs.clerk), naming(other, jobs.clerk)) == ([1], [1])
        assert first.title == "Lamaran LK/002 Satpam"


def test_editing_something_else_keeps_what_is_named_also_when_it_could_not_be_chosen_any_more(
    app: LumbungFlask, session: Sessions, world: World, jobs: Jobs
) -> None:
    with as_tenant(session, world.tangsel.id):
        made = jobs.make(session, ANYBODY, "application", job="LK/001", letter="Surat")
        take_action(session, session.get_one(Record, (world.tangsel.id, jobs.open)), jobs.clerk, "close", {})
        session.commit()
    clerk = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    address = f"/work/loker/{made.id}/edit"
    assert 'value="LK/001 · Sopir"' in clerk.get(address).text
    assert clerk.post_form(address, {"edit.letter": "Baru"}).status_code == 303
    assert clerk.post_form(address, {"edit.job": "LK/002"}).status_code == 422
    session.expire_all()
    with as_tenant(session, world.tangsel.id):
        kept = session.get_one(Record, (world.tangsel.id, made.id))
        assert kept.data | {"pay": 0} == {"job": str(jobs.open), "letter": "Baru", "pay": 0}
        update_record(session, kept, jobs.clerk, {"job": str(jobs.open), "letter": "Lagi"})
        assert kept.data["letter"] == "Lagi"
        session.commit()


def test_programs_name_by_number_and_read_id_and_number(
    app: LumbungFlask, session: Sessions, world: World, jobs: Jobs
) -> None:
    visitor = browse(app, world.tangsel.host)
    sent = visitor.open("POST", "/api/v1/loker/application", json={"job": "LK/001", "letter": "Halo"})
    assert sent.status_code == 201, sent.text
    wrong = visitor.open("POST", "/api/v1/loker/application", json={"job": "LK/002"})
    assert (wrong.status_code, list(wrong.get_json()["errors"])) == (422, ["job"])
    one = visitor.get(f"/api/v1/loker/application?job={jobs.open}").get_json()["items"]
    assert [item["fields"]["job"] for item in one] == [{"id": str(jobs.open), "number": "LK/001"}]
    assert visitor.get(f"/api/v1/loker/application?job={jobs.checked}").get_json()["items"] == []
    described = visitor.get("/api/v1/openapi.json").get_json()["components"]["schemas"]
    read = described["loker.application"]["properties"]["fields"]["properties"]["job"]
    assert set(read["properties"]) == {"id", "number"}
    assert described["loker.application.sent"]["properties"]["job"]["type"] == "string"


def test_an_app_names_what_another_opens_and_shows_it_while_the_reader_may_read_it(
    app: LumbungFlask, session: Sessions, world: World, jobs: Jobs
) -> None:
    kursus = enable_small(session, world, courses(), roles=[("admin", "clerk")])
    with as_tenant(session, world.tangsel.id):
        clerk = actor(session, world, kursus, "admin")
        course = create_record(session, kursus, clerk, "course", {"name": "Mengemudi", "leads_to": "LK/001"}).record
        session.commit()
    visitor = browse(app, world.tangsel.host)
    assert f'<a href="/loker/job/{jobs.open}">LK/001 · Sopir</a>' in visitor.get(f"/kursus/course/{course.id}").text
    assert f"/kursus/course/{course.id}" in visitor.get(f"/loker/job/{jobs.open}").text
    found = visitor.get("/api/v1/kursus/course").get_json()["items"][0]["fields"]["leads_to"]
    assert found == {"id": str(jobs.open), "number": "LK/001"}
    with as_tenant(session, world.tangsel.id):
        take_action(session, session.get_one(Record, (world.tangsel.id, jobs.open)), jobs.clerk, "close", {})
        session.commit()
    assert "LK/001" not in visitor.get(f"/kursus/course/{course.id}").text


def test_programs_learn_nothing_of_another_apps_records_that_the_public_may_not_read(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    rule = "  public: {read: {rows: published, fields: [number, job, pay, state]}}\n"
    hidden = JOB.replace(rule, "").replace("\"record.state == 'open'\"", '"true"')
    loker = enable_small(
        session, world, small_files({"job": hidden}, app_id="loker", app=APP), roles=[("admin", "clerk")]
    )
    kursus = enable_small(session, world, courses(), roles=[("admin", "clerk")])
    with as_tenant(session, world.tangsel.id):
        clerk = actor(session, world, loker, "admin")
        job = create_record(session, loker, clerk, "job", {"job": "Sopir"}).record
        values = {"name": "Mengemudi", "leads_to": job.number}
        create_record(session, kursus, actor(session, world, kursus, "admin"), "course", values)
        session.commit()

    def told() -> list[Any]:
        listed = browse(app, world.tangsel.host).get("/api/v1/kursus/course").get_json()["items"]
        return [item["fields"]["leads_to"] for item in listed]

    assert told() == [None]
    # The other app opens its numbers with its next version, for records of that one.
    shown = hidden.replace("access:\n", "access:\n" + rule)
    next_small(session, world, loker, small_files({"job": shown}, app_id="loker", app=APP))
    assert told() == [None]
    with as_tenant(session, world.tangsel.id):
        job = create_record(session, session.merge(loker), clerk, "job", {"job": "Satpam"}).record
        values = {"name": "Menjaga", "leads_to": job.number}
        create_record(session, kursus, actor(session, world, kursus, "admin"), "course", values)
        session.commit()
    assert told() == [{"id": str(job.id), "number": "LK/002"}, None]


def test_an_app_runs_only_with_those_that_it_needs_and_holds_them(session: Sessions, world: World) -> None:
    with pytest.raises(Conflict, match="loker"):
        enable_small(session, world, courses())
    session.rollback()
    loker = enable_small(session, world, LOKER)
    with pytest.raises(Conflict, match=r"1\.0\.0"):
        enable_small(session, world, courses(">=2.0") | {})
    session.rollback()
    with as_tenant(session, world.tangsel.id):
        kursus = _enable_again_or_first(session, world)
        with pytest.raises(Conflict, match="Aplikasi kecil"):
            disable_app(session, loker, reason="Coba")
        disable_app(session, kursus, reason="Coba")
        disable_app(session, loker, reason="Coba")
        session.commit()
        with pytest.raises(Conflict, match="loker"):
            enable_again(session, kursus)
        enable_again(session, loker)
        enable_again(session, kursus)
        session.commit()


def test_scenarios_name_records_by_their_names(session: Sessions) -> None:
    scenario = """
    given: {}
    when:
      - create: {as: clerk, record: job, id: a, values: {job: Sopir}}
      - act: {as: clerk, on: a, action: publish}
      - create: {as: clerk, record: job, id: c, values: {job: Satpam}}
      - create: {as: public, record: application, id: b, values: {job: a, letter: Halo}}
    then:
      - value: {b.job: a, b.number: LM/001}
      - cannot: {create: application, as: public, values: {job: c}, because: condition}
      - cannot: {create: application, as: public, values: {job: a, letter: Halo}, because: duplicate}
    """
    assert failures_of(session, LOKER, scenario) == ""
    assert "b.job" in failures_of(session, LOKER, scenario.replace("b.job: a", "b.job: c"))
    course = """
    given: {}
    when:
      - create: {as: clerk, record: course, id: a, values: {name: Kursus, leads_to: apa saja}}
    then: [{count: {course: 1}}]
    """
    assert failures_of(session, courses(), course) == ""


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("record: job, where", "record: jobs, where", "unknown-record"),
        ("record: job, where: {state: open}", "record: wifi/point", "app-not-required"),
        ("record: job, where", "record: wifi/point, where", "where-of-other-app"),
        ("where: {state: open}", "where: {state: opened}", "unknown-value"),
        ("where: {state: open}", "where: {note: a}", "not-filtered"),
        ("record.job.title", "record.job.note", "expression-unknown-name"),
        ("record: job, where", "record: a b, where", "wrong-kind"),
    ],
)
def test_a_package_that_names_what_is_not_there_is_told_so(before: str, after: str, code: str) -> None:
    text = LOKER["records/application.yaml"].decode()
    assert before in text
    files = LOKER | {"records/application.yaml": text.replace(before, after).encode()}
    assert code in codes_of(files)


def test_what_is_named_needs_a_number_and_no_app_needs_itself() -> None:
    bare = LOKER["records/job.yaml"].replace(b'number: {pattern: "LK/{seq:03}"}\n', b"")
    assert "named-without-number" in codes_of(LOKER | {"records/job.yaml": bare})
    own = LOKER["app.yaml"].replace(b'">=0.1,<2"', b'">=0.1,<2", apps: {loker: "1"}')
    assert "app-requires-itself" in codes_of(LOKER | {"app.yaml": own})
    assert codes_of(LOKER) == codes_of(courses()) == set()


def test_what_may_be_chosen_holds_while_it_is_closed_at_the_same_moment(
    app: LumbungFlask, session: Sessions, world: World, jobs: Jobs
) -> None:
    """Whoever names a record waits for the change of it that is under way, and then looks again."""
    begun, told = Barrier(2), []

    def apply() -> None:
        with app.app_context(), as_tenant(db.session, world.tangsel.id):
            begun.wait()
            try:
                jobs.make(db.session, ANYBODY, "application", job="LK/001")
                told.append("made")
            except Invalid:
                told.append("refused")
            db.session.rollback()

    with as_tenant(session, world.tangsel.id):
        take_action(session, session.get_one(Record, (world.tangsel.id, jobs.open)), jobs.clerk, "close", {})
        session.flush()
        thread = Thread(target=apply)
        thread.start()
        begun.wait()
        thread.join(0.5)
        assert thread.is_alive()
        session.commit()
        thread.join(20)
    assert told == ["refused"]


def _enable_again_or_first(session: Sessions, world: World) -> Installation:
    files = courses()
    changed = files["app.yaml"].replace(b"version: 1.0.0", b"version: 1.0.1")
    code = files["publiccode.yml"].replace(b"1.0.0", b"1.0.1")
    log = b"# Perubahan\n\n## 1.0.1\n\n### Bahasa Indonesia\n\n- Awal.\n\n### English\n\n- First.\n"
    return enable_small(session, world, files | {"app.yaml": changed, "publiccode.yml": code, "CHANGELOG.md": log})
