"""What a citizen does with SIARAN on a portal, in the words of the journeys."""

from __future__ import annotations

import re
from email.message import EmailMessage, Message
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from urllib.parse import urljoin, urlsplit

from PIL import Image
from playwright.sync_api import Locator
from sqlalchemy import func, select

from app_runtime.records.models import Record
from lumbung.db import as_tenant
from tests.journeys.conftest import Person, Served
from tests.siaran import enable_siaran
from tests.world import Place

LAMP = "Lampu jalan mati di depan SD"
_GPS, _LATITUDE, _LONGITUDE = 0x8825, 2, 4


def photo_of_a_phone(folder: Path, *, width: int = 3000, height: int = 4000, quality: int = 90) -> Path:
    """A JPEG as a phone takes it: large, of some megabytes, with its place in the EXIF data."""
    noise = Image.frombytes("L", (width // 6, height // 6), Random(7).randbytes((width // 6) * (height // 6)))
    picture = Image.merge("RGB", [noise.resize((width, height)).point(lambda v, n=n: v // 2 + n) for n in (20, 40, 70)])
    exif = Image.Exif()
    exif[0x0110] = "Ponsel Murah"
    exif.get_ifd(_GPS).update({1: "S", _LATITUDE: (7.0, 15.0, 36.0), 3: "E", _LONGITUDE: (112.0, 44.0, 24.0)})
    file = folder / "IMG_0001.jpg"
    picture.save(file, "JPEG", quality=quality, exif=exif)
    with Image.open(file) as taken:
        assert taken.getexif().get_ifd(_GPS)
    return file


def wargaku(served: Served) -> Place:
    """Surabaya's own way: SIARAN named Wargaku, straight to the agency, shown to everybody at once."""
    place = served.world.surabaya
    installation = enable_siaran(served.session, served.world, place, straight_to_agency=True, publish="at_once")
    with as_tenant(served.session, place.id):
        installation.own_name = {"id": "Wargaku", "en": "Wargaku"}
        served.session.commit()
    return place


def write_report(
    citizen: Person, portal: str, *, photo: Path | None = None, email: str = "", title: str = LAMP
) -> None:
    """Fill in the form of a new report, all of it but the button; works with and without JavaScript."""
    citizen.page.goto(f"{portal}/siaran/report")
    fill_in_report(citizen, photo=photo, email=email, title=title)


def fill_in_report(
    citizen: Person,
    *,
    photo: Path | None = None,
    email: str = "",
    title: str = LAMP,
    landmark: str = "Depan SDN 2, gang mushala",
) -> None:
    """The same on the form that is open already."""
    page = citizen.page
    page.locator("label").filter(has_text="Penerangan jalan umum").click()
    page.locator("[name=title]").fill(title)
    page.locator("[name=description]").fill("Sudah tiga malam gelap; anak-anak pulang mengaji lewat sini.")
    if photo:
        page.locator("[name=photos]").set_input_files(photo)
    page.locator("[name='place.text']").fill(landmark)
    if email:
        page.locator("[name='reporter.name']").fill("Ibu Sari")
        page.locator("[name='reporter.email']").fill(email)


def send(person: Person) -> None:
    """Tap the form's own button."""
    button_to_send(person).click()


def button_to_send(person: Person) -> Locator:
    """The button at the end of the form of a report."""
    return person.page.get_by_role("button", name="Kirim", exact=True)


def tracking_code(citizen: Person) -> str:
    """The code on the page that thanks for a report."""
    citizen.page.get_by_role("heading", name="Sudah kami terima").wait_for()
    return citizen.page.locator(".lb-code").first.inner_text().strip()


def link_in(mail: Message) -> str:
    """The last link of a mail's text."""
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("plain",))
    assert body is not None
    found: list[str] = re.findall(r"https?://\S+", str(body.get_content()))
    assert found, body.get_content()
    return found[0].rstrip(".")


def subjects(served: Served, address: str) -> list[str]:
    """Subjects of the mails to an address, oldest first."""
    return [str(mail["Subject"]) for mail in served.mailbox.to(address)]


def at_work(official: Person, place: Place, name: str) -> None:
    """Open the inbox of a portal, signing in where the browser is not signed in yet."""
    official.page.goto(official.served.portal(place.slug) + "/work")
    if official.page.locator("input[name=password]").count():
        official.sign_in(place.accounts[name], to=f"/handover?to={place.slug}&next=/work")
    official.page.get_by_role("heading", name="Kotak kerja").wait_for()


def row(person: Person, title: str = LAMP) -> Locator:
    """The row of a report in a list or in the inbox."""
    return person.page.locator("main .lb-row").filter(has_text=title)


def act(official: Person, action: str, *, text: str = "", photo: Path | None = None, choose: str = "") -> None:
    """Take an action on the record that is open, from its form."""
    card = official.page.locator(f"#action-{action}")
    if card.get_attribute("open") is None:
        card.locator("summary").click()
    if text:
        card.locator("textarea, input[type=text]").first.fill(text)
    if choose:
        card.locator("select").first.select_option(label=choose)
    if photo:
        card.locator("input[type=file]").set_input_files(photo)
    with official.page.expect_navigation():
        card.locator("button[type=submit]").click()
    official.page.get_by_text("Tersimpan:").wait_for()


def file_behind(person: Person, picture: Locator) -> bytes:
    """The very file that the server gives for a picture on the page."""
    picture.wait_for()
    parts = urlsplit(urljoin(person.page.url, picture.get_attribute("src") or ""))
    # Python resolves no names below localhost; browsers do.
    line = HTTPConnection("127.0.0.1", parts.port)
    try:
        line.request("GET", f"{parts.path}?{parts.query}", headers={"Host": parts.netloc})
        answer = line.getresponse()
        assert answer.status == 200
        return answer.read()
    finally:
        line.close()


def reports(served: Served, place: Place) -> int:
    """How many reports a municipality has, by the database."""

    with as_tenant(served.session, place.id):
        count = served.session.scalar(select(func.count()).select_from(Record).where(Record.tenant_id == place.id))
        served.session.rollback()
    return count or 0
