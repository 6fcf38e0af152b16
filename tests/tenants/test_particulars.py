"""`/manage/municipality`: name, contact, map, colour and seal."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from lumbung.audit.models import AuditEntry
from lumbung.db import as_tenant
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.places import find_coordinates
from tests.browsing import browse, words_of
from tests.world import World

AnySession = scoped_session[Session]


def picture(kind: str = "PNG", mode: str = "RGBA") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (600, 700), (10, 120, 80, 0)[: len(mode)]).save(out, kind)
    return out.getvalue()


def test_changes_of_the_municipality_are_audited_with_before_and_after(
    app: LumbungFlask, session: AnySession, world: World
) -> None:
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    changes = {"name": "Kota Tangsel", "contact_phone": "(021) 1234567", "brand_colour": "#1F6B4A"}
    assert admin.post_form("/manage/municipality", changes).status_code == 303
    with as_tenant(session, world.tangsel.id):
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "municipality.changed")).one()
        assert entry.before is not None
        assert entry.after is not None
        assert (entry.before["name"], entry.after["name"]) == ("Kota Tangerang Selatan", "Kota Tangsel")
        assert entry.after["brand_colour"] == "#1f6b4a"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "belum diisi"),
        ({"contact_email": "bukan alamat"}, "alamat e-mail"),
        ({"contact_phone": "telepon saya"}, "nomor dengan angka"),
        ({"brand_colour": "merah"}, "warna seperti"),
        ({"zoom": "99"}, "antara 5 dan 18"),
        ({"place.text": "di depan masjid", "place.lon": "", "place.lat": ""}, "tidak terbaca"),
        ({"place.text": "51.5, -0.12"}, "di luar Indonesia"),
    ],
)
def test_wrong_particulars_are_explained(app: LumbungFlask, world: World, changes: dict[str, str], said: str) -> None:
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    answer = admin.post_form(
        "/manage/municipality", {"contact_phone": "(021) 777", "brand_colour": "#123456", **changes}
    )
    assert answer.status_code == 422
    assert said in words_of(answer)
    if "contact_phone" not in changes:
        assert "(021) 777" in answer.text


def test_a_seal_is_shown_to_everybody_and_can_go(app: LumbungFlask, session: AnySession, world: World) -> None:
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    path = "/manage/municipality"
    for data in (picture(), picture("WEBP"), picture("JPEG", "RGB")):
        answer = admin.post_form(path, {"seal": (io.BytesIO(data), "l.png")}, to=f"{path}/seal")
        assert answer.status_code == 303
    shown = browse(app, world.tangsel.host).get("/seal")
    assert shown.content_type == "image/png"
    assert max(Image.open(io.BytesIO(shown.data)).size) <= 512
    assert '<img src="/seal"' in admin.get("/manage").text
    assert browse(app, world.surabaya.host).get("/seal").status_code == 404
    assert admin.post_form(path, to=f"{path}/seal/remove").status_code == 303
    assert browse(app, world.tangsel.host).get("/seal").status_code == 404


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG tidak diterima"),
        (b"<?xml version='1.0'?><svg/>", "SVG tidak diterima"),
        (b"GIF89a....", "PNG, JPEG, atau WebP"),
        (b"", "PNG, JPEG, atau WebP"),
        (picture()[:150], "rusak"),
    ],
)
def test_a_picture_that_is_no_seal_is_refused_with_the_reason(
    app: LumbungFlask, world: World, data: bytes, said: str
) -> None:
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    path = "/manage/municipality"
    answer = admin.post_form(path, {"seal": (io.BytesIO(data), "l.svg")}, to=f"{path}/seal")
    assert answer.status_code == 422
    assert said in words_of(answer)


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("-6.29, 106.71", (106.71, -6.29)),
        ("https://www.openstreetmap.org/#map=14/-6.2/106.8", (106.8, -6.2)),
        ("https://www.openstreetmap.org/?mlat=-6.2&mlon=106.8", (106.8, -6.2)),
        ("https://www.google.com/maps/@-7.25,112.75,15z", (112.75, -7.25)),
        ("https://maps.google.com/?q=-7.25%2C112.75", (112.75, -7.25)),
        ("di depan pasar", None),
        ("", None),
    ],
)
def test_coordinates_are_read_from_what_people_paste(written: str, place: tuple[float, float] | None) -> None:
    assert find_coordinates(written) == place
