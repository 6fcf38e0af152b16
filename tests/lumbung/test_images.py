import io
import random
import struct
import zlib

import pytest
from PIL import Image, ImageDraw

from lumbung.errors import Invalid
from lumbung.images import MOST_PIXELS, ImageRefused, Photo, reencode_photo
from tests.processor_time import at_most

LIMIT = 10_000_000
ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F


def street(size: tuple[int, int] = (640, 480), mode: str = "RGB") -> Image.Image:
    """A picture whose top left quarter is red and whose rest is blue, so that turning it can be seen."""
    picture = Image.new("RGB", size, "blue")
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 2, size[1] // 2), fill="red")
    return picture.convert(mode)


def noise(size: tuple[int, int]) -> Image.Image:
    return Image.frombytes("RGB", size, random.Random(7).randbytes(size[0] * size[1] * 3))


def written(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def taken(data: bytes, **options: int) -> Photo:
    return reencode_photo(data, max_bytes=LIMIT, **options)


def refusal(data: bytes, max_bytes: int = LIMIT) -> ImageRefused:
    with pytest.raises(ImageRefused) as caught:
        reencode_photo(data, max_bytes=max_bytes)
    return caught.value


def colour(picture: Image.Image, across: float, down: float) -> str:
    pixel = picture.convert("RGB").getpixel((int(picture.width * across), int(picture.height * down)))
    assert isinstance(pixel, tuple)
    return ("red", "green", "blue")[pixel.index(max(pixel))] if min(pixel) < 200 else "white"


def exif_block(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[MAKE] = "TelefonMurah"
    exif[GPS] = {1: "S", 2: (6.0, 17.0, 24.0), 3: "E", 4: (106.0, 42.0, 36.0)}
    return exif


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_that_claims(width: int, height: int, body: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = png_chunk(b"IHDR", header), png_chunk(b"IDAT", body), png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def webp_that_claims(width: int, height: int) -> bytes:
    canvas = bytes([0, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    tiny = written(Image.new("RGB", (1, 1)), "WEBP")[12:]
    body = b"WEBPVP8X" + struct.pack("<I", len(canvas)) + canvas + tiny
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg_that_claims(width: int, height: int) -> bytes:
    data = bytearray(written(street((8, 8)), "JPEG"))
    frame = data.index(b"\xff\xc0") + 5
    data[frame : frame + 4] = struct.pack(">HH", height, width)
    return bytes(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_taken_kind_becomes_a_jpeg_with_its_picture(kind: str) -> None:
    photo = taken(written(street(), kind))
    kept = opened(photo.data)
    assert (kept.format, photo.content_type) == ("JPEG", "image/jpeg")
    assert kept.size == (photo.width, photo.height) == (640, 480)
    assert (colour(kept, 0.2, 0.2), colour(kept, 0.8, 0.8)) == ("red", "blue")
    small = opened(photo.thumbnail)
    assert small.size == (photo.thumbnail_width, photo.thumbnail_height) == (400, 300)
    assert colour(small, 0.2, 0.2) == "red"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_and_camera_are_gone(kind: str) -> None:
    original = written(street(), kind, exif=exif_block())
    assert b"TelefonMurah" in original
    photo = taken(original)
    for kept in (photo.data, photo.thumbnail):
        assert b"Exif" not in kept
        assert b"TelefonMurah" not in kept
        assert not opened(kept).getexif()


def test_comments_profiles_and_trailing_bytes_are_gone() -> None:
    profile = b"profil-warna" * 20
    original = written(street(), "JPEG", comment=b"rumah saya", icc_profile=profile) + b"<script>alert(1)</script>"
    kept = taken(original).data
    for secret in (b"rumah saya", b"profil-warna", b"<script>", b"ICC_PROFILE"):
        assert secret in original
        assert secret not in kept


def test_the_first_picture_of_an_animation_is_kept() -> None:
    later = Image.new("RGB", (640, 480), "white")
    for kind in ("GIF", "WEBP"):
        kept = opened(taken(written(street(), kind, save_all=True, append_images=[later], duration=50)).data)
        assert colour(kept, 0.2, 0.2) == "red"


@pytest.mark.parametrize(
    ("orientation", "red_corner"),
    [
        (1, (0.2, 0.2)),
        (2, (0.8, 0.2)),
        (3, (0.8, 0.8)),
        (4, (0.2, 0.8)),
        (5, (0.2, 0.2)),
        (6, (0.8, 0.2)),
        (7, (0.8, 0.8)),
        (8, (0.2, 0.8)),
    ],
)
def test_a_photo_stands_upright(orientation: int, red_corner: tuple[float, float]) -> None:
    photo = taken(written(street(), "JPEG", exif=exif_block(orientation)))
    kept = opened(photo.data)
    assert kept.size == (photo.width, photo.height) == ((640, 480) if orientation < 5 else (480, 640))
    corners = [(across, down) for across in (0.2, 0.8) for down in (0.2, 0.8)]
    assert [corner for corner in corners if colour(kept, *corner) == "red"] == [red_corner]


# The image library warns about the block that it skips.
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_an_unreadable_exif_block_does_not_cost_the_photo() -> None:
    original = written(street(), "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff" + b"\xff" * 40)
    assert taken(original).width == 640


def test_a_large_photo_shrinks_and_a_small_one_does_not_grow() -> None:
    photo = taken(written(street((4000, 1000)), "JPEG"))
    assert (photo.width, photo.height) == (2000, 500)
    assert taken(written(street((4000, 1000)), "PNG"), max_edge=1000).width == 1000
    small = taken(written(street((30, 20)), "PNG"))
    assert (small.width, small.height) == (small.thumbnail_width, small.thumbnail_height) == (30, 20)


def test_a_very_long_picture_keeps_at_least_one_pixel_of_width() -> None:
    photo = taken(written(Image.new("RGB", (1, 9000), "red"), "PNG"))
    assert (photo.width, photo.height) == (1, 2000)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_png_pixel_is_taken(mode: str) -> None:
    photo = taken(written(street(mode=mode) if mode != "I;16" else Image.new(mode, (640, 480)), "PNG"))
    assert opened(photo.data).mode == "RGB"


def test_a_cmyk_jpeg_keeps_its_colours() -> None:
    kept = opened(taken(written(street(mode="CMYK"), "JPEG", quality=95)).data)
    assert (colour(kept, 0.2, 0.2), colour(kept, 0.8, 0.8)) == ("red", "blue")


def test_transparent_parts_turn_white() -> None:
    picture = street(mode="RGBA")
    picture.paste((0, 0, 0, 0), (320, 0, 640, 480))
    kept = opened(taken(written(picture, "PNG")).data)
    assert (colour(kept, 0.2, 0.2), colour(kept, 0.8, 0.8)) == ("red", "white")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not-a-photo"),
        (b"<!doctype html><script>alert(1)</script>", "not-a-photo"),
        (b"%PDF-1.7", "not-a-photo"),
        (b"MZ\x90\x00", "not-a-photo"),
        (written(street(), "BMP"), "not-a-photo"),
        (written(street(), "TIFF"), "not-a-photo"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "not-a-photo"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "heic"),
        (b"\xff\xd8\xff", "damaged"),
        (b"\xff\xd8\xff\xe0<script>alert(1)</script>", "damaged"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "damaged"),
        (b"GIF89a", "damaged"),
        (png_that_claims(0, 0), "damaged"),
        (png_that_claims(10, 10, b"not compressed at all"), "damaged"),
    ],
)
def test_what_is_no_photo_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    assert refusal(data).reason == reason


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_photo_that_arrived_in_part_is_refused(kind: str) -> None:
    whole = written(noise((200, 150)), kind)
    for part in (0.3, 0.6, 0.9):
        assert refusal(whole[: int(len(whole) * part)]).reason == "damaged"


@pytest.mark.parametrize(
    "bomb",
    [
        png_that_claims(65_000, 65_000, zlib.compress(bytes(5_000_000))),
        png_that_claims(2**31 - 1, 2**31 - 1),
        png_that_claims(9_000, 9_000, zlib.compress(bytes(5_000_000))),
        jpeg_that_claims(65_500, 65_500),
        jpeg_that_claims(8_192, 6_145),
        webp_that_claims(16_383, 16_383),
        b"GIF89a\xff\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x02D\x01\x00;",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00,\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x02D\x01\x00;",
    ],
    ids=["png", "png-max", "png-81mp", "jpeg", "jpeg-just-over", "webp", "gif", "gif-frame"],
)
def test_a_bomb_is_refused_within_a_second(bomb: bytes) -> None:
    with at_most(1):
        assert refusal(bomb).reason == "too-many-pixels"


def test_the_most_pixels_are_still_taken() -> None:
    assert MOST_PIXELS == 8192 * 6144
    photo = taken(written(Image.new("RGB", (8192, 6144), "red"), "JPEG"))
    assert (photo.width, photo.height) == (2000, 1500)


def test_a_jpeg_with_absurdly_many_scans_is_refused_before_it_is_decoded() -> None:
    whole = written(street(), "JPEG", progressive=True)
    scan = whole[whole.rindex(b"\xff\xda") : -2]
    assert taken(whole).width == 640
    assert refusal(whole[:-2] + scan * 1_000 + whole[-2:]).reason == "too-complex"


def test_a_file_over_the_callers_limit_is_refused_with_the_limit() -> None:
    data = written(street(), "PNG")
    assert reencode_photo(data, max_bytes=len(data)).width == 640
    refused = refusal(data + bytes(500_000), max_bytes=500_000)
    assert refused.reason == "too-large"
    assert "0.5 MB" in refused.message.id
    assert "0.5 MB" in refused.message.en


def test_a_refusal_is_told_to_the_person_in_both_languages() -> None:
    refused = refusal(b"%PDF-1.7")
    assert isinstance(refused, Invalid)
    assert (refused.status, refused.slug) == (422, "photo-refused")
    assert refused.message.id == "Berkas ini bukan foto. Kirim foto JPEG, PNG, WebP, atau GIF."
    assert refused.message.en == "This file is not a photo. Send a JPEG, PNG, WebP or GIF photo."


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_broken_bytes_never_cause_anything_but_a_refusal(kind: str) -> None:
    chance = random.Random(11)
    whole = written(noise((40, 30)), kind, exif=exif_block())
    reasons = set()
    for _ in range(150):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            broken[chance.randrange(12, len(broken))] = chance.randrange(256)
        try:
            taken(bytes(broken))
        except ImageRefused as refused:
            reasons.add(refused.reason)
    assert reasons <= {"damaged", "too-many-pixels", "too-complex"}
