"""The officials' page of a record: what it shows to whom, and its actions."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest

from app_runtime.clocks.firing import fire_due_clocks
from app_runtime.records.actors import Actor
from app_runtime.records.landmarks import keep_landmark
from lumbung.db import as_tenant, now, set_clock
from lumbung.messages.services import send_email
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.work_desk import Desk, Sessions, open_desk, page_of, photo
from tests.browsing import browse, find_form, words_of
from tests.world import World


@pytest.fixture
def desk(app: LumbungFlask, session: Sessions, world: World) -> Desk:
    return open_desk(app, session, world)


def test_forwarding_moves_a_report_from_one_desk_to_the_other(desk: Desk) -> None:
    found = desk.report()
    dispatcher, handler, cleaner = (desk.browser(name) for name in ("dispatcher", "handler", "cleaner"))
    assert handler.get(page_of(found)).status_code == 200
    assert cleaner.get(page_of(found)).status_code == 404
    assert "Lampu jalan mati" in words_of(dispatcher.get("/work"))
    answer = desk.act(dispatcher, found, "assign", agency="dlh", note="Tolong dicek.")
    assert answer.status_code == 303
    assert handler.get(page_of(found)).status_code == 404
    assert "Tolong dicek." in words_of(cleaner.get(page_of(found)))
    assert "Lampu jalan mati" in words_of(cleaner.get("/work"))
    assert "Tidak ada yang menunggu Anda" in words_of(dispatcher.get("/work"))


def test_an_agency_responds_then_fixes_with_a_photo(desk: Desk) -> None:
    found = desk.report()
    handler = desk.browser("handler")
    assert desk.act(handler, found, "respond", answer="Petugas berangkat hari ini.").status_code == 303
    page = handler.get(page_of(found))
    assert "Petugas berangkat hari ini." in words_of(page)
    assert "Tepat waktu" in words_of(page)
    answer = desk.act(handler, found, "fix", after=(io.BytesIO(photo()), "sesudah.jpg"))
    assert answer.status_code == 303
    record = desk.record(found)
    assert record.state == "fixed"
    assert not record.open
    assert len(record.data["after"]) == 1
    picture = handler.get(f"{page_of(found)}/files/{record.data['after'][0]}")
    assert picture.status_code == 200
    assert picture.content_type == "image/jpeg"
    assert "Lampu jalan mati" in words_of(handler.get("/work?tab=done"))


def test_a_missing_photo_keeps_what_was_typed_and_sent(desk: Desk) -> None:
    found = desk.report()
    handler = desk.browser("handler")
    answer = desk.act(handler, found, "fix")
    assert answer.status_code == 422
    assert desk.record(found).state == "received"
    refused = desk.act(
        handler, found, "fix", after=[(io.BytesIO(photo()), "a.jpg"), (io.BytesIO(b"no photo"), "b.jpg")]
    )
    assert refused.status_code == 422
    assert "sudah terkirim 1" in words_of(refused)
    kept = refused.text.split('name="fix.after.kept" value="')[1].split('"')[0]
    assert desk.act(handler, found, "fix", **{"after.kept": kept}).status_code == 303
    assert desk.record(found).data["after"] == [kept]


def test_files_of_somebody_else_are_not_taken_over(desk: Desk) -> None:
    found = desk.report()
    refused = desk.act(
        desk.browser("handler"), found, "fix", after=[(io.BytesIO(photo()), "a.jpg"), (io.BytesIO(b"x"), "b.jpg")]
    )
    kept = refused.text.split('name="fix.after.kept" value="')[1].split('"')[0]
    other = desk.report(category="rubbish")
    answer = desk.act(desk.browser("cleaner"), other, "fix", **{"after.kept": kept})
    assert answer.status_code == 422
    assert desk.record(other).open


def test_whoever_made_a_report_cannot_mark_it_fixed_and_reads_why(desk: Desk) -> None:
    account = desk.place.accounts["handler"]
    found = desk.report(by=Actor(kind="resident", account_id=account.id, name=account.name))
    page = desk.browser("handler").get(page_of(found))
    assert "belum bisa Anda lakukan: Sertakan foto sesudah perbaikan. Pembuat laporan tidak dapat" in words_of(page)
    assert f"{page_of(found)}/act/fix" not in page.text
    assert f"{page_of(found)}/act/respond" in page.text
    answer = desk.act(desk.browser("handler"), found, "fix", after=(io.BytesIO(photo()), "a.jpg"))
    assert answer.status_code == 409
    assert desk.record(found).open


def test_asking_the_reporter_pauses_the_clock_and_waits(desk: Desk) -> None:
    found = desk.report()
    handler = desk.browser("handler")
    assert desk.act(handler, found, "ask", question="Di sisi mana?").status_code == 303
    page = words_of(handler.get(page_of(found)))
    assert "Dijeda sejak" in page
    assert "Di sisi mana?" in page
    assert "Lampu jalan mati" in words_of(handler.get("/work?tab=waiting"))
    assert "Lampu jalan mati" not in words_of(handler.get("/work?tab=act"))


def test_a_landmark_without_a_point_is_shown_and_the_dispatcher_sets_the_point(desk: Desk) -> None:
    found = desk.report()
    with as_tenant(desk.session, desk.place.id):
        record = desk.record(found)
        record.data = {key: value for key, value in record.data.items() if key != "place"}
        record.place_lon = record.place_lat = None
        keep_landmark(record, "place", "Depan SDN 2 Serua")
        desk.session.commit()
    dispatcher = desk.browser("dispatcher")
    words = words_of(dispatcher.get(page_of(found)))
    assert "Depan SDN 2 Serua" in words
    assert "Belum ditandai di peta" in words
    form = f"{page_of(found)}/edit"
    assert dispatcher.post_form(form, {"edit.place.text": "dekat sekolah"}).status_code == 422
    assert dispatcher.post_form(form, {"edit.place.text": "-6.31, 106.72"}).status_code == 303
    assert desk.record(found).data["place"] == [106.72, -6.31]
    assert "Depan SDN 2 Serua" in words_of(dispatcher.get(page_of(found)))


def test_the_form_for_forwarding_suggests_the_agency_of_the_category(desk: Desk) -> None:
    found = desk.report(category="rubbish")
    assert desk.act(desk.browser("dispatcher"), found, "assign").status_code == 303
    assert desk.record(found).state == "assigned"
    assert desk.browser("cleaner").get(page_of(found)).status_code == 200


def test_the_answer_comes_first_and_then_the_repair(desk: Desk) -> None:
    found = desk.report()
    handler = desk.browser("handler")
    assert 'lb-work-jump" href="#action-respond"' in handler.get(page_of(found)).text
    desk.act(handler, found, "respond", answer="Kami periksa.")
    assert 'lb-work-jump" href="#action-fix"' in handler.get(page_of(found)).text
    assert 'lb-work-jump" href="#action-assign"' in desk.browser("dispatcher").get(page_of(found)).text


def test_declining_needs_a_reason(desk: Desk) -> None:
    found = desk.report()
    handler = desk.browser("handler")
    assert desk.act(handler, found, "reject", reason="").status_code == 422
    assert desk.act(handler, found, "reject", reason="Jalan milik provinsi.").status_code == 303
    assert desk.record(found).state == "rejected"
    assert "Jalan milik provinsi." in words_of(handler.get(page_of(found)))


def test_the_slower_of_two_officials_sees_the_new_state_with_what_they_wrote(desk: Desk) -> None:
    found = desk.report()
    dispatcher, handler = desk.browser("dispatcher"), desk.browser("handler")
    open_page = handler.get(page_of(found))
    token = open_page.text.split('name="csrf_token" value="')[1].split('"')[0]
    assert desk.act(dispatcher, found, "reject", reason="Bukan kewenangan kota.").status_code == 303
    sent = {
        "csrf_token": token,
        "version": "2",
        "respond.answer": "Kami periksa besok pagi.",
        "submission_key": str(uuid4()),
    }
    answer = handler.post(f"{page_of(found)}/act/respond", sent)
    assert answer.status_code == 409
    words = words_of(answer)
    assert "Kami periksa besok pagi." in words
    assert "Bukan kewenangan kota." in words
    assert "answer" not in desk.record(found).data


def test_a_stale_form_is_refused_when_the_state_has_moved_and_its_form_is_filled_in_again(desk: Desk) -> None:
    found = desk.report()
    handler, address = desk.browser("handler"), page_of(found)
    seen = desk.record(found).version
    assert desk.act(desk.browser("dispatcher"), found, "assign", agency="dishub").status_code == 303
    typed = {"version": str(seen), "respond.answer": "Sudah dijadwalkan."}
    stale = handler.post_form(address, typed, to=f"{address}/act/respond")
    assert stale.status_code == 409
    form = find_form(stale.text, f"{address}/act/respond")
    assert form is not None
    assert form.fields["respond.answer"] == "Sudah dijadwalkan."
    assert "answer" not in desk.record(found).data
    again = handler.post(f"{address}/act/respond", form.fields)
    assert again.status_code == 303
    assert desk.record(found).data["answer"] == "Sudah dijadwalkan."


def test_a_double_click_acts_once(desk: Desk) -> None:
    found = desk.report()
    handler = desk.browser("handler")
    page = handler.get(page_of(found))
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    sent = {
        "csrf_token": token,
        "version": str(desk.record(found).version),
        "ask.question": "Di mana?",
        "submission_key": str(uuid4()),
    }
    answers = [handler.post(f"{page_of(found)}/act/ask", sent).status_code for _ in range(2)]
    assert answers == [303, 303]
    assert words_of(handler.get(page_of(found))).count("Pertanyaan: Di mana?") == 1


def test_the_red_mark_comes_with_the_breach(desk: Desk) -> None:
    found = desk.report()
    assert "Terlambat · " not in words_of(desk.browser("handler").get(page_of(found)))
    with set_clock(now() + timedelta(hours=49)):
        with as_tenant(desk.session, desk.place.id):
            assert fire_due_clocks(desk.session, desk.place.id)
            desk.session.commit()
        row = desk.browser("handler").get("/work").text
        assert "lb-row-late" in row
        assert "sejak" in row
        assert "Lampu jalan mati" in words_of(desk.browser("head").get("/work"))
        page = desk.browser("handler").get(page_of(found))
        assert "lb-late" in page.text
        assert desk.act(desk.browser("handler"), found, "respond", answer="Maaf terlambat.").status_code == 303
        assert "Terlambat: baru" in words_of(desk.browser("handler").get(page_of(found)))


def test_the_reporters_contact_is_for_those_who_may_read_it(desk: Desk) -> None:
    found = desk.report(reporter={"name": "Sari Dewi", "phone": "081234567890"})
    assert "Sari Dewi" in words_of(desk.browser("handler").get(page_of(found)))
    with as_tenant(desk.session, desk.place.id):
        handler = desk.act(desk.browser("dispatcher"), found, "assign", agency="dlh")
    assert handler.status_code == 303
    assert desk.browser("handler").get(page_of(found)).status_code == 404


def test_missing_foreign_and_other_agencies_records_get_the_same_answer(
    desk: Desk, app: LumbungFlask, session: Sessions, world: World
) -> None:
    elsewhere = open_desk(app, session, world, world.surabaya)
    foreign, hidden = elsewhere.report("Laporan Surabaya"), desk.report("Sampah di kali", category="flood")
    handler = desk.browser("handler")
    answers = {
        handler.get(page_of(one), headers={"X-Request-Id": "same-request"}).text for one in (foreign, hidden, uuid4())
    }
    codes = {handler.get(page_of(one)).status_code for one in (foreign, hidden, uuid4())}
    assert codes == {404}
    assert len({_without_nonce(text) for text in answers}) == 1
    token = handler.get("/work").text.split('name="csrf_token" value="')[1].split('"')[0]
    for one in (foreign, hidden):
        answer = handler.post(f"{page_of(one)}/act/respond", {"csrf_token": token, "respond.answer": "halo"})
        assert answer.status_code == 404


def test_the_door_is_shut_for_strangers_and_for_those_who_left(desk: Desk, world: World) -> None:
    found = desk.report()
    assert browse(desk.app, desk.place.host).get("/work").status_code == 302
    assert browse(desk.app, desk.place.host, world.stranger).get("/work").status_code == 403
    assert browse(desk.app, desk.place.host, world.surabaya.accounts["handler"]).get(page_of(found)).status_code == 403
    handler = desk.browser("handler")
    assert handler.get(page_of(found)).status_code == 200
    with as_tenant(desk.session, desk.place.id):
        desk.place.members["handler"].ended_at = now()
        desk.session.commit()
    assert handler.get(page_of(found)).status_code == 403


def test_what_was_written_to_whom_is_told_honestly_and_without_the_address(desk: Desk) -> None:
    found = desk.report()
    with as_tenant(desk.session, desk.place.id):
        send_email(
            desk.session, to="sari@contoh.id", subject="Laporan diterima", text="Halo", subject_ref=("record", found)
        )
        desk.session.commit()
    words = words_of(desk.browser("handler").get(page_of(found)))
    assert "Laporan diterima s•••@contoh.id" in words
    assert "Tidak terkirim: belum ada saluran email" in words
    assert "sari@contoh.id" not in words


def test_every_page_speaks_english_too(desk: Desk) -> None:
    found = desk.report(photos=1)
    handler = desk.browser("handler")
    assert handler.post_form("/work", {"language": "en"}, to="/language").status_code == 303
    assert "To do" in words_of(handler.get("/work"))
    words = words_of(handler.get(page_of(found)))
    for indonesian in ("Tanggapi", "Batas waktu", "Riwayat", "Untuk umum", "Sembunyikan", "hanya petugas"):
        assert indonesian not in words
    assert "Respond" in words


def test_the_address_in_a_message_leads_to_the_page(desk: Desk) -> None:
    found = desk.report()
    answer = desk.browser("handler").get(f"/work/{found}")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(page_of(found))


def _without_nonce(html: str) -> str:
    return re.sub(
        r'nonce="[^"]+"|name="csrf_token" value="[^"]+"|/siaran/[0-9a-f-]{36}|siaran%2F[0-9a-f-]{36}', "", html
    )
