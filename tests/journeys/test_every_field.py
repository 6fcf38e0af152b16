"""A form with every kind of field, filled in by hand: sent by a citizen, looked at and changed by an official."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.field_app import FORM, FieldApp, enable_fields, page_of
from tests.journeys.conftest import Person, Served

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]
_TAGS = {"wet": {"id": "Basah", "en": "Wet"}, "dark": {"id": "Gelap", "en": "Dark"}}


def _label(indonesian: str) -> dict[str, Any]:
    return {"label": {"id": indonesian, "en": indonesian}}


FIELDS: dict[str, Any] = {
    "notes": {"type": "markdown", **_label("Catatan")},
    "depth": {"type": "decimal", **_label("Kedalaman (cm)")},
    "opens": {"type": "time", **_label("Jam buka")},
    "ward": {"type": "area", **_label("Wilayah")},
    "lasts": {"type": "duration", **_label("Lama pemakaian")},
    "tags": {"type": "choices", "options": _TAGS, **_label("Keadaan")},
    "site": {"type": "url", **_label("Situs")},
    "nik": {"type": "nik", **_label("NIK pemohon")},
    "route": {"type": "path", **_label("Rute")},
    "offices": {"type": "agencies", **_label("Dinas terkait")},
    "checker": {"type": "person", **_label("Pemeriksa")},
    "goods": {
        "type": "list",
        **_label("Barang yang dipinjam"),
        "fields": {
            "what": {"type": "text", "required": True, **_label("Nama barang")},
            "count": {"type": "integer", "min": 1, **_label("Jumlah")},
        },
    },
}


def test_every_field(served: Served, person: Callable[..., Person], tmp_path: Path) -> None:
    made: FieldApp = enable_fields(served.app, served.session, served.world, tmp_path, FIELDS)
    portal = served.portal("tangsel")
    citizen = person()
    page = citizen.page
    citizen.go(portal + FORM)
    page.locator("[name=about]").fill("Pinjam tenda")
    page.locator("[name=notes]").fill("**Segera**\n\n- dua tenda\n- satu meja")
    page.locator("[name=depth]").fill("1.250")
    page.locator("[name=opens]").fill("07:30")
    page.locator("[name=ward]").select_option("Rawabuntu, Serpong")
    page.locator("[name=lasts]").fill("3")
    page.locator("[name='lasts.unit']").select_option("working_days")
    page.get_by_label("Gelap").check()
    page.locator("[name=site]").fill("https://contoh.example/tenda")
    page.locator("[name=nik]").fill("3674 0102 0304 0005")
    page.locator("[name=route]").fill("-6.29, 106.71\n-6.30, 106.72")
    page.locator("[name='goods.0.what']").fill("Tenda")
    page.get_by_role("button", name="Tambah baris").click()
    page.locator("[name='goods.1.what']").fill("Meja")
    page.locator("[name='goods.1.count']").fill("2")
    page.get_by_role("button", name="Tambah baris").click()
    citizen.see("form")
    page.get_by_role("button", name="Kirim").click()
    page.locator("[data-error-summary]").wait_for()
    assert page.locator("[name='goods.1.what']").input_value() == "Meja"
    citizen.see("refused")
    page.locator("[name=depth]").fill("12,5")
    page.get_by_role("button", name="Kirim").click()
    page.get_by_text("Sudah kami terima").wait_for()
    record = made.record()
    assert record.data["goods"] == [{"what": "Tenda"}, {"what": "Meja", "count": 2}]
    citizen.go(f"{portal}/ragam/entry/{record.id}")
    citizen.see("public")

    official = person("desk")
    official.sign_in(served.world.tangsel.accounts["admin"], to=portal + page_of(record.id))
    official.page.get_by_text("Tampilkan NIK lengkap").click()
    official.page.locator("[name=reason]").fill("Mencocokkan KTP pemohon")
    official.see("record")
    official.page.get_by_role("button", name="Tampilkan", exact=True).click()
    official.page.get_by_text("3674010203040005").wait_for()
    official.go(portal + page_of(record.id) + "/edit")
    official.see("edit")
