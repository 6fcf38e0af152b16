"""An agency writes news, somebody else publishes it, a citizen reads it; a mistake is put right in public."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys.apps.walking import choose_first, enable_bundled, fill_in, take
from tests.journeys.conftest import Person, Served
from tests.journeys.reporting import at_work, send

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]
NEWS = "Loket uji KIR buka hari Sabtu"
WRONG, RIGHT = "Buka pukul **09.00** sampai 12.00.", "Buka pukul **08.00** sampai 12.00, kuota 40 kendaraan."


def test_news_is_published_and_put_right(served: Served, person: Callable[..., Person]) -> None:
    place, portal = served.world.tangsel, served.portal("tangsel")
    enable_bundled(served, "websites", [("handler", "writer"), ("dispatcher", "editor")])
    writer, editor, citizen = person(on="desk"), person(on="desk"), person()
    at_work(writer, place, "handler")
    writer.go(f"{portal}/websites/write-news")
    writer.see("write")
    written = {"headline": NEWS, "office": "dishub", "topic": "service", "body": WRONG}
    fill_in(writer, {**written, "summary": "Warga yang bekerja kini dapat menguji kendaraannya di akhir pekan."})
    send(writer)
    take(writer, "submit")

    at_work(editor, place, "dispatcher")
    choose_first(editor, NEWS)
    editor.see("to-publish")
    take(editor, "publish")
    citizen.go(portal)
    citizen.page.get_by_role("link", name="Berita dinas").first.click()
    citizen.page.get_by_text("09.00").wait_for()
    citizen.see("news")

    writer.page.reload()
    take(writer, "propose", {"new_body": RIGHT, "new_note": "jam buka yang benar 08.00"})
    editor.page.reload()
    take(editor, "apply")
    editor.see("put-right")
    citizen.page.get_by_role("link", name=NEWS).first.click()
    citizen.page.get_by_text("jam buka yang benar 08.00").first.wait_for()
    citizen.page.get_by_text("kuota 40 kendaraan").first.wait_for()
    citizen.see("corrected")
