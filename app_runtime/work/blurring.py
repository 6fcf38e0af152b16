"""Making parts of a photo unrecognisable for good: what is written anew holds nothing of what was underneath."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PIL import Image, ImageFilter

from lumbung.decoding import decode_in_turn
from lumbung.errors import Invalid
from lumbung.i18n import Text

MOST_AREAS = 20
_BLOCKS = 8
"""An area is reduced to this many blocks along its longer side: too few for a face or a number plate."""

_NO_AREA = Text(
    "Tandai bagian yang harus diburamkan, atau pilih seluruh foto.",
    "Mark what is to be blurred, or choose the whole photo.",
)


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle in percent of the photo's width and height, from its upper left corner."""

    left: float
    top: float
    width: float
    height: float


WHOLE = Area(0, 0, 100, 100)


def read_areas(written: str) -> list[Area]:
    """Areas as a form sends them: `left,top,width,height` in percent, several apart by semicolons.

    They are cut to the photo. Raises Invalid when there is none, when there are more than `MOST_AREAS`, or when one is
    no rectangle.
    """
    areas = []
    for part in [one for one in written.split(";") if one.strip()][: MOST_AREAS + 1]:
        try:
            left, top, width, height = (float(number) for number in part.split(","))
        except ValueError as error:
            raise Invalid(fields={"areas": [str(_NO_AREA)]}) from error
        right, bottom = min(left + width, 100), min(top + height, 100)
        left, top = max(left, 0), max(top, 0)
        # Written this way round, a number that is none (NaN) is refused too.
        if not (right > left and bottom > top):
            raise Invalid(fields={"areas": [str(_NO_AREA)]})
        areas.append(Area(left, top, right - left, bottom - top))
    if not areas or len(areas) > MOST_AREAS:
        raise Invalid(fields={"areas": [str(_NO_AREA)]})
    return areas


def blur_photo(data: bytes, areas: Sequence[Area]) -> bytes:
    """The JPEG of a stored photo with these areas reduced to a few smeared blocks."""
    return decode_in_turn(partial(_blurred, data, areas))


def _blurred(data: bytes, areas: Sequence[Area]) -> bytes:
    with Image.open(io.BytesIO(data)) as stored:
        picture = stored.convert("RGB")
    for area in areas:
        box = _pixels(area, picture.size)
        picture.paste(_smeared(picture.crop(box)), box)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def _pixels(area: Area, size: tuple[int, int]) -> tuple[int, int, int, int]:
    width, height = size
    left, top = int(area.left * width / 100), int(area.top * height / 100)
    right = max(left + 1, round((area.left + area.width) * width / 100))
    bottom = max(top + 1, round((area.top + area.height) * height / 100))
    return left, top, min(right, width), min(bottom, height)


def _smeared(part: Image.Image) -> Image.Image:
    longest = max(part.size)
    blocks = tuple(max(1, min(side, round(side * _BLOCKS / longest))) for side in part.size)
    # Averaging over whole blocks loses the detail; a blur alone could be reckoned back.
    coarse = part.resize((blocks[0], blocks[1]), Image.Resampling.BOX)
    return coarse.resize(part.size, Image.Resampling.BILINEAR).filter(ImageFilter.GaussianBlur(longest / 40))
