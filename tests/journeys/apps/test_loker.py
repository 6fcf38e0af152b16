"""A business is verified and posts a vacancy, a citizen applies for it, is invited and gets the job."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from lumbung.db import as_tenant
from tests.journeys.apps.walking import choose_first, enable_bundled, fill_in, take
from tests.journeys.conftest import Person, Served
from tests.journeys.reporting import at_work, send, tracking_code

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]
CONTACT = {"name": "Bu Ratna", "email": "ratna@roti.id"}
EMPLOYER = {"company": "Roti Ratna", "permit": "1234567890123", "trade": "food", "address": "Jl. Ciater 7"}


def test_somebody_finds_work(served: Served, person: Callable[..., Person]) -> None:
    place, portal = served.world.tangsel, served.portal("tangsel")
    installation = enable_bundled(served, "loker", [("dispatcher", "officer")], office="diskominfo")
    with as_tenant(served.session, place.id):
        employer = {**EMPLOYER, "contact": CONTACT}
        create_record(served.session, installation, SYSTEM, "employer", employer, channel="api")
        served.session.commit()
    officer, business, seeker = person(on="desk"), person(), person()
    at_work(officer, place, "dispatcher")
    choose_first(officer, "Roti Ratna")
    take(officer, "verify")

    business.go(f"{portal}/loker/offer")
    job = {
        "permit": EMPLOYER["permit"],
        "job": "Pembuat roti",
        "trade": "food",
        "kind": "permanent",
        "seats": "2",
        "pay": "4500000",
    }
    more = {"closes": "2026-12-31", "tasks": "Memanggang sejak pukul empat pagi.", "contact.name": "Bu Ratna"}
    fill_in(business, {**job, **more, "contact.email": "ratna@roti.id"})
    business.see("vacancy")
    send(business)
    tracking_code(business)
    officer.go(f"{portal}/work")
    choose_first(officer, "Pembuat roti")
    take(officer, "publish")

    seeker.go(f"{portal}/loker/vacancies")
    seeker.page.get_by_role("link", name="Pembuat roti").first.click()
    seeker.see("vacancy")
    seeker.go(f"{portal}/loker/apply")
    fill_in(seeker, {"vacancy": "LK/2026/00001", "letter": "Saya tiga tahun membantu ibu membuat kue pasar."})
    fill_in(seeker, {"applicant.name": "Dewi", "applicant.email": "dewi@warga.id"})
    seeker.see("apply")
    send(seeker)
    code = tracking_code(seeker)

    officer.go(f"{portal}/work")
    choose_first(officer, "Lamaran")
    officer.see("application")
    take(officer, "pass")
    take(officer, "invite", {"meeting": "2026-12-01T09:00", "where": "Jl. Ciater 7"})
    take(officer, "hire")
    served.work()
    assert len(served.mailbox.to("dewi@warga.id")) == 3
    seeker.go(f"{portal}/track/{code}")
    seeker.page.get_by_text("Diterima kerja").first.wait_for()
    seeker.see("hired")
