"""A citizen reports a Wi-Fi point by the number on its sticker; a technician mends it, and the map says so."""

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
PARK = "Taman Kota 2, dekat panggung"


def test_a_point_is_reported_and_mended(served: Served, person: Callable[..., Person]) -> None:
    place, portal = served.world.tangsel, served.portal("tangsel")
    people = [("dispatcher", "keeper"), ("cleaner", "technician")]
    installation = enable_bundled(served, "wifi", people, office="dlh")
    with as_tenant(served.session, place.id):
        point = {"code": 417, "name": PARK, "kind": "park", "place": [106.71, -6.29], "provider": "own", "speed": 50}
        create_record(served.session, installation, SYSTEM, "point", point, channel="api")
        served.session.commit()
    keeper, citizen, technician = person(on="desk"), person(), person()
    at_work(keeper, place, "dispatcher")
    choose_first(keeper, PARK)
    take(keeper, "activate", {"since": "2026-11-20", "measured": "48"})
    keeper.see("point")

    citizen.go(f"{portal}/wifi/points")
    citizen.page.get_by_text(PARK).first.wait_for()
    citizen.see("points")
    citizen.go(f"{portal}/wifi/report")
    fill_in(citizen, {"code": "999", "trouble": "no-internet"})
    send(citizen)
    citizen.page.get_by_text("Tidak ada titik dengan nomor itu.").first.wait_for()
    citizen.see("unknown-point")
    fill_in(citizen, {"code": "417", "trouble": "no-internet", "reporter.email": "sari@warga.id"})
    send(citizen)
    code = tracking_code(citizen)

    at_work(technician, place, "cleaner")
    choose_first(technician, PARK)
    take(technician, "respond", {"answer": "Petugas datang pukul 10."})
    take(technician, "mend", {"done": "Catu daya diganti."})
    technician.see("mended")
    served.work()
    assert len(served.mailbox.to("sari@warga.id")) >= 3
    citizen.go(f"{portal}/track/{code}")
    citizen.page.get_by_text("Catu daya diganti.").first.wait_for()
    citizen.see("told")
