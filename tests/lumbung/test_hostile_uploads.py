"""Bodies that are too large, too many, broken off or something else than they say; and what is left of a picture."""

from __future__ import annotations

import io
import random
import zipfile
from typing import Any

import pytest
from PIL import Image, PngImagePlugin
from werkzeug.test import EnvironBuilder, run_wsgi_app

from lumbung.files.kinds import safe_name, settle_content_type
from lumbung.images import ImageRefused, reencode_photo
from lumbung.web.sites import LumbungFlask
from tests.browsing import browse
from tests.processor_time import at_most
from tests.world import World

MEGABYTE = 1024 * 1024


class Untouched(io.RawIOBase):
    """A body that counts what is read of it."""

    def __init__(self) -> None:
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.taken += len(buffer)
        return len(buffer)


def sent(app: LumbungFlask, host: str, path: str, **environ: str) -> tuple[int, str, int]:
    """Status, text, and how much was read of an endless body of zeros, sent to a route for forms."""
    body = Untouched()
    built = EnvironBuilder(path, base_url=f"https://{host}", method="POST").get_environ()
    built.update({"wsgi.input": body, **environ})
    with app.app_context():
        answer, status, _ = run_wsgi_app(app, built, buffered=True)
    return int(status.split()[0]), b"".join(answer).decode(), body.taken


@pytest.mark.parametrize(
    ("kind", "length"),
    [
        ("multipart/form-data; boundary=x", 64 * MEGABYTE + 1),
        ("multipart/form-data; boundary=x", 10**15),
        ("application/x-www-form-urlencoded", MEGABYTE + 1),
        ("application/x-www-form-urlencoded", 64 * MEGABYTE),
        ("application/json", 64 * MEGABYTE),
        ("text/plain", 64 * MEGABYTE),
        ("", 64 * MEGABYTE),
    ],
)
def test_a_body_that_is_too_large_is_refused_unread(app: LumbungFlask, world: World, kind: str, length: int) -> None:
    for path in ("/language", "/sign-in"):
        status, text, taken = sent(app, "lumbung.test", path, CONTENT_TYPE=kind, CONTENT_LENGTH=str(length))
        # What is not a form has no token of the page, and nobody reads it.
        assert status == 413 or (status == 400 and kind not in ("multipart/form-data; boundary=x",)), (path, status)
        assert taken == 0
        assert "<title>" in text


@pytest.mark.parametrize("length", ["-1", "abc", "1e3", "0x10", " ", "٣"])
def test_a_length_that_is_none_is_the_senders_mistake(app: LumbungFlask, world: World, length: str) -> None:
    status, _, taken = sent(
        app, "lumbung.test", "/language", CONTENT_TYPE="application/x-www-form-urlencoded", CONTENT_LENGTH=length
    )
    assert status == 400
    assert taken == 0


def test_a_body_that_breaks_off_changes_nothing(app: LumbungFlask, world: World) -> None:
    built = EnvironBuilder("/language", base_url="https://lumbung.test", method="POST").get_environ()
    built.update(
        {
            "wsgi.input": io.BytesIO(b"language=en&csrf"),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": "4000",
        }
    )
    with app.app_context():
        _, status, _ = run_wsgi_app(app, built, buffered=True)
    assert status.startswith("400")


@pytest.mark.parametrize(("count", "status"), [(1_000, 400), (2_000, 400), (2_001, 413), (100_000, 413)])
def test_a_form_of_many_fields_is_refused_within_a_second(
    app: LumbungFlask, world: World, count: int, status: int
) -> None:
    hub = browse(app, "lumbung.test")
    hub.get("/")
    body = "&".join(f"f{number}=" for number in range(count))
    with at_most(1):
        answer = hub.open("POST", "/language", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == status


@pytest.mark.parametrize(("count", "status"), [(1_000, 400), (2_001, 413), (50_000, 413)])
def test_a_form_of_many_parts_is_refused_within_a_second(
    app: LumbungFlask, world: World, count: int, status: int
) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    hub = browse(app, "lumbung.test")
    body = part * count + b"--x--"
    with at_most(1):
        answer = hub.open("POST", "/language", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == status


@pytest.mark.parametrize(
    "body",
    [
        b"--x\r\n" + b"A" * 200_000,
        b"--x\r\nContent-Disposition: form-data; name=" + b'"' * 200_000,
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="' + b"a" * 500_000 + b'"\r\n\r\nx\r\n--x--',
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="\x00\r\nX: y"\r\n\r\nx\r\n--x--',
        b"--x\r\n" + b"X: y\r\n" * 50_000 + b"\r\nx\r\n--x--",
        b'--x\r\nContent-Disposition: form-data; name="' + b"a" * 5_000_000 + b'"\r\n\r\nx\r\n--x--',
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"x" * 5_000_000 + b"\r\n--x--",
        b"\r\n" * 500_000,
        b"--x--",
    ],
    ids=["no-end", "quotes", "long-name", "zero", "headers", "long-field-name", "long-field", "breaks", "empty"],
)
def test_a_broken_form_is_the_senders_mistake(app: LumbungFlask, world: World, body: bytes) -> None:
    hub = browse(app, "lumbung.test")
    with at_most(1):
        answer = hub.open("POST", "/language", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code in (400, 413)


@pytest.mark.parametrize(
    "kind",
    ["application/json", "text/xml", "multipart/form-data", "multipart/form-data; boundary=", "application/x-yaml",
     "application/x-www-form-urlencoded; charset=utf-7", "multipart/form-data; boundary=" + "x" * 5_000],
)  # fmt: skip
def test_another_kind_of_body_never_passes_for_a_form(app: LumbungFlask, world: World, kind: str) -> None:
    portal = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    portal.get("/")
    answer = portal.open("POST", "/language", data=b'{"language": "en", "csrf_token": "x"}', content_type=kind)
    assert answer.status_code == 400


NAMES = [
    "../../etc/passwd", "..\\..\\windows\\system.ini", "/etc/passwd", "C:\\a.jpg", "a\x00.jpg", "a\r\nSet-Cookie: x",
    "\u202egpj.exe", "a\x1b[2J.jpg", "a" * 10_000 + ".jpg", "", ".", "..", "...", " ", "\u200b", '"><script>', "con",
    "\ud800.jpg", "a\u2028b.jpg", "%00.jpg", "%2e%2e%2f", "a;b=c.jpg", "📷.jpg", "caf\u0065\u0301.jpg",
]  # fmt: skip


def test_no_name_of_a_file_leads_anywhere() -> None:
    for name in NAMES:
        safe = safe_name(name)
        assert safe
        assert len(safe) <= 150
        assert not set(safe) & set("/\\\0\r\n\u202e\u200b\u2028\x1b\ud800")
        assert safe.strip(".")


def _polyglots() -> dict[str, bytes]:
    def picture(kind: str) -> bytes:
        out = io.BytesIO()
        Image.new("RGB", (40, 30), "green").save(out, kind)
        return out.getvalue()

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("evil.html", "<script>alert(1)</script>")
    html = b"<!doctype html><script>alert(1)</script>"
    return {
        "png and html": picture("PNG") + html,
        "gif and script": b"GIF89a/*" + picture("GIF")[8:] + b"*/=1;alert(1)",
        "gif and html": picture("GIF") + html,
        "jpeg and zip": picture("JPEG") + archive.getvalue(),
        "jpeg with html within": picture("JPEG")[:2] + b"\xff\xfe\x00\x2a" + html + picture("JPEG")[2:],
        "webp and html": picture("WEBP") + html,
        "zip and jpeg": archive.getvalue() + picture("JPEG"),
        "html and png": html + picture("PNG"),
        "pdf and zip": b"%PDF-1.7\n" + archive.getvalue(),
        "pdf and jpeg": picture("JPEG")[:2] + b"%PDF-1.7" + picture("JPEG")[2:],
    }


@pytest.mark.parametrize("name", _polyglots())
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_a_file_that_is_two_things_is_kept_as_a_plain_picture_or_not_at_all(name: str) -> None:
    try:
        photo = reencode_photo(_polyglots()[name], max_bytes=MEGABYTE)
    except ImageRefused:
        return
    for kept in (photo.data, photo.thumbnail):
        assert kept.startswith(b"\xff\xd8\xff")
        assert kept.endswith(b"\xff\xd9")
        for trace in (b"script", b"PK\x03\x04", b"%PDF", b"alert", b"doctype"):
            assert trace not in kept


def test_what_could_run_is_never_kept_as_what_it_is() -> None:
    for declared in ("text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "text/xml",
                     "application/x-shockwave-flash", "multipart/x-mixed-replace", "message/rfc822"):  # fmt: skip
        assert settle_content_type(b"<script>", declared) == "application/octet-stream"


CANARY = b"RAHASIA-KELUARGA"


def _marked(kind: str, chance: random.Random) -> bytes:
    """A picture with its maker's name, place, profile and comments in every corner that its kind has."""
    size = chance.randint(8, 60), chance.randint(8, 60)
    picture = Image.frombytes("RGB", size, chance.randbytes(size[0] * size[1] * 3))
    exif = Image.Exif()
    exif[0x010F] = exif[0x0131] = exif[0x013B] = exif[0x8298] = exif[0x010E] = CANARY.decode()
    exif[0x0112] = chance.randint(1, 8)
    exif[0x8825] = {1: "S", 2: (6.0, 17.0, 24.0), 3: "E", 4: (106.0, 42.0, 36.0), 29: CANARY.decode()}
    options: dict[str, Any] = {"exif": exif} if kind != "GIF" else {"comment": CANARY}
    if kind in ("JPEG", "PNG", "WEBP"):
        options["icc_profile"] = b"\0" * 20 + CANARY * 8
    if kind in ("JPEG", "WEBP"):
        options["xmp"] = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + CANARY + b"</x:xmpmeta>"
    if kind == "JPEG":
        options |= {"comment": CANARY, "progressive": chance.random() < 0.5}
    if kind == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Author", CANARY.decode())
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", CANARY.decode(), zip=False)
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue() + CANARY


def _segments(data: bytes) -> set[int]:
    """The markers of a JPEG's segments up to its first scan."""
    at, found = 2, set()
    while data[at] == 0xFF and data[at + 1] != 0xDA:
        found.add(data[at + 1])
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return found


def test_nothing_of_two_hundred_marked_pictures_is_left() -> None:
    chance = random.Random(21)
    for number in range(200):
        kind = ("JPEG", "PNG", "WEBP", "GIF")[number % 4]
        original = _marked(kind, chance)
        assert original.count(CANARY) >= 2
        photo = reencode_photo(original, max_bytes=MEGABYTE)
        for kept in (photo.data, photo.thumbnail):
            assert CANARY not in kept
            # Only JFIF's own header: no EXIF or XMP (E1), profile (E2), Photoshop (ED), Adobe (EE) or comment (FE).
            assert not _segments(kept) & {*range(0xE1, 0xF0), 0xFE}
