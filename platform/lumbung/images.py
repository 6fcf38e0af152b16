"""Photos made safe to keep and to show: decoded within limits, turned upright, written anew without
metadata."""

import io
import struct
import zlib
from dataclasses import dataclass
from functools import partial
from typing import Literal

from PIL import Image, ImageOps

from lumbung.decoding import decode_in_turn
from lumbung.errors import Invalid
from lumbung.i18n import Text

MOST_PIXELS = 8192 * 6144
"""Fifty megapixels: the largest picture that telephones take, as a baseline JPEG. Decoding one needs about
150 MB for a moment."""

# Other kinds are decoded whole, WebP twice over, and a few bytes can claim any size: these keep the memory of one
# picture below 256 MB. Screenshots and forwarded photos are far smaller.
_MOST_PIXELS_WHOLE = 6144 * 4096
_MOST_PIXELS_WEBP = 4096 * 3072

THUMBNAIL_EDGE = 400

_QUALITY = 82
_THUMBNAIL_QUALITY = 75
# A camera writes about ten scans. Each scan of a progressive JPEG is another pass over all of its pixels, so
# a small file with thousands of them would keep a worker busy for minutes.
_MOST_SCANS = 100
_START_OF_SCAN = b"\xff\xda"
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
# What Pillow's decoders raise on bytes that are not what they claim to be.
_DECODING_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    OverflowError,
    MemoryError,
    struct.error,
    zlib.error,
)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

Reason = Literal["empty", "too-large", "heic", "not-a-photo", "too-many-pixels", "too-complex", "damaged"]

_TEXTS: dict[Reason, Text] = {
    "empty": Text("Berkas foto kosong. Pilih foto lain.", "The photo file is empty. Choose another photo."),
    "too-large": Text(
        "Foto lebih besar dari {limit} MB. Pilih foto yang lebih kecil.",
        "The photo is larger than {limit} MB. Choose a smaller one.",
    ),
    "heic": Text(
        "Foto HEIC belum bisa dibaca. Di iPhone, pilih Pengaturan > Kamera > Format > Paling Kompatibel, "
        "atau kirim tangkapan layar fotonya.",
        "HEIC photos cannot be read yet. On an iPhone choose Settings > Camera > Formats > Most Compatible, "
        "or send a screenshot of the photo.",
    ),
    "not-a-photo": Text(
        "Berkas ini bukan foto. Kirim foto JPEG, PNG, WebP, atau GIF.",
        "This file is not a photo. Send a JPEG, PNG, WebP or GIF photo.",
    ),
    "too-many-pixels": Text(
        "Ukuran gambar terlalu besar, paling banyak {limit} megapiksel. Perkecil gambar, lalu kirim lagi.",
        "The picture has too many pixels; {limit} megapixels are the most. Make it smaller and send it again.",
    ),
    "too-complex": Text(
        "Gambar ini tidak bisa diolah. Ambil foto baru atau kirim tangkapan layarnya.",
        "This picture cannot be processed. Take a new photo or send a screenshot of it.",
    ),
    "damaged": Text(
        "Foto rusak atau terkirim sebagian. Kirim sekali lagi.",
        "The photo is damaged or only part of it arrived. Send it once more.",
    ),
}


class ImageRefused(Invalid):
    """A file that is not taken as a photo; `reason` says which rule it broke, `message` what the person can
    do."""

    slug = "photo-refused"
    title = Text("Foto tidak bisa diterima", "The photo cannot be taken")

    def __init__(self, reason: Reason, **values: object) -> None:
        super().__init__(_TEXTS[reason].format(**values))
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as it is kept: JPEG bytes with their size in pixels, and a small JPEG for lists."""

    data: bytes
    content_type: Literal["image/jpeg"]
    width: int
    height: int
    thumbnail: bytes
    thumbnail_width: int
    thumbnail_height: int


def reencode_photo(data: bytes, *, max_bytes: int, max_edge: int = 2000) -> Photo:
    """The photo in `data`, upright, without any metadata, at most `max_edge` pixels wide and high.

    The kind is found by looking at the bytes, never at a name: JPEG, PNG, WebP or GIF (its first picture).
    Nothing of the original file is copied: place, time, camera, comments and trailing bytes are gone.
    Transparent parts turn white.

    Raises `ImageRefused` with the reason `empty`; `too-large` for more than `max_bytes` bytes; `heic` for a
    kind that cannot be read here; `not-a-photo` for anything else, also SVG and HTML; `too-many-pixels` for
    more than `pixel_limit` allows, before any of them is decoded; `too-complex` for a JPEG with absurdly many scans;
    `damaged` when it breaks off or does not decode. Raises DecodingBusy when too many pictures are decoded at once.
    """
    if not data:
        raise ImageRefused("empty")
    if len(data) > max_bytes:
        raise ImageRefused("too-large", limit=f"{max_bytes / 1_000_000:g}")
    kind = _sniffed(data)
    return decode_in_turn(partial(_written_anew, data, kind, max_edge))


def _written_anew(data: bytes, kind: str, max_edge: int) -> Photo:
    picture = _shrunk(_decoded(data, kind, max_edge), max_edge)
    thumbnail = _shrunk(picture, THUMBNAIL_EDGE)
    return Photo(
        data=_jpeg(picture, _QUALITY),
        content_type="image/jpeg",
        width=picture.width,
        height=picture.height,
        thumbnail=_jpeg(thumbnail, _THUMBNAIL_QUALITY),
        thumbnail_width=thumbnail.width,
        thumbnail_height=thumbnail.height,
    )


def pixel_limit(picture: Image.Image) -> int:
    """How many pixels an opened, not yet decoded picture may have: as many as decode in less than 256 MB."""
    if picture.format == "WEBP":
        return _MOST_PIXELS_WEBP
    # A progressive JPEG is kept whole until its last scan, other JPEGs are shrunk while they are read.
    if picture.format == "JPEG" and not picture.info.get("progressive"):
        return MOST_PIXELS
    return _MOST_PIXELS_WHOLE


def _sniffed(data: bytes) -> str:
    """Pillow's name of the format that the first bytes show."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        raise ImageRefused("heic")
    raise ImageRefused("not-a-photo")


def _decoded(data: bytes, kind: str, max_edge: int) -> Image.Image:
    """The upright picture in plain red, green and blue; JPEGs may come already shrunk, but not below
    `max_edge`."""
    if kind == "JPEG" and data.count(_START_OF_SCAN) > _MOST_SCANS:
        raise ImageRefused("too-complex")
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as picture:
            if picture.width * picture.height > pixel_limit(picture):
                raise ImageRefused("too-many-pixels", limit=pixel_limit(picture) // 1_000_000)
            # The decoder can leave out detail that is thrown away afterwards; other formats ignore this.
            picture.draft("RGB", (max_edge, max_edge))
            picture.load()
            return _on_white(_upright(_shrunk(_plain(picture), max_edge)))
    except ImageRefused:
        raise
    except _BOMBS as error:
        raise ImageRefused("too-many-pixels", limit=MOST_PIXELS // 1_000_000) from error
    except _DECODING_ERRORS as error:
        raise ImageRefused("damaged") from error


def _plain(picture: Image.Image) -> Image.Image:
    """The picture in colours that can be mixed when it is shrunk: no palette, no colour that means transparent."""
    if picture.mode in ("1", "P", "PA") or "transparency" in picture.info:
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    return picture if picture.mode in ("L", "LA", "RGB", "RGBA", "CMYK") else picture.convert("RGB")


def _upright(picture: Image.Image) -> Image.Image:
    """The picture as the camera was held; as it is when its EXIF block cannot be read."""
    try:
        return ImageOps.exif_transpose(picture)
    except _DECODING_ERRORS:
        return picture


def _on_white(picture: Image.Image) -> Image.Image:
    """The picture without transparency: what shines through is white, as on a sheet of paper."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    sheet = Image.new("RGB", layered.size, "white")
    sheet.paste(layered, mask=layered.getchannel("A"))
    return sheet


def _shrunk(picture: Image.Image, edge: int) -> Image.Image:
    """The picture at most `edge` wide and high, never enlarged."""
    scale = edge / max(picture.size)
    if scale >= 1:
        return picture
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    # Only the pixels go over to a fresh picture, so no comment, profile or EXIF block can follow them.
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
