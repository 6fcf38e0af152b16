"""An administrator who is no programmer brings in the reports of a flood, and everybody sees them on the map."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app_runtime.import_files import flood_features, geojson
from tests.journeys.conftest import Person, Served
from tests.siaran import enable_siaran

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("desk")]


def test_from_a_file_to_the_map(served: Served, person: Callable[..., Person], tmp_path: Path) -> None:
    enable_siaran(served.session, served.world, served.world.tangsel)
    file = tmp_path / "banjir-2017.geojson"
    file.write_bytes(geojson(flood_features(230)))
    portal = served.portal("tangsel")
    admin = person()
    admin.sign_in(served.world.tangsel.accounts["admin"], to=f"{portal}/manage/data/import")
    page = admin.page
    page.get_by_role("heading", name="Impor data lama").wait_for()
    admin.see("start")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Unggah dan lanjut").click()
    page.get_by_role("heading", name="Kolom mana menjadi apa?").wait_for()
    admin.see("columns")
    page.locator("select[name='fixed.category']").select_option("flood")
    page.get_by_label("Anggap sudah diperiksa petugas").check()
    page.get_by_role("button", name="Lihat pratinjau").click()
    page.get_by_role("heading", name="Begini jadinya").wait_for()
    admin.see("preview")
    page.get_by_role("button", name="Impor 230 baris").click()
    page.get_by_text("Sedang berjalan").wait_for()
    admin.see("running")
    served.work()
    page.get_by_role("link", name="Lihat di peta").wait_for()
    admin.see("done")
    page.get_by_role("link", name="Lihat di peta").click()
    page.locator(".leaflet-marker-icon, .leaflet-interactive").first.wait_for()
    admin.see("map")
    assert served.mailbox.mails == []
