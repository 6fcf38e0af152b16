"""Icons that municipalities give the app, drawn: plain shapes on their own colour."""

from __future__ import annotations

import io
import math
from functools import cache

from PIL import Image, ImageDraw

EDGE = 256
_WHITE = "#ffffff"


@cache
def draw_icon(shape: str, colour: str) -> bytes:
    """A PNG of one of the shapes `horn`, `drop`, `star` and `sun`. Raises KeyError for any other."""
    image = Image.new("RGB", (EDGE, EDGE), colour)
    _SHAPES[shape](ImageDraw.Draw(image))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _horn(draw: ImageDraw.ImageDraw) -> None:
    draw.polygon(((60, 108), (110, 108), (190, 60), (190, 196), (110, 148), (60, 148)), fill=_WHITE)
    draw.polygon(((84, 150), (116, 150), (128, 206), (98, 206)), fill=_WHITE)
    draw.arc((176, 92, 226, 164), -60, 60, fill=_WHITE, width=12)


def _drop(draw: ImageDraw.ImageDraw) -> None:
    draw.ellipse((70, 104, 186, 220), fill=_WHITE)
    draw.polygon(((128, 34), (80, 134), (176, 134)), fill=_WHITE)


def _star(draw: ImageDraw.ImageDraw) -> None:
    tips = [
        (128 + far * math.sin(math.pi * step / 5), 132 - far * math.cos(math.pi * step / 5))
        for step in range(10)
        for far in (96 if step % 2 == 0 else 40,)
    ]
    draw.polygon(tips, fill=_WHITE)


def _sun(draw: ImageDraw.ImageDraw) -> None:
    for step in range(12):
        angle = math.pi * step / 6
        draw.line(
            (
                (128 + 76 * math.cos(angle), 128 + 76 * math.sin(angle)),
                (128 + 108 * math.cos(angle), 128 + 108 * math.sin(angle)),
            ),
            fill=_WHITE,
            width=14,
        )
    draw.ellipse((72, 72, 184, 184), fill=_WHITE)


_SHAPES = {"horn": _horn, "drop": _drop, "star": _star, "sun": _sun}
