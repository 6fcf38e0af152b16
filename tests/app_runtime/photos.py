"""Small photos for tests."""

from __future__ import annotations

import io

from PIL import Image


def make_photo(colour: str = "navy") -> bytes:
    """A small JPEG of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "JPEG")
    return out.getvalue()
