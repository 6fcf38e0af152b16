"""Following a report by its code, and answering, without an account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app_catalog.installations.services import access_installation, disable_app
from app_runtime.records.actors import Actor
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record
from app_runtime.records.moderation import hide_record
from app_runtime.workflow.acting import take_action
from lumbung.codes import new_code
from lumbung.db import as_tenant, now, set_clock
from lumbung.files import store_photo
from lumbung.limits import Limit
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.test_pages_form import photo
from tests.browsing import Browser, browse, words_of
from tests.siaran import enable_siaran
from tests.world import Place, World

VALUES = {"title": "Lampu mati di depan SD", "category": "street-light", "place": [106.71, -6.29]}
CANARY = {"name": "Kenari Rahasia", "phone": "+6281200000042", "email": "kenari@rahasia.id"}


def member(world: World, name: str, *roles: str) -> Actor:
    """Somebody of Tangsel at work, with these roles in SIARAN."""
    place = world.tangsel
    agency = place.members[name].agency_id
    return Actor(
        kind="member",
        account_id=place.accounts[name].id,
        membership_id=place.members[name].id,
        name=place.members[name].name,
        roles=frozenset({"public", "official", *roles}),
        agency_id=agency,
        agency_ids=frozenset({agency} if agency else ()),
    )


def report(session: Any, world: World, where: Place | None = None, **values: Any) -> tuple[Record, str]:
    """A report of a visitor, committed, with its code."""
    municipality = where or world.tangsel
    with as_tenant(session, municipality.id):
        installation = access_installation(session, "siaran")
        data = {**VALUES, "reporter": CANARY, **values}
        made = create_record(session, installation, Actor(kind="visitor"), "report", data)
        session.commit()
    return made.record, made.tracking_code


def act(session: Any, world: World, record: Record, actor: Actor, action: str, **answers: Any) -> None:
    """An action of an official, committed; `after` stands for one photo."""
    with as_tenant(session, world.tangsel.id):
        files = {}
        if answers.pop("after", False):
            files = {"after": [store_photo(session, photo("green")).id]}
        take_action(session, session.merge(record, load=True), actor, action, answers, files=files)
        session.commit()


def state_of(session: Any, world: World, record: Record) -> str:
    """The record's state as stored."""
    session.expire_all()
    with as_tenant(session, world.tangsel.id):
        found = session.scalar(select(Record.state).where(Record.id == record.id))
        session.commit()
    return str(found)


@pytest.fixture
def portal(app: LumbungFlask, session: Any, world: World) -> Browser:
    """A visitor on Tangsel's portal, where SIARAN publishes at once."""
    enable_siaran(session, world, publish="at_once")
    return browse(app, world.tangsel.host)


def test_a_code_leads_to_the_report_however_it_is_typed(portal: Browser, session: Any, world: World) -> None:
    record, code = report(session, world)
    answer = portal.post_form("/track", {"code": f"  {code.lower().replace('-', ' ')} "})
    assert answer.status_code == 303
    page = portal.follow(answer)
    assert record.number is not None
    assert record.number in page.text
    assert "Diterima" in words_of(page)
    assert "Tanggapan dinas" in words_of(page)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(("code", "status"), [("apa ini", 422), ("", 422), ("ABCD-EFGH-JKMN-Z", 422), (None, 404)])
def test_a_wrong_code_gets_a_clear_answer(portal: Browser, code: str | None, status: int) -> None:
    sent = new_code() if code is None else code
    answer = portal.post_form("/track", {"code": sent})
    assert answer.status_code == status
    assert "kode" in words_of(answer)
    if sent.strip():
        assert portal.get(f"/track/{sent}").status_code == status


def test_the_code_of_another_municipality_is_unknown(
    portal: Browser, app: LumbungFlask, session: Any, world: World
) -> None:
    enable_siaran(session, world, world.surabaya)
    _, code = report(session, world, world.surabaya)
    assert portal.get(f"/track/{code}").status_code == 404
    assert browse(app, world.surabaya.host).get(f"/track/{code}").status_code == 200


def test_guessing_codes_is_stopped(portal: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app_runtime.tracking.services.LOOKED_UP_FROM_ADDRESS", Limit("few", size=3, seconds=600))
    statuses = [portal.get(f"/track/{new_code()}").status_code for _ in range(5)]
    assert statuses == [404, 404, 404, 429, 429]


def test_a_question_is_answered_once(portal: Browser, session: Any, world: World) -> None:
    record, code = report(session, world)
    act(session, world, record, member(world, "handler", "handler"), "ask", question="Tiang nomor berapa?")
    page = portal.get(f"/track/{code}")
    assert "Tiang nomor berapa?" in words_of(page)
    to = f"/track/{code}/reply"
    first = portal.post_form(f"/track/{code}", {"reply": "Tiang nomor tujuh."}, to=to)
    assert first.status_code == 303
    assert "Tiang nomor tujuh." in words_of(portal.follow(first))
    assert state_of(session, world, record) == "assigned"


def test_a_reply_that_is_sent_again_is_taken_once(portal: Browser, session: Any, world: World) -> None:
    record, code = report(session, world)
    act(session, world, record, member(world, "handler", "handler"), "ask", question="Di mana?")
    to = f"/track/{code}/reply"
    key = "5f0c9d51-9d0e-4a50-9f6b-0b86e4f5d3f1"
    data = {"reply": "Di sana.", "submission_key": key}
    assert [portal.post_form(f"/track/{code}", data, to=to).status_code for _ in range(2)] == [303, 303]
    assert words_of(portal.get(f"/track/{code}")).count("Di sana.") == 1


def test_an_empty_reply_is_asked_for_again(portal: Browser, session: Any, world: World) -> None:
    record, code = report(session, world)
    act(session, world, record, member(world, "handler", "handler"), "ask", question="Di mana?")
    answer = portal.post_form(f"/track/{code}", {"reply": " "}, to=f"/track/{code}/reply")
    assert answer.status_code == 422
    assert "Wajib diisi" in words_of(answer)


def test_a_reply_that_comes_too_late_keeps_its_text(portal: Browser, session: Any, world: World) -> None:
    record, code = report(session, world)
    dispatcher, handler = member(world, "dispatcher", "dispatcher"), member(world, "handler", "handler")
    act(session, world, record, handler, "ask", question="Di mana?")
    first = portal.post_form(f"/track/{code}", {"reply": "Jawaban satu"}, to=f"/track/{code}/reply")
    assert first.status_code == 303
    act(session, world, record, dispatcher, "reject", reason="Bukan jalan kota")
    answer = portal.post_form(f"/track/{code}", {"reply": "Jawaban dua"}, to=f"/track/{code}/reply")
    assert answer.status_code == 409
    assert "Jawaban dua" in answer.text
    assert "belum terkirim" in words_of(answer)


def test_a_report_is_reopened_in_time_and_not_later(portal: Browser, session: Any, world: World) -> None:
    record, code = report(session, world)
    handler = member(world, "handler", "handler")
    act(session, world, record, handler, "fix", after=True)
    page = portal.get(f"/track/{code}")
    assert "Foto sesudah" in words_of(page)
    with set_clock(now() + timedelta(days=8)):
        assert f"/track/{code}/reopen" not in portal.get(f"/track/{code}").text
        late = portal.post_form(f"/track/{code}", {}, to=f"/track/{code}/reopen")
        assert late.status_code == 409
        assert "sudah lewat" in words_of(late)
    assert portal.post_form(f"/track/{code}", {}, to=f"/track/{code}/reopen").status_code == 303
    assert state_of(session, world, record) == "received"


def test_a_reporter_may_not_do_what_officials_do(portal: Browser, session: Any, world: World) -> None:
    record, code = report(session, world)
    answer = portal.post_form(f"/track/{code}", {"reason": "iseng"}, to=f"/track/{code}/reject")
    assert answer.status_code == 403
    assert state_of(session, world, record) == "received"
    assert portal.post_form(f"/track/{code}", {}, to=f"/track/{code}/nonsense").status_code == 409


def test_internal_notes_are_not_told_to_the_reporter(portal: Browser, session: Any, world: World) -> None:
    record, code = report(session, world)
    note = "Catatan dalam yang rahasia"
    act(session, world, record, member(world, "dispatcher", "dispatcher"), "assign", agency="dishub", note=note)
    page = portal.get(f"/track/{code}")
    assert note not in page.text
    assert "Dispatcher" not in words_of(page)


def test_tracking_works_when_the_app_is_disabled(portal: Browser, session: Any, world: World) -> None:
    record, code = report(session, world)
    with as_tenant(session, world.tangsel.id):
        disable_app(session, access_installation(session, "siaran"), reason="Pindah aplikasi")
        session.commit()
    page = portal.get(f"/track/{code}")
    assert page.status_code == 200
    assert "tidak aktif lagi" in words_of(page)
    for path in ("/siaran", "/siaran/report", "/siaran/public-reports", f"/siaran/report/{record.id}"):
        assert portal.get(path).status_code == 410
    assert "siaran" not in portal.get("/").text


def test_a_hidden_report_is_still_its_reporters(portal: Browser, session: Any, world: World) -> None:
    record, code = report(session, world)
    with as_tenant(session, world.tangsel.id):
        hide_record(session, session.merge(record), member(world, "dispatcher", "dispatcher"), reason="Wajah orang")
        session.commit()
    assert portal.get(f"/siaran/report/{record.id}").status_code == 404
    page = portal.get(f"/track/{code}")
    assert "tidak ditampilkan kepada umum" in words_of(page)
    assert "Wajah orang" not in page.text


def test_a_title_with_markup_is_shown_as_written(portal: Browser, session: Any, world: World) -> None:
    record, code = report(session, world, title="<script>alert(1)</script> lampu")
    for path in (f"/track/{code}", f"/siaran/report/{record.id}", "/siaran/public-reports", "/"):
        text = portal.get(path).text
        assert "<script>alert(1)" not in text
        assert "&lt;script&gt;alert(1)" in text
