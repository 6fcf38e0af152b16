"""What officials do so that nothing harmful is shown: check, hide, blur; and setting right what was reported."""

from __future__ import annotations

import io
from uuid import UUID

import pytest
from PIL import Image

from app_runtime.work.blurring import Area, blur_photo, read_areas
from lumbung.errors import Invalid
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.work_desk import Desk, Sessions, open_desk, page_of, photo
from tests.browsing import browse, words_of
from tests.world import World


@pytest.fixture
def desk(app: LumbungFlask, session: Sessions, world: World) -> Desk:
    return open_desk(app, session, world)


def _public_photo(desk: Desk, report: UUID, file_id: str) -> tuple[int, bytes]:
    answer = browse(desk.app, desk.place.host).get(f"/siaran/photos/{report}/{file_id}")
    return answer.status_code, answer.data


def test_checking_publishes_and_taking_it_back_hides_again(desk: Desk) -> None:
    found = desk.report()
    handler, address = desk.browser("handler"), page_of(found)
    assert "Belum tampil untuk umum" in words_of(handler.get(address))
    assert handler.post_form(address, to=f"{address}/check").status_code == 303
    assert desk.record(found).published
    assert handler.post_form(address, {"checked": "0"}, to=f"{address}/check").status_code == 303
    assert not desk.record(found).published


def test_hiding_needs_a_reason_and_reaches_the_public_at_once(desk: Desk) -> None:
    found = desk.report(photos=1)
    dispatcher, address = desk.browser("dispatcher"), page_of(found)
    dispatcher.post_form(address, to=f"{address}/check")
    file_id = desk.record(found).data["photos"][0]
    assert _public_photo(desk, found, file_id)[0] == 200
    refused = dispatcher.post_form(address, {"hide.reason": " "}, to=f"{address}/hide")
    assert refused.status_code == 422
    assert "Tuliskan alasannya." in words_of(refused)
    assert dispatcher.post_form(address, {"hide.reason": "Memuat nama orang."}, to=f"{address}/hide").status_code == 303
    assert _public_photo(desk, found, file_id)[0] == 404
    assert "Memuat nama orang." in words_of(dispatcher.get(address))
    assert dispatcher.post_form(address, to=f"{address}/unhide").status_code == 303
    assert _public_photo(desk, found, file_id)[0] == 200


def test_a_hidden_photo_is_seen_by_officials_only(desk: Desk) -> None:
    found = desk.report(photos=1)
    handler, address = desk.browser("handler"), page_of(found)
    handler.post_form(address, to=f"{address}/check")
    file_id = desk.record(found).data["photos"][0]
    assert handler.post_form(address, to=f"{address}/files/{file_id}/hide").status_code == 303
    assert _public_photo(desk, found, file_id)[0] == 404
    assert handler.get(f"{address}/files/{file_id}").status_code == 200
    assert handler.post_form(address, to=f"{address}/files/{file_id}/show").status_code == 303
    assert _public_photo(desk, found, file_id)[0] == 200


@pytest.mark.parametrize("part", [{"part": "whole"}, {"part": "areas", "areas": "40,40,30,30"}])
def test_the_public_sees_a_blurred_photo_and_officials_the_original(desk: Desk, part: dict[str, str]) -> None:
    found = desk.report(photos=1)
    handler, address = desk.browser("handler"), page_of(found)
    handler.post_form(address, to=f"{address}/check")
    file_id = desk.record(found).data["photos"][0]
    original = _public_photo(desk, found, file_id)[1]
    form = f"{address}/files/{file_id}/blur"
    assert handler.post_form(form, part).status_code == 303
    status, shown = _public_photo(desk, found, file_id)
    assert status == 200
    assert shown != original
    assert handler.get(f"{address}/files/{file_id}").data == original
    assert handler.post_form(form, to=f"{address}/files/{file_id}/unblur").status_code == 303
    assert _public_photo(desk, found, file_id)[1] == original


def test_blurring_without_a_mark_is_an_error(desk: Desk) -> None:
    found = desk.report(photos=1)
    file_id = desk.record(found).data["photos"][0]
    answer = desk.browser("handler").post_form(f"{page_of(found)}/files/{file_id}/blur", {"part": "areas", "areas": ""})
    assert answer.status_code == 422


def test_a_blurred_area_holds_no_edge_of_what_was_there_and_the_rest_stays() -> None:
    stripes = Image.new("RGB", (400, 400), "black")
    for left in range(0, 400, 8):
        stripes.paste("white", (left, 0, left + 4, 400))
    out = io.BytesIO()
    stripes.save(out, "PNG")
    with Image.open(io.BytesIO(blur_photo(out.getvalue(), [Area(50, 0, 50, 100)]))) as blurred:
        row = [blurred.convert("L").getpixel((x, 200)) for x in range(400)]
    kept, gone = row[:190], row[210:]
    assert max(kept) - min(kept) > 200  # type: ignore[operator, type-var]
    assert max(gone) - min(gone) < 30  # type: ignore[operator, type-var]


@pytest.mark.parametrize(
    "written", ["", "1,2,3", "a,b,c,d", "nan,0,1,1", "10,10,0,5", "200,200,10,10", "1,1,1,1;" * 21]
)
def test_areas_that_are_none_are_refused(written: str) -> None:
    with pytest.raises(Invalid):
        read_areas(written)


def test_other_agencies_and_heads_outside_cannot_moderate(desk: Desk) -> None:
    found = desk.report(photos=1)
    token_page = desk.browser("cleaner")
    token = token_page.get("/work").text.split('name="csrf_token" value="')[1].split('"')[0]
    file_id = desk.record(found).data["photos"][0]
    for path in ("check", "hide", "unhide", f"files/{file_id}/hide", f"files/{file_id}/blur"):
        answer = token_page.post(f"{page_of(found)}/{path}", {"csrf_token": token, "checked": "1", "hide.reason": "x"})
        assert answer.status_code == 404, path
    assert not desk.record(found).checked


def test_the_administrator_moderates_but_takes_no_action(desk: Desk) -> None:
    found = desk.report()
    admin, address = desk.browser("admin"), page_of(found)
    page = admin.get(address)
    assert "/act/" not in page.text
    assert admin.post_form(address, to=f"{address}/check").status_code == 303


def test_a_handler_changes_the_cost_alone_and_the_history_keeps_before_and_after(desk: Desk) -> None:
    found = desk.report()
    handler, form = desk.browser("handler"), f"{page_of(found)}/edit"
    page = handler.get(form)
    assert "edit.cost" in page.text
    assert "edit.title" not in page.text
    assert handler.post_form(form, {"edit.cost": "150000"}).status_code == 303
    assert handler.post_form(form, {"edit.cost": "175000"}).status_code == 303
    assert desk.record(found).data["cost"] == 175000
    assert "Rp 150.000 → Rp 175.000" in words_of(handler.get(page_of(found)))
    wrong = handler.post_form(form, {"edit.cost": "banyak"})
    assert wrong.status_code == 422
    assert 'value="banyak"' in wrong.text


def test_a_change_by_somebody_else_in_between_is_told_and_nothing_typed_is_lost(desk: Desk) -> None:
    found = desk.report()
    form = f"{page_of(found)}/edit"
    seen = desk.record(found).version
    assert desk.browser("handler").post_form(form, {"edit.cost": "90000"}).status_code == 303
    stale = desk.browser("dispatcher").post_form(form, {"version": str(seen), "edit.title": "Lampu mati di Serua"})
    assert stale.status_code == 409
    assert "Lampu mati di Serua" in stale.text
    assert desk.record(found).title == "Lampu jalan mati"


def test_photos_are_refused_when_they_are_none(desk: Desk) -> None:
    found = desk.report()
    answer = desk.act(desk.browser("handler"), found, "fix", after=(io.BytesIO(b"%PDF-1.4 halo"), "a.jpg"))
    assert answer.status_code == 422
    assert desk.act(desk.browser("handler"), found, "fix", after=(io.BytesIO(photo()), "a.jpg")).status_code == 303
