"""A form that is asked for step by step, without a script: nothing is lost, and it is sent as one."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app_catalog.installations.models import Installation
from app_runtime.drafts.models import FormDraft
from app_runtime.drafts.services import erase_expired, find_draft, save_draft
from app_runtime.photos.uploads import DRAFT
from app_runtime.records.models import Record, RecordFile
from lumbung.db import as_tenant, db, now, set_clock, use_tenant
from lumbung.files import StoredFile, collect_garbage
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.test_pages_form import photo, records, upload
from tests.browsing import Browser, browse, find_form, words_of
from tests.small_app import codes_of, small_definition
from tests.step_app import FORM, PAGE, enable_steps, step_files
from tests.world import World

WHAT = {"subject": "Lapak kopi", "kind": "stall"}
YOU = {"nik": "3674010203040005", "contact.name": "Sari", "contact.phone": "081234567890"}


class Walker:
    """Somebody who fills in the form page by page, as a browser without scripts sends it."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.page = browser.get(FORM)

    def press(self, go: str | None, answers: dict[str, Any] | None = None) -> TestResponse:
        """Write `answers` into the page that is open and press a button."""
        form = find_form(self.page.text, FORM, page_path=FORM)
        assert form is not None
        sent = {**form.fields, **(answers or {})}
        if go is not None:
            sent["_go"] = go
        answer = self.browser.post(FORM, sent, content_type="multipart/form-data")
        answer.request.environ["wsgi.input"].close()
        if answer.status_code != 303:
            self.page = answer
        return answer

    def step(self) -> str:
        """The page that is shown."""
        found = re.search(r'name="_at" value="(\w+)"', self.page.text)
        assert found is not None
        return found[1]

    def to_check(self, **more: Any) -> TestResponse:
        """All the way to the summary."""
        for answers in ({**WHAT, **more}, {}, YOU):
            answer = self.press("next", answers)
            assert answer.status_code == 200, words_of(answer)
        return self.page


@pytest.fixture
def walker(app: LumbungFlask, session: Any, world: World) -> Walker:
    """A visitor without an account at the first step."""
    enable_steps(session, world)
    return Walker(browse(app, world.tangsel.host))


@pytest.fixture
def member(app: LumbungFlask, session: Any, world: World) -> Walker:
    """The same, signed in."""
    enable_steps(session, world)
    return Walker(browse(app, world.tangsel.host, world.tangsel.accounts["handler"]))


def drafts(session: Any, world: World) -> list[FormDraft]:
    """All drafts of Tangsel."""
    session.expire_all()
    with as_tenant(session, world.tangsel.id):
        return list(session.scalars(select(FormDraft)))


def test_a_form_is_walked_through_and_sent_as_one(walker: Walker, session: Any, world: World) -> None:
    assert "Langkah 1 dari 4" in words_of(walker.page)
    walker.press("next", {**WHAT, "photos": [upload(photo())]})
    # Nothing of the second step is asked for a stall.
    assert walker.step() == "more"
    assert "Keterangan foto" in words_of(walker.page)
    walker.press("next", {"tags": ["night"], "goods.0.what": "Kursi", "note": "Tampak depan"})
    walker.press("next", YOU)
    shown = words_of(walker.page)
    assert walker.step() == "_check"
    for text in ("Lapak kopi", "Lapak", "foto.jpg", "Malam", "Kursi", "Tampak depan", "Sari", "+6281234567890"):
        assert text in shown, text
    assert "Ukuran" not in shown
    sent = walker.press(None)
    assert sent.status_code == 303, words_of(sent)
    (made,) = records(session, world)
    assert made.data["tags"] == ["night"]
    assert made.data["goods"] == [{"what": "Kursi"}]
    assert made.private["contact"] == {"name": "Sari", "phone": "+6281234567890"}
    with as_tenant(session, world.tangsel.id):
        assert len(session.scalars(select(RecordFile)).all()) == 1


def test_a_step_is_left_once_it_is_right_and_going_back_loses_nothing(walker: Walker) -> None:
    refused = walker.press("next", {"subject": "", "kind": "board"})
    assert refused.status_code == 422
    assert "Wajib diisi" in words_of(refused)
    assert "Diri Anda" not in words_of(refused)
    walker.press("next", {"subject": "Papan toko", "photos": [upload(photo())]})
    assert walker.step() == "size"
    # Where a step decides about its own fields, all of them are asked without a script.
    assert "Tinggi" in words_of(walker.page)
    back = walker.press("back", {"width": "2"})
    assert back.status_code == 200
    assert walker.step() == "what"
    assert 'value="Papan toko"' in walker.page.text
    assert len(re.findall(r'name="photos\.kept"', walker.page.text)) == 1
    walker.press("next")
    assert 'name="width" type="text" value="2"' in walker.page.text


def test_the_summary_leads_to_a_step_and_back(walker: Walker) -> None:
    walker.to_check()
    walker.press("at:what")
    assert "Simpan, kembali ke ringkasan" in words_of(walker.page)
    # Another kind asks for something else, which is asked before the summary shows again.
    wrong = walker.press("_check", {"kind": "board"})
    assert (wrong.status_code, walker.step()) == (422, "size")
    walker.press("_check", {"width": "5", "height": "2"})
    assert walker.step() == "_check"
    assert "Papan nama" in words_of(walker.page)
    assert "Telepon" not in words_of(walker.page)


def test_what_is_wrong_in_the_end_leads_to_its_step(walker: Walker, session: Any, world: World) -> None:
    walker.to_check()
    refused = walker.press(None, {"nik": "12", "subject": "x" * 99})
    assert (refused.status_code, walker.step()) == (422, "what")
    assert "Langkah lain juga perlu diperbaiki" in words_of(refused)
    assert "at:you" in refused.text
    assert records(session, world) == []


def test_a_default_stands_until_somebody_was_there(walker: Walker) -> None:
    walker.press("next", WHAT)
    assert 'value="day" checked' in walker.page.text
    walker.press("next", {"tags": []})
    walker.press("back")
    assert 'value="day" checked' not in walker.page.text


def test_another_row_is_given_without_leaving_the_step(walker: Walker) -> None:
    walker.press("next", WHAT)
    more = walker.press(None, {"goods.0.what": "Kursi", "_more": "goods"})
    assert (more.status_code, walker.step()) == (200, "more")
    assert 'name="goods.1.what"' in more.text


def test_all_at_once_is_sent_too(walker: Walker, session: Any, world: World) -> None:
    sent = walker.browser.post_form(FORM, {**WHAT, **YOU})
    assert sent.status_code == 303, words_of(sent)
    assert len(records(session, world)) == 1


def test_a_draft_is_gone_on_with_elsewhere_and_goes_once_it_is_sent(
    member: Walker, app: LumbungFlask, session: Any, world: World
) -> None:
    member.press("next", {**WHAT, "photos": [upload(photo())]})
    member.press("next", {"goods.0.what": "Kursi"})
    saved = member.press("save", {"nik": "3674010203040005"})
    assert saved.status_code == 303
    (draft,) = drafts(session, world)
    assert "Lapak" not in draft.sealed
    with as_tenant(session, world.tangsel.id):
        # A day later its photo is still there.
        for file in session.scalars(select(StoredFile)):
            file.created_at = now().replace(year=2020)
        session.commit()
        use_tenant(session, world.tangsel.id)
        collect_garbage(session)
        session.commit()

    elsewhere = Walker(browse(app, world.tangsel.host, world.tangsel.accounts["handler"]))
    assert elsewhere.step() == "you"
    assert "Anda melanjutkan draf" in words_of(elsewhere.page)
    assert 'value="3674010203040005"' in elsewhere.page.text
    elsewhere.press("next", YOU)
    assert elsewhere.step() == "_check"
    assert "foto.jpg" in words_of(elsewhere.page)
    assert elsewhere.press(None).status_code == 303
    (made,) = records(session, world)
    assert made.data["goods"] == [{"what": "Kursi"}]
    with as_tenant(session, world.tangsel.id):
        assert len(session.scalars(select(RecordFile)).all()) == 1
    assert drafts(session, world) == []
    assert "Anda melanjutkan draf" not in words_of(elsewhere.browser.get(FORM))


def test_a_form_that_was_sent_leaves_no_draft_in_another_tab(
    member: Walker, session: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Walker(member.browser)
    other.press("next", WHAT)
    other.press("next")
    member.to_check()
    assert member.press(None).status_code == 303
    saved = other.press("save")
    assert (saved.status_code, drafts(session, world)) == (303, [])
    assert "Formulir ini sudah dikirim" in words_of(other.browser.follow(saved))
    assert other.press("next", YOU).status_code == 200
    assert drafts(session, world) == []
    # One that was kept at the very moment of the sending is not gone on with.
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("app_runtime.pages.stepping.is_sent", lambda *_: False)
        other.press("save")
    assert len(drafts(session, world)) == 1
    again = words_of(member.browser.get(FORM))
    assert "Sudah terkirim" in again
    assert "Anda melanjutkan draf" not in again


def test_a_draft_is_its_writers_alone_and_is_erased_on_request(
    member: Walker, app: LumbungFlask, session: Any, world: World
) -> None:
    member.press("next", {**WHAT, "photos": [upload(photo())]})
    mine = member.browser.get("/track/mine")
    assert "Draf yang belum dikirim" in words_of(mine)
    (draft,) = drafts(session, world)
    address = f"/track/mine/drafts/{draft.id}/delete"
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    assert "Draf yang belum dikirim" not in words_of(admin.get("/track/mine"))
    assert "Lapak kopi" not in admin.get(FORM).text
    assert admin.post_form("/track/mine", to=address).status_code == 404
    assert len(drafts(session, world)) == 1
    assert member.browser.post_form("/track/mine", to=address).status_code == 303
    assert drafts(session, world) == []
    with as_tenant(session, world.tangsel.id):
        assert session.scalars(select(StoredFile).where(StoredFile.subject_type == DRAFT)).all() == []


def test_a_draft_expires(member: Walker, session: Any, world: World) -> None:
    member.press("next", WHAT)
    with set_clock(now() + timedelta(days=31)), as_tenant(session, world.tangsel.id):
        installation = session.scalars(select(Installation)).one()
        assert find_draft(session, installation, "apply", world.tangsel.accounts["handler"].id) is None
        assert erase_expired(session) == 1
        assert session.scalars(select(Record)).all() == []


def test_a_draft_of_another_version_shows_what_still_fits(member: Walker, session: Any, world: World) -> None:
    with as_tenant(session, world.tangsel.id):
        installation = session.scalars(select(Installation)).one()
        texts = {
            "subject": ["Lapak kopi"],
            "kind": ["wagon"],
            "tags": ["dawn", "night"],
            "gone": ["x"],
            "_seen": ["old"],
        }
        account_id = world.tangsel.accounts["handler"].id
        save_draft(session, installation, "apply", account_id, key="k" * 8, step="old", texts=texts, files={"gone": []})
        session.commit()
    again = Walker(member.browser)
    assert again.step() == "what"
    assert 'value="Lapak kopi"' in again.page.text
    assert "wagon" not in again.page.text
    assert again.press("next").status_code == 422
    again.press("next", {"kind": "stall"})
    assert again.step() == "more"
    assert re.findall(r'name="tags" value="(\w+)" checked', again.page.text) == ["night"]


def test_two_tabs_that_keep_the_same_form_at_once_leave_one_draft(
    member: Walker, app: LumbungFlask, session: Any, world: World
) -> None:
    with as_tenant(session, world.tangsel.id):
        place = session.scalars(select(Installation.id)).one()

    def keep(number: int) -> None:
        with app.app_context(), as_tenant(db.session, world.tangsel.id):
            installation = db.session.get_one(Installation, (world.tangsel.id, place))
            account_id = world.tangsel.accounts["handler"].id
            texts = {"subject": [f"Lapak {number}"]}
            save_draft(db.session, installation, "apply", account_id, key="k" * 8, step="what", texts=texts, files={})
            db.session.commit()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(keep, range(8)))
    assert len(drafts(session, world)) == 1
    assert "Lapak" in Walker(member.browser).page.text


def test_a_national_identity_number_is_not_left_on_a_phone(walker: Walker) -> None:
    walker.to_check(**{"contact.family": "3674010203040005"})
    for name in ("nik", "contact.family"):
        assert re.search(rf'name="{name}" value="\d+" data-no-draft', walker.page.text), name
    assert re.search(r'name="contact.name" value="Sari">', walker.page.text)


def test_a_form_on_one_page_keeps_a_draft_too(app: LumbungFlask, session: Any, world: World) -> None:
    enable_steps(session, world, PAGE + "    paged: false\n")
    somebody = Walker(browse(app, world.tangsel.host, world.tangsel.accounts["handler"]))
    assert somebody.press("save", {"subject": "Lapak kopi", "photos": [upload(photo())]}).status_code == 303
    again = somebody.browser.get(FORM)
    assert 'value="Lapak kopi"' in again.text
    assert len(re.findall(r'name="photos\.kept"', again.text)) == 1


@pytest.mark.parametrize(("more", "paged"), [("", True), ("    paged: false\n", False)])
def test_its_author_decides_whether_a_form_has_pages(more: str, paged: bool) -> None:
    page = small_definition(step_files(PAGE + more)).pages["apply"]
    assert page.in_pages is paged
    assert codes_of(step_files(PAGE + "    paged: sometimes\n")) == {"wrong-kind"}
