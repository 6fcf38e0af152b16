"""A citizen has an idea in the evening; an agency studies it, adopts it, and she reads why."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys.apps.walking import choose_first, enable_bundled, fill_in, take
from tests.journeys.conftest import Person, Served
from tests.journeys.reporting import at_work, send, tracking_code

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]
IDEA = "Taman bacaan di tiap kelurahan"
TOPICS = ("public-service", "roads", "environment", "education", "health", "economy", "other")


def test_an_idea_becomes_a_plan(served: Served, person: Callable[..., Person]) -> None:
    topics = {topic: {"agency": "dishub"} for topic in TOPICS}
    enable_bundled(served, "aspirasi", [("dispatcher", "secretary"), ("handler", "handler")], topics=topics)
    place, portal = served.world.tangsel, served.portal("tangsel")
    citizen = person()
    citizen.go(portal)
    citizen.page.get_by_role("link", name="Sampaikan aspirasi").first.click()
    citizen.page.get_by_role("heading", name="Sampaikan aspirasi").wait_for()
    citizen.see("form")
    fill_in(
        citizen,
        {
            "kind": "idea",
            "topic": "education",
            "title": IDEA,
            "description": "Anak-anak kami membaca di teras masjid, bukunya rusak kena hujan.",
            "sender.email": "sari@warga.id",
        },
    )
    send(citizen)
    code = tracking_code(citizen)
    citizen.see("thanks")

    official = person()
    at_work(official, place, "handler")
    choose_first(official, IDEA)
    take(official, "study", {"answer": "Kami hitung biayanya bersama kelurahan."})
    official.see("studied")
    take(official, "adopt", {"outcome": "Lima taman bacaan dibangun tahun depan."})

    served.work()
    assert [str(mail["Subject"]) for mail in served.mailbox.to("sari@warga.id")]
    citizen.go(f"{portal}/track/{code}")
    citizen.page.get_by_text("Lima taman bacaan dibangun tahun depan.").first.wait_for()
    citizen.see("adopted")
