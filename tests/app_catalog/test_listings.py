"""Listings: making them, finding them, saying that they are used, and reading them as publiccode.yml."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.definitions.publiccode.reading import read_publiccode
from app_catalog.listings.addresses import public_address
from app_catalog.listings.forms import shown_values
from app_catalog.listings.models import Listing, ListingUse
from app_catalog.listings.services import set_listed
from app_catalog.listings.withholding import get_any_listing, let_in_again, withhold_listing
from app_catalog.publishers.models import Publisher, PublisherMember
from app_catalog.releases.models import App
from lumbung.audit import PlatformAuditEntry
from lumbung.db import as_tenant
from lumbung.messages.models import PlatformMessage
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.definitions.publiccode_files import LONG, full, minimal
from tests.browsing import Browser, browse, find_form, words_of
from tests.siaran import enable_siaran
from tests.world import World

Sessions = scoped_session[Session]
OWN = "/publish/surabaya/listings"
SITE = {
    "kind": "website",
    "name_id": "Situs Dinas Kesehatan",
    "name_en": "Health agency site",
    "address": "https://dinkes.surabaya.example/",
    "summary_id": "Berita dan layanan kesehatan.",
    "category": "health",
    "audience": "public-service",
    "stage": "stable",
    "agency": "Dinas Kesehatan",
}
OPEN = {
    **SITE,
    "description_id": LONG,
    "licence": "EUPL-1.2",
    "repository": "https://git.example/dinkes.git",
    "contact_name": "Rina Wulandari",
    "contact_email": "dinkes@surabaya.example",
    "features": "- Berita\n- Jadwal puskesmas",
}
SLUG = "situs-dinas-kesehatan-surabaya"


@pytest.fixture
def publisher(session: Sessions, world: World) -> Publisher:
    """Kota Surabaya publishes; its admin owns that."""
    made = Publisher(
        slug="surabaya",
        name="Kota Surabaya",
        kind="municipality",
        municipality_id=world.surabaya.id,
        contact_email="a@surabaya.example",
        status="approved",
    )
    session.add(made)
    session.flush()
    session.add(PublisherMember(publisher_id=made.id, account_id=world.surabaya.accounts["admin"].id, role="owner"))
    session.commit()
    return made


@pytest.fixture
def maintainer(app: LumbungFlask, world: World, publisher: Publisher) -> Browser:
    return browse(app, account=world.surabaya.accounts["admin"])


def add(maintainer: Browser, **changed: str) -> None:
    answer = maintainer.post_form(f"{OWN}/new", {**SITE, **changed})
    assert answer.status_code == 303, words_of(answer)


def test_a_listing_is_found_with_the_apps_and_marked_as_no_package(app: LumbungFlask, maintainer: Browser) -> None:
    add(maintainer)
    visitor = browse(app)
    for address in ("/apps", "/apps?q=kesehatan+surabaya", "/listings", "/listings?kind=website&category=health"):
        page = visitor.get(address)
        assert page.status_code == 200
        assert f'href="/apps/{SLUG}"' in page.text, address
    for address in ("/apps?q=perizinan", "/listings?kind=android", "/listings?publisher=tangsel", "/listings?page=2"):
        assert f'href="/apps/{SLUG}"' not in visitor.get(address).text, address
    page = visitor.get(f"/apps/{SLUG}")
    words = words_of(page)
    assert "Daftar, bukan paket" in words
    assert "tidak dapat diaktifkan di sini" in words
    assert 'href="https://dinkes.surabaya.example/"' in page.text
    assert "/handover" not in page.text


@pytest.mark.parametrize("address", ["/apps", "/listings", f"/apps/{SLUG}"])
def test_listings_read_well_in_english(app: LumbungFlask, maintainer: Browser, address: str) -> None:
    add(maintainer)
    reader = browse(app)
    reader.post_form("/apps", {"language": "en", "next": "/apps"}, to="/language")
    assert "Health agency site" in words_of(reader.get(address))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "package"),
        ("name_id", ""),
        ("name_id", "a" * 121),
        ("summary_id", ""),
        ("summary_id", "a" * 151),
        ("address", ""),
        ("address", "http://dinkes.surabaya.example/"),
        ("address", "javascript:alert(1)"),
        ("address", "https://127.0.0.1/"),
        ("category", "sawah"),
        ("audience", "semua"),
        ("stage", "jadi"),
        ("licence", "Bebas sekali"),
        ("repository", "git@example"),
        ("repository", "https://github.com@evil.example/dinkes.git"),
        ("repository", "https://10.0.0.8/dinkes.git"),
        ("contact_email", "rina"),
    ],
)
def test_a_mistake_is_told_at_its_field_and_nothing_is_lost(
    session: Sessions, maintainer: Browser, field: str, value: str
) -> None:
    answer = maintainer.post_form(f"{OWN}/new", {**OPEN, field: value})
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert "Jadwal puskesmas" in answer.text
    assert session.scalars(select(Listing)).all() == []


@pytest.mark.parametrize(
    "address",
    [
        "http://padi.example/",
        "https://padi",
        "https://localhost/",
        "https://server.local/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://padi.example@sawah.example/",
        "https://padi.example/a b",
        "https://padi.example:99999/",
        "https://padi.example/" + "a" * 500,
        "https://pädi.example/",
        "//padi.example/",
    ],
)
def test_the_catalog_leads_to_public_addresses_only(address: str) -> None:
    assert public_address(address) is None


def test_the_same_name_twice_gets_another_id(session: Sessions, maintainer: Browser) -> None:
    add(maintainer)
    add(maintainer)
    assert set(session.scalars(select(App.slug).where(App.kind != "package"))) == {SLUG, f"{SLUG}-2"}


def test_an_own_listing_is_changed_withdrawn_and_shown_again(
    app: LumbungFlask, session: Sessions, maintainer: Browser
) -> None:
    add(maintainer)
    own = f"{OWN}/{SLUG}"
    assert maintainer.post_form(own, {"name_id": "Sehat Surabaya", "kind": "hosted"}).status_code == 303
    visitor = browse(app)
    assert "Sehat Surabaya" in words_of(visitor.get(f"/apps/{SLUG}"))
    assert maintainer.post_form(own, {}, to=f"{own}/listed").status_code == 303
    assert visitor.get(f"/apps/{SLUG}").status_code == 404
    assert "Sehat Surabaya" not in words_of(visitor.get("/listings"))
    assert "Ditarik" in words_of(maintainer.get(OWN))
    assert maintainer.post_form(own, {"step": "show"}, to=f"{own}/listed").status_code == 303
    assert visitor.get(f"/apps/{SLUG}").status_code == 200
    told = session.scalars(
        select(PlatformAuditEntry.action).where(PlatformAuditEntry.action.startswith("listing."))
    ).all()
    assert sorted(told) == ["listing.added", "listing.changed", "listing.shown", "listing.withdrawn"]


def test_nobody_else_changes_a_listing(app: LumbungFlask, session: Sessions, world: World, maintainer: Browser) -> None:
    add(maintainer)
    enable_siaran(session, world)
    other = browse(app, account=world.tangsel.accounts["admin"])
    for address in (OWN, f"{OWN}/new", f"{OWN}/{SLUG}", f"/publish/tangsel/listings/{SLUG}"):
        assert other.get(address).status_code == 404, address
    for address in (f"{OWN}/{SLUG}", f"/publish/tangsel/listings/{SLUG}", f"/publish/tangsel/listings/{SLUG}/listed"):
        assert other.post_form("/publish/tangsel/listings/new", SITE, to=address).status_code == 404, address
    assert other.get("/publish/tangsel/apps/" + SLUG).status_code == 404


def test_a_listing_cannot_be_enabled_and_is_no_package_of_its_publisher(
    app: LumbungFlask, world: World, maintainer: Browser
) -> None:
    add(maintainer)
    admin = browse(app, world.surabaya.host, world.surabaya.accounts["admin"])
    assert admin.get(f"/manage/apps/{SLUG}/enable").status_code == 404
    assert SLUG not in admin.get("/manage/apps").text
    assert SLUG not in maintainer.get("/publish/surabaya").text
    assert maintainer.get(f"/publish/surabaya/apps/{SLUG}").status_code == 404
    for address in (f"/apps/{SLUG}/1.0.0", f"/apps/{SLUG}/figures", f"/apps/{SLUG}/requests", f"/apps/{SLUG}/icon.svg"):
        assert browse(app).get(address).status_code == 404, address


def test_a_curator_keeps_a_listing_out_until_a_curator_lets_it_in(
    app: LumbungFlask, session: Sessions, world: World, maintainer: Browser
) -> None:
    add(maintainer)
    curator, path = browse(app, account=world.operator), f"/curator/listings/{SLUG}"
    assert maintainer.get(path).status_code == 403
    assert curator.post_form(path, {"reason": " "}).status_code == 422
    assert path in curator.get(f"/apps/{SLUG}").text
    assert path not in maintainer.get(f"/apps/{SLUG}").text
    assert curator.post_form(path, {"reason": "Alamatnya milik pihak lain."}).status_code == 303
    for address in (f"/apps/{SLUG}", f"/apps/{SLUG}/publiccode.yml"):
        assert browse(app).get(address).status_code == 404
    own = f"{OWN}/{SLUG}"
    assert "Alamatnya milik pihak lain." in words_of(maintainer.get(own))
    shown = maintainer.post_form(own, {"step": "show"}, to=f"{own}/listed")
    assert shown.status_code == 409
    assert "Kurator mengeluarkan daftar ini" in words_of(shown)
    assert browse(app).get(f"/apps/{SLUG}").status_code == 404
    told = session.scalars(select(PlatformMessage.text).where(PlatformMessage.recipient == "admin@surabaya.test")).all()
    assert ["Alamatnya milik pihak lain." in text for text in told] == [True]
    assert "Situs Dinas Kesehatan" in words_of(curator.get("/curator/listings"))
    assert curator.post_form("/curator/listings", {}, to=f"{path}/show").status_code == 303
    assert browse(app).get(f"/apps/{SLUG}").status_code == 200
    assert curator.get("/curator/listings/tidak-ada").status_code == 404


def test_a_municipality_says_that_it_uses_a_listing_and_takes_it_back(
    app: LumbungFlask, session: Sessions, world: World, maintainer: Browser
) -> None:
    add(maintainer)
    path = f"/manage/listings/{SLUG}"
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    assert "Situs Dinas Kesehatan" in words_of(admin.get("/manage/listings?q=sehat"))
    for _ in range(2):
        assert admin.post_form("/manage/listings", {"step": None}, to=path).status_code == 303
    visitor = browse(app)
    assert "Kota Tangerang Selatan diumumkan" in words_of(visitor.get(f"/apps/{SLUG}"))
    assert "Dipakai 1 daerah" in words_of(visitor.get("/listings"))
    assert "Situs Dinas Kesehatan" in words_of(visitor.get("/regions/36.74"))
    assert len(session.scalars(select(ListingUse)).all()) == 1
    # Who withdraws the listing does not take away the way to take the word back.
    maintainer.post_form(f"{OWN}/{SLUG}", {}, to=f"{OWN}/{SLUG}/listed")
    assert admin.post_form("/manage/listings", {"step": "take-back"}, to=path).status_code == 303
    session.rollback()
    assert session.scalars(select(ListingUse)).all() == []
    assert admin.post_form("/manage/listings", {}, to=path).status_code == 404
    handler = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    assert handler.get("/manage/listings").status_code == 403


def test_a_suspended_municipality_is_not_counted(
    app: LumbungFlask, session: Sessions, world: World, maintainer: Browser
) -> None:
    add(maintainer)
    _say(session, world)
    world.tangsel.municipality.status = "suspended"
    session.commit()
    assert "Dipakai" not in words_of(browse(app).get("/listings"))
    assert "Tangerang" not in words_of(browse(app).get(f"/apps/{SLUG}"))


def _say(session: Sessions, world: World) -> None:
    found = session.scalars(select(App).where(App.slug == SLUG)).one()
    with as_tenant(session, world.tangsel.id):
        use = ListingUse(
            tenant_id=world.tangsel.id, app_id=found.id, municipality_name="Nama lama", since=found.created_at
        )
        session.add(use)
        session.commit()


def test_a_listing_that_says_enough_is_a_sound_publiccode_file(
    app: LumbungFlask, session: Sessions, world: World, maintainer: Browser
) -> None:
    add(maintainer, **OPEN)
    _say(session, world)
    answer = browse(app).get(f"/apps/{SLUG}/publiccode.yml")
    assert answer.status_code == 200
    assert answer.content_type == "application/yaml; charset=utf-8"
    found = read_publiccode(answer.data)
    assert found.report.problems == ()
    assert found.document["usedBy"] == ["Kota Tangerang Selatan"]
    assert found.document["landingURL"] == SITE["address"]
    assert found.document["legal"] == {"license": "EUPL-1.2"}
    assert found.document["description"]["id"]["features"] == ["Berita", "Jadwal puskesmas"]
    assert found.document["maintenance"]["contacts"][0]["affiliation"] == "Dinas Kesehatan"
    tag = answer.headers["ETag"]
    assert browse(app).get(f"/apps/{SLUG}/publiccode.yml", headers={"If-None-Match": tag}).status_code == 304
    assert "publiccode.yml" in words_of(browse(app).get(f"/apps/{SLUG}"))


def test_nothing_is_made_up_for_a_listing_that_says_too_little(app: LumbungFlask, maintainer: Browser) -> None:
    add(maintainer)
    answer = browse(app).get(f"/apps/{SLUG}/publiccode.yml")
    assert answer.status_code == 404
    assert "legal.license" in words_of(answer)
    assert "publiccode.yml" not in words_of(browse(app).get(f"/apps/{SLUG}"))
    assert "legal.license" in words_of(maintainer.get(f"{OWN}/{SLUG}"))
    assert browse(app).get("/apps/tidak-ada/publiccode.yml").status_code == 404


def test_a_package_is_a_sound_publiccode_file_with_those_who_say_so(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    enable_siaran(session, world)
    answer = browse(app).get("/apps/siaran/publiccode.yml")
    found = read_publiccode(answer.data)
    assert found.report.problems == ()
    assert found.minor == 7
    assert found.document["usedBy"] == ["Kota Tangerang Selatan"]
    assert found.document["softwareVersion"] == "0.9.0"
    path = "/manage/apps/siaran"
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    assert admin.post_form(path, {"announced": None}, to=f"{path}/public").status_code == 303
    after = browse(app).get("/apps/siaran/publiccode.yml", headers={"If-None-Match": answer.headers["ETag"]})
    assert after.status_code == 200
    assert "usedBy" not in read_publiccode(after.data).document


def test_a_publiccode_file_becomes_a_listing(app: LumbungFlask, session: Sessions, maintainer: Browser) -> None:
    preview = maintainer.post_form(f"{OWN}/publiccode", {"publiccode": full("0.7")})
    assert preview.status_code == 200
    words = words_of(preview)
    assert "publiccode.yml terbaca" in words
    assert "genericName" in words
    assert session.scalars(select(Listing)).all() == []
    form = _form(preview.text, f"{OWN}/new")
    assert (form["name_id"], form["kind"], form["licence"]) == ("Lapor", "hosted", "MIT OR EUPL-1.2")
    assert maintainer.post(f"{OWN}/new", form).status_code == 303
    found = session.scalars(select(App).where(App.kind == "hosted")).one()
    listing = session.scalars(select(Listing)).one()
    assert listing.address == "https://padi.example/lapor"
    assert listing.publiccode is not None
    assert listing.publiccode["dependsOn"]["open"][0]["name"] == "PostgreSQL"
    written = read_publiccode(browse(app).get(f"/apps/{found.slug}/publiccode.yml").data)
    assert written.report.problems == ()
    assert written.document["dependsOn"]["open"][0]["name"] == "PostgreSQL"
    # What the file says of its users is nobody's consent.
    assert "usedBy" not in written.document


def test_a_publiccode_file_brings_a_listing_up_to_date(session: Sessions, maintainer: Browser) -> None:
    add(maintainer, agency="Dinas Kesehatan")
    address = f"{OWN}/publiccode?listing={SLUG}"
    preview = maintainer.post_form(
        address, {"publiccode": minimal().replace("Lapor Padi", "Sehat Padi")}, to=f"{OWN}/publiccode"
    )
    form = _form(preview.text, f"{OWN}/{SLUG}")
    assert (form["name_id"], form["agency"]) == ("Sehat Padi", "Dinas Kesehatan")
    assert maintainer.post(f"{OWN}/{SLUG}", form).status_code == 303
    found = session.scalars(select(App).where(App.slug == SLUG)).one()
    listing = session.scalars(select(Listing)).one()
    assert shown_values(found, listing)["name_id"] == "Sehat Padi"
    assert maintainer.get(f"{OWN}/publiccode?listing=tidak-ada").status_code == 404


def test_every_mistake_of_a_publiccode_file_is_shown_with_its_line(session: Sessions, maintainer: Browser) -> None:
    wrong = minimal().replace("AGPL-3.0-or-later", "Bebas").replace("standalone/web", "standalone")
    answer = maintainer.post_form(f"{OWN}/publiccode", {"publiccode": wrong})
    assert answer.status_code == 422
    words = words_of(answer)
    assert "2 kesalahan menurut standar 0.7" in words
    assert "Baris 19, kolom 12" in words
    assert "legal.license" in words
    assert "softwareType" in words
    assert session.scalars(select(Listing)).all() == []
    assert maintainer.post_form(f"{OWN}/publiccode", {"publiccode": " "}).status_code == 422


def _form(html: str, action: str) -> dict[str, Any]:
    found = find_form(html, action, page_path=action)
    assert found is not None
    return dict(found.fields)


def test_what_its_publisher_withdrew_stays_withdrawn_when_a_curator_lets_it_in(
    session: Sessions, maintainer: Browser
) -> None:
    assert maintainer.post_form(f"{OWN}/new", OPEN).status_code == 303
    app, listing, _ = get_any_listing(session, SLUG)
    withhold_listing(session, SLUG, reason="Alamatnya salah")
    withhold_listing(session, SLUG, reason="Alamatnya masih salah")
    session.commit()
    assert let_in_again(session, SLUG).hidden_at is None
    set_listed(session, app, listing, listed=False)
    withhold_listing(session, SLUG, reason="Alamatnya salah")
    assert let_in_again(session, SLUG).hidden_at is not None
    set_listed(session, app, listing, listed=True)
    assert app.hidden_at is None
